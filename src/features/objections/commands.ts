// Objections (实施意见 四(二)3, 法释〔2017〕7号 art. 11–12): registered, reviewed, withdrawn or decided; each step is told.
// What follows a decision is actions/objection-outcomes; the rules are domain/objection.

import { dayOf, type Day } from '../../core/calendar.ts'
import { newId } from '../../core/ids.ts'
import { amountOf } from '../deadlines/rules.ts'
import {
  objectionNumber,
  register,
  reject,
  review,
  suspend,
  uphold,
  withdraw,
  type ObjectionSubject,
  type ObjectionWay,
  type Remedy,
} from './rules.ts'
import { NEXT_COURT } from './reconsideration.rules.ts'
import { insertObjection, toObjectionRow } from './store.ts'
import { cancelDeadlines, closeDeadlines, openDeadlines, closeByDay, dueOn, lastDayOf } from '../deadlines/commands.ts'
import { act, type ActContext } from '../../platform/commands/command.ts'
import { load, subjectOf as listingSubject, type Loaded } from '../listings/changes.commands.ts'
import {
  detailOf,
  moveObjection,
  objectionFacts,
  outcomeOf,
  subjectOf,
  tellCourt,
  tellDebtor,
  tellUnit,
  type ObjectionItem,
  type ObjectionOutcome,
} from './changes.commands.ts'
import { resumeListing, suspendListing } from './suspensions.commands.ts'
import { takeNumbers } from '../../platform/database/counters.ts'
import { named } from '../../platform/commands/field-names.ts'
import { mustBeUnit } from '../units/store.ts'

export interface NewObjection {
  listingId: string
  about: ObjectionSubject
  /** The unit whose measure it is about; for nothing else. */
  unitId?: string | undefined
  way: ObjectionWay
  receivedOn: Day
  /** The postmark: an objection that was posted in time is in time (民诉法 85). */
  postedOn?: Day | undefined
  /** What is asked for and why. */
  claim: string
}

/**
 * A clerk registers an objection; its review begins to run from the day it was received. A late one is taken up and marked.
 * @throws `listing_missing`, `objection_impossible`, `listing_of_higher_court`, `objection_unit_needed`, `objection_pending`, `request_invalid`.
 */
export const registerObjection = act(
  'objection.register',
  async (context, input: NewObjection): Promise<ObjectionOutcome & { late: boolean }> => {
    const { tx, house, now, actor } = context
    const today = dayOf(now)
    const { listing } = (await load(context, [{ id: input.listingId }]))[0] as Loaded
    const unitId = input.unitId ?? null
    if (unitId !== null) await mustBeUnit(tx, unitId)
    const filing = listingSubject(listing)
    const lastDay = await lastDayOf(tx, 'objection.file', filing)
    const number = objectionNumber(today, await takeNumbers(tx, `objection:${today}`, 1))
    const id = newId()
    const objection = named(house, 'objections', () => register(listing, { ...input, id, number, unitId, by: actor.id, today, lastDay }))
    const detail = { ...detailOf(objection), about: objection.about, receivedOn: objection.receivedOn, late: objection.late ? 1 : 0 }
    await context.auditAll([{ subject: subjectOf(id), detail }], 'fresh')
    await insertObjection(tx, toObjectionRow(house.secrets, objection, { created: now, updated: now }))
    if (objection.about !== 'measure') await closeByDay(context, 'objection.file', filing, objection.handedInOn)
    await openDeadlines(context, [{ code: 'objection.review', subject: subjectOf(id), start: objection.receivedOn }])
    await tellDebtor(context, 'objection.registered', objection, listing, {
      about: house.catalog.words('objections', `about.${objection.about}`),
      timing: house.catalog.words('objections', objection.late ? 'timing.late' : 'timing.in_time'),
      dueOn: await dueOn(tx, 'objection.review', subjectOf(id)),
    })
    return { ...outcomeOf(objection), late: objection.late }
  },
  objectionFacts,
)

/**
 * Begins the review. While an objection about a measure is verified, measures rest: units are told at once, and told again when it ends.
 * @throws `objection_missing`, `objection_version_stale`, `objection_act_impossible`.
 */
