// Receives and checks files. An import has two steps: the check reports problems and enters nothing, the commit enters the good rows.
// Both can be resumed after a crash. Committing is commit.commands.ts; reading and comparing rows is rows.commands.ts.

import type { Readable } from 'node:stream'
import { AppError, isAppError, type Problem } from '../../core/errors.ts'
import { storedProblems } from '../../core/refusals.ts'
import { newId } from '../../core/ids.ts'
import type { RowMode } from '../debtors/row-reader.rules.ts'
import { HIGHER_COURTS, type ListingContent } from '../listings/rules.ts'
import { authorize, type Actor } from '../../platform/commands/permissions.ts'
import { instantsOf } from '../../core/calendar.ts'
import {
  findImport,
  importTable,
  imports,
  insertImport,
  moveImport,
  openSample,
  sameFileCommitted,
  sealSample,
  type ImportFilter,
  type ImportRow,
} from './store.ts'
import { command, query, systemCommand, type AppContext } from '../../platform/commands/command.ts'
import {
  entriesOf,
  compareEntries,
  listedPages,
  openGood,
  openRejects,
  rejectsId,
  type JudgedEntry,
  type Progress,
} from './rows.commands.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { sealRow } from '../../platform/database/sealing.ts'
import { maskIdentifier } from '../../core/identifiers.ts'
import { listingsById } from '../listings/search.store.ts'
import { toListing } from '../listings/store.ts'
import { confirmationOf, LEFT_LIMIT, SAMPLE_SIZE, takesEffect, type ImportSample, type LeftEntry, type SampleEntry } from './rules.ts'
import { forgetRun } from '../../platform/scheduler/runs.store.ts'
import { refuseStopped, stepRun, withLease, type ExtendLease } from '../../platform/scheduler/step-lease.ts'
import { OUR_COURT } from '../units/conflicts.rules.ts'

/** The two steps of an import. */
export type Step = 'check' | 'commit'

/** Runs a step under a lease. @throws `import_state` when another process holds the lease. */
export function withStepLease<T>(
  app: AppContext,
  step: Step,
  row: ImportRow,
  work: (hold: ExtendLease, starts: number) => Promise<T>,
): Promise<T> {
  return withLease(app, stepRun(`import.${step}`, row.id), new AppError('import_state', { state: row.state }), work)
}

/** A file to import. */
export interface ImportInput {
  fileName: string
  mode: RowMode
  /** The unit id of a higher court, required for `snapshot` and `delta`; our own court in the other modes. */
  source?: string | undefined
  content: AsyncIterable<Uint8Array>
}

/** Problems stored with the import at most; the file of refused rows has all of them. */
const KEPT_PROBLEMS = 200

/** Stores a file sealed, without reading it. @throws `import_source_unknown`, `body_too_large`, `import_empty`. */
export async function receiveImport(app: AppContext, actor: Actor, input: ImportInput): Promise<ImportRow> {
  authorize(actor, 'import.check')
  const source = sourceFor(input.mode, input.source)
  const id = newId()
  const stored = await app.files.put(id, input.content, { maxBytes: app.config.importLimitBytes })
  if (stored.bytes === 0) {
    await app.files.remove(id)
    throw new AppError('import_empty')
  }
  return recordImport(app, actor, { id, source, mode: input.mode, fileName: input.fileName.slice(-200), ...stored })
}

/** The source of the entries. @throws `import_source_not_higher`, `import_source_unknown`. */
function sourceFor(mode: RowMode, given: string | undefined): string {
  if (mode === 'draft' || mode === 'takeover') {
    if (given !== undefined && given !== OUR_COURT) throw new AppError('import_source_not_higher', { source: given })
    return OUR_COURT
  }
  if (given === undefined || !(HIGHER_COURTS as readonly string[]).includes(given))
    throw new AppError('import_source_unknown', { source: given ?? '' })
  return given
}

interface Received {
  id: string
  source: string
  mode: RowMode
  fileName: string
  bytes: number
  sha256: string
}

const recordImport = command('import.check', async ({ tx, app, now, actor, audit }, input: Received): Promise<ImportRow> => {
  const row = sealRow(importTable, app.secrets, {
    ...input,
    state: 'checking',
    actor: actor.id,
    createdAt: now,
    finishedAt: null,
    encoding: null,
    rows: 0,
    good: 0,
    bad: 0,
    warnings: 0,
    known: 0,
    taken: 0,
    removed: 0,
    bulletinId: null,
    problems: '[]',
    hasRejects: false,
    failure: null,
    listVersion: null,
    sample: null,
  })
  await insertImport(tx, row)
  await audit({
    subject: `import:${row.id}`,
    detail: { sha256: app.secrets.digest('file', input.sha256), bytes: input.bytes, mode: input.mode, source: input.source },
  })
  return row
})

/**
 * Reads the whole file and reports its problems; nothing is entered. A file that cannot be read ends in the state `refused` with its error
 * code, and the error is thrown as well. Running the check again after a crash starts over. A checked list that would take effect can be
 * checked again, because the list may have changed since. @throws `import_state`, `import_missing`.
 */
