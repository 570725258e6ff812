// Screening by file: a unit hands in a sheet, its rows are checked, then asked about in portions, and an annotated copy is written.
// Each step is continued after a crash (files.tasks.ts); a row is one question like any other, answered and logged by the same functions.

import { Readable } from 'node:stream'
import { dayOf } from '../../core/calendar.ts'
import { AppError, isAppError } from '../../core/errors.ts'
import { storedProblems } from '../../core/refusals.ts'
import { newId } from '../../core/ids.ts'
import { authorize, type Actor } from '../../platform/commands/permissions.ts'
import { command, query, type AppContext } from '../../platform/commands/command.ts'
import { portions } from '../../platform/database/placeholders.ts'
import { refuseStopped, stepRun, withLease, type ExtendLease } from '../../platform/scheduler/step-lease.ts'
import type { Measure } from '../units/measures.rules.ts'
import { businessOf, lookUpAndLog } from './commands.ts'
import { FILE_BYTES, FILES_AT_ONCE, type FileQuestion, type FileState } from './files.rules.ts'
import { findFile, insertFile, lockUnfinished, moveFile, sameFile, type ScreeningFile } from './files.store.ts'
import { askedKey, readSheet, type AskedRow, type ReadSheet } from './file-rows.views.ts'
import { annotatedSheet } from './file-sheet.views.ts'
import { businessAsked, measuresAsked, ownUnitAsking } from './lookup.views.ts'
import { finishBatch, insertBatch, screeningsByRequest, touchBatch, type ScreeningRow } from './store.ts'

/** Questions that are answered in one transaction. */
const PORTION = 500
/** Problems stored with the file at most; the annotated sheet has all of them. */
const KEPT_PROBLEMS = 100

/** A sheet to work through. */
export interface FileInput {
  fileName: string
  /** The measure and the business of rows that name none. */
  measureId?: string | undefined
  business?: string | undefined
  /** Ask once more although the same sheet was handed in today. */
  again?: boolean | undefined
  content: AsyncIterable<Uint8Array>
}

/**
 * Stores a sheet sealed, without reading it. The same content with the same measure and business on the same day is the same file, also when
 * it comes twice at once: `repeated`.
 * @throws `unit_other` for who belongs to no unit, `screening_files_many`, `import_empty`, `body_too_large`, and those of `measuresAsked` and
 *   `businessAsked`.
 */
export async function receiveScreeningFile(
  app: AppContext,
  actor: Actor,
  input: FileInput,
): Promise<{ file: ScreeningFile; repeated: boolean }> {
  await checkDefaults(app, actor, input)
  const id = newId()
  const stored = await app.files.put(id, input.content, { maxBytes: FILE_BYTES })
  try {
    if (stored.bytes === 0) throw new AppError('import_empty')
    const recorded = await recordFile(app, actor, { ...input, ...stored, id })
    if (recorded.file.id !== id) await app.files.remove(id)
    return recorded
  } catch (error) {
    await app.files.remove(id)
    throw error
  }
}

const checkDefaults = query('screening.ask', async ({ db, actor }, input: Pick<FileInput, 'measureId' | 'business'>): Promise<void> => {
  businessAsked(await measuresAsked(db, ownUnitAsking(actor), input.measureId), input)
})

const recordFile = command(
  'screening.ask',
  async (
    { tx, app, now, actor, audit },
    input: Omit<FileInput, 'content'> & { id: string; bytes: number; sha256: string },
  ): Promise<{ file: ScreeningFile; repeated: boolean }> => {
    const { secrets } = app
    const unitId = ownUnitAsking(actor)
    const unfinished = await lockUnfinished(tx, unitId)
    const same = JSON.stringify([unitId, input.sha256, input.measureId ?? '', input.business?.trim() ?? '', dayOf(now)])
    const [sameKey, ...olderKeys] = secrets.indexes('code', same)
    const earlier = input.again === true ? null : await sameFile(tx, secrets, [sameKey, ...olderKeys])
    if (earlier !== null) {
      await audit({ subject: subjectOf(earlier), detail: { repeated: true } })
      return { file: earlier, repeated: true }
    }
    if (unfinished >= FILES_AT_ONCE) throw new AppError('screening_files_many', { max: FILES_AT_ONCE })
    const file: ScreeningFile = {
      id: input.id,
      unitId,
      actor: actor.id,
      state: 'checking',
      fileName: input.fileName.slice(-200),
      measureId: input.measureId ?? null,
      business: input.business?.trim() ?? null,
      bytes: input.bytes,
      sameKey: input.again === true ? null : sameKey,
      ...{ rows: 0, good: 0, bad: 0, warnings: 0, answered: 0 },
      batchId: null,
      problems: null,
      failure: null,
      createdAt: now,
      finishedAt: null,
      removedAt: null,
    }
    await insertFile(tx, secrets, file)
    await audit({ subject: subjectOf(file), detail: { unitId, bytes: file.bytes, measureId: file.measureId ?? '' } })
    return { file, repeated: false }
  },
  ({ file, repeated }) => ({ file: file.id, unit: file.unitId, repeated: repeated ? 1 : 0 }),
)

