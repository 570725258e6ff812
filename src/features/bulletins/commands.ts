// Changes of the public list (publish, correct, shield, revoke), each inside a numbered bulletin, and the bulletin’s broadcasts.
// What takes two people is proposals.commands.ts; broadcasts become notices in tasks.ts; drafts and decisions are listings/commands.ts.

import { dayOf } from '../../core/calendar.ts'
import type { Values } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { amountOf } from '../deadlines/rules.ts'
import { publish, type ExitGround, shield } from '../listings/rules.ts'
import { requireExitByOne } from '../listings/exits.rules.ts'
import { noticesOf, type Audience, type NoticeEvent } from '../../messaging/notices.rules.ts'
import { emptiedBulletins, insertBulletin, type BulletinKind, type BulletinRow, type RestKind } from '../journal/store.ts'
import { insertBroadcasts, type BroadcastRow } from '../../messaging/notices.store.ts'
import { closeTasks, overtakeBulletins } from '../../messaging/overtaking.ts'
import type { CommandContext } from '../../platform/commands/command.ts'
import { portions } from '../../platform/database/placeholders.ts'
import { settledTogether } from '../listings/proposals.store.ts'
import { takeNumbers } from '../../platform/database/counters.ts'
import { command, query } from '../../platform/commands/command.ts'
import { deadlinesOfPublication, deadlinesOfCorrection, deadlinesOfExit } from '../listings/clocks.commands.ts'
import { listingOf } from '../listings/commands.ts'
import { type Change, notifyParties, notifyOfCorrection } from '../listings/notices.ts'
import { idsInState } from '../listings/search.store.ts'
import { keepWording, listingWordingTable } from '../listings/store.ts'
import { issueLiftOrders } from '../lifts/commands.ts'
import {
  type Outcome,
  type Changed,
  saveListings,
  type ListingItem,
  loadListings,
  change,
  BULLETIN_LIMIT,
} from '../listings/changes.commands.ts'
import { sealRow } from '../../platform/database/sealing.ts'
import { OUR_COURT } from '../units/conflicts.rules.ts'

type BulletinContext = Pick<CommandContext, 'app' | 'tx' | 'now' | 'actor'>

/** A new bulletin with the year's next number, `2026-0007`; the caller fills in its counts and list version. */
export async function openBulletin(context: BulletinContext, kind: BulletinKind, source: string = OUR_COURT): Promise<BulletinRow> {
  const year = dayOf(context.now).slice(0, 4)
  const number = await takeNumbers(context.tx, `bulletin:${year}`, 1)
  return {
    id: newId(),
    number: `${year}-${String(number).padStart(4, '0')}`,
    kind,
    at: context.now,
    actor: context.actor.id,
    source,
    listed: 0,
    shielded: 0,
    revoked: 0,
    corrected: 0,
    listVersion: 0,
  }
}

/**
 * Saves a bulletin, issues lift orders for what it took off the list, and enqueues its broadcasts. Undisclosed entries are not counted; a
 * bulletin without public entries is saved and not broadcast.
 */
export async function announceBulletin(context: BulletinContext, bulletin: BulletinRow): Promise<void> {
  await insertBulletin(context.tx, bulletin)
  if (bulletin.shielded + bulletin.revoked > 0)
    await overtakeBulletins(
      context,
      bulletin.revoked > 0 ? 'listing.revoked' : 'listing.shielded',
      await emptiedBulletins(context.tx, bulletin.id),
    )
  await issueLiftOrders(context, bulletin)
  await enqueueBroadcasts(context, bulletin, eventsOf(bulletin), broadcastValues(context.app, bulletin))
}

/** What the counts of a bulletin mean to templates. */
export function broadcastValues(
  { config }: Pick<CommandContext['app'], 'config'>,
  { listed, shielded, revoked, corrected, listVersion }: Pick<BulletinRow, 'listed' | 'shielded' | 'revoked' | 'corrected' | 'listVersion'>,
): Values {
  const replyDays = amountOf('lift.carry_out', config.profile, config.clockDays)
  return { added: listed, total: listed, shielded, revoked, corrected, version: listVersion, replyDays }
}

/**
 * Saves a bulletin that suspends measures or resumes them, and enqueues its broadcasts.
 * @param publicEntries number of its public entries; with none, nobody is notified.
 */
