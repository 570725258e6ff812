// Commands on credit repair (实施意见 四(二)6): apply, ask units, answer, decide, withdraw; the applicant is notified of each step.
// Lists and the export of granted repairs are features/repairs/views.ts; the rules are features/repairs/rules.ts.

import { anyActorOf } from '../../platform/commands/audit.store.ts'
import { closeTasks } from '../../messaging/overtaking.ts'
import { outcomeOf } from '../../platform/commands/outcome.ts'
import { dayOf, type Day } from '../../core/calendar.ts'
import { AppError, type Values } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import type { NoticeEvent } from '../../messaging/notices.rules.ts'
import {
  answer,
  apply,
  approve,
  consult,
  isAnswered,
  refuse,
  repairNumber,
  withdraw,
  type Opinion,
  type Repair,
  type RepairOpinion,
} from './rules.ts'
import { requireOwnUnit } from '../../platform/commands/permissions.ts'
import {
  findRepair,
  insertOpinions,
  insertRepair,
  keepOpinion,
  opinionsOf,
  toRepair,
  toRepairRow,
  updateRepair,
  type RepairRow,
} from './store.ts'
import { cancelDeadlines, closeDeadlines, openDeadlines, writtenDueDay } from '../deadlines/commands.ts'
import { command, type CommandContext } from '../../platform/commands/command.ts'
import { unitRecipients } from '../units/recipients.ts'
import { enqueueNotice, type Recipient } from '../../messaging/outbox.ts'
import { debtorOf } from '../listings/notices.ts'
import { listVersion, takeNumbers } from '../../platform/database/counters.ts'
import { withFieldNames } from '../../platform/commands/field-names.ts'
import { requireUnit } from '../units/store.ts'
import { staffRecipients } from '../staff/recipients.ts'
import { loadListings, type LoadedListing } from '../listings/changes.commands.ts'

/** An application to act on. With `version`, as the caller saw it, a change in between is an error. */
export interface RepairItem {
  id: string
  version?: number | undefined
}

/** What a command made of an application. */
export interface RepairOutcome {
  id: string
  number: string
  state: Repair['state']
  version: number
}

const facts = ({ number, state }: RepairOutcome): Record<string, string> => ({ repair: number, state })

/** Subject of an application in audit rows and deadlines. */
export function subjectOf(repairId: string): string {
  return `repair:${repairId}`
}

/**
 * Registers the application of a debtor who left the list; the deadline to decide runs from the day of receipt.
 * @throws `listing_missing`, `repair_not_delisted`, `repair_pending`, `reason_needed`, `request_invalid`.
 */
export const applyForRepair = command(
  'repair.apply',
  async (context, input: { listingId: string; receivedOn: Day; statement: string }): Promise<RepairOutcome> => {
    const { tx, app, now, actor } = context
    const today = dayOf(now)
    const [listed] = (await loadListings(context, [{ id: input.listingId }])) as [LoadedListing]
    const number = repairNumber(today, await takeNumbers(tx, `repair:${today}`, 1))
    const repair = withFieldNames(app, 'repairs', () => apply(listed.listing, { ...input, id: newId(), number, by: actor.id, today }))
    const subject = subjectOf(repair.id)
    await context.auditAll([{ subject, detail: detailOf(repair) }], 'fresh')
    await insertRepair(tx, toRepairRow(app.secrets, repair, { created: now, updated: now }))
    await openDeadlines(context, [{ code: 'repair.decide', subject, start: repair.receivedOn }])
    await notifyApplicant(context, 'repair.received', repair, listed, { dueOn: await writtenDueDay(tx, 'repair.decide', subject) })
    return outcomeOf(repair)
  },
  facts,
)

/**
 * Asks units for their opinion; more units may be asked later.
 * @throws `repair_missing`, `repair_version_stale`, `repair_act_impossible`, `repair_unit_asked`, `unit_missing`, `unit_class`,
 *   `request_invalid` for none.
 */
