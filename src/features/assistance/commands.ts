// Assistance notices and judicial suggestions (联动意见 第十九条): drafted by a clerk, issued by another person, served by message or by hand.
// What the unit says to them is assistance-answers, lifting them assistance-lifting; the rules are domain/assistance.

import { writtenDay, type Day } from '../../core/calendar.ts'
import { AppError, type Values } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import {
  discard,
  draft,
  edit,
  issue,
  recordService,
  type Assistance,
  type AssistanceKind,
  type DraftInput,
  type NamedDebtor,
} from './rules.ts'
import { withdraw } from './replies.rules.ts'
import { amountOf } from '../deadlines/rules.ts'
import { DECIDED_STATES, type Listing, type ListingState } from '../listings/rules.ts'
import { insertAssistance, toAssistanceRow } from './store.ts'
import { findUnit, mustBeUnit } from '../units/store.ts'
import {
  assistanceFacts,
  assistanceSubject,
  auditDetail,
  cancelClocks,
  loadAssistance,
  outcomeOf,
  saveAssistance,
  tellUnit,
  tellUnitByLink,
  todayOf,
  type AssistanceItem,
  type AssistanceOutcome,
} from './changes.commands.ts'
import { openDeadlines, restartDeadlines } from '../deadlines/commands.ts'
import { act, type ActContext, type House } from '../../platform/commands/command.ts'
import { load } from '../listings/changes.commands.ts'
import { takeNumbers } from '../../platform/database/counters.ts'
import { named } from '../../platform/commands/field-names.ts'

export interface NewAssistance extends DraftInput {
  kind: AssistanceKind
  unitId: string
  /** Whom it is about; a suggestion may be about nobody. */
  listingId?: string | undefined
}

/** Measures can be asked for because of a debtor who was decided on; afterwards there is nothing to carry out. */
const OPEN_TO: readonly ListingState[] = DECIDED_STATES

/** @throws `unit_missing`, `unit_class`, `listing_missing`, `assistance_debtor_needed`, `assistance_debtor_unfit`, `reason_needed`, `request_invalid`. */
export const draftAssistance = act(
  'assistance.draft',
  async (context, input: NewAssistance): Promise<AssistanceOutcome> => {
    const { house, tx, now, actor } = context
    await mustBeUnit(tx, input.unitId)
    const listingId = input.listingId ?? null
    if (listingId !== null) await fitListing(context, listingId, input.kind)
    const assistance = named(house, 'assistances', () => draft({ ...input, id: newId(), listingId, by: actor.id, today: todayOf(context) }))
    await context.auditAll([{ subject: assistanceSubject(assistance.id), detail: auditDetail(assistance) }], 'fresh')
    await insertAssistance(tx, toAssistanceRow(house.secrets, assistance, { created: now, updated: now }))
    return outcomeOf(assistance)
  },
  assistanceFacts,
)

async function fitListing(context: ActContext, listingId: string, kind: AssistanceKind): Promise<Listing> {
  const [listed] = await load(context, [{ id: listingId }])
  if (listed === undefined) throw new AppError('listing_missing')
  const { listing } = listed
  if (kind === 'assistance' && !OPEN_TO.includes(listing.state)) throw new AppError('assistance_debtor_unfit', { state: listing.state })
  return listing
}

/** @throws `assistance_missing`, `assistance_version_stale`, `assistance_act_impossible`, `reason_needed`, `request_invalid`. */
export const editAssistance = act(
  'assistance.draft',
  async (context, input: AssistanceItem & DraftInput): Promise<AssistanceOutcome> => {
    const before = await loadAssistance(context, input)
    const assistance = named(context.house, 'assistances', () => edit(before.assistance, { ...input, today: todayOf(context) }))
    return saveAssistance(context, before, assistance)
  },
  assistanceFacts,
)

/**
 * Issues a draft under the year's next number and serves it: each liaison gets a message with a link of their own, and where nobody can be reached
 * it falls to the clerks. The unit's days to acknowledge run from now where a liaison hears of it, elsewhere from the day a clerk records having served it.
 * @throws as `editAssistance`, and `own_draft`, `assistance_debtor_unfit` when the listing has left meanwhile.
 */
export const issueAssistance = act(
  'assistance.issue',
  async (context, input: AssistanceItem): Promise<AssistanceOutcome> => {
    const { house, tx, actor } = context
    const before = await loadAssistance(context, input)
    const today = todayOf(context)
    const { kind, listingId, unitId } = before.assistance
    const listing = listingId === null ? undefined : await fitListing(context, listingId, kind)
    const debtor = listing === undefined ? undefined : debtorNamed(listing)
    // The rule first: what it refuses takes no number.
    const issuing = { by: actor.id, today, debtor }
    named(house, 'assistances', () => issue(before.assistance, { ...issuing, number: '-', document: [] }))
    const number = await nextNumber(context, kind, today)
    const unit = await findUnit(tx, unitId)
    const document = documentOf(house, before.assistance, { number, unit: unit?.name ?? unitId, debtor, today })
    const assistance = issue(before.assistance, { ...issuing, number, document })
    const outcome = await saveAssistance(context, before, assistance)
    const subject = assistanceSubject(assistance.id)
    await openDeadlines(context, [{ code: 'assistance.answer', subject, start: assistance.answerBy, unitId }])
    const heard = await tellUnitByLink(context, 'assistance.issued', assistance, ackDays(house))
    if (heard) await openDeadlines(context, [{ code: 'assistance.acknowledge', subject, start: today, unitId }])
    return outcome
  },
  assistanceFacts,
)

