// Shared by all commands on complaints: find one, save it with audit row and step, notify the complainant and the assigned unit.
// The commands themselves are commands.ts and evidence.commands.ts.

import { outcomeOf } from '../../platform/commands/outcome.ts'
import { dayOf, writtenDay, writtenDayOrNone } from '../../core/calendar.ts'
import { AppError, type Values } from '../../core/errors.ts'
import { sameText, sha256, type Secrets } from '../../core/secrets.ts'
import { squeeze } from '../../core/text.ts'
import { ruleOf } from '../deadlines/clocks.rules.ts'
import { COMPLAINT_LIFE, hasAddress, type Complaint } from './rules.ts'
import type { Addresses } from '../../messaging/fallback.rules.ts'
import type { NoticeEvent } from '../../messaging/notices.rules.ts'
import {
  complaintByNumber,
  complaintCodeHash,
  complaintCodeHashOf,
  findComplaint,
  insertStep,
  toComplaint,
  toComplaintRow,
  updateComplaint,
  type ComplaintRow,
  type ComplaintStepRow,
} from './store.ts'
import type { Db } from '../../platform/database/database.ts'
import { deadlinesByKey } from '../deadlines/store.ts'
import { liaisonsAfter } from '../units/store.ts'
import type { CommandContext, AppContext } from '../../platform/commands/command.ts'
import { toRecipients } from '../units/recipients.ts'
import { enqueueNotice } from '../../messaging/outbox.ts'
import { listVersion } from '../../platform/database/counters.ts'

/** The complaint to act on. With a `version`, the command refuses when the complaint changed since the caller read it. */
export interface ComplaintItem {
  id: string
  version?: number | undefined
}

/** A complaint as stored and as read. */
export interface LoadedComplaint {
  row: ComplaintRow
  complaint: Complaint
}

export interface ComplaintOutcome {
  id: string
  number: string
  state: Complaint['state']
  version: number
}

/** Reads one complaint. @throws `complaint_missing`, `complaint_version_stale`. */
export async function loadComplaint({ tx, app }: Pick<CommandContext, 'tx' | 'app'>, item: ComplaintItem): Promise<LoadedComplaint> {
  const row = await findComplaint(tx, item.id)
  if (row === null) throw new AppError('complaint_missing', {})
  if (item.version !== undefined && item.version !== row.version)
    throw new AppError('complaint_version_stale', { number: row.number, state: row.state, version: row.version })
  return { row, complaint: toComplaint(app.secrets, row) }
}

/** Number and query code as somebody typed them: blanks, width, case and hyphens do not count. */
export interface ComplaintKey {
  number: string
  code: string
}

/** Compared when there is no such number, so that both refusals take the same time. */
const NO_CODE_HASH = sha256('nobody')

/** The complaint of a number and its query code. @throws `complaint_missing`, the same for a wrong number and a wrong code. */
export async function findByCode(db: Db, secrets: Secrets, key: ComplaintKey): Promise<LoadedComplaint> {
  const number = squeeze(key.number).toUpperCase()
  const code = squeeze(key.code).toUpperCase().replace(/-/g, '')
  const row = await complaintByNumber(db, number.slice(0, 20))
  const isRightCode = sameText(complaintCodeHash(number, code), row === null ? NO_CODE_HASH : complaintCodeHashOf(secrets, row))
  if (row === null || !isRightCode) throw new AppError('complaint_missing', {})
  return { row, complaint: toComplaint(secrets, row) }
}

interface StepInput {
  act: ComplaintStepRow['act']
  /** The unit it was assigned to by this step. */
  unitId?: string
  /** Templates of the notices enqueued. */
  told: readonly string[]
  /** Further detail of the audit row: ids, hashes and words of closed lists, never text that a person wrote. */
  detail?: Readonly<Record<string, string | number>>
}

/** Saves a changed complaint with its audit row and step. @throws `complaint_version_stale`. */
export async function saveComplaint(
  context: CommandContext,
  before: LoadedComplaint,
  complaint: Complaint,
  step: StepInput,
): Promise<ComplaintOutcome> {
  const { tx, app, now } = context
  await recordStep(context, complaint, step, before.complaint.state)
  const row = toComplaintRow(app.secrets, complaint, { codeHash: complaintCodeHashOf(app.secrets, before.row), updatedAt: now })
  await updateComplaint(tx, row, before.complaint.version)
  return outcomeOf(complaint)
}

/** Writes audit row and step; the step's number is the complaint's version. @param from the state before, empty for a new complaint. */
export async function recordStep(context: CommandContext, complaint: Complaint, step: StepInput, from: string): Promise<void> {
  const { id, number, version, state } = complaint
  const { act, unitId, told, detail } = step
  await context.audit({
    subject: subjectOf(id),
    detail: { number, version, from, to: state, ...(unitId === undefined ? {} : { unitId }), ...detail },
  })
  const actor = context.actor.id
  await insertStep(context.tx, {
    complaintId: id,
    n: version,
    at: context.now,
    actor,
    act,
    state,
    unitId: unitId ?? null,
    told: told.join(','),
  })
}