export const consultOnRepair = command(
  'repair.consult',
  async (context, input: RepairItem & { unitIds: readonly string[] }): Promise<RepairOutcome> => {
    const { tx, now } = context
    const before = await loadRepair(context, input)
    const unitIds = [...new Set(input.unitIds)]
    if (unitIds.length === 0) throw new AppError('request_invalid')
    const repair = consult(before.repair, before.opinions, unitIds)
    for (const unitId of unitIds) await requireUnit(tx, unitId)
    const blank = { opinion: null, reason: null, answeredAt: null, answeredBy: null }
    await insertOpinions(
      tx,
      unitIds.map((unitId) => ({ repairId: repair.id, unitId, askedAt: now, ...blank })),
    )
    const outcome = await saveRepair(context, before, repair, { units: unitIds.join(' ') })
    const values = { dueOn: await writtenDueDay(tx, 'repair.decide', subjectOf(repair.id)) }
    for (const unitId of unitIds) await notify(context, 'repair.consulting', 'unit', repair, await unitRecipients(context, unitId), values)
    return outcome
  },
  facts,
)

/**
 * Records the opinion of a unit, given by itself or on paper through a clerk; it may change until the decision. After the last one the
 * approvers are notified.
 * @throws as `consultOnRepair`, and `unit_other`, `repair_unit_unasked`, `reason_needed`.
 */
export const answerOnRepair = command(
  'repair.answer',
  async (context, input: RepairItem & { unitId: string; opinion: Opinion; reason?: string | undefined }): Promise<RepairOutcome> => {
    const { tx, now, actor } = context
    requireOwnUnit(actor, input.unitId)
    const before = await loadRepair(context, input)
    const { repair, given } = answer(before.repair, before.opinions, { ...input, reason: input.reason ?? '' })
    await keepOpinion(tx, { repairId: repair.id, ...given, answeredAt: now, answeredBy: actor.id })
    const outcome = await saveRepair(context, before, repair, { unitId: input.unitId, opinion: input.opinion })
    const all = before.opinions.map((each) => (each.unitId === given.unitId ? given : each))
    if (!isAnswered(all)) return outcome
    const values = { dueOn: await writtenDueDay(tx, 'repair.decide', subjectOf(repair.id)) }
    await notify(context, 'repair.answered', 'court', repair, await staffRecipients(context, 'approver'), values)
    return outcome
  },
  facts,
)

/** The decision on an application. */
export interface RepairDecision extends RepairItem {
  reason: string
  /** Default: the next number of the year. */
  decisionNo?: string | undefined
}

/**
 * Grants a repair to which every unit that was asked agrees.
 * @throws as `consultOnRepair`, and `repair_opinions_missing`, `repair_opposed`, `repair_own_registration`.
 */
export const approveRepair = command(
  'repair.decide',
  async (context, input: RepairDecision): Promise<RepairOutcome> => {
    const before = await loadRepair(context, input)
    // Opinions on paper are recorded by the court: whoever recorded one does not decide on it.
    const answerers = await anyActorOf(context.tx, [subjectOf(before.repair.id)], ['repair.answer'])
    if (answerers.has(context.actor.id)) throw new AppError('repair_own_registration')
    const decision = await decisionOf(context, input)
    const repair = approve(before.repair, before.opinions, decision)
    const outcome = await saveDecision(context, before, repair, 'repair.approved')
    // The units are told too, because they keep the record in their own systems.
    for (const { unitId } of before.opinions)
      await notify(context, 'repair.approved', 'unit', repair, await unitRecipients(context, unitId), {})
    return outcome
  },
  facts,
)

/** Refuses a repair with a reason. @throws as `consultOnRepair`, and `repair_own_registration`, `reason_needed`. */
export const refuseRepair = command(
  'repair.decide',
  async (context, input: RepairDecision): Promise<RepairOutcome> => {
    const before = await loadRepair(context, input)
    const decision = await decisionOf(context, input)
    return saveDecision(context, before, refuse(before.repair, decision), 'repair.refused')
  },
  facts,
)