/** Subject of the audit rows of one file. */
function subjectOf({ id }: Pick<ScreeningFile, 'id'>): string {
  return `screening_file:${id}`
}

/** One file of the caller's own unit. @throws `screening_file_missing`, `unit_other`. */
export const ownFile = query('screening.read', async ({ db, app, actor }, fileId: string): Promise<ScreeningFile> => {
  const unitId = ownUnitAsking(actor)
  const file = await findFile(db, app.secrets, fileId)
  if (file === null) throw new AppError('screening_file_missing')
  if (file.unitId !== unitId) throw new AppError('unit_other')
  return file
})

/**
 * Does what is next for a file: checks its rows; asks about them when none has an error, or when the unit said so; writes the annotated
 * sheet. Running it again after a crash goes on where it stopped, and asks nothing twice.
 * @throws `screening_file_state` when another process works on it, and why the file cannot be used.
 */
export async function workThrough(app: AppContext, actor: Actor, fileId: string): Promise<ScreeningFile> {
  authorize(actor, 'screening.ask')
  let file = await ownFile(app, actor, fileId)
  if (file.state === 'checking') file = await underLease(app, actor, { file, step: 'check' }, checkRows)
  if (file.state === 'running') file = await underLease(app, actor, { file, step: 'run' }, askRows)
  return file
}

type Step = (app: AppContext, actor: Actor, work: { file: ScreeningFile; hold: ExtendLease }) => Promise<ScreeningFile>

/** Runs a step alone. A file that cannot be used ends in the state `refused` with the code of its error, which is thrown as well. */
async function underLease(
  app: AppContext,
  actor: Actor,
  { file, step }: { file: ScreeningFile; step: 'check' | 'run' },
  run: Step,
): Promise<ScreeningFile> {
  const taken = new AppError('screening_file_state')
  return withLease(app, stepRun(`screening.${step}`, file.id), taken, async (hold, starts) => {
    try {
      if (step === 'check') refuseStopped(starts)
      return await run(app, actor, { file, hold })
    } catch (error) {
      if (!isAppError(error) || error.kind === 'unavailable' || error === taken) throw error
      const problems = storedProblems(error).slice(0, KEPT_PROBLEMS)
      await settle(app, actor, { file, from: file.state, changes: { state: 'refused', failure: error.code, problems, sameKey: null } })
      throw error
    }
  })
}

const settle = command(
  'screening.ask',
  async (
    { tx, app, now, audit },
    { file, from, changes }: { file: ScreeningFile; from: FileState; changes: Partial<ScreeningFile> },
  ): Promise<ScreeningFile> => {
    const open = changes.state === 'running'
    const batchId = open ? newId() : file.batchId
    if (open && batchId !== null) {
      // A slash keeps it apart from the numbers that a unit's system may give.
      const batch = { id: batchId, unitId: file.unitId, requestId: `file/${file.id}`, actor: file.actor, items: file.good }
      await insertBatch(tx, { ...batch, createdAt: now, touchedAt: now, finishedAt: null })
    }
    if (changes.state === 'done' && batchId !== null) await finishBatch(tx, batchId, now)
    const after = { ...changes, batchId, finishedAt: open ? null : now }
    if (!(await moveFile(tx, app.secrets, file.id, [from], after))) throw new AppError('screening_file_state')
    const { state, rows, good, bad, failure } = { ...file, ...after }
    await audit({ subject: subjectOf(file), detail: { state, rows, good, bad, ...(failure === null ? {} : { failure }) } })
    return { ...file, ...after }
  },
)

/** Reads all rows and counts them. Where one has an error, the unit sees the problems before anything is asked. */
const checkRows: Step = async (app, actor, { file, hold }) => {
  const sheet = await readSheet(app, actor, file)
  await hold()
  const problems = [...sheet.notes, ...sheet.rows.flatMap((row) => row.problems)]
  const bad = sheet.rows.filter((row) => row.question === null).length
  const counts = { rows: sheet.rows.length, good: sheet.rows.length - bad, bad }
  const warnings = sheet.rows.filter((row) => row.question !== null && row.problems.length > 0).length
  const found = { ...counts, warnings, problems: problems.slice(0, KEPT_PROBLEMS) }
  if (bad === 0) return settle(app, actor, { file: { ...file, ...counts }, from: 'checking', changes: { ...found, state: 'running' } })
  await storeResult(app, file, sheet, new Map())
  return settle(app, actor, { file: { ...file, ...counts }, from: 'checking', changes: { ...found, state: 'checked' } })
}

/** The unit has seen which rows cannot be asked about, and has the others asked. @throws `screening_file_state`. */
export async function startFile(app: AppContext, actor: Actor, fileId: string): Promise<ScreeningFile> {
  authorize(actor, 'screening.ask')
  const file = await ownFile(app, actor, fileId)
  if (file.state !== 'checked' || file.good === 0) throw new AppError('screening_file_state')
  return settle(app, actor, { file, from: 'checked', changes: { state: 'running' } })
}

