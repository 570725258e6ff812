// Carries out bulk acts on listings: check all and name every one in the way, then do the rest portion by portion, each in a transaction.
// A portion and its progress commit together, so that a second click, a second process or a restart does nothing twice.

import { setTimeout as sleep } from 'node:timers/promises'
import { dayOf } from '../../core/calendar.ts'
import { AppError, isAppError, type Code } from '../../core/errors.ts'
import { command, query, withinTransaction, type AppContext, type CommandContext } from '../../platform/commands/command.ts'
import { authorize, type Actor } from '../../platform/commands/permissions.ts'
import type { Db } from '../../platform/database/database.ts'
import { portions } from '../../platform/database/placeholders.ts'
import { openRow, sealRow } from '../../platform/database/sealing.ts'
import { BULLETIN_LIMIT, type ListingItem } from '../listings/changes.commands.ts'
import { approveListings, recordServices, rejectListings, submitListings, withdrawListings } from '../listings/commands.ts'
import { besidesOf } from '../listings/possible.views.ts'
import { listingsById } from '../listings/search.store.ts'
import type { Selection } from '../listings/selection.rules.ts'
import { countSelection, idsOfSelection } from '../listings/selection.store.ts'
import { toListing, type ListingRow } from '../listings/store.ts'
import { BATCH_PERMISSIONS, isAnnounced, requireDoable, type BatchAct, type BatchOrder } from './batches.rules.ts'
import {
  blockItem,
  blockedItems,
  findBatch,
  insertBatch,
  itemsAfter,
  listingBatchTable,
  moveBatch,
  type BatchState,
  type ListingBatchItemRow,
  type ListingBatchRow,
} from './batches.store.ts'
import { publishListings, shieldListings, type BulletinOutcome } from './commands.ts'
import { proposeChange } from './proposals.commands.ts'

/** Listings that are named one by one, at most. */
export const BATCH_ITEMS = 5000
/** Listings of a bulk act on all that match, at most. */
const BATCH_LIMIT = 20_000
/** Listings of one transaction. */
const PORTION = 250
/** Milliseconds that an order of one transaction waits for its end; after that it goes on, and the client asks for its progress. */
const MAX_WAIT = 8_000
/** The same for a larger order: whoever ordered it soon sees how far it is. */
const LARGE_WAIT = 500

/** Which listings: named, or all that match, whose number the person has confirmed. */
export type BatchChoice = { items: readonly ListingItem[] } | { matching: Selection; confirmedTotal: number }

/** A bulk act as it is ordered. */
export interface BatchInput {
  /** Chosen by the client; the same id again is the same order. */
  id: string
  order: BatchOrder
  choice: BatchChoice
  /** Whether to leave out the listings in the way. Without it, nothing is done while one is. */
  skipBlocked: boolean
}

/** A listing in the way of a bulk act, and why. */
export interface BlockedListing {
  id: string
  name: string
  caseNo: string
  code: string
  /** The reason in words. */
  message: string
}

/** How far a bulk act is. `blocked`: nothing was done, because these listings stand in the way. */
export interface BatchView {
  id: string
  act: BatchAct
  state: BatchState | 'blocked'
  total: number
  done: number
  blocked: BlockedListing[]
  bulletins: BulletinOutcome['bulletin'][]
}

/**
 * Carries out a bulk act. Returns at its end, or after some seconds with the progress so far.
 * @throws `batch_count_changed` naming the confirmed and the present number, `batch_too_large`, `batch_of_another`.
 */
export async function runBatch(app: AppContext, actor: Actor, input: BatchInput): Promise<BatchView> {
  authorize(actor, BATCH_PERMISSIONS[input.order.act])
  const known = await app.store.read((db) => findBatch(db, input.id))
  if (known === null) {
    const checked = await checkBatch(app, actor, input)
    if (checked !== null) return checked
    await startBatch(app, actor, input).catch(async (error: unknown) => {
      if (!isAppError(error, 'batch_of_another')) throw error
      requireSame(await app.store.read((db) => findBatch(db, input.id)), actor, input)
    })
  } else requireSame(known, actor, input)
  const carried = carryOn(app, actor, input.id)
  let waiting = true
  const settled = carried.catch((error: unknown) => {
    if (waiting) throw error
    app.log.error('listing_batch.stopped', { batch: input.id }, error)
  })
  const { total } = await showBatch(app, actor, input.id)
  await Promise.race([settled, sleep(total > PORTION ? LARGE_WAIT : MAX_WAIT, null, { ref: false })])
  waiting = false
  return showBatch(app, actor, input.id)
}

