// Bulletins: what groups changes of the list, and tells everybody with a duty or a wish to know. Spread by the broadcaster, not here.
// The changes themselves are features/listings/commands and features/imports/commands.

import { dayOf } from '../../core/calendar.ts'
import type { Values } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { amountOf } from '../deadlines/rules.ts'
import { OUR_COURT, publish, correct, type ExitGround, cutsTermShort, shield, revoke } from '../listings/rules.ts'
import { noticesOf, type Audience, type NoticeEvent } from '../../messaging/notices.rules.ts'
import { insertBulletin, type BulletinKind, type BulletinRow, type RestKind } from '../journal/store.ts'
import { insertBroadcasts, type BroadcastRow } from '../../messaging/notices.store.ts'
import type { CommandContext } from '../../platform/commands/command.ts'
import { takeNumbers } from '../../platform/database/counters.ts'
import { command, query } from '../../platform/commands/command.ts'
import { clocksOfPublication, clocksOfCorrection, clocksOfExit } from '../listings/clocks.commands.ts'
import { listingOf, checked, mustBeNew } from '../listings/commands.ts'
import { type Change, notifyParties, notifyOfCorrection } from '../listings/notices.ts'
import type { RawContent } from '../debtors/row-reader.rules.ts'
import { authorize } from '../../platform/commands/permissions.ts'
import { idsInState } from '../listings/search.store.ts'
import { keepWording } from '../listings/store.ts'
import { issueLiftOrders } from '../lifts/commands.ts'
import { type Outcome, type Changed, save, type Item, load, change, type Loaded, BULLETIN_LIMIT } from '../listings/changes.commands.ts'

type Context = Pick<CommandContext, 'app' | 'tx' | 'now' | 'actor'>