export async function checkImport(
  app: AppContext,
  actor: Actor,
  importId: string,
  progress: Progress = () => undefined,
): Promise<ImportRow> {
  authorize(actor, 'import.check')
  const row = await getImport(app, actor, importId)
  const again = row.state === 'checked' && takesEffect(row.mode)
  if (row.state !== 'checking' && !again) throw new AppError('import_state', { state: row.state })
  if (again) await reopenCheck(app, actor, importId)
  return withStepLease(app, 'check', row, async (hold, starts) => {
    try {
      refuseStopped(starts)
      const shown = shownProgress(app, actor, importId, progress)
      const report = await surveyFile(app, row, { progress: shown.note, hold: () => shown.save().then(hold) })
      return await settleCheck(app, actor, { importId, changes: { ...report, state: 'checked' } })
    } catch (error) {
      if (!isAppError(error) || error.kind === 'unavailable' || error.code === 'import_state') throw error
      await settleCheck(app, actor, {
        importId,
        changes: { state: 'refused', failure: error.code, problems: JSON.stringify(storedProblems(error)) },
      })
      throw error
    }
  })
}

/** Milliseconds between two looks at a running check that differ. */
const SHOWN_EVERY = 2_000

/** Saves how many rows were checked now and then, so that whoever watches the import sees it go on. */
function shownProgress(app: AppContext, actor: Actor, importId: string, progress: Progress): { note: Progress; save(): Promise<void> } {
  let rows = 0
  let savedAt = app.clock.now().getTime()
  return {
    note(state) {
      rows = state.rows
      progress(state)
    },
    async save() {
      const now = app.clock.now().getTime()
      if (now - savedAt < SHOWN_EVERY) return
      savedAt = now
      await noteChecked(app, actor, { importId, rows })
    },
  }
}

const noteChecked = systemCommand('import.check', async ({ tx }, { importId, rows }: { importId: string; rows: number }) => {
  await moveImport(tx, importId, 'checking', { rows })
})

const settleCheck = command(
  'import.check',
  async ({ tx, now, audit }, input: { importId: string; changes: Partial<ImportRow> }): Promise<ImportRow> => {
    const changed = await moveImport(tx, input.importId, 'checking', { ...input.changes, finishedAt: now })
    const row = await findImport(tx, input.importId)
    if (row === null) throw new AppError('import_missing', { id: input.importId })
    if (!changed) throw new AppError('import_state', { state: row.state })
    const { rows, good, bad, warnings, known, removed, failure } = row
    await audit({
      subject: `import:${row.id}`,
      detail: { state: row.state, rows, good, bad, warnings, known, removed, ...(failure === null ? {} : { failure }) },
    })
    return row
  },
)

/** Takes a checked import back to its check, so that nobody can put it in force meanwhile. */
const reopenCheck = command('import.check', async ({ tx, audit }, importId: string): Promise<void> => {
  if (!(await moveImport(tx, importId, 'checked', { state: 'checking' }))) throw new AppError('import_state', { state: 'checked' })
  await forgetRun(tx, stepRun('import.check', importId))
  await audit({ subject: `import:${importId}`, detail: { state: 'checking', again: true } })
})

type Survey = Pick<
  ImportRow,
  'encoding' | 'rows' | 'good' | 'bad' | 'warnings' | 'known' | 'removed' | 'problems' | 'hasRejects' | 'listVersion' | 'sample'
>

/** Reads the file once: counts rows, keeps the first problems, and writes the sealed files of refused and of good rows. */
async function surveyFile(app: AppContext, row: ImportRow, { progress, hold }: { progress: Progress; hold: ExtendLease }): Promise<Survey> {
  const seen = new Map<string, number>()
  const problems: Problem[] = []
  const notes: Problem[] = []
  const counts = { rows: 0, good: 0, bad: 0, warnings: 0, known: 0 }
  const sample: ImportSample = { added: [], removed: [] }
  const left: LeftEntry[] = []
  // Read before the comparison: a change during it counts as one after it.
  const version = await app.store.read((db) => listVersion(db))
  const rejects = openRejects(app, row.id)
  const good = openGood(app, row.id)
  let encoding: string | null = null
  try {
    for await (const batch of entriesOf(app, row)) {
      await hold()
      encoding = batch.encoding
      notes.push(...batch.notes)
      const goodBatch: JudgedEntry[] = []
      for (const entry of await compareEntries(app, row, batch.entries, seen)) {
        counts.rows += 1
        if (entry.content === null) {
          counts.bad += 1
          await rejects.add(batch.headings, entry)
        } else {
          counts.good += 1
          goodBatch.push(entry)
          counts.known += entry.known ? 1 : 0
          counts.warnings += entry.problems.length > 0 ? 1 : 0
        }
        problems.push(...entry.problems.slice(0, KEPT_PROBLEMS - problems.length))
      }
      await good.add(goodBatch)
      addToSample(sample, goodBatch)
      left.push(...leftOf(goodBatch).slice(0, LEFT_LIMIT - left.length))
      progress({ rows: counts.rows, bytesRead: batch.bytesRead, bytes: row.bytes })
    }
  } finally {
    await Promise.all([rejects.end(), good.end()])
  }
  if (counts.rows === 0) throw new AppError('import_empty')
  if (counts.bad === 0) await app.files.remove(rejectsId(row.id))
  // A snapshot with refused rows does not prove that an entry is missing from it.
  const removed = row.mode === 'snapshot' && counts.bad === 0 ? await missingFrom(app, row.source, { seen, sample }) : 0
  return {
    ...counts,
    encoding,
    removed,
    problems: JSON.stringify([...notes, ...problems].slice(0, KEPT_PROBLEMS)),
    hasRejects: counts.bad > 0,
    listVersion: version,
    ...sealSample(app.secrets, row.id, takesEffect(row.mode) ? sample : left.length === 0 ? null : { added: [], removed: [], left }),
  }
}

