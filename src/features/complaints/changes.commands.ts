// What every act on complaints does the same way: find it as the caller saw it, save it with audit and step, tell who must hear.
// The acts themselves are features/complaints/commands and features/complaints/evidence.commands.

import { dayOf, writtenDay } from '../../core/calendar.ts'
import { AppError, type Values } from '../../core/errors.ts'
import { sameText, sha256, type Secrets } from '../../core/secrets.ts'
import { squeeze } from '../../core/text.ts'
import { ruleOf } from '../deadlines/clocks.rules.ts'
import { COMPLAINT_LIFE, isTellable, type Complaint } from './rules.ts'
import type { Addresses } from '../../messaging/fallback.rules.ts'
import type { NoticeEvent } from '../../messaging/notices.rules.ts'
import {
  complaintByNumber,
  complaintCodeHash,
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
import { addressed } from '../units/recipients.ts'
import { enqueueNotice } from '../../messaging/outbox.ts'
import { listVersion } from '../../platform/database/counters.ts'

/** A complaint to act on; `version` as the caller saw it, when it wants to be told of a change in between. */
export interface ComplaintItem {
  id: string
  version?: number | undefined
}

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

/** @throws `complaint_missing`, `complaint_version_stale`. */
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

/** Compared with when there is no such number, so that both refusals take the same work. */
const NOBODY = sha256('nobody')

/** @throws `complaint_missing`, the same for a wrong number and a wrong code. */
export async function findByCode(db: Db, secrets: Secrets, key: ComplaintKey): Promise<LoadedComplaint> {
  const number = squeeze(key.number).toUpperCase()
  const code = squeeze(key.code).toUpperCase().replace(/-/g, '')
  const row = await complaintByNumber(db, number.slice(0, 20))
  const fits = sameText(complaintCodeHash(number, code), row?.codeHash ?? NOBODY)
  if (row === null || !fits) throw new AppError('complaint_missing', {})
  return { row, complaint: toComplaint(secrets, row) }
}

interface StepInput {
  act: ComplaintStepRow['act']
  /** The unit it was assigned to by this step. */
  unitId?: string
  /** Templates promised. */
  told: readonly string[]
  /** For the audit: ids, digests and closed words, never what was written. */
  detail?: Readonly<Record<string, string | number>>
}

/** Writes audit, complaint and step of one act. */
export async function saveComplaint(
  context: CommandContext,
  before: LoadedComplaint,
  complaint: Complaint,
  step: StepInput,
): Promise<ComplaintOutcome> {
  const { tx, app, now } = context
  await recordStep(context, complaint, step, before.complaint.state)
  const row = toComplaintRow(app.secrets, complaint, { codeHash: before.row.codeHash, updatedAt: now })
  await updateComplaint(tx, row, before.complaint.version)
  return outcomeOf(complaint)
}

/** The audit row and the step; its number is the complaint's version. */
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

export function outcomeOf({ id, number, state, version }: Complaint): ComplaintOutcome {
  return { id, number, state, version }
}

export const complaintFacts = ({ number, state }: ComplaintOutcome): Record<string, string> => ({ complaint: number, state })

export function subjectOf(complaintId: string): string {
  return `complaint:${complaintId}`
}

type Told = Pick<CommandContext, 'app' | 'tx' | 'now'>

/** Promises the complainant a message, by WeChat when they came that way, else by SMS. Who left no address asks with number and code. */
export async function notifyComplainant(context: Told, event: NoticeEvent, complaint: Complaint, values: Values = {}): Promise<string[]> {
  const { phone, wechat } = complaint.complainant
  if (!isTellable(complaint.complainant)) return []
  const addresses: Addresses = { ...(wechat === undefined ? {} : { wechat }), ...(phone === undefined ? {} : { sms: phone }) }
  const recipient = { id: `complainant:${complaint.id}`, addresses, consent: true }
  const count = await enqueueNotice(context, 'complainant', await happening(context, event, complaint, values), [recipient])
  return count > 0 ? [`${event.replace('.', '-')}-complainant`] : []
}

/** Promises the assigned unit's liaisons a message that says nothing of who complained; without a liaison, a clerk's task. */
export async function notifyAssigned(context: Told, complaint: Complaint, unitId: string): Promise<string[]> {
  const { tx, app } = context
  const liaisons = await liaisonsAfter(tx, [unitId], '', 100)
  const dueOn = await dueDayOf(tx, complaint.id)
  const values = { dueOn: dueOn === null ? '' : writtenDay(dueOn) }
  const event = await happening(context, 'complaint.assigned', complaint, values)
  const count = await enqueueNotice(context, 'unit', event, addressed(app, unitId, liaisons))
  return count > 0 ? ['complaint-assigned-unit'] : []
}

async function happening(
  { tx }: Told,
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

/** Working days that a message may promise. */
export function daysOf(app: AppContext, code: 'complaint.accept' | 'complaint.resolve'): number {
  const rule = ruleOf(code, app.config.profile)
  return app.config.clockDays[code] ?? ('amount' in rule ? rule.amount : 0)
}

/** The last day of each complaint's clock that runs or was missed. */
export async function dueDays(db: Db, complaintIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await deadlinesByKey(
    db,
    complaintIds.flatMap((id) => [`complaint.accept:${subjectOf(id)}`, `complaint.resolve:${subjectOf(id)}`]),
  )
  const running = rows.filter((row) => row.state === 'open' || row.state === 'missed')
  return new Map(running.map((row) => [row.subject.slice('complaint:'.length), row.due]))
}

async function dueDayOf(db: Db, complaintId: string): Promise<string | null> {
  return (await dueDays(db, [complaintId])).get(complaintId) ?? null
}

/** Whether evidence may still come. @throws `complaint_act_impossible`. */
export function mustBeOpen(complaint: Complaint): void {
  COMPLAINT_LIFE.next(complaint.state, 'add_evidence')
}
