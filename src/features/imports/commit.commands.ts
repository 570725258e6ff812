// The second step of an import: good rows become drafts, or another person than the uploader puts them in force; a snapshot shields entries
// that it no longer holds.
// The first step is commands.ts. Rows enter in transactions of a thousand; an interrupted commit continues where it stopped.

import { anyActorOf } from '../../platform/commands/audit.store.ts'
import { dayOf } from '../../core/calendar.ts'
import { AppError, isAppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { draft, enterListed, shield, type Listing } from '../listings/rules.ts'
import { authorize, requireAnother, type Actor } from '../../platform/commands/permissions.ts'
import { countTaken, findImport, isAnotherCommitting, moveImport, openSample, sealSample, type ImportRow } from './store.ts'
import { appendJournal, changedSince, countOfBulletin, membersChangedAfter, type JournalEvent } from '../journal/store.ts'
import { holdCounter } from '../../platform/database/counters.ts'
import type { Tx } from '../../platform/database/database.ts'
import { insertListings, keysInForce, listingsById, updateListings } from '../listings/search.store.ts'
import { insertOfficers } from '../listings/officers.store.ts'
import { toListing, toRow } from '../listings/store.ts'
import { announceBulletin, openBulletin } from '../bulletins/commands.ts'
import { command, type CommandContext, type AppContext } from '../../platform/commands/command.ts'
import { goodEntries, goodId, listedPages, type GoodEntry, type Progress } from './rows.commands.ts'
import { getImport, withStepLease } from './commands.ts'
import type { ExtendLease } from '../../platform/scheduler/step-lease.ts'
import { confirmationOf, takesEffect, type ImportSample } from './rules.ts'
import { overtakeNotices } from '../../messaging/overtaking.ts'
import { deadlinesOfPublication } from '../listings/clocks.commands.ts'
import { detailOf, journalOf, subjectOf } from '../listings/changes.commands.ts'

/** Entries entered in one transaction. */
const BATCH = 1000

/**
 * Enters the rows that a check found good and returns the import. Running it on an interrupted import continues that import.
 * A list that takes effect (`takesEffect`) is put in force by an approver who neither uploaded nor checked it.
 * @param input.confirmation for such a list: `confirmationOf` the counts that the approver has seen. Without it a list that was truncated by
 * accident would shield everybody it lacks.
 * @param input.left rows of a draft list whose debtor left the list in the same case and is to be drafted all the same; others are not drafted.
 * @throws `import_state`, `own_draft`, `import_unconfirmed`, `import_list_changed`.
 */
export async function commitImport(
  app: AppContext,
  actor: Actor,
  input: { id: string; confirmation?: string | undefined; left?: readonly number[] | undefined },
  progress: Progress = () => undefined,
): Promise<ImportRow> {
  const row = await getImport(app, actor, input.id)
  if (takesEffect(row.mode)) authorize(actor, 'import.put_in_force')
  return withStepLease(app, 'commit', row, async (hold) => {
    const committing = await begin(app, actor, input)
    const freshly = row.state === 'checked' && row.known === 0
    const seen = await takeRows(app, actor, committing, { progress, hold, freshly })
    if (committing.mode === 'snapshot' && committing.bad === 0) await shieldMissing(app, actor, committing, { seen, hold })
    const finished = await finish(app, actor, row.id)
    await app.files.remove(goodId(row.id))
    return finished
  })
}

interface Beginning {
  id: string
  confirmation?: string | undefined
  left?: readonly number[] | undefined
}

const begin = command('import.commit', async (context, { id: importId, confirmation, left = [] }: Beginning): Promise<ImportRow> => {
  const { tx, audit } = context
  const before = await findImport(tx, importId)
  if (before === null) throw new AppError('import_missing', { id: importId })
  if (before.state === 'checked' && takesEffect(before.mode)) await requireSecondPerson(context, before, confirmation)
  if (
    before.state !== 'committing' &&
    !(await moveImport(tx, importId, 'checked', {
      state: 'committing',
      bulletinId: before.mode === 'draft' ? null : newId(),
      known: 0,
      ...confirmed(context, before, left),
    }))
  )
    throw new AppError('import_state', { state: before.state })
  await audit({
    subject: `import:${importId}`,
    detail: {
      state: 'committing',
      resumed: before.state === 'committing',
      confirmation,
      ...(left.length === 0 ? {} : { left: left.join(' ') }),
    },
  })
  return (await findImport(tx, importId)) as ImportRow
})

/** Stores which rows about people who left the list are drafted all the same. @throws `request_invalid` for a row that is none of them. */
function confirmed({ app }: CommandContext, row: ImportRow, rows: readonly number[]): Partial<ImportRow> {
  if (rows.length === 0) return {}
  const sample = openSample(app.secrets, row)
  const known = new Set(sample?.left?.map((entry) => entry.row))
  if (sample === null || !rows.every((each) => known.has(each))) throw new AppError('request_invalid')
  return sealSample(app.secrets, row.id, { ...sample, confirmed: [...rows] })
}

/**
 * Checks that a list is put in force by another person than whoever uploaded or checked it, who has seen what it changes, and that it still
 * changes just that. @throws `own_draft`, `import_unconfirmed`, `import_list_changed`.
 */
async function requireSecondPerson({ tx, actor }: CommandContext, row: ImportRow, confirmation: string | undefined): Promise<void> {
  requireAnother(actor.id, [row.actor, ...(await anyActorOf(tx, [`import:${row.id}`], ['import.check']))])
  await requireSameList(tx, row)
  if (confirmation !== confirmationOf(row))
    throw new AppError('import_unconfirmed', { added: row.good - row.known, removed: row.removed, bad: row.bad })
}

/** Entries that a refusal names. */
const NAMED = 20

/**
 * Checks that the list is what the check compared the file with. Nobody can change it until the transaction ends, so that what is then
 * committing removes and adds exactly what was confirmed. @throws `import_list_changed` with counts and the first entries, `import_other_running`.
 */
async function requireSameList(tx: Tx, { id: importId, listVersion, source }: ImportRow): Promise<void> {
  if (listVersion === null) throw new AppError('import_list_changed', { added: 0, gone: 0, corrected: 0, cases: '' })
  await holdCounter(tx, 'journal')
  if (await isAnotherCommitting(tx, importId, source)) throw new AppError('import_other_running')
  const { listingIds, ...counts } = await membersChangedAfter(tx, Number(listVersion), NAMED)
  if (counts.added + counts.gone + counts.corrected === 0) return
  const cases = (await listingsById(tx, listingIds)).map(({ caseNo }) => caseNo)
  throw new AppError('import_list_changed', { ...counts, cases: [...new Set(cases)].join('、') })
}

/** Batches processed at the same time: while the database writes one, the next is prepared. */
const CONCURRENT_BATCHES = 2

/** Prepares the next rows while the database writes the previous ones. When it returns or throws, no batch is being written any more. */
async function takeRows(
  app: AppContext,
  actor: Actor,
  row: ImportRow,
  { progress, hold, freshly }: { progress: Progress; hold: ExtendLease; freshly: boolean },
): Promise<Set<string>> {
  const seen = new Set<string>()
  const confirmedRows = new Set(openSample(app.secrets, row)?.confirmed)
  let rows = 0
  const pending: Promise<unknown>[] = []
  try {
    for await (const batch of goodEntries(app, row.id, BATCH)) {
      const wanted = batch.filter((entry) => entry.left !== true || confirmedRows.has(entry.row))
      const entries = wanted.filter((entry) => !seen.has(entry.keys[0]) && seen.add(entry.keys[0]))
      for (const key of batch.flatMap((entry) => entry.keys)) seen.add(key)
      if (pending.length === CONCURRENT_BATCHES) await pending.shift()
      await hold()
      const writing = takeBatch(app, actor, { row, entries, freshly }).then(() => {
        rows += batch.length
        progress({ rows, bytesRead: rows, bytes: row.good })
      })
      // A failure is handled when the batch is awaited; until then it must not be reported as an unhandled rejection.
      writing.catch(() => undefined)
      pending.push(writing)
    }
    await Promise.all(pending)
  } finally {
    await Promise.allSettled(pending)
  }
  return seen
}

/**
 * Enters the entries of a batch that are not in force yet. When the check found nothing in force, the rows are entered without a lookup
 * first. When one is refused because it is in force after all, or was listed between the lookup and the write, the lookup is done again.
 */
async function takeBatch(app: AppContext, actor: Actor, batch: Taking): Promise<void> {
  const { entries, freshly } = batch
  try {
    await (freshly && entries.length > 0 ? enterBatch(app, actor, batch) : enterFresh(app, actor, batch))
  } catch (error) {
    if (!isAppError(error, 'listing_in_force')) throw error
    await enterFresh(app, actor, batch)
  }
}

async function enterFresh(app: AppContext, actor: Actor, { row, entries, freshly }: Taking): Promise<void> {
  const inForce = await app.store.read((db) =>
    keysInForce(
      db,
      entries.flatMap((entry) => entry.keys),
    ),
  )
  const fresh = entries.filter((entry) => !entry.keys.some((key) => inForce.has(key)))
  if (fresh.length > 0) await enterBatch(app, actor, { row, entries: fresh, freshly })
}

interface Taking {
  row: ImportRow
  entries: readonly GoodEntry[]
  /** The check found nothing in force, and nothing of this import has been entered since. */
  freshly: boolean
}

const enterBatch = command(
  'import.commit',
  async (context, { row, entries }: Taking): Promise<{ taken: number }> => {
    const { tx, now, app } = context
    const listings = entries.map((entry) => listingOf(context, row, entry))
    const heads = await context.auditAll(
      listings.map((listing) => ({ subject: subjectOf(listing), detail: { ...detailOf(app.secrets, listing), import: row.id } })),
      'fresh',
    )
    await insertListings(
      tx,
      listings.map((listing, position) =>
        toRow(app.secrets, listing, { created: now, updated: now }, heads[position]?.hash ?? '', entries[position]?.keys[0]),
      ),
    )
    await insertOfficers(tx, app.secrets, listings)
    const event: JournalEvent = row.mode === 'draft' ? 'listing.drafted' : 'listing.listed'
    await appendJournal(
      tx,
      listings.map((listing) => journalOf(listing, event, row.bulletinId, now)),
    )
    await deadlinesOfPublication(
      context,
      listings.filter((listing) => listing.state === 'listed'),
    )
    await countTaken(tx, row.id, { taken: entries.length, known: 0 })
    return { taken: entries.length }
  },
  (output) => output,
)

function listingOf({ actor, now }: CommandContext, row: ImportRow, { content }: GoodEntry): Listing {
  // Whoever puts a list in force only approves what the uploader handed in.
  const by = takesEffect(row.mode) ? row.actor : actor.id
  const draftInput = { id: newId(), content, by, importId: row.id }
  return row.mode === 'draft' ? draft(draftInput) : enterListed({ ...draftInput, source: row.source, today: dayOf(now) })
}

async function shieldMissing(
  app: AppContext,
  actor: Actor,
  row: ImportRow,
  { seen, hold }: { seen: ReadonlySet<string>; hold: ExtendLease },
): Promise<void> {
  for await (const page of listedPages(app, row.source)) {
    await hold()
    const missing = page.filter((each) => !seen.has(each.inForceKey)).map((each) => each.id)
    if (missing.length > 0) await shieldBatch(app, actor, { row, ids: missing })
  }
}

const shieldBatch = command('import.commit', async (context, { row, ids }: { row: ImportRow; ids: readonly string[] }): Promise<void> => {
  const { tx, now, app } = context
  // What came or was corrected since the file was compared was shown to nobody as leaving, and stays.
  const unseen = await changedSince(tx, Number(row.listVersion ?? 0), ids)
  const reason = app.catalog.words('states', 'exit.source_removed')
  const before = (await listingsById(tx, ids)).filter((each) => each.state === 'listed' && !unseen.has(each.id))
  const changes = before.map((each) => ({
    row: each,
    listing: shield(toListing(app.secrets, each), { ground: 'source_removed', reason, today: dayOf(now) }),
  }))
  const heads = await context.auditAll(
    changes.map(({ row: each, listing }) => ({
      subject: subjectOf(listing),
      detail: { ...detailOf(app.secrets, listing, toListing(app.secrets, each)), import: row.id },
    })),
    'known',
  )
  await updateListings(
    tx,
    changes.map(({ row: each, listing }, position) => ({
      row: toRow(app.secrets, listing, { created: each.createdAt, updated: now }, heads[position]?.hash ?? ''),
      before: each,
    })),
  )
  await overtakeNotices(
    context,
    'listing.shielded',
    before.map(({ id }) => id),
  )
  await appendJournal(
    tx,
    changes.map(({ listing }) => journalOf(listing, 'listing.shielded', row.bulletinId, now)),
  )
})

/** Rows about people who left the list that were not confirmed, and so not drafted. */
function leftOut(sample: ImportSample | null): number {
  return (sample?.left?.length ?? 0) - (sample?.confirmed?.length ?? 0)
}

/**
 * Ends the import and enqueues its bulletin. The bulletin is counted from the journal, so that a resumed import includes what was entered
 * before.
 */
const finish = command(
  'import.commit',
  async (context, importId: string): Promise<ImportRow> => {
    const { tx, now } = context
    const row = (await findImport(tx, importId)) as ImportRow
    // A process that lost the step without noticing must not announce the bulletin a second time.
    if (row.state !== 'committing') throw new AppError('import_state', { state: row.state })
    const counts = row.bulletinId === null ? { listed: 0, shielded: 0, listVersion: 0 } : await countOfBulletin(tx, row.bulletinId)
    const changed = counts.listed + counts.shielded > 0
    if (row.bulletinId !== null && changed) {
      const kind = row.mode === 'takeover' ? 'takeover' : 'publish'
      const bulletin = await openBulletin(context, kind, row.source)
      await announceBulletin(context, { ...bulletin, ...counts, id: row.bulletinId })
    }
    await moveImport(tx, importId, 'committing', {
      state: 'committed',
      finishedAt: now,
      removed: counts.shielded,
      known: row.good - row.taken - leftOut(openSample(context.app.secrets, row)),
      ...(changed ? {} : { bulletinId: null }),
    })
    await context.audit({ subject: `import:${importId}`, detail: { state: 'committed', taken: row.taken, shielded: counts.shielded } })
    return (await findImport(tx, importId)) as ImportRow
  },
  (row) => ({ import: row.id, taken: row.taken, removed: row.removed }),
)