/** @throws `batch_of_another` when the id stands for another order. */
function requireSame(known: ListingBatchRow | null, actor: Actor, { order }: BatchInput): void {
  if (known?.actor !== actor.id || known.act !== order.act) throw new AppError('batch_of_another')
}

/** The bulk act as blocked, when listings stand in its way that may not be left out; null when it can begin. */
const checkBatch = query('listing.read', async (context, input: BatchInput): Promise<BatchView | null> => {
  if (input.skipBlocked) return null
  const items = await chosen(context, input.choice)
  const blocked: BlockedListing[] = []
  for (const part of portions(items)) blocked.push(...(await judge(context, part, input.order)).blocked.map(({ view }) => view))
  const { id, order } = input
  return blocked.length === 0 ? null : { id, act: order.act, state: 'blocked', total: items.length, done: 0, blocked, bulletins: [] }
})

/** Stores an order with its listings. */
const startBatch = command('listing.batch', async (context, input: BatchInput): Promise<void> => {
  const { tx, app, actor, now } = context
  const { id, order } = input
  // A second click that came while the first one was checked.
  if ((await findBatch(tx, id)) !== null) throw new AppError('batch_of_another')
  const items = await chosen({ app, db: tx }, input.choice)
  const row = { id, actor: actor.id, act: order.act, record: order, state: 'running' as const, total: items.length, done: 0 }
  const batch = sealRow(listingBatchTable, app.secrets, { ...row, bulletins: '[]', startedAt: now, movedAt: now, finishedAt: null })
  await insertBatch(
    tx,
    batch,
    items.map((item, at) => ({ batchId: id, position: at + 1, listingId: item.id, version: item.version ?? null, code: null })),
  )
  await context.audit({ subject: `listing_batch:${id}`, detail: { act: order.act, total: items.length } })
})

/** The chosen listings. @throws `batch_count_changed`, `batch_too_large`, `request_invalid` for one named twice. */
async function chosen({ app, db }: { app: AppContext; db: Db }, choice: BatchChoice): Promise<readonly ListingItem[]> {
  if ('items' in choice) {
    if (new Set(choice.items.map(({ id }) => id)).size < choice.items.length) throw new AppError('request_invalid')
    return choice.items
  }
  const { matching, confirmedTotal } = choice
  const now = await countSelection(db, app.secrets, matching)
  if (now !== confirmedTotal) throw new AppError('batch_count_changed', { confirmed: confirmedTotal, now })
  if (now === 0 || now > BATCH_LIMIT) throw new AppError('batch_too_large', { count: now, max: BATCH_LIMIT })
  return (await idsOfSelection(db, app.secrets, matching, { by: 'newest', direction: 'asc' })).map((id) => ({ id }))
}

interface Judged {
  fit: ListingItem[]
  blocked: { at: number; view: BlockedListing }[]
}

/** Which of the listings an order could be carried out with now; `at` is the place in `items`. */
async function judge(
  { app, db, actor, now }: { app: AppContext; db: Db; actor: Actor; now: Date },
  items: readonly ListingItem[],
  order: BatchOrder,
): Promise<Judged> {
  const rows = await listingsById(
    db,
    items.map(({ id }) => id),
  )
  const byId = new Map(rows.map((row) => [row.id, row]))
  const besides = await besidesOf({ db, actor }, rows)
  const by = { by: actor.id, today: dayOf(now), profile: app.config.profile }
  const judged: Judged = { fit: [], blocked: [] }
  for (const [at, item] of items.entries()) {
    const row = byId.get(item.id)
    try {
      if (row === undefined) throw new AppError('listing_missing', { id: item.id })
      if (item.version !== undefined && item.version !== row.version) throw new AppError('listing_version_stale')
      requireDoable(toListing(app.secrets, row), order, besides.facts(row), by)
      judged.fit.push(item)
    } catch (error) {
      if (!isAppError(error) || error.kind === 'unavailable') throw error
      judged.blocked.push({ at, view: blockedOf(app, item.id, row, error) })
    }
  }
  return judged
}

function blockedOf(
  app: AppContext,
  id: string,
  row: ListingRow | undefined,
  { code, values }: Pick<AppError, 'code' | 'values'>,
): BlockedListing {
  return { id, name: row?.name ?? '', caseNo: row?.caseNo ?? '', code, message: app.catalog.problem(code, values) }
}

/** Goes on with a bulk act until its end, or until another process has taken it over. */
export async function carryOn(app: AppContext, actor: Actor, id: string): Promise<void> {
  try {
    while ((await app.store.read((db) => findBatch(db, id)))?.state === 'running') await carryPortion(app, actor, id)
  } catch (error) {
    if (!isAppError(error, 'batch_busy')) throw error
  }
}

