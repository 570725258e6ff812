// Shows a unit its files: how far each is, what is wrong with rows, how the answers are spread, and the annotated sheet.
// Working through a file is files.commands.ts.

import { addDays, dayOf, type Day } from '../../core/calendar.ts'
import { AppError, type Code } from '../../core/errors.ts'
import { refusalOf } from '../../core/refusals.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import type { Db } from '../../platform/database/database.ts'
import type { Download } from '../../platform/http/reply.ts'
import { ownFile, resultId } from './files.commands.ts'
import { fileHeadings } from './file-rows.views.ts'
import { fileActs, FILE_BYTES, FILE_ROWS, FILES_AT_ONCE, type FileAct, type FileState } from './files.rules.ts'
import { countAnswers, filesOf, type ScreeningFile } from './files.store.ts'
import { ownUnitAsking } from './lookup.views.ts'
import { PROCEEDINGS, proceedingOf, SCREENING_ANSWERS, type Proceeding, type ScreeningAnswer } from './rules.ts'

/** A row's problem in words. */
export interface FileProblem {
  code: string
  message: string
  severity?: 'error' | 'warning'
  field?: string
  row?: number
  column?: string
  value?: string
}

/** A file as its unit sees it. */
export interface FileView {
  id: string
  /** Null once removed. */
  fileName: string | null
  state: FileState
  measureId: string | null
  business: string | null
  bytes: number
  rows: number
  good: number
  bad: number
  warnings: number
  answered: number
  counts: Record<ScreeningAnswer, number>
  proceedings: Record<Proceeding, number>
  /** The first problems; the annotated sheet has all of them. */
  problems: FileProblem[]
  failure: { code: string; message: string } | null
  possible: FileAct[]
  createdAt: Date
  finishedAt: Date | null
  /** The last day on which the files are kept. */
  keptUntil: Day
}

/** What a sheet must be, to be said before anybody uploads one. */
export interface FileLimits {
  rows: number
  bytes: number
  atOnce: number
  keepDays: number
  /** The columns by the names that are recognised, the usual one first. */
  columns: { field: string; names: string[]; required: boolean }[]
}

/** One file. @throws `screening_file_missing`, `unit_other`. */
export async function showFile(app: AppContext, actor: Actor, fileId: string): Promise<FileView> {
  const file = await ownFile(app, actor, fileId)
  return fileView(app, actor, file)
}

const fileView = query('screening.read', async ({ db, app }, file: ScreeningFile): Promise<FileView> => viewOfFile(app, db, file))

/** A page of the unit's files, newest first, and what a sheet must be. @throws `unit_other`. */
export const listFiles = query(
  'screening.read',
  async (
    { db, app, actor },
    page: { limit: number; offset: number },
  ): Promise<{ items: FileView[]; total: number; limits: FileLimits }> => {
    const { items, total } = await filesOf(db, app.secrets, ownUnitAsking(actor), page)
    const views: FileView[] = []
    for (const file of items) views.push(await viewOfFile(app, db, file))
    return { items: views, total, limits: limitsOf(app) }
  },
)

function limitsOf(app: AppContext): FileLimits {
  const columns = Object.entries(fileHeadings(app)).map(([field, names]) => ({
    field,
    names: names.split(' '),
    required: field === 'name' || field === 'identifier',
  }))
  return { rows: FILE_ROWS, bytes: FILE_BYTES, atOnce: FILES_AT_ONCE, keepDays: app.config.screeningFileDays, columns }
}

async function viewOfFile(app: AppContext, db: Db, file: ScreeningFile): Promise<FileView> {
  const { id, fileName, state, measureId, business, bytes, rows, good, bad, warnings, answered, createdAt, finishedAt } = file
  const facts = { id, fileName, state, measureId, business, bytes, rows, good, bad, warnings, answered, createdAt, finishedAt }
  const found = file.batchId === null ? [] : await countAnswers(db, file.batchId)
  const sum = (fits: (each: (typeof found)[number]) => boolean): number => found.filter(fits).reduce((total, each) => total + each.n, 0)
  const counts = SCREENING_ANSWERS.map((answer) => [answer, sum((each) => each.answer === answer)])
  const proceedings = PROCEEDINGS.map((proceeding) => [proceeding, sum((each) => proceedingOf(each.advice) === proceeding)])
  return {
    ...facts,
    counts: Object.fromEntries(counts) as Record<ScreeningAnswer, number>,
    proceedings: Object.fromEntries(proceedings) as Record<Proceeding, number>,
    problems: refusalOf(file.failure, file.problems ?? []).problems.map(({ values, ...problem }) => ({
      ...problem,
      message: app.catalog.check({ ...problem, ...(values === undefined ? {} : { values }) }),
    })),
    failure: file.failure === null ? null : { code: file.failure, message: failureText(app, file) },
    possible: fileActs(state).filter((act) => act !== 'start' || good > 0),
    keptUntil: addDays(dayOf(createdAt), app.config.screeningFileDays),
  }
}

/** Why a file cannot be used; limits and missing columns are named. */
function failureText(app: AppContext, { failure, problems }: ScreeningFile): string {
  const columns = (problems ?? []).flatMap((problem) => problem.column ?? []).join('、')
  const { values } = refusalOf(failure, problems ?? [])
  return app.catalog.problem(failure as Code, { max: FILE_ROWS, rows: HEADER_ROWS, columns, ...values })
}

/** Rows among which a header is looked for, as the message about a missing one says. */
const HEADER_ROWS = 20

/** The annotated sheet. @throws `screening_file_missing`, `unit_other`, `screening_file_state` while there is none. */
export async function fileResult(app: AppContext, actor: Actor, fileId: string): Promise<Download> {
  const file = await ownFile(app, actor, fileId)
  if (!fileActs(file.state).includes('download')) throw new AppError('screening_file_state')
  const name = (file.fileName ?? '').replace(/\.\w{1,5}$/, '')
  const fileName = app.catalog.words('screenings', 'file.name', { name: name === '' ? file.id : name })
  return { fileName: `${fileName}.xlsx`, content: app.files.open(resultId(fileId)) }
}