export const reviewObjection = act(
  'objection.review',
  async (context, input: ObjectionItem): Promise<ObjectionOutcome> => {
    const { objection, listed, outcome } = await moveObjection(context, input, (before, listing) =>
      review(before, listing, context.actor.id),
    )
    const { listing } = listed
    if (objection.suspends) await suspendListing(context, listed, objection)
    const due = { dueOn: await dueOn(context.tx, 'objection.review', subjectOf(objection.id)) }
    await tellDebtor(context, 'objection.reviewing', objection, listing, due)
    await tellUnit(context, 'objection.reviewing', objection, due)
    await tellCourt(context, 'objection.reviewing', objection, 'approver', due)
    return outcome
  },
  objectionFacts,
)

/** An approver lets measures rest while an objection of another kind is reviewed. @throws as `reviewObjection`, and `objection_suspends`, `objection_impossible`. */
export const suspendForObjection = act(
  'objection.suspend',
  async (context, input: ObjectionItem): Promise<ObjectionOutcome> => {
    const { objection, listed, outcome } = await moveObjection(context, input, suspend)
    await suspendListing(context, listed, objection)
    return outcome
  },
  objectionFacts,
)

/** Records that the debtor takes the objection back. @throws as `reviewObjection`, and `reason_needed`. */
export const withdrawObjection = act(
  'objection.withdraw',
  async (context, input: ObjectionItem & { reason: string }): Promise<ObjectionOutcome> => {
    const { objection, listed, outcome } = await moveObjection(context, input, (before) => withdraw(before, input.reason))
    await cancelDeadlines(context, 'objection.review', [subjectOf(objection.id)])
    await resumeListing(context, listed, objection)
    await tellDebtor(context, 'objection.withdrawn', objection, listed.listing)
    return outcome
  },
  objectionFacts,
)

export interface ObjectionDecision extends ObjectionItem {
  reason: string
  /** Without one, the year's next is taken. */
  decisionNo?: string | undefined
}

/**
 * Upholds an objection: what must follow has its own clock, and whoever must do it is told.
 * @throws as `reviewObjection`, and `objection_own_review`, `own_draft`, `objection_remedy_unfit`, `reason_needed`.
 */
export const upholdObjection = act(
  'objection.decide',
  async (context, input: ObjectionDecision & { remedy: Remedy }): Promise<ObjectionOutcome> => {
    const { actor, now, tx, house } = context
    const today = dayOf(now)
    const decisionNo = await numberOf(context, input, today)
    const { objection, listed, outcome } = await moveObjection(
      context,
      input,
      (before, listing) => uphold(before, listing, { ...input, decisionNo, by: actor.id, today }),
      () => ({ remedy: input.remedy, decisionNo }),
    )
    const { listing } = listed
    const subject = subjectOf(objection.id)
    await closeDeadlines(context, 'objection.review', [subject])
    await openDeadlines(context, [{ code: 'objection.carry_out', subject, start: today }])
    const values = { decisionNo, remedy: house.catalog.words('objections', `remedy.${input.remedy}`) }
    const due = { remedy: values.remedy, dueOn: await dueOn(tx, 'objection.carry_out', subject) }
    await tellDebtor(context, 'objection.upheld', objection, listing, values)
    await tellCourt(context, 'objection.upheld', objection, 'clerk', due)
    if (input.remedy === 'lift_measure') await tellUnit(context, 'objection.upheld', objection, due)
    return outcome
  },
  objectionFacts,
)

/** Rejects an objection; the debtor learns of the right to ask the next court. @throws as `upholdObjection`. */
export const rejectObjection = act(
  'objection.decide',
  async (context, input: ObjectionDecision): Promise<ObjectionOutcome> => {
    const { actor, now, house } = context
    const today = dayOf(now)
    const decisionNo = await numberOf(context, input, today)
    const { objection, listed, outcome } = await moveObjection(
      context,
      input,
      (before, listing) => reject(before, listing, { ...input, decisionNo, by: actor.id, today }),
      () => ({ decisionNo }),
    )
    await closeDeadlines(context, 'objection.review', [subjectOf(objection.id)])
    await resumeListing(context, listed, objection)
    await tellDebtor(context, 'objection.rejected', objection, listed.listing, {
      decisionNo,
      reason: input.reason.trim(),
      higherCourt: house.catalog.words('states', `court.${NEXT_COURT}`),
      days: amountOf('reconsideration.file', house.config.profile, house.config.clockDays),
    })
    return outcome
  },
  objectionFacts,
)

async function numberOf(context: ActContext, input: ObjectionDecision, today: Day): Promise<string> {
  const given = input.decisionNo?.trim()
  if (given) return given
  const year = today.slice(0, 4)
  const number = await takeNumbers(context.tx, `correction:${year}`, 1)
  return context.house.catalog.words('objections', 'decision.number', { year, number })
}