function debtorNamed({ content }: Listing): NamedDebtor {
  return { name: content.debtor.name, identifier: content.debtor.identifier, caseNo: content.caseNo }
}

async function nextNumber({ house, tx }: ActContext, kind: AssistanceKind, today: Day): Promise<string> {
  const year = today.slice(0, 4)
  const number = await takeNumbers(tx, `assistance.${kind}:${year}`, 1)
  return house.catalog.words('assistances', `number.${kind}`, { year, courtCode: house.config.courtCode, number })
}

function ackDays({ config }: House): Values {
  return { ackDays: amountOf('assistance.acknowledge', config.profile, config.clockDays) }
}

export interface DocumentFacts {
  number: string
  unit: string
  debtor: NamedDebtor | undefined
  today: Day
}

/** The document's paragraphs: the template's words around the clerk's. The debtor's number stands beside them, never in a sentence. */
function documentOf({ catalog, config }: House, { kind, record, answerBy }: Assistance, { unit, debtor, today }: DocumentFacts): string[] {
  const known = {
    unit,
    court: config.court.name,
    facts: record.facts,
    request: record.request,
    basis: record.basis,
    answerBy: writtenDay(answerBy),
    name: debtor?.name ?? '',
    caseNo: debtor?.caseNo ?? '',
  }
  const parts = ['to', 'opening', ...(debtor === undefined ? [] : ['debtor']), 'facts', 'request', 'basis', 'duty', 'answer']
  const paragraphs = parts.map((part) => catalog.words('assistances', `document.${kind}.${part}`, known))
  const ends = [
    catalog.words('assistances', 'document.signed', { court: config.court.name }),
    catalog.words('assistances', 'document.dated', { day: writtenDay(today) }),
  ]
  return [...paragraphs, ...ends]
}

/** A draft that is not to be issued. @throws as `editAssistance`. */
export const discardAssistance = act(
  'assistance.discard',
  async (context, input: AssistanceItem): Promise<AssistanceOutcome> => {
    const before = await loadAssistance(context, input)
    return saveAssistance(context, before, discard(before.assistance, todayOf(context)))
  },
  assistanceFacts,
)

/** A clerk handed it over: the unit's days to acknowledge run from that day. @throws as `editAssistance`. */
export const recordAssistanceService = act(
  'assistance.record_service',
  async (context, input: AssistanceItem & { servedOn: Day; manner: string }): Promise<AssistanceOutcome> => {
    const before = await loadAssistance(context, input)
    const assistance = named(context.house, 'assistances', () => recordService(before.assistance, { ...input, today: todayOf(context) }))
    const outcome = await saveAssistance(context, before, assistance, { servedOn: input.servedOn })
    const { unitId } = assistance
    const subject = assistanceSubject(assistance.id)
    await restartDeadlines(context, [{ code: 'assistance.acknowledge', subject, start: input.servedOn, unitId }])
    return outcome
  },
  assistanceFacts,
)

/** Sends the unit's liaisons new links; unused ones end. @throws as `editAssistance`: only while it is in force. */
export const sendAssistanceLink = act(
  'assistance.send_link',
  async (context, input: AssistanceItem): Promise<AssistanceOutcome> => {
    const { assistance } = await loadAssistance(context, input)
    if (assistance.number === null || assistance.endedOn !== null)
      throw new AppError('assistance_act_impossible', { state: assistance.state, act: 'send_link', possible: '' })
    await context.audit({ subject: assistanceSubject(assistance.id), detail: { unitId: assistance.unitId } })
    await tellUnitByLink(context, 'assistance.issued', assistance, ackDays(context.house))
    return outcomeOf(assistance)
  },
  assistanceFacts,
)

/** Takes back what was wrongly issued: the unit stops, and undoes what it did. @throws as `editAssistance`. */
export const withdrawAssistance = act(
  'assistance.withdraw',
  async (context, input: AssistanceItem & { reason: string }): Promise<AssistanceOutcome> => {
    const before = await loadAssistance(context, input)
    const assistance = named(context.house, 'assistances', () =>
      withdraw(before.assistance, { reason: input.reason, today: todayOf(context) }),
    )
    const outcome = await saveAssistance(context, before, assistance)
    await cancelClocks(context, assistance)
    await tellUnit(context, 'assistance.withdrawn', assistance)
    return outcome
  },
  assistanceFacts,
)
