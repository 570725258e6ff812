// Decides whether a row is about a person or an organisation, by all its evidence: the number, its column, the name, sex, age, representative.
// Evidence that contradicts itself is an error: the kind decides what is published of somebody. The row is read in identity.rules.ts.

import type { PersonNumber, Readings } from '../../core/identifiers.ts'
import { squeeze } from '../../core/text.ts'
import type { DebtorKind } from './rules.ts'

/** What a row says of its debtor. */
export interface Evidence {
  name: string
  readings: Readings
  /** The number as written. */
  written: string
  /** The number stands in a column of its own for codes of organisations. */
  isCodeColumn: boolean
  /** Sex or age are given. */
  hasPersonal: boolean
  /** A representative other than the debtor is given. */
  hasRepresentative: boolean
}

/** What the debtor is, or why that cannot be told: `contradiction`, or an old number of an organisation. */
export type Verdict = PersonNumber | { kind: 'organisation'; number: string } | { kind: 'none'; fault: 'contradiction' | 'registration' }

/** Endings that only organisations have. */
const ENDINGS =
  /(?:公司|合作社|联社|联合社|事务所|委员会|协会|学会|商会|研究会|联合会|促进会|基金会|总会|集团|银行|信用社|工厂|厂|商行|商号|贸易行|经营部|经销部|营业部|批发部|门市部?|服务部|加工部|销售部|项目部|[养种]殖场|[农林牧茶果鱼猪鸡牛羊砂石沙采木]场|市场|商场|加工点|经营点|养殖基地|种植基地|基地|酒店|宾馆|饭店|酒楼|餐厅|餐馆|餐饮店|旅馆|旅店|旅社|客栈|民宿|农家乐|会所|酒吧|茶馆|茶楼|网吧|超市|商店|商铺|专卖店|经营店|便利店|小卖部|药店|药房|花店|店铺|工作室|工作站|服务站|加油站|电站|水站|医院|诊所|门诊部?|卫生[院室所]|学校|中学|小学|大学|学院|幼儿园|党校|研究所|研究院|设计院|检测站|中心|俱乐部|政府|法院|检察院|公安局|管理局|办公室|办事处|代表处|派出所|管理所|分公司|分店|分行|支行|分理处|个体工商户|企业|厂家|矿业?|煤矿|铁矿|电厂|村民小组|居委会|村委会|专业户|物业|寺)$/
/** Short endings that a person's name may have as well: they tell only at the end of a long name. */
const SHORT_ENDINGS = /^[\p{Script=Han}（）()\d]{5,}(?:店|社|行|部|所|局|院|校|园|馆|坊|铺|堂|庄|队|组|会|处|场|站|城|屋)$/u
/** What a business licence adds in brackets: （普通合伙） （个体工商户） （有限合伙）. */
const BRACKETS = /(?:（[^（）]*）|\([^()]*\))$/

/** Whether a name is certainly that of an organisation. */
export function namesOrganisation(name: string): boolean {
  const plain = squeeze(name)
  if (/(?:有限(?:责任)?公司|合伙企业|个体工商户|个人独资企业)/.test(plain)) return true
  const bare = plain.replace(BRACKETS, '')
  return ENDINGS.test(bare) || SHORT_ENDINGS.test(bare)
}

/** A name as persons have it: up to four Chinese characters, or several parts with dots or blanks. */
function namesPerson(name: string): boolean {
  return /^(?:\p{Script=Han}{2,4}|[\p{L}\p{M}]+(?:[·' -]+[\p{L}\p{M}.]+)+)$/u.test(name)
}

/** Decides the kind of a debtor whose number is a person's, an organisation's or both. Null when it is neither. */
export function decideKind(evidence: Evidence): Verdict | null {
  const { person, organisation } = evidence.readings
  if (person === null && organisation === null) return faultByEvidence(evidence)
  const kind = kindOf(evidence)
  if (kind === 'contradiction') return { kind: 'none', fault: person?.upgraded === true ? 'registration' : kind }
  if (kind === 'person' && person !== null) return person
  return organisation === null ? null : { kind: 'organisation', number: organisation }
}

function kindOf(evidence: Evidence): DebtorKind | 'contradiction' {
  const { readings, name, isCodeColumn, hasPersonal, hasRepresentative } = evidence
  const isSure = namesOrganisation(name) || isCodeColumn
  if (readings.organisation === null) return isSure || (hasRepresentative && !hasPersonal) ? 'contradiction' : 'person'
  if (readings.person === null) return hasPersonal && !isSure ? 'contradiction' : 'organisation'
  return isSure ? ofSureOrganisation(evidence) : ofEither(evidence)
}

/** The number is valid as both, name or column say that it is an organisation: sex and age may be those of its representative. */
function ofSureOrganisation({ name, hasPersonal, hasRepresentative }: Evidence): DebtorKind | 'contradiction' {
  return hasPersonal && !(namesOrganisation(name) && hasRepresentative) ? 'contradiction' : 'organisation'
}

/** The number is valid as both, neither name nor column tell. */
function ofEither({ name, hasPersonal, hasRepresentative }: Evidence): DebtorKind | 'contradiction' {
  if (!hasRepresentative) return 'person'
  return hasPersonal || namesPerson(name) ? 'contradiction' : 'organisation'
}

/** A number of 13 or 15 digits beside the name of an organisation is that of its old licence. */
function faultByEvidence({ name, written, isCodeColumn }: Evidence): Verdict | null {
  const isOld = /^\d{13}(?:\d{2})?$/.test(squeeze(written)) && (namesOrganisation(name) || isCodeColumn)
  return isOld ? { kind: 'none', fault: 'registration' } : null
}