/** Opens a bulletin with the year's next number. Its counts are filled in by `announce`. */
export async function openBulletin(context: Context, kind: BulletinKind, source: string = OUR_COURT): Promise<BulletinRow> {
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
 * Keeps the bulletin, orders units to lift what it took off the list, and owes it to its audiences. Entries that are not public count for nobody:
 * a bulletin of none is kept and not told.
 */
export async function announceBulletin(context: Context, bulletin: BulletinRow, values: Values): Promise<void> {
  const { listed, shielded, revoked, corrected } = bulletin
  const { profile, clockDays } = context.app.config
  const all = {
    added: listed,
    total: listed,
    shielded,
    revoked,
    corrected,
    version: bulletin.listVersion,
    replyDays: amountOf('lift.carry_out', profile, clockDays),
    ...values,
  }
  await insertBulletin(context.tx, bulletin)
  await issueLiftOrders(context, bulletin)
  await enqueueBroadcasts(context, bulletin, eventsOf(bulletin), all)
}

/** Keeps a bulletin that suspends measures or lets them apply again, and owes it to units. @param shown its public entries: of none, nobody is told. */
export async function announceRest(context: Context, bulletin: BulletinRow & { kind: RestKind }, shown: number): Promise<void> {
  await insertBulletin(context.tx, bulletin)
  const event = bulletin.kind === 'suspend' ? 'bulletin.suspended' : 'bulletin.resumed'
  const values = { total: shown, number: bulletin.number, version: bulletin.listVersion }
  if (shown > 0) await enqueueBroadcasts(context, bulletin, [event], values)
}

async function enqueueBroadcasts(context: Context, bulletin: BulletinRow, events: readonly NoticeEvent[], values: Values): Promise<void> {
  const owed = events.flatMap((event) =>
    noticesOf(event)
      .map((rule) => rule.audience)
      .filter((audience) => audience !== 'source' || bulletin.source !== OUR_COURT)
      .map((audience) => broadcastOf(bulletin, event, audience, values, context.now)),
  )
  await insertBroadcasts(context.tx, owed)
}

/** What a bulletin's counts say: a snapshot of a higher court may publish and lift at once. */
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

export interface BulletinOutcome {
  bulletin: { id: string; number: string; listVersion: number }
  listings: Outcome[]
}

export const bulletinFacts = (outcome: BulletinOutcome): Record<string, string | number> => ({
  bulletin: outcome.bulletin.number,
  listings: outcome.listings.length,
})

/** Saves the changes inside a new bulletin and owes it to its audiences; undisclosed entries are not counted. */
export async function inBulletin(
  context: CommandContext,
  kind: Exclude<BulletinRow['kind'], RestKind>,
  changes: readonly Changed[],
  values: Readonly<Record<string, string>>,
): Promise<BulletinOutcome> {
  const bulletin = await openBulletin(context, kind)
  const { outcomes, listVersion } = await save(context, changes, bulletin.id)
  const shown = changes.filter(({ listing }) => listing.content.disclosure === 'public').length
  const counted = { publish: 'listed', shield: 'shielded', revoke: 'revoked', correct: 'corrected', takeover: 'listed' } as const
  await announceBulletin(context, { ...bulletin, [counted[kind]]: shown, listVersion }, values)
  return { bulletin: { id: bulletin.id, number: bulletin.number, listVersion }, listings: outcomes }
}

/** The same for measures that rest or apply again: units are told, and the list keeps its entries. */
export async function restInBulletin(context: CommandContext, kind: RestKind, changes: readonly Changed[]): Promise<BulletinOutcome> {
  const bulletin = await openBulletin(context, kind)
  const { outcomes, listVersion } = await save(context, changes, bulletin.id)
  const shown = changes.filter(({ listing }) => listing.content.disclosure === 'public').length
  await announceRest(context, { ...bulletin, kind, listVersion }, shown)
  return { bulletin: { id: bulletin.id, number: bulletin.number, listVersion }, listings: outcomes }
}

/** Publishes listings in one bulletin: debtors, applicants, units, media and subscribers are told; of an undisclosed one, the employer alone. */
export const publishListings = command(
  'listing.publish',
  async (context, input: { items: readonly Item[] }): Promise<BulletinOutcome> => {
    const today = dayOf(context.now)
    const loaded = await load(context, input.items)
    const changes = loaded.map((before) =>
      change(before, publish(before.listing, { today, profile: context.app.config.profile }), 'listing.listed'),
    )
    const outcome = await inBulletin(context, 'publish', changes, {})
    await clocksOfPublication(context, changes.map(listingOf))
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

/** Corrects what a published listing says (法释〔2017〕7号 art. 9): the old wording is kept, debtor and units are told. */
export const correctListing = command(
  'listing.correct',
  async (context, input: Item & { content: RawContent; reason: string }): Promise<BulletinOutcome> => {
    const { tx, app, now } = context
    const [before] = (await load(context, [input])) as [Loaded]
    const content = checked(context, input.content)
    await mustBeNew(context, content, before)
    const changes = [change(before, correct(before.listing, { content, reason: input.reason }), 'listing.corrected')]
    const outcome = await inBulletin(context, 'correct', changes, { reason: input.reason })
    await keepWording(tx, {
      id: newId(),
      listingId: before.listing.id,
      contentVersion: before.listing.contentVersion,
      sealed: app.secrets.seal(JSON.stringify(before.listing.content)),
      replacedAt: now,
    })
    await clocksOfCorrection(context, before.listing, listingOf(changes[0] as Change))
    await notifyOfCorrection(context, before.listing, changes[0] as Change, outcome.bulletin.listVersion, { reason: input.reason })
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
export const shieldListings = command(
  'listing.shield',
  async (context, input: { items: readonly Item[] } & Exit): Promise<BulletinOutcome> => {
    const today = dayOf(context.now)
    const loaded = await load(context, input.items)
    if (loaded.some((before) => cutsTermShort(before.listing, input.ground, today))) authorize(context.actor, 'listing.shield_early')
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
    await notifyParties(context, 'listing.shielded', changes, outcome.bulletin.listVersion)
    return outcome
  },
  bulletinFacts,
)

/** Revokes listings that were wrong from the start (法释〔2017〕7号 art. 9): told like a shield, with the reason. */
export const revokeListings = command(
  'listing.revoke',
  async (context, input: { items: readonly Item[]; reason: string }): Promise<BulletinOutcome> => {
    const today = dayOf(context.now)
    const loaded = await load(context, input.items)
    const changes = loaded.map((before) => change(before, revoke(before.listing, { reason: input.reason, today }), 'listing.revoked'))
    const outcome = await inBulletin(context, 'revoke', changes, { reason: input.reason })
    await clocksOfExit(context, changes.map(listingOf))
    await notifyParties(context, 'listing.revoked', changes, outcome.bulletin.listVersion, { reason: input.reason })
    return outcome
  },
  bulletinFacts,
)

/** What waits to be published: the oldest first, as many as one bulletin holds. */
export const readyToPublish = query('listing.read', async ({ db, app }): Promise<Item[]> => {
  const served = await idsInState(db, 'served', BULLETIN_LIMIT)
  const decided = app.config.profile === 'statute' ? await idsInState(db, 'decided', BULLETIN_LIMIT) : []
  return [...served, ...decided].slice(0, BULLETIN_LIMIT).map((id) => ({ id }))
})
