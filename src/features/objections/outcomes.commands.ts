// Commands after the decision on an objection: record that it was carried out, the service of a rejection, and the reconsideration.
// Registering, reviewing and deciding are features/objections/commands.ts.

import { dayOf, type Day } from '../../core/calendar.ts'
import { carryOut, recordService, type HigherCourt, type Remedy } from './rules.ts'
import { askReconsideration, NEXT_COURT, reconsidered } from './reconsideration.rules.ts'
import { closeDeadlines, openDeadlines, closeDeadlineAsOf, writtenDueDay, lastDayOf } from '../deadlines/commands.ts'
import { command } from '../../platform/commands/command.ts'
import { moveObjection, objectionFacts, subjectOf, type ObjectionItem, type ObjectionOutcome, resumeListing } from './commands.ts'
import { notifyCourt, notifyDebtor, notifyUnit } from './notices.ts'

/**
 * Records that an upheld objection was carried out. The listing must have been corrected, shielded, revoked or withdrawn by its own
 * command before.
 * @throws `objection_missing`, `objection_version_stale`, `objection_act_impossible`, `objection_not_carried_out`, `reason_needed`.
 */
export const carryOutObjection = command(
  'objection.carry_out',
  async (context, input: ObjectionItem & { note: string }): Promise<ObjectionOutcome> => {
    const { app, now } = context
    const { objection, listed, outcome } = await moveObjection(
      context,
      input,
      (before, listing) => carryOut(before, listing, { today: dayOf(now), note: input.note }),
      (_, { version }) => ({ listingVersion: version }),
    )
    await closeDeadlines(context, 'objection.carry_out', [subjectOf(objection.id)])
    await resumeListing(context, listed, objection)
    const remedy = app.catalog.words('objections', `remedy.${objection.remedy ?? ''}`)
    await notifyDebtor(context, 'objection.carried_out', objection, listed.listing, { remedy })
    return outcome
  },
  objectionFacts,
)

/**
 * Records the service of a rejection: the debtor's deadline to ask for reconsideration runs from that day.
 * @throws as `carryOutObjection`, `request_invalid`.
 */
export const recordObjectionService = command(
  'objection.record_service',
  async (context, input: ObjectionItem & { servedOn: Day }): Promise<ObjectionOutcome> => {
    const { servedOn } = input
    const { objection, outcome } = await moveObjection(
      context,
      input,
      (before) => recordService(before, { servedOn, today: dayOf(context.now) }),
      () => ({ servedOn }),
    )
    await openDeadlines(context, [{ code: 'reconsideration.file', subject: subjectOf(objection.id), start: servedOn }])
    return outcome
  },
  objectionFacts,
)

/**
 * Records that the debtor asked the next higher court for reconsideration. A late request is marked; it suspends nothing
 * (法释〔2017〕7号 art. 12).
 */
export const recordReconsiderationAsked = command(
  'objection.ask_reconsideration',
  async (
    context,
    input: ObjectionItem & { askedOn: Day; higherCourt?: HigherCourt | undefined },
  ): Promise<ObjectionOutcome & { late: boolean }> => {
    const { app, tx, now } = context
    const subject = subjectOf(input.id)
    const lastDay = await lastDayOf(tx, 'reconsideration.file', subject)
    const higherCourt = input.higherCourt ?? NEXT_COURT
    const { objection, listed, outcome } = await moveObjection(
      context,
      input,
      (before) => askReconsideration(before, { askedOn: input.askedOn, higherCourt, today: dayOf(now), lastDay }),
      ({ askedLate }) => ({ askedOn: input.askedOn, late: askedLate ? 1 : 0 }),
    )
    await closeDeadlineAsOf(context, 'reconsideration.file', subject, input.askedOn)
    await openDeadlines(context, [{ code: 'reconsideration.decide', subject, start: input.askedOn }])
    await notifyDebtor(context, 'reconsideration.received', objection, listed.listing, {
      higherCourt: app.catalog.words('states', `court.${higherCourt}`),
    })
    return { ...outcome, late: objection.askedLate }
  },
  objectionFacts,
)

/** The decision of the next higher court. */
export interface Reconsideration extends ObjectionItem {
  decidedOn: Day
  decisionNo: string
  reason: string
  /** What the next court orders; absent when it confirmed the rejection. */
  remedy?: Remedy | undefined
}

/** Records the next court's decision. If it overturns the rejection, the deadline to carry it out is the same as for our own decisions. */
export const recordReconsideration = command(
  'objection.record_reconsideration',
  async (context, input: Reconsideration): Promise<ObjectionOutcome> => {
    const { app, tx, now } = context
    const remedy = input.remedy ?? null
    const { objection, listed, outcome } = await moveObjection(
      context,
      input,
      (before) => reconsidered(before, { ...input, remedy, today: dayOf(now) }),
      () => ({ decisionNo: input.decisionNo, remedy: remedy ?? '' }),
    )
    const { listing } = listed
    const subject = subjectOf(objection.id)
    await closeDeadlines(context, 'reconsideration.decide', [subject])
    const values = {
      decisionNo: input.decisionNo,
      higherCourt: app.catalog.words('states', `court.${objection.higherCourt ?? NEXT_COURT}`),
    }
    if (remedy === null) {
      await notifyDebtor(context, 'reconsideration.rejected', objection, listing, values)
      return outcome
    }
    await openDeadlines(context, [{ code: 'objection.carry_out', subject, start: input.decidedOn }])
    const remedyWords = app.catalog.words('objections', `remedy.${remedy}`)
    const due = { remedy: remedyWords, dueOn: await writtenDueDay(tx, 'objection.carry_out', subject) }
    await notifyDebtor(context, 'reconsideration.upheld', objection, listing, { ...values, remedy: remedyWords })
    await notifyCourt(context, 'objection.upheld', objection, 'clerk', due)
    if (remedy === 'lift_measure') await notifyUnit(context, 'objection.upheld', objection, due)
    return outcome
  },
  objectionFacts,
)