/** Adds entries that are not in force yet, as long as there is room. */
function addToSample({ added }: ImportSample, entries: readonly JudgedEntry[]): void {
  const fresh = entries.flatMap(({ known, content }) => (known || content === null ? [] : [content]))
  added.push(...fresh.slice(0, SAMPLE_SIZE - added.length).map(sampleOf))
}

/** The rows about people who left the list in the same case, each once. */
function leftOf(entries: readonly JudgedEntry[]): LeftEntry[] {
  return entries.flatMap(({ row, content, left }) =>
    content === null || left === undefined ? [] : [{ ...sampleOf(content), row, state: left.state, on: left.exitedOn }],
  )
}

/** Counts the entries of a source that a file lacks, and adds the first to the sample. */
async function missingFrom(
  app: AppContext,
  source: string,
  { seen, sample }: { seen: ReadonlyMap<string, number>; sample: ImportSample },
): Promise<number> {
  let count = 0
  for await (const page of listedPages(app, source)) {
    const missing = page.filter((listing) => !seen.has(listing.inForceKey)).map(({ id }) => id)
    count += missing.length
    const wanted = missing.slice(0, SAMPLE_SIZE - sample.removed.length)
    const rows = wanted.length === 0 ? [] : await app.store.read((db) => listingsById(db, wanted))
    sample.removed.push(...rows.map((each) => sampleOf(toListing(app.secrets, each).content)))
  }
  return count
}

function sampleOf({ debtor, caseNo }: ListingContent): SampleEntry {
  return { name: debtor.name, identifier: maskIdentifier(debtor.identifier), caseNo }
}

/** The rows that a check refused, with their reasons, as CSV: whole numbers, for whoever mends the list. @throws `import_missing`, `import_no_rejects`. */
export async function rejectsOf(app: AppContext, actor: Actor, importId: string): Promise<{ fileName: string; content: Readable }> {
  authorize(actor, 'reject.read')
  const row = await getImport(app, actor, importId)
  if (!row.hasRejects) throw new AppError('import_no_rejects', { id: importId })
  return { fileName: `${row.fileName.replace(/\.\w+$/, '')}.rejected.csv`, content: app.files.open(rejectsId(importId)) }
}

/** What putting an import in force would change, for the person who confirms it; null where nothing takes effect or nothing was checked. */
export function previewOf(app: AppContext, row: ImportRow): (Pick<ImportSample, 'added' | 'removed'> & { confirmation: string }) | null {
  const sample = row.state === 'checked' && takesEffect(row.mode) ? openSample(app.secrets, row) : null
  return sample === null ? null : { added: sample.added, removed: sample.removed, confirmation: confirmationOf(row) }
}

/** The rows of a checked draft list about people who left the list in the same case, for the person who confirms them. */
export function leftRows(app: AppContext, row: ImportRow): LeftEntry[] {
  return (row.state === 'checked' ? openSample(app.secrets, row)?.left : undefined) ?? []
}

/** One import. @throws `import_missing`. */
export const getImport = query('import.read', async ({ db }, importId: string): Promise<ImportRow> => {
  const row = await findImport(db, importId)
  if (row === null) throw new AppError('import_missing', { id: importId })
  return row
})

/** What a list of imports is narrowed by; `from` and `until` are days of upload, both included. */
type ImportSearch = Omit<ImportFilter, 'uploaded'> & Parameters<typeof instantsOf>[0]

/** A page of the imports that match, newest first. */
export const listImports = query(
  'import.read',
  async ({ db }, input: { filter: ImportSearch; page: { limit: number; offset: number } }) => {
    const { from, until, ...filter } = input.filter
    return imports(db, { ...filter, uploaded: instantsOf({ from, until }) }, input.page)
  },
)

/** The last committed import of the same bytes for the same source, or null. A second import would add nothing, so the person is told. */
export const earlierImport = query('import.read', async ({ db, app }, row: ImportRow): Promise<ImportRow | null> => {
  const earlier = await sameFileCommitted(db, app.secrets, row)
  return earlier?.id === row.id ? null : earlier
})