/** Facts of an outcome for the log. */
export const complaintFacts = ({ number, state }: ComplaintOutcome): Record<string, string> => ({ complaint: number, state })

/** Subject of the audit rows and deadlines of a complaint. */
export function subjectOf(complaintId: string): string {
  return `complaint:${complaintId}`
}

type NoticeContext = Pick<CommandContext, 'app' | 'tx' | 'now'>

/** Template of the complainant's notice for each event; the rules of messaging/notices.rules.ts name the same. */
const COMPLAINANT_TEMPLATES = {
  'complaint.received': 'complaint-received-complainant',
  'complaint.accepted': 'complaint-accepted-complainant',
  'complaint.declined': 'complaint-declined-complainant',
  'complaint.assigned': 'complaint-assigned-complainant',
  'complaint.answered': 'complaint-answered-complainant',
  'complaint.withdrawn': 'complaint-withdrawn-complainant',
  'complaint.carried_out': 'complaint-carried_out-complainant',
} as const satisfies Partial<Record<NoticeEvent, string>>

/**
 * Enqueues a notice to the complainant, by WeChat where they have an account, else by SMS; without an address, none.
 * Returns the template of the notice enqueued.
 */
export async function notifyComplainant(
  context: NoticeContext,
  event: keyof typeof COMPLAINANT_TEMPLATES,
  complaint: Complaint,
  values: Values = {},
): Promise<string[]> {
  const { phone, wechat } = complaint.complainant
  if (!hasAddress(complaint.complainant)) return []
  const addresses: Addresses = { ...(wechat === undefined ? {} : { wechat }), ...(phone === undefined ? {} : { sms: phone }) }
  const recipient = { id: `complainant:${complaint.id}`, addresses, consent: true }
  const count = await enqueueNotice(context, 'complainant', await noticeOf(context, event, complaint, values), [recipient])
  return count > 0 ? [COMPLAINANT_TEMPLATES[event]] : []
}

/**
 * Enqueues a notice to the assigned unit's liaisons that says nothing of the complainant; without a liaison it becomes a clerk's task.
 * Returns the template of the notice enqueued.
 */
export async function notifyAssigned(context: NoticeContext, complaint: Complaint, unitId: string): Promise<string[]> {
  const { tx, app } = context
  const liaisons = await liaisonsAfter(tx, [unitId], '', 100)
  const dueOn = await dueDayOf(tx, complaint.id)
  const values = { dueOn: writtenDayOrNone(dueOn) }
  const notice = await noticeOf(context, 'complaint.assigned', complaint, values)
  const count = await enqueueNotice(context, 'unit', notice, toRecipients(app, unitId, liaisons))
  return count > 0 ? ['complaint-assigned-unit'] : []
}

/** Tells the unit that looks into a complaint that it was withdrawn. Returns the template of the notice enqueued. */
export async function notifyWithdrawn(context: NoticeContext, complaint: Complaint, unitId: string): Promise<string[]> {
  const liaisons = await liaisonsAfter(context.tx, [unitId], '', 100)
  const notice = await noticeOf(context, 'complaint.withdrawn', complaint, {})
  const count = await enqueueNotice(context, 'unit', notice, toRecipients(context.app, unitId, liaisons))
  return count > 0 ? ['complaint-withdrawn-unit'] : []
}

async function noticeOf(
  { tx }: NoticeContext,
  event: NoticeEvent,
  complaint: Complaint,
  values: Values,
): Promise<Parameters<typeof enqueueNotice>[2]> {
  return {
    event,
    key: `${event}:${complaint.id}:${complaint.version}`,
    values: { number: complaint.number, receivedOn: writtenDay(dayOf(complaint.receivedAt)), ...values },
    listVersion: await listVersion(tx),
  }
}

/** Days of a deadline as stated in a notice: the configured number, else that of the rule. */
export function daysOf(app: AppContext, code: 'complaint.accept' | 'complaint.resolve'): number {
  const rule = ruleOf(code, app.config.profile)
  return app.config.clockDays[code] ?? ('amount' in rule ? rule.amount : 0)
}

/** The last day, YYYY-MM-DD, of each complaint's deadline that is open or missed, by complaint id. */
export async function dueDays(db: Db, complaintIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await deadlinesByKey(
    db,
    complaintIds.flatMap((id) => [`complaint.accept:${subjectOf(id)}`, `complaint.resolve:${subjectOf(id)}`]),
  )
  const pending = rows.filter((row) => row.state === 'open' || row.state === 'missed')
  return new Map(pending.map((row) => [row.subject.slice('complaint:'.length), row.due]))
}

async function dueDayOf(db: Db, complaintId: string): Promise<string | null> {
  return (await dueDays(db, [complaintId])).get(complaintId) ?? null
}

/** Checks that evidence may still be added. @throws `complaint_act_impossible`. */
export function requireOpen(complaint: Complaint): void {
  COMPLAINT_LIFE.next(complaint.state, 'add_evidence')
}