/** Asks about all rows, portion by portion, and writes the annotated sheet. */
const askRows: Step = async (app, actor, { file, hold }) => {
  const sheet = await readSheet(app, actor, file)
  const asked = sheet.rows.filter((row): row is AskedRow => row.question !== null)
  let answered = 0
  for (const portion of portions(asked, PORTION)) {
    await hold()
    answered += portion.length
    await askPortion(app, actor, { file, rows: portion, answered })
  }
  const answers = await answersOf(app, actor, { file, rows: asked })
  await storeResult(app, file, sheet, answers)
  return settle(app, actor, { file: { ...file, answered }, from: 'running', changes: { state: 'done', answered } })
}

/** One portion in one transaction; what was logged before a crash is left alone. */
const askPortion = command(
  'screening.ask',
  async (context, { file, rows, answered }: { file: ScreeningFile; rows: readonly AskedRow[]; answered: number }): Promise<void> => {
    const { app, tx, now } = context
    await touchBatch(tx, file.batchId ?? '', now)
    const keys = [...new Set(rows.map((row) => askedKey(file, row)))]
    const known = await screeningsByRequest(tx, file.unitId, keys)
    const fresh = rows.filter((row) => row.key === row.sameAs && !known.has(askedKey(file, row)))
    const own = await measuresAsked(tx, file.unitId, undefined)
    let logged = 0
    for (const group of groupsOf(fresh)) {
      const asked = askedOf(own, group[0].question)
      const title = asked.measures.length === 1 ? asked.measures[0]?.title : undefined
      const written = businessOf(app, group[0].question.business ?? undefined, title)
      const about = { unitId: file.unitId, ...asked, written, batchId: file.batchId }
      const questions = group.map((row) => ({ subject: row.question.subject, requestKey: askedKey(file, row) }))
      logged += (await lookUpAndLog(context, about, questions)).rows.length
    }
    await moveFile(tx, app.secrets, file.id, ['running'], { answered })
    await context.audit({ subject: subjectOf(file), detail: { logged, answered } })
  },
)

/** Rows with one measure and business are looked up together. */
function groupsOf(rows: readonly AskedRow[]): [AskedRow, ...AskedRow[]][] {
  const groups = new Map<string, [AskedRow, ...AskedRow[]]>()
  for (const row of rows) {
    const key = JSON.stringify([row.question.measureId, row.question.business])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [row])
    else group.push(row)
  }
  return [...groups.values()]
}

/** The measures and the business of a question, as `askScreening` reads them. */
function askedOf(
  own: readonly Measure[],
  { measureId, business }: FileQuestion,
): { measures: Measure[]; measureId: string | null; business: string | null } {
  const measures = own.filter((measure) => measureId === null || measure.id === measureId)
  if (measures.length === 0) throw new AppError('screening_measure_other', { measure: measureId ?? '', possible: '' })
  const asked = { measureId: measureId ?? undefined, business: business ?? undefined }
  return { measures, measureId, business: businessAsked(measures, asked) }
}

const answersOf = query('screening.ask', async ({ db }, { file, rows }: { file: ScreeningFile; rows: readonly AskedRow[] }) => {
  const keys = [...new Set(rows.map((row) => askedKey(file, row)))]
  const found = new Map<string, ScreeningRow>()
  for (const portion of portions(keys, PORTION))
    for (const [key, row] of await screeningsByRequest(db, file.unitId, portion)) found.set(key, row)
  return found
})

async function storeResult(
  app: AppContext,
  file: ScreeningFile,
  sheet: ReadSheet,
  answers: Awaited<ReturnType<typeof answersOf>>,
): Promise<void> {
  const workbook = await annotatedSheet(app, file, sheet, answers)
  await app.files.put(resultId(file.id), Readable.from([workbook]), { maxBytes: Number.POSITIVE_INFINITY })
}

/** The id of the annotated sheet. */
export function resultId(fileId: string): string {
  return `${fileId}-result`
}

/** The unit deletes a file that it no longer needs; what was asked stays in its log. @throws `screening_file_state` in the middle of a step. */
export async function removeFile(app: AppContext, actor: Actor, fileId: string): Promise<void> {
  authorize(actor, 'screening.ask')
  const file = await ownFile(app, actor, fileId)
  if (!['checked', 'done', 'refused'].includes(file.state)) throw new AppError('screening_file_state')
  // The files first: a crash in between leaves a row that can be removed again, and never a file that no row names.
  for (const id of [fileId, resultId(fileId)]) await app.files.remove(id)
  await markRemoved(app, actor, file)
}

const markRemoved = command('screening.ask', async ({ tx, app, now, audit }, file: ScreeningFile): Promise<void> => {
  await moveFile(tx, app.secrets, file.id, [file.state], removedFile(now))
  await audit({ subject: subjectOf(file), detail: { state: 'removed' } })
})

/** What is left of a file: its counts. */
export function removedFile(at: Date): Partial<ScreeningFile> {
  return { state: 'removed', fileName: null, business: null, problems: null, sameKey: null, removedAt: at }
}