/** Carries out the next portion of a bulk act. @throws `batch_busy` when another process has done it meanwhile. */
const carryPortion = command(
  'listing.batch',
  async (context, id: string): Promise<BatchState> => {
    const { tx, app, now } = context
    const batch = await findBatch(tx, id)
    if (batch?.state !== 'running') throw new AppError('batch_busy')
    const order = openRow(listingBatchTable, app.secrets, batch).record
    const items = await itemsAfter(tx, id, batch.done, isAnnounced(order.act) ? BULLETIN_LIMIT : PORTION)
    const done = batch.done + items.length
    const state = done >= batch.total ? 'done' : 'running'
    // First, so that of two processes the second waits here and then finds the portion done.
    const changes = { done, state, movedAt: now, finishedAt: state === 'done' ? now : null } as const
    if (!(await moveBatch(tx, batch, changes))) throw new AppError('batch_busy')
    const named = items.map(({ listingId, version }) => ({ id: listingId, ...(version === null ? {} : { version }) }))
    const { bulletin, blocked } = await carryFit(context, order, named)
    for (const { at, view } of blocked) await blockItem(tx, { ...(items[at] as ListingBatchItemRow), code: view.code })
    if (bulletin !== null) await keepBulletin(context, { ...batch, done }, bulletin, state)
    await context.audit({ subject: `listing_batch:${id}`, detail: { act: order.act, done, blocked: blocked.length } })
    return state
  },
  (state) => ({ state }),
)

/** Does the act with those of the listings that allow it. They are judged one by one only when it cannot be done with all of them. */
async function carryFit(
  { app, tx, actor, now }: CommandContext,
  order: BatchOrder,
  items: readonly ListingItem[],
): Promise<{ bulletin: BulletinOutcome | null; blocked: Judged['blocked'] }> {
  const within = withinTransaction(app, tx)
  // Whether a proposal waits is asked by `judge` alone.
  if (order.act !== 'propose')
    try {
      return { bulletin: await carryOut(within, actor, order, items), blocked: [] }
    } catch (error) {
      if (!isAppError(error) || error.kind === 'unavailable') throw error
    }
  const { fit, blocked } = await judge({ app, db: tx, actor, now }, items, order)
  return { bulletin: fit.length === 0 ? null : await carryOut(within, actor, order, fit), blocked }
}

async function keepBulletin(
  { tx }: CommandContext,
  batch: ListingBatchRow,
  { bulletin }: BulletinOutcome,
  state: BatchState,
): Promise<void> {
  const bulletins = JSON.stringify([...(JSON.parse(batch.bulletins) as object[]), bulletin])
  await tx.run('update listing_batch set bulletins = ? where id = ? and state = ?', [bulletins, batch.id, state])
}

/** Does the act with these listings, as for one. Returns the bulletin, if it issued one. */
async function carryOut(app: AppContext, actor: Actor, order: BatchOrder, items: readonly ListingItem[]): Promise<BulletinOutcome | null> {
  switch (order.act) {
    case 'submit':
      await submitListings(app, actor, { items })
      return null
    case 'approve':
      await approveListings(app, actor, { items })
      return null
    case 'reject':
      await rejectListings(app, actor, { items, ...order })
      return null
    case 'record_service':
      await recordServices(app, actor, { items, ...order })
      return null
    case 'withdraw':
      await withdrawListings(app, actor, { items, ...order })
      return null
    case 'publish':
      return publishListings(app, actor, { items })
    case 'shield':
      return shieldListings(app, actor, { items, ...order })
    case 'propose':
      await proposeChange(app, actor, { items, terms: order.terms })
      return null
  }
}

/** How far a bulk act is, with every listing that stood in the way. @throws `batch_missing`. */
export const showBatch = query('listing.read', async ({ db, app }, id: string): Promise<BatchView> => {
  const batch = await findBatch(db, id)
  if (batch === null) throw new AppError('batch_missing')
  const items = await blockedItems(db, id)
  const rows = new Map<string, ListingRow>()
  for (const part of portions(items.map(({ listingId }) => listingId)))
    for (const row of await listingsById(db, part)) rows.set(row.id, row)
  const blocked = items.map(({ listingId, code }) => blockedOf(app, listingId, rows.get(listingId), { code: code as Code, values: {} }))
  const { act, state, total, done } = batch
  return { id, act, state, total, done, blocked, bulletins: JSON.parse(batch.bulletins) as BatchView['bulletins'] }
})
