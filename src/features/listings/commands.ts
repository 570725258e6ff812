// Commands on listings up to their publication: draft, edit, submit, approve, reject, record service, withdraw.
// Publishing, correcting, shielding and revoking are features/bulletins/commands.ts; the state machine is rules.ts.

import { dayOf, writtenDay, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import type { RawContent } from '../debtors/row-reader.rules.ts'
import { contradictions, type Stated } from './content.rules.ts'
import { approve, contentAnew, draft, edit, inForce, recordService, reject, submit, withdraw, type ListingContent } from './rules.ts'
import { relistBar, type RelistBar } from './relist.rules.ts'
import { checkContent } from './rows.rules.ts'
import { readCaseNo } from '../debtors/values.rules.ts'
import { appendJournal } from '../journal/store.ts'
import { insertListings, creditorExits, keysInForce, listingsById, searchListings } from './search.store.ts'
import { EXCLUSIONS, requireNotExcluded, type ExclusionAnswers } from './exclusions.rules.ts'
import { exclusionsOf, saveExclusions } from './exclusions.store.ts'
import { insertOfficers } from './officers.store.ts'
import { toRow } from './store.ts'
import { command, query, type AppContext, type CommandContext } from '../../platform/commands/command.ts'
import type { Db } from '../../platform/database/database.ts'
import { deadlinesOfDecision, deadlinesOfService, deadlinesOfWithdrawal } from './clocks.commands.ts'
import { notifyParties, type Change } from './notices.ts'
import { closeServed, overtakeNotices } from '../../messaging/overtaking.ts'
import { takeNumbers } from '../../platform/database/counters.ts'
import {
  type ListingItem,
  type Outcome,
  type LoadedListing,
  authorsOf,
  change,
  exclusionsSubjectOf,
  loadListings,
  loadLockedListings,
  saveListings,
  singleOutcome,
  subjectOf,
  detailOf,
  journalOf,
} from './changes.commands.ts'

/** A new draft. `relist`: it may stand under the bar of an earlier deletion, and somebody has to look; null: it does not. */
export interface Drafted {
  id: string
  version: number
  relist: RelistBar | null
}

/** What a clerk or a program typed: the columns, and what it says besides of what follows from the number. */
export interface Typed {
  content: RawContent
  stated?: Stated
}

/** Drafts a listing. @throws `listing_incomplete` with every problem, `listing_in_force`, `listing_barred`. */
export const draftListing = command('listing.draft', (context, input: Typed): Promise<Drafted> =>
  saveDraft(context, readContent(context, input)),
)

/**
 * Drafts a listing anew with the content of one that left the list; the draft is edited and decided like any other.
 * @throws `listing_act_impossible` for one that did not leave the list, `listing_in_force`, `listing_barred`.
 */
export const redraftListing = command('listing.draft', async (context, input: ListingItem): Promise<Drafted> => {
  const [{ listing }] = (await loadListings(context, [input])) as [LoadedListing]
  return saveDraft(context, contentAnew(listing))
})

async function saveDraft(context: CommandContext, content: ListingContent): Promise<Drafted> {
  const { app, now, actor, tx } = context
  const relist = await requireNotListed(context, content, null)
  const listing = draft({ id: newId(), content, by: actor.id })
  const [head] = await context.auditAll([{ subject: subjectOf(listing), detail: detailOf(app.secrets, listing) }], 'fresh')
  await insertListings(tx, [toRow(app.secrets, listing, { created: now, updated: now }, head?.hash ?? '')])
  await insertOfficers(tx, app.secrets, [listing])
  await appendJournal(tx, [journalOf(listing, 'listing.drafted', null, now)])
  return { id: listing.id, version: listing.version, relist }
}

/** Changes the content of a draft. @throws as `draftListing`, and as `load`. */
export const editListing = command('listing.edit', async (context, input: ListingItem & Typed): Promise<Outcome> => {
  const [before] = await loadListings(context, [input])
  const content = readContent(context, input)
  await requireNotListed(context, content, before as LoadedListing)
  return singleOutcome(
    await saveListings(
      context,
      [change(before as LoadedListing, edit((before as LoadedListing).listing, content), 'listing.drafted')],
      null,
    ),
  )
})

/**
 * Records for drafts whether one of the four cases of 法释〔2017〕7号 art. 3 applies; the same answers for all of them. Whoever answers writes
 * a part of what is decided, and does not decide it.
 * @throws as `loadListings`, and `listing_act_impossible` for a listing that is no draft.
 */
export const answerExclusions = command(
  'listing.answer_exclusions',
  async (context, input: { items: readonly ListingItem[]; answers: ExclusionAnswers }): Promise<{ answered: number }> => {
    const { tx, actor, now } = context
    const loaded = await loadLockedListings(context, input.items)
    for (const { listing } of loaded) edit(listing, listing.content)
    const detail = Object.fromEntries(EXCLUSIONS.map((exclusion) => [exclusion, input.answers[exclusion] ? 1 : 0]))
    await context.auditAll(
      loaded.map(({ listing }) => ({ subject: exclusionsSubjectOf(listing), detail })),
      'known',
    )
    const { securityGiven, assetsSuffice, laterInOrder, noRefusal } = input.answers
    const answers = { securityGiven, assetsSuffice, laterInOrder, noRefusal }
    await saveExclusions(
      tx,
      loaded.map(({ listing }) => ({ listingId: listing.id, ...answers, answeredBy: actor.id, answeredAt: now })),
    )
    return { answered: loaded.length }
  },
  (output) => output,
)

/**
 * Submits drafts for approval. Those under ground 1 must have their answers to 法释〔2017〕7号 art. 3, all of them no.
 * @throws as `loadListings`, and `exclusions_unanswered`, `listing_excluded`, `listing_act_impossible`.
 */
export const submitListings = command('listing.submit', async (context, input: { items: readonly ListingItem[] }): Promise<Outcome[]> => {
  const loaded = await loadLockedListings(context, input.items)
  const submitted = loaded.map((before) => change(before, submit(before.listing), 'listing.submitted'))
  const answers = await answersTo(context, loaded)
  requireNotExcluded(loaded.map(listingOf), ({ id }) => answers.get(id))
  return (await saveListings(context, submitted, null)).outcomes
})

function answersTo({ tx }: CommandContext, loaded: readonly LoadedListing[]): ReturnType<typeof exclusionsOf> {
  return exclusionsOf(
    tx,
    loaded.map(({ listing }) => listing.id),
  )
}

/**
 * Approves pending listings and notifies the debtors (实施意见 四(二)3, 法释〔2017〕7号 art. 5). Without a decision number, the year's next is
 * taken. The answers to art. 3 are what is decided on, so they are read once more; what an earlier version submitted has none.
 * @throws `listing_excluded`.
 */
export const approveListings = command(
  'listing.approve',
  async (context, input: { items: readonly (ListingItem & { decisionNo?: string | undefined })[] }): Promise<Outcome[]> => {
    const today = dayOf(context.now)
    const loaded = await loadLockedListings(context, input.items)
    const answers = await answersTo(context, loaded)
    const answered = loaded.map(listingOf).filter(({ id }) => answers.has(id))
    requireNotExcluded(answered, ({ id }) => answers.get(id))
    const year = today.slice(0, 4)
    const first = await takeNumbers(context.tx, `decision:${year}`, loaded.length)
    const authors = await authorsOf(context, loaded)
    const changes = loaded.map((before, position) => {
      const givenNo = input.items.find((item) => item.id === before.listing.id)?.decisionNo?.trim()
      const decisionNo = givenNo || context.app.catalog.words('states', 'decision.number', { year, number: first + position })
      return change(
        before,
        approve(before.listing, { by: context.actor.id, authors: authors(before.listing), decisionNo, today }),
        'listing.decided',
      )
    })
    const saved = await saveListings(context, changes, null)
    await deadlinesOfDecision(context, changes.map(listingOf))
    await notifyParties(context, 'listing.decided', changes, saved.listVersion)
    return saved.outcomes
  },
)

/** Rejects pending listings with a reason; they are drafts again. */
export const rejectListings = command(
  'listing.reject',
  async (context, input: { items: readonly ListingItem[]; reason: string }): Promise<Outcome[]> => {
    const loaded = await loadListings(context, input.items)
    const authors = await authorsOf(context, loaded)
    const changes = loaded.map((before) =>
      change(
        before,
        reject(before.listing, { by: context.actor.id, authors: authors(before.listing), reason: input.reason }),
        'listing.rejected',
      ),
    )
    return (await saveListings(context, changes, null)).outcomes
  },
)

/** Records on which day and how decisions were served. */
export const recordServices = command(
  'listing.record_service',
  async (context, input: { items: readonly ListingItem[]; servedOn: Day; manner: string }): Promise<Outcome[]> => {
    const today = dayOf(context.now)
    const loaded = await loadListings(context, input.items)
    const changes = loaded.map((before) =>
      change(before, recordService(before.listing, { servedOn: input.servedOn, manner: input.manner, today }), 'listing.served'),
    )
    await deadlinesOfService(context, changes.map(listingOf))
    await closeServed(
      context,
      changes.map(({ listing }) => listing.id),
    )
    return (await saveListings(context, changes, null)).outcomes
  },
)

/** Withdraws listings that are not published. */
export const withdrawListings = command(
  'listing.withdraw',
  async (context, input: { items: readonly ListingItem[]; reason: string }): Promise<Outcome[]> => {
    const changes = (await loadListings(context, input.items)).map((before) =>
      change(before, withdraw(before.listing, input), 'listing.withdrawn'),
    )
    await deadlinesOfWithdrawal(context, changes.map(listingOf))
    await overtakeNotices(
      context,
      'listing.withdrawn',
      changes.map(({ listing }) => listing.id),
    )
    return (await saveListings(context, changes, null)).outcomes
  },
)

/** The listing of a change, for `map`. */
export function listingOf({ listing }: Change | LoadedListing): Change['listing'] {
  return listing
}

/** The content that was typed. @throws `listing_incomplete` with every problem; an officer who cannot be read is not left out in silence. */
function readContent(context: CommandContext, { content: raw, stated = {} }: Typed): ListingContent {
  const { content, problems } = checkContent(raw, { today: dayOf(context.now), mode: 'draft' })
  const unread = problems.filter(({ code }) => code === 'officer_unreadable').map((each) => ({ ...each, severity: 'error' as const }))
  const others = content === null ? problems : [...unread, ...contradictions(stated, content.debtor)]
  if (content === null || others.length > 0) throw new AppError('listing_incomplete', { count: others.length }, others)
  return content
}

/**
 * Requires that a debtor may be listed in a case.
 * @param self the listing itself when it is edited; null for a new one.
 * @returns the bar under which it may stand, for somebody to look at.
 * @throws `listing_in_force` for a debtor and case already in force, `listing_barred` when the same applicant asked for a deletion of this
 *   debtor within six months (法释〔2017〕7号 art. 10).
 */
async function requireNotListed(context: CommandContext, content: ListingContent, self: LoadedListing | null): Promise<RelistBar | null> {
  const { tx, app, now } = context
  const { secrets } = app
  const keys = secrets.indexes('case', `${content.debtor.identifier}|${content.caseNo}`)
  const keysHeld = await keysInForce(tx, keys)
  if (keysHeld.size > 0 && !(self?.row.inForceKey != null && keysHeld.has(self.row.inForceKey) && inForce(self.listing.state)))
    throw new AppError('listing_in_force', { caseNo: content.caseNo })
  const bar = await findRelistBar(app, tx, content, dayOf(now))
  if (bar?.verdict === 'barred' && !(self !== null && asksAsBefore(self.listing.content, content)))
    throw new AppError('listing_barred', { until: writtenDay(bar.until) })
  return bar
}

/** Whether an edit leaves who asks for the listing of whom as it was: the application was made when the draft was. */
function asksAsBefore(before: ListingContent, after: ListingContent): boolean {
  return (
    before.debtor.identifier === after.debtor.identifier &&
    before.applicant?.name === after.applicant?.name &&
    before.ownMotion === after.ownMotion
  )
}

/** The bar under which a listing with this content would stand today; null without one. */
export async function findRelistBar(
  { secrets, config }: Pick<AppContext, 'secrets' | 'config'>,
  db: Db,
  content: ListingContent,
  today: Day,
): Promise<RelistBar | null> {
  const exits = await creditorExits(db, secrets, secrets.indexes('identifier', content.debtor.identifier))
  return relistBar(content, [...exits.values()].flat(), today, config.profile)
}

/** Finds listings by id or by a whole case number, which several debtors of one case share. */
export const findListings = query('listing.read', async ({ db }, key: string): Promise<ListingItem[]> => {
  const byId = await listingsById(db, [key])
  const caseNo = readCaseNo(key)?.caseNo
  const rows = byId.length > 0 || caseNo === undefined ? byId : (await searchListings(db, { text: caseNo }, { limit: 50, offset: 0 })).items
  return rows.filter((row) => row.id === key || row.caseNo === caseNo).map((row) => ({ id: row.id }))
})