/** Records that the applicant withdrew the application. @throws as `consultOnRepair`, and `reason_needed`. */
export const withdrawRepair = command(
  'repair.withdraw',
  async (context, input: RepairItem & { reason: string }): Promise<RepairOutcome> => {
    const before = await loadRepair(context, input)
    const repair = withdraw(before.repair, input.reason)
    const outcome = await saveRepair(context, before, repair)
    await cancelDeadlines(context, 'repair.decide', [subjectOf(repair.id)])
    await notifyApplicant(context, 'repair.withdrawn', repair, before.listed)
    return outcome
  },
  facts,
)

async function decisionOf(context: CommandContext, input: RepairDecision): Promise<Parameters<typeof refuse>[1]> {
  const { tx, app, now, actor } = context
  const today = dayOf(now)
  const year = today.slice(0, 4)
  const decisionNo =
    input.decisionNo?.trim() ||
    app.catalog.words('repairs', 'decision.number', { year, number: await takeNumbers(tx, `repair_decision:${year}`, 1) })
  return { by: actor.id, today, decisionNo, reason: input.reason }
}

async function saveDecision(context: CommandContext, before: LoadedRepair, repair: Repair, event: NoticeEvent): Promise<RepairOutcome> {
  const decisionNo = repair.decisionNo ?? ''
  const outcome = await saveRepair(context, before, repair, { decisionNo })
  await closeDeadlines(context, 'repair.decide', [subjectOf(repair.id)])
  await notifyApplicant(context, event, repair, before.listed, { decisionNo, reason: repair.record.decision ?? '' })
  return outcome
}

interface LoadedRepair {
  row: RepairRow
  repair: Repair
  opinions: RepairOpinion[]
  listed: LoadedListing
}

/** Loads an application with its opinions and listing. @throws `repair_missing`, `repair_version_stale`. */
async function loadRepair(context: CommandContext, item: RepairItem): Promise<LoadedRepair> {
  const row = await findRepair(context.tx, item.id)
  if (row === null) throw new AppError('repair_missing')
  if (item.version !== undefined && item.version !== row.version)
    throw new AppError('repair_version_stale', { number: row.number, state: row.state })
  const [listed] = (await loadListings(context, [{ id: row.listingId }])) as [LoadedListing]
  return { row, repair: toRepair(context.app.secrets, row), opinions: await opinionsOf(context.tx, [row.id]), listed }
}

async function saveRepair(context: CommandContext, before: LoadedRepair, repair: Repair, detail: Values = {}): Promise<RepairOutcome> {
  const { tx, app, now } = context
  await context.audit({ subject: subjectOf(repair.id), detail: { ...detailOf(repair, before.repair), ...detail } })
  await updateRepair(tx, toRepairRow(app.secrets, repair, { created: before.row.createdAt, updated: now }), before.repair.version)
  await closeTasks(context, 'repair', [repair.id])
  return outcomeOf(repair)
}

/** Detail of an audit row: never the text of the application. */
function detailOf({ number, listingId, version, state }: Repair, before?: Repair): Record<string, string | number> {
  return { number, listingId, version, from: before?.state ?? '', to: state }
}

type NoticeContext = Pick<CommandContext, 'app' | 'tx' | 'now'>

async function notifyApplicant(
  context: NoticeContext,
  event: NoticeEvent,
  repair: Repair,
  { listing }: LoadedListing,
  values: Values = {},
): Promise<void> {
  const { debtor, caseNo } = listing.content
  const notice = await noticeOf(context, event, repair, { name: debtor.name, caseNo, ...values })
  await enqueueNotice(context, 'debtor', { ...notice, listingId: listing.id }, [debtorOf(listing)])
}

/** Enqueues a notice to a unit or to staff; its text names nobody. */
async function notify(
  context: NoticeContext,
  event: NoticeEvent,
  audience: 'unit' | 'court',
  repair: Repair,
  recipients: readonly Recipient[],
  values: Values,
): Promise<void> {
  await enqueueNotice(context, audience, await noticeOf(context, event, repair, values), recipients)
}

async function noticeOf(
  { tx }: NoticeContext,
  event: NoticeEvent,
  repair: Repair,
  values: Values,
): Promise<Parameters<typeof enqueueNotice>[2]> {
  return {
    event,
    key: `${event}:${repair.id}:${repair.version}`,
    values: { number: repair.number, ...values },
    listVersion: await listVersion(tx),
  }
}
