// Commands on listings up to their publication: draft, edit, submit, approve, reject, record service, withdraw.
// What takes effect in public (publish, correct, shield, revoke) is in the commands of bulletins; the state machine is rules.ts.

import { dayOf, writtenDay, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import type { RawContent } from '../debtors/row-reader.rules.ts'
import { approve, draft, edit, inForce, recordService, reject, submit, withdraw, type ListingContent, barredUntil } from './rules.ts'
import { checkContent } from './rows.rules.ts'
import { readCaseNo } from '../debtors/values.rules.ts'
import { appendJournal } from '../journal/store.ts'
import { insertListings, keysInForce, lastCreditorExits, listingsById, searchListings } from './search.store.ts'
import { enterOfficers } from './officers.store.ts'
import { toRow } from './store.ts'
import { command, query, type CommandContext } from '../../platform/commands/command.ts'
import { clocksOfService, clocksOfWithdrawal } from './clocks.commands.ts'
import { notifyParties, type Change } from './notices.ts'
import { takeNumbers } from '../../platform/database/counters.ts'
import { type Item, type Outcome, type Loaded, change, load, save, one, subjectOf, detailOf, journalOf } from './changes.commands.ts'

/** A clerk drafts a listing. @throws `listing_incomplete` with every problem, `listing_in_force`, `listing_barred`. */
export const draftListing = command(
  'listing.draft',
  async (context, input: { content: RawContent }): Promise<{ id: string; version: number }> => {
    const { app, now, actor, tx } = context
    const content = checked(context, input.content)
    await mustBeNew(context, content, null)
    const listing = draft({ id: newId(), content, by: actor.id })
    const [head] = await context.auditAll([{ subject: subjectOf(listing), detail: detailOf(listing) }], 'fresh')
    await insertListings(tx, [toRow(app.secrets, listing, { created: now, updated: now }, head?.hash ?? '')])
    await enterOfficers(tx, app.secrets, [listing])
    await appendJournal(tx, [journalOf(listing, 'listing.drafted', null, now)])
    return { id: listing.id, version: listing.version }
  },
)

/** Changes a draft. */
export const editListing = command('listing.edit', async (context, input: Item & { content: RawContent }): Promise<Outcome> => {
  const [before] = await load(context, [input])
  const content = checked(context, input.content)
  await mustBeNew(context, content, before as Loaded)
  return one(await save(context, [change(before as Loaded, edit((before as Loaded).listing, content), 'listing.drafted')], null))
})

/** Hands drafts to an approver. */
export const submitListings = command('listing.submit', async (context, input: { items: readonly Item[] }): Promise<Outcome[]> => {
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
export const approveListings = command(
  'listing.approve',
  async (context, input: { items: readonly (Item & { decisionNo?: string | undefined })[] }): Promise<Outcome[]> => {
    const today = dayOf(context.now)
    const loaded = await load(context, input.items)
    const year = today.slice(0, 4)
    const first = await takeNumbers(context.tx, `decision:${year}`, loaded.length)
    const changes = loaded.map((before, position) => {
      const given = input.items.find((item) => item.id === before.listing.id)?.decisionNo?.trim()
      const decisionNo = given || context.app.catalog.words('states', 'decision.number', { year, number: first + position })
      return change(before, approve(before.listing, { by: context.actor.id, decisionNo, today }), 'listing.decided')
    })
    const saved = await save(context, changes, null)
    await notifyParties(context, 'listing.decided', changes, saved.listVersion)
    return saved.outcomes
  },
)

/** Sends pending listings back to their drafters, with a reason. */
export const rejectListings = command(
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
export const recordServices = command(
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
export const withdrawListings = command(
  'listing.withdraw',
  async (context, input: { items: readonly Item[]; reason: string }): Promise<Outcome[]> => {
    const changes = (await load(context, input.items)).map((before) => change(before, withdraw(before.listing, input), 'listing.withdrawn'))
    await clocksOfWithdrawal(context, changes.map(listingOf))
    return (await save(context, changes, null)).outcomes
  },
)

export function listingOf({ listing }: Change): Change['listing'] {
  return listing
}

/** What a clerk typed, or every problem with it. */
export function checked(context: CommandContext, raw: RawContent): ListingContent {
  const { content, problems } = checkContent(raw, { today: dayOf(context.now), mode: 'draft' })
  if (content === null) throw new AppError('listing_incomplete', { count: problems.length }, problems)
  return content
}

/** @throws `listing_in_force` for a debtor and case already in force (`self` aside), `listing_barred` within six months of a creditor-asked deletion. */
export async function mustBeNew(context: CommandContext, content: ListingContent, self: Loaded | null): Promise<void> {
  const { tx, app, now } = context
  const { secrets } = app
  const keys = secrets.indexes('case', `${content.debtor.identifier}|${content.caseNo}`)
  const held = await keysInForce(tx, keys)
  if (held.size > 0 && !(self?.row.inForceKey != null && held.has(self.row.inForceKey) && inForce(self.listing.state)))
    throw new AppError('listing_in_force', { caseNo: content.caseNo })
  if (self !== null && self.listing.content.debtor.identifier === content.debtor.identifier) return
  const exits = await lastCreditorExits(tx, secrets.indexes('identifier', content.debtor.identifier))
  for (const exitedOn of exits.values()) {
    const until = barredUntil({ ground: 'creditor_request', exitedOn }, app.config.profile)
    if (until !== null && dayOf(now) < until) throw new AppError('listing_barred', { until: writtenDay(until) })
  }
}

/** Listings by id, or by a whole case number, which several debtors of one case share. */
export const findListings = query('listing.read', async ({ db }, key: string): Promise<Item[]> => {
  const byId = await listingsById(db, [key])
  const caseNo = readCaseNo(key)?.caseNo
  const found =
    byId.length > 0 || caseNo === undefined ? byId : (await searchListings(db, { text: caseNo }, { limit: 50, offset: 0 })).items
  return found.filter((row) => row.id === key || row.caseNo === caseNo).map((row) => ({ id: row.id }))
})
