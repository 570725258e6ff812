// Queries on creditors' matters: for clerks and approvers everything, for auditors without who wrote it, for the creditor state and answer.
// A creditor sees only what they filed themselves: by number and code, or from the account they filed it with.

import { withoutRecord } from '../../platform/commands/outcome.ts'
import type { Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { maskIdentifier } from '../../core/identifiers.ts'
import { maskName } from '../../core/person-names.ts'
import { maskPhone } from '../../core/phone.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import { isAllowed, type Actor, type Permission } from '../../platform/commands/permissions.ts'
import { auditOf, type AuditRow } from '../../platform/commands/audit.store.ts'
import type { Db } from '../../platform/database/database.ts'
import { dueDayOf, lastDayOf } from '../deadlines/commands.ts'
import { readCaseNo } from '../debtors/values.rules.ts'
import { subjectOf as listingSubject } from '../listings/changes.commands.ts'
import { listingsById } from '../listings/search.store.ts'
import { MATTER_DEADLINE, possibleFor, publicState, type Matter, type MatterAct, type MatterRecord, type PublicState } from './rules.ts'
import { findByCode, matterSubject, type MatterKey } from './changes.commands.ts'
import { findMatter, mattersOfWechat, searchMatters, toMatter, type MatterFilter } from './store.ts'

/** A matter in a list: nothing that the creditor wrote or is. */
export type MatterSummary = Omit<Matter, 'record'>

/** What a list is asked for. `mine`: what the caller entered and nobody has settled. */
export type MatterListFilter = Omit<MatterFilter, 'caseNo' | 'startedBy'> & { caseNo?: string | undefined; mine?: 'yes' | undefined }

/** A page of matters, oldest first. @throws `request_invalid` for a case number that cannot be read. */
export const listMatters = query(
  'creditor.read',
  async (
    { db, app, actor },
    input: { filter: MatterListFilter; page: { limit: number; offset: number } },
  ): Promise<{ items: MatterSummary[]; total: number }> => {
    const { caseNo, mine, ...filter } = input.filter
    const read = caseNo === undefined ? null : readCaseNo(caseNo)
    if (caseNo !== undefined && read === null) throw new AppError('request_invalid', {}, [{ code: 'case_no_form', field: 'caseNo' }])
    const indexes = read === null ? {} : { caseNo: app.secrets.indexes('case', read.caseNo) }
    const started = mine === undefined ? {} : { startedBy: actor.id }
    const { items, total } = await searchMatters(db, { ...filter, ...indexes, ...started }, input.page)
    return { items: items.map((row) => withoutRecord(toMatter(app.secrets, row))), total }
  },
)

const PERMISSION: Readonly<Record<MatterAct, Permission>> = {
  confirm: 'creditor.confirm',
  decline: 'creditor.decline',
  draft: 'creditor.draft',
  review: 'creditor.review',
  send_back: 'creditor.decide',
  uphold: 'creditor.decide',
  refuse: 'creditor.decide',
  answer: 'creditor.answer',
  withdraw: 'creditor.withdraw',
}

/** A matter as staff see it. */
export interface MatterDetail extends Omit<Matter, 'record'> {
  record: Omit<MatterRecord, 'applicant'> & { applicant: { name: string; phone: string | null; wechat: boolean } }
  /** The last day of the deadline, YYYY-MM-DD; null when there is none or it is not certain yet. */
  dueOn: Day | null
  /** What this caller may do with it now. */
  possible: MatterAct[]
  audit: Pick<AuditRow, 'n' | 'at' | 'actor' | 'act' | 'detail'>[]
}

/** One matter. Who only reads sees applicant and debtor masked. @throws `creditor_missing`. */
export const showMatter = query('creditor.read', async ({ db, app, actor }, matterId: string): Promise<MatterDetail> => {
  const row = await findMatter(db, matterId)
  if (row === null) throw new AppError('creditor_missing')
  const matter = toMatter(app.secrets, row)
  const audit = await auditOf(db, matterSubject(matterId))
  return {
    ...matter,
    record: recordFor(actor, matter.record),
    dueOn: await certainDueDay(db, matter),
    possible: possibleFor(matter, actor.id).filter((act) => isAllowed(actor, PERMISSION[act])),
    audit: audit.map(({ n, at, actor: by, act, detail }) => ({ n, at, actor: by, act, detail })),
  }
})

function recordFor(actor: Actor, { applicant, debtor, ...record }: MatterRecord): MatterDetail['record'] {
  const { name, phone = null, wechat } = applicant
  const plain = { ...record, debtor, applicant: { name, phone, wechat: wechat !== undefined } }
  if (actor.roles.some((role) => role === 'clerk' || role === 'approver')) return plain
  const { identifier } = debtor
  return {
    ...plain,
    debtor: { name: maskName(debtor.name), ...(identifier === undefined ? {} : { identifier: maskIdentifier(identifier) }) },
    applicant: { ...plain.applicant, name: maskName(name), phone: phone === null ? null : maskPhone(phone) },
  }
}

/** The deadline runs with the draft once there is one. */
async function certainDueDay(db: Db, matter: Matter): Promise<Day | null> {
  return lastDayOf(db, MATTER_DEADLINE[matter.kind], deadlineSubject(matter))
}

function deadlineSubject({ id, kind, state, listingId }: Matter): string {
  const isWithDraft = kind === 'application' && state === 'drafted' && listingId !== null
  return isWithDraft ? listingSubject({ id: listingId }) : matterSubject(id)
}

/** A matter as its creditor sees it: no name, no case number. */
export interface PublicMatter {
  number: string
  kind: Matter['kind']
  state: PublicState
  receivedOn: Day
  /** Null once it is settled. */
  dueOn: Day | null
  /** Reason of the decision, or answer to a clue; empty before. */
  answer: string
}

/** What the holder of number and code may know. @throws `creditor_missing`, the same for a wrong number and a wrong code. */
export const followMatter = query('creditor.follow', async ({ db, app }, key: MatterKey): Promise<PublicMatter> => {
  return publicMatter(db, await findByCode(db, app.secrets, key))
})

/** Matters shown to one account. */
const LATEST = 5

/** The latest matters filed from one WeChat account, which the channel must have vouched for. */
export const mattersOfAccount = query('creditor.follow', async ({ db, app }, input: { wechat: string }): Promise<PublicMatter[]> => {
  const rows = await mattersOfWechat(db, app.secrets.indexes('wechat', input.wechat), LATEST)
  return Promise.all(rows.map((row) => publicMatter(db, open(app, row))))
})

const open = (app: AppContext, row: Parameters<typeof toMatter>[1]): Matter => toMatter(app.secrets, row)

async function publicMatter(db: Db, matter: Matter): Promise<PublicMatter> {
  const [listing] = matter.listingId === null ? [] : await listingsById(db, [matter.listingId])
  const state = publicState(matter, listing ?? null)
  const isOpen = state === 'received' || state === 'handling'
  const isDecided = state === 'upheld' || state === 'refused'
  return {
    ...{ number: matter.number, kind: matter.kind, state, receivedOn: matter.receivedOn },
    dueOn: isOpen ? await dueDayOf(db, MATTER_DEADLINE[matter.kind], deadlineSubject(matter)) : null,
    answer: (isDecided ? matter.record.reason : state === 'answered' ? matter.record.answer : undefined) ?? '',
  }
}