async function announceSuspension(
  context: BulletinContext,
  bulletin: BulletinRow & { kind: RestKind },
  publicEntries: number,
): Promise<void> {
  await insertBulletin(context.tx, bulletin)
  const event = bulletin.kind === 'suspend' ? 'bulletin.suspended' : 'bulletin.resumed'
  const values = { total: publicEntries, number: bulletin.number, version: bulletin.listVersion }
  if (publicEntries > 0) await enqueueBroadcasts(context, bulletin, [event], values)
}

async function enqueueBroadcasts(
  context: BulletinContext,
  bulletin: BulletinRow,
  events: readonly NoticeEvent[],
  values: Values,
): Promise<void> {
  const broadcasts = events.flatMap((event) =>
    noticesOf(event)
      .map((rule) => rule.audience)
      .filter((audience) => audience !== 'source' || bulletin.source !== OUR_COURT)
      .map((audience) => broadcastOf(bulletin, event, audience, values, context.now)),
  )
  await insertBroadcasts(context.tx, broadcasts)
}

/** The events of a bulletin by its counts; a snapshot of a higher court's list may publish and lift in one bulletin. */
function eventsOf({ kind, listed, shielded, revoked, corrected }: BulletinRow): NoticeEvent[] {
  const events: NoticeEvent[] = []
  if (listed > 0) events.push(kind === 'takeover' ? 'bulletin.takeover' : 'bulletin.published')
  if (shielded + revoked > 0) events.push('bulletin.lifted')
  if (corrected > 0) events.push('bulletin.corrected')
  return events
}

function broadcastOf(bulletin: BulletinRow, event: NoticeEvent, audience: Audience, values: Values, now: Date): BroadcastRow {
  return {
    id: newId(),
    bulletinId: bulletin.id,
    event,
    audience,
    values: JSON.stringify(values),
    cursor: '',
    told: 0,
    createdAt: now,
    doneAt: null,
  }
}

/** The bulletin that a command opened, and the listings it changed. */
export interface BulletinOutcome {
  bulletin: { id: string; number: string; listVersion: number }
  listings: Outcome[]
}

/** Facts of an outcome for the log. */
const bulletinFacts = (outcome: BulletinOutcome): Record<string, string | number> => ({
  bulletin: outcome.bulletin.number,
  listings: outcome.listings.length,
})

/** Saves the changes inside a new bulletin and enqueues its broadcasts; undisclosed entries are not counted. */
async function saveInBulletin(
  context: CommandContext,
  kind: Exclude<BulletinRow['kind'], RestKind>,
  changes: readonly Changed[],
): Promise<BulletinOutcome> {
  const countColumns = { publish: 'listed', shield: 'shielded', revoke: 'revoked', correct: 'corrected', takeover: 'listed' } as const
  return saveUnder(context, kind, changes, (bulletin, publicEntries) =>
    announceBulletin(context, { ...bulletin, [countColumns[kind]]: publicEntries }),
  )
}

/**
 * Saves changes that suspend or resume measures inside a new bulletin; the listings stay on the list. Where only one unit is concerned
 * nobody is told by the bulletin.
 */
export async function saveSuspensionInBulletin(
  context: CommandContext,
  kind: RestKind,
  changes: readonly Changed[],
  told: 'every_unit' | 'nobody',
): Promise<BulletinOutcome> {
  return saveUnder(context, kind, changes, (bulletin, publicEntries) =>
    announceSuspension(context, { ...bulletin, kind }, told === 'nobody' ? 0 : publicEntries),
  )
}

/** Saves changes inside a new bulletin, which `announce` then tells; it is given the number of public entries among them. */
async function saveUnder(
  context: CommandContext,
  kind: BulletinKind,
  changes: readonly Changed[],
  announce: (bulletin: BulletinRow, publicEntries: number) => Promise<void>,
): Promise<BulletinOutcome> {
  const opened = await openBulletin(context, kind)
  const { outcomes, listVersion } = await saveListings(context, changes, opened.id)
  const bulletin = { ...opened, listVersion }
  await announce(bulletin, changes.filter(({ listing }) => listing.content.disclosure === 'public').length)
  return { bulletin: { id: bulletin.id, number: bulletin.number, listVersion }, listings: outcomes }
}

