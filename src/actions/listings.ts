// What the court does with its list, from a draft to an exit: each act one transaction over one or many listings, all or nothing.
// What may follow what is domain/listing; wholesale entry from files is actions/imports.

import { dayOf, writtenDay, type Day } from '../core/calendar.ts'
import { AppError } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import { barredUntil } from '../domain/deadlines.ts'
import type { RawContent } from '../domain/desk.ts'
import {
  approve,
  correct,
  cutsTermShort,
  draft,
  edit,
  inForce,
  publish,
  recordService,
  reject,
  revoke,
  shield,
  submit,
  withdraw,
  type ExitGround,
  type ListingContent,
} from '../domain/listing.ts'
import { must } from '../domain/roles.ts'
import { checkContent } from '../domain/rows.ts'
import { readCaseNo } from '../domain/values.ts'
import { appendJournal, takeNumbers } from '../store/journal.ts'
import { idsInState, insertListings, keysInForce, lastCreditorExits, listingsById, searchListings } from '../store/listing-questions.ts'
import { enterOfficers } from '../store/officers.ts'
import { toRow } from '../store/listings.ts'
import { keepWording } from '../store/wordings.ts'
import { act, view, type ActContext } from './context.ts'
import {
  BULLETIN_LIMIT,
  bulletinFacts,
  change,
  detailOf,
  inBulletin,
  journalOf,
  load,
  one,
  save,
  subjectOf,
  type BulletinOutcome,
  type Item,
  type Loaded,
  type Outcome,
} from './listing-changes.ts'
import { clocksOfCorrection, clocksOfExit, clocksOfPublication, clocksOfService, clocksOfWithdrawal } from './listing-clocks.ts'
import { tellOfCorrection, tellParties, type Change } from './parties.ts'

/** A clerk drafts a listing. @throws `listing_incomplete` with every problem, `listing_in_force`, `listing_barred`. */
export const draftListing = act(
  'listing.draft',
  async (context, input: { content: RawContent }): Promise<{ id: string; version: number }> => {
    const { house, now, actor, tx } = context
    const content = checked(context, input.content)
    await mustBeNew(context, content, null)
    const listing = draft({ id: newId(), content, by: actor.id })
    const [head] = await context.auditAll([{ subject: subjectOf(listing), detail: detailOf(listing) }], 'fresh')
    await insertListings(tx, [toRow(house.secrets, listing, { created: now, updated: now }, head?.hash ?? '')])
    await enterOfficers(tx, house.secrets, [listing])
    await appendJournal(tx, [journalOf(listing, 'listing.drafted', null, now)])
    return { id: listing.id, version: listing.version }
  },
)

/** Changes a draft. */
export const editListing = act('listing.edit', async (context, input: Item & { content: RawContent }): Promise<Outcome> => {
  const [before] = await load(context, [input])
  const content = checked(context, input.content)
  await mustBeNew(context, content, before as Loaded)
  return one(await save(context, [change(before as Loaded, edit((before as Loaded).listing, content), 'listing.drafted')], null))
})

/** Hands drafts to an approver. */
export const submitListings = act('listing.submit', async (context, input: { items: readonly Item[] }): Promise<Outcome[]> => {
  const loaded = await load(context, input.items)
  return (
    await save(
      context,
      loaded.map((before) => change(before, submit(before.listing), 'listing.submitted')),
      null,
    )
  ).outcomes
})

/** Decides pending listings; the debtors are told (seed 四(二)3, 法释〔2017〕7号 art. 5). Without a number, the year's next is taken. */
export const approveListings = act(
  'listing.approve',
  async (context, input: { items: readonly (Item & { decisionNo?: string | undefined })[] }): Promise<Outcome[]> => {
    const today = dayOf(context.now)
    const loaded = await load(context, input.items)
    const year = today.slice(0, 4)
    const first = await takeNumbers(context.tx, `decision:${year}`, loaded.length)
    const changes = loaded.map((before, position) => {
      const given = input.items.find((item) => item.id === before.listing.id)?.decisionNo?.trim()
      const decisionNo = given || context.house.catalog.words('states', 'decision.number', { year, number: first + position })
      return change(before, approve(before.listing, { by: context.actor.id, decisionNo, today }), 'listing.decided')
    })
    const saved = await save(context, changes, null)
    await tellParties(context, 'listing.decided', changes, saved.listVersion)
    return saved.outcomes
  },
)

