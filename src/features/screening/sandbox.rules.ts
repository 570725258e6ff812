// The invented list of the sandbox: people and an organisation that nobody is, by which a contractor tries every advice. Pure data.
// The questions are answered by sandbox.views.ts; docs/integration.md shows them as a table, compared with this file by a test.

import type { Advice, Entry, OfficerInput, RelationFound } from './rules.ts'

const COURT = '沙箱人民法院'
const inForce = { court: COURT, officers: [], resting: [], retained: null, termEndedOn: null } as const

const LISTED = { name: '沙箱甲', identifier: '533421190101019027' }
const ORGANISATION = { name: '沙箱某某商贸有限公司', identifier: '91533401MAXXXXXX00' }
const REPRESENTATIVE = { name: '沙箱乙', identifier: '533421190102029024' }
const UNKNOWN = { name: '沙箱丙', identifier: '533421190103039021' }
const OBJECTING = { name: '沙箱丁', identifier: '533421190104049029' }
const RETAINED = { name: '沙箱戊', identifier: '533421190105059026' }

/** The entries of the invented list. Each number is of a form that is valid and of nobody who lives. */
export const SANDBOX_ENTRIES: readonly Entry[] = [
  { ...inForce, ...LISTED, kind: 'person', listingId: '0000000000000000000000TST1', caseNo: '（2026）云9999执1号' },
  {
    ...inForce,
    ...ORGANISATION,
    kind: 'organisation',
    listingId: '0000000000000000000000TST2',
    caseNo: '（2026）云9999执2号',
    officers: [{ office: 'legal_representative', ...REPRESENTATIVE }],
  },
  { ...inForce, ...OBJECTING, kind: 'person', listingId: '0000000000000000000000TST3', caseNo: '（2026）云9999执3号', resting: 'all' },
  {
    ...inForce,
    ...RETAINED,
    kind: 'person',
    listingId: '0000000000000000000000TST4',
    caseNo: '（2026）云9999执4号',
    retained: { measureIds: [], basis: '沙箱依据', until: '2099-12-31' },
  },
]

/** A question to the sandbox and the answer that it always gets. */
export interface SandboxQuestion {
  name: string
  identifier?: string
  nominees?: readonly OfficerInput[]
  measureId: string
  business: string
  answer: 'hit' | 'review' | 'none'
  advice: Advice
  /** The relation of the finding; null where nothing is found. */
  relation: RelationFound | null
}

const FOUND = '设立融资性担保公司、小额信贷公司、保险公司'

/** One question for each advice and each relation, with the measure and business that lead to it. */
export const SANDBOX_QUESTIONS: readonly SandboxQuestion[] = [
  { ...LISTED, measureId: '1.1', business: FOUND, answer: 'hit', advice: 'restrict', relation: 'self' },
  { ...LISTED, measureId: '4.1', business: '通关业务', answer: 'hit', advice: 'strict_review', relation: 'self' },
  { ...LISTED, measureId: '7.3', business: '在评定等级的度假区内、旅游企业内消费', answer: 'hit', advice: 'limit', relation: 'self' },
  { ...LISTED, measureId: '1.1', business: '其他', answer: 'hit', advice: 'person_decides', relation: 'self' },
  {
    ...REPRESENTATIVE,
    measureId: '3.7',
    business: '现任党代表、人大代表、政协委员的处理',
    answer: 'hit',
    advice: 'reference',
    relation: 'side_of_listed_organisation',
  },
  { ...ORGANISATION, measureId: '4.3', business: '记入市场信用档案、披露信息', answer: 'hit', advice: 'supervise', relation: 'self' },
  { ...LISTED, measureId: '1.4', business: '法院查询政府采购项目信息', answer: 'hit', advice: 'assist', relation: 'self' },
  {
    ...UNKNOWN,
    nominees: [{ office: 'director', ...LISTED }],
    measureId: '3.1',
    business: '拟任公司法定代表人、董事、监事、高级管理人员',
    answer: 'hit',
    advice: 'restrict',
    relation: 'nominee',
  },
  { name: LISTED.name, measureId: '1.1', business: FOUND, answer: 'review', advice: 'check_identity', relation: 'self' },
  { ...LISTED, name: '沙箱己', measureId: '1.1', business: FOUND, answer: 'hit', advice: 'check_identity', relation: 'self' },
  { ...OBJECTING, measureId: '1.1', business: FOUND, answer: 'hit', advice: 'do_not_apply', relation: 'self' },
  { ...RETAINED, measureId: '1.1', business: FOUND, answer: 'hit', advice: 'restrict', relation: 'self' },
  {
    ...LISTED,
    measureId: '1.1',
    business: '参股、收购担保、小额信贷、保险公司(不是设立)',
    answer: 'none',
    advice: 'none',
    relation: null,
  },
  { ...UNKNOWN, measureId: '1.1', business: FOUND, answer: 'none', advice: 'no_record', relation: null },
]