/**
 * Publishes listings in one bulletin. Debtors, applicants, units, media and subscribers are notified; of an undisclosed listing, the
 * employer alone.
 */
export const publishListings = command(
  'listing.publish',
  async (context, input: { items: readonly ListingItem[] }): Promise<BulletinOutcome> => {
    const today = dayOf(context.now)
    const loaded = await loadListings(context, input.items)
    const changes = loaded.map((before) =>
      change(before, publish(before.listing, { today, profile: context.app.config.profile }), 'listing.listed'),
    )
    const outcome = await saveInBulletin(context, 'publish', changes)
    await deadlinesOfPublication(context, changes.map(listingOf))
    const isPublic = (each: Change): boolean => each.listing.content.disclosure === 'public'
    await notifyParties(context, 'listing.listed', changes.filter(isPublic), outcome.bulletin.listVersion)
    await notifyParties(
      context,
      'listing.undisclosed',
      changes.filter((each) => !isPublic(each)),
      outcome.bulletin.listVersion,
    )
    return outcome
  },
  bulletinFacts,
)

/** Saves corrected listings in one bulletin (法释〔2017〕7号 art. 9): the old wordings are kept, parties, units, media and subscribers are notified. */
export async function saveCorrections(context: CommandContext, changes: readonly Changed[]): Promise<BulletinOutcome> {
  const { tx, app, now } = context
  const outcome = await saveInBulletin(context, 'correct', changes)
  for (const changed of changes) {
    const { listing } = changed.before
    const { id: listingId, contentVersion, content: replaced } = listing
    const wording = { id: newId(), listingId, contentVersion, sealed: replaced, replacedAt: now }
    await keepWording(tx, sealRow(listingWordingTable, app.secrets, wording))
    await notifyOfCorrection(context, listing, changed, outcome.bulletin.listVersion)
  }
  await closeProposalTasks(context, changes)
  await deadlinesOfCorrection(
    context,
    changes.map(({ before }) => before.listing),
  )
  return outcome
}

/** Nobody needs to be asked any more to decide on proposals of which none is open. */
async function closeProposalTasks(context: CommandContext, changes: readonly Changed[]): Promise<void> {
  for (const some of portions(changes))
    await closeTasks(
      context,
      'proposal',
      await settledTogether(
        context.tx,
        some.map(({ listing }) => listing.id),
      ),
    )
}

/** Saves listings that leave the list in one bulletin: parties are notified, every unit gets a lift order. */
export async function saveExits(context: CommandContext, kind: 'shield' | 'revoke', changes: readonly Changed[]): Promise<BulletinOutcome> {
  const outcome = await saveInBulletin(context, kind, changes)
  await deadlinesOfExit(context, changes.map(listingOf))
  await closeProposalTasks(context, changes)
  await notifyParties(context, kind === 'shield' ? 'listing.shielded' : 'listing.revoked', changes, outcome.bulletin.listVersion)
  return outcome
}

/**
 * Shields listings on a ground that one clerk records (seed 四(二)4, 法释〔2017〕7号 art. 10); the others are proposed: proposals.commands.ts.
 * @throws `exit_by_two` for those, and what `shield` throws.
 */
export const shieldListings = command(
  'listing.shield',
  async (context, input: { items: readonly ListingItem[]; ground: ExitGround; reason: string }): Promise<BulletinOutcome> => {
    const { items, ground, reason } = input
    const today = dayOf(context.now)
    const loaded = await loadListings(context, items)
    for (const { listing } of loaded) requireExitByOne(listing, ground, today)
    return saveExits(
      context,
      'shield',
      loaded.map((before) => change(before, shield(before.listing, { ground, reason, today }), 'listing.shielded')),
    )
  },
  bulletinFacts,
)

/** Listings ready to be published, at most one bulletin's worth: served ones, and in the statute profile also decided ones. */
export const readyToPublish = query('listing.read', async ({ db, app }): Promise<ListingItem[]> => {
  const served = await idsInState(db, 'served', BULLETIN_LIMIT)
  const decided = app.config.profile === 'statute' ? await idsInState(db, 'decided', BULLETIN_LIMIT) : []
  return [...served, ...decided].slice(0, BULLETIN_LIMIT).map((id) => ({ id }))
})