/** Sends pending listings back to their drafters, with a reason. */
export const rejectListings = act(
  'listing.reject',
  async (context, input: { items: readonly Item[]; reason: string }): Promise<Outcome[]> => {
    const loaded = await load(context, input.items)
    const changes = loaded.map((before) =>
      change(before, reject(before.listing, { by: context.actor.id, reason: input.reason }), 'listing.rejected'),
    )
    return (await save(context, changes, null)).outcomes
  },
)

/** Records that decisions were served, when and how. */
export const recordServices = act(
  'listing.record_service',
  async (context, input: { items: readonly Item[]; servedOn: Day; manner: string }): Promise<Outcome[]> => {
    const today = dayOf(context.now)
    const loaded = await load(context, input.items)
    const changes = loaded.map((before) =>
      change(before, recordService(before.listing, { servedOn: input.servedOn, manner: input.manner, today }), 'listing.served'),
    )
    await clocksOfService(context, changes.map(listingOf))
    return (await save(context, changes, null)).outcomes
  },
)

/** Takes listings back before they were published. */
export const withdrawListings = act(
  'listing.withdraw',
  async (context, input: { items: readonly Item[]; reason: string }): Promise<Outcome[]> => {
    const changes = (await load(context, input.items)).map((before) => change(before, withdraw(before.listing, input), 'listing.withdrawn'))
    await clocksOfWithdrawal(context, changes.map(listingOf))
    return (await save(context, changes, null)).outcomes
  },
)

/** Publishes listings in one bulletin: debtors, applicants, units, media and subscribers are told; of an undisclosed one, the employer alone. */
export const publishListings = act(
  'listing.publish',
  async (context, input: { items: readonly Item[] }): Promise<BulletinOutcome> => {
    const today = dayOf(context.now)
    const loaded = await load(context, input.items)
    const changes = loaded.map((before) =>
      change(before, publish(before.listing, { today, profile: context.house.config.profile }), 'listing.listed'),
    )
    const outcome = await inBulletin(context, 'publish', changes, {})
    await clocksOfPublication(context, changes.map(listingOf))
    const isPublic = (each: Change): boolean => each.listing.content.disclosure === 'public'
    await tellParties(context, 'listing.listed', changes.filter(isPublic), outcome.bulletin.listVersion)
    await tellParties(
      context,
      'listing.undisclosed',
      changes.filter((each) => !isPublic(each)),
      outcome.bulletin.listVersion,
    )
    return outcome
  },
  bulletinFacts,
)

/** Corrects what a published listing says (法释〔2017〕7号 art. 9): the old wording is kept, debtor and units are told. */
export const correctListing = act(
  'listing.correct',
  async (context, input: Item & { content: RawContent; reason: string }): Promise<BulletinOutcome> => {
    const { tx, house, now } = context
    const [before] = (await load(context, [input])) as [Loaded]
    const content = checked(context, input.content)
    await mustBeNew(context, content, before)
    const changes = [change(before, correct(before.listing, { content, reason: input.reason }), 'listing.corrected')]
    const outcome = await inBulletin(context, 'correct', changes, { reason: input.reason })
    await keepWording(tx, {
      id: newId(),
      listingId: before.listing.id,
      contentVersion: before.listing.contentVersion,
      sealed: house.secrets.seal(JSON.stringify(before.listing.content)),
      replacedAt: now,
    })
    await clocksOfCorrection(context, before.listing, listingOf(changes[0] as Change))
    await tellOfCorrection(context, before.listing, changes[0] as Change, outcome.bulletin.listVersion, { reason: input.reason })
    return outcome
  },
  bulletinFacts,
)

export interface Exit {
  ground: ExitGround
  reason: string
  /** The early-deletion decision's number; needed while a fixed term runs, and then an approver must act. */
  earlyDecisionNo?: string | undefined
}

/** Shields listings on an exit ground (seed 四(二)4, 法释〔2017〕7号 art. 10): debtors are told, every unit gets a lift order. */
export const shieldListings = act(
  'listing.shield',
  async (context, input: { items: readonly Item[] } & Exit): Promise<BulletinOutcome> => {
    const today = dayOf(context.now)
    const loaded = await load(context, input.items)
    if (loaded.some((before) => cutsTermShort(before.listing, input.ground, today))) must(context.actor, 'listing.shield_early')
    const changes = loaded.map((before) =>
      change(
        before,
        shield(before.listing, {
          ground: input.ground,
          reason: input.reason,
          today,
          ...(input.earlyDecisionNo === undefined ? {} : { earlyDecisionNo: input.earlyDecisionNo }),
        }),
        'listing.shielded',
      ),
    )
    const outcome = await inBulletin(context, 'shield', changes, {})
    await clocksOfExit(context, changes.map(listingOf))
    await tellParties(context, 'listing.shielded', changes, outcome.bulletin.listVersion)
    return outcome
  },
  bulletinFacts,
)

/** Revokes listings that were wrong from the start (法释〔2017〕7号 art. 9): told like a shield, with the reason. */
export const revokeListings = act(
  'listing.revoke',
  async (context, input: { items: readonly Item[]; reason: string }): Promise<BulletinOutcome> => {
    const today = dayOf(context.now)
    const loaded = await load(context, input.items)
    const changes = loaded.map((before) => change(before, revoke(before.listing, { reason: input.reason, today }), 'listing.revoked'))
    const outcome = await inBulletin(context, 'revoke', changes, { reason: input.reason })
    await clocksOfExit(context, changes.map(listingOf))
    await tellParties(context, 'listing.revoked', changes, outcome.bulletin.listVersion, { reason: input.reason })
    return outcome
  },
  bulletinFacts,
)

function listingOf({ listing }: Change): Change['listing'] {
  return listing
}

/** What a clerk typed, or every problem with it. */
function checked(context: ActContext, raw: RawContent): ListingContent {
  const { content, problems } = checkContent(raw, { today: dayOf(context.now), mode: 'draft' })
  if (content === null) throw new AppError('listing_incomplete', { count: problems.length }, problems)
  return content
}

/** @throws `listing_in_force` for a debtor and case already in force (`self` aside), `listing_barred` within six months of a creditor-asked deletion. */
async function mustBeNew(context: ActContext, content: ListingContent, self: Loaded | null): Promise<void> {
  const { tx, house, now } = context
  const { secrets } = house
  const keys = secrets.indexes('case', `${content.debtor.identifier}|${content.caseNo}`)
  const held = await keysInForce(tx, keys)
  if (held.size > 0 && !(self?.row.inForceKey != null && held.has(self.row.inForceKey) && inForce(self.listing.state)))
    throw new AppError('listing_in_force', { caseNo: content.caseNo })
  if (self !== null && self.listing.content.debtor.identifier === content.debtor.identifier) return
  const exits = await lastCreditorExits(tx, secrets.indexes('identifier', content.debtor.identifier))
  for (const exitedOn of exits.values()) {
    const until = barredUntil({ ground: 'creditor_request', exitedOn }, house.config.profile)
    if (until !== null && dayOf(now) < until) throw new AppError('listing_barred', { until: writtenDay(until) })
  }
}

/** What waits to be published: the oldest first, as many as one bulletin holds. */
export const readyToPublish = view('listing.read', async ({ db, house }): Promise<Item[]> => {
  const served = await idsInState(db, 'served', BULLETIN_LIMIT)
  const decided = house.config.profile === 'statute' ? await idsInState(db, 'decided', BULLETIN_LIMIT) : []
  return [...served, ...decided].slice(0, BULLETIN_LIMIT).map((id) => ({ id }))
})

/** Listings by id, or by a whole case number, which several debtors of one case share. */
export const findListings = view('listing.read', async ({ db }, key: string): Promise<Item[]> => {
  const byId = await listingsById(db, [key])
  const caseNo = readCaseNo(key)?.caseNo
  const found =
    byId.length > 0 || caseNo === undefined ? byId : (await searchListings(db, { text: caseNo }, { limit: 50, offset: 0 })).items
  return found.filter((row) => row.id === key || row.caseNo === caseNo).map((row) => ({ id: row.id }))
})
