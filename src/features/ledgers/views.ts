// A unit’s ledger (实施意见 四(三)、四(四)): its notices, screenings, lifts, returns, reminders, complaints and circulars in a span of days.
// The queries are features/ledgers/store.ts; who sees what is features/ledgers/rules.ts.

import { templateTitle } from '../../messaging/templates.ts'
import { Readable } from 'node:stream'
import { addDays, daysBetween, dayOf, instantAt, isDay, wallTime, writtenDay, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { CONSEQUENCE_KINDS, CONSEQUENCES } from '../accountability/consequences.rules.ts'
import { LEDGER_SECTIONS, hiddenFrom, mustBeSpan, ledgerViewFor, type LedgerSection, type LedgerSpan } from './rules.ts'
import { requireOwnUnit, type Actor } from '../../platform/commands/permissions.ts'
import { writeXlsx, type SheetPlan } from '../../platform/sheets/xlsx-write.ts'
import { ledgerFigures, ledgerRows, type LedgerCriteria, type LedgerRow } from './store.ts'
import { findUnit } from '../units/store.ts'
import { query, type AppContext, type QueryContext } from '../../platform/commands/command.ts'
import { measuresOfUnit } from '../feedback/records.store.ts'
import { openSealed, placeOf } from '../../platform/database/sealing.ts'

/** One line of a section, in words. */
export interface LedgerLine {
  /** Id of the subject; empty where the reader may not open it. */
  id: string
  /** An instant, or a legal day as YYYY-MM-DD. */
  at: Date | Day
  what: string
  number: string | null
  state: string
  note: string | null
}

/** One section with its title, the number of all its lines, and a page of them. */
export interface LedgerSectionView {
  section: LedgerSection
  title: string
  total: number
  items: LedgerLine[]
}

/** The number of lines of each section, and the figures of `ledgerFigures`. */
export type LedgerFigures = Record<LedgerSection, number> & Awaited<ReturnType<typeof ledgerFigures>>

/** A unit's ledger. */
export interface Ledger extends LedgerSpan {
  unit: string
  asOf: Date
  figures: LedgerFigures
  sections: LedgerSectionView[]
}

/** Which ledger to show. */
export interface LedgerInput {
  unitId: string
  /** First day; default: the first day of this year. */
  from?: Day | undefined
  /** Last day, included; default: today. */
  to?: Day | undefined
  /** The only section to show; default: a page of every section. */
  section?: LedgerSection | undefined
  page: { limit: number; offset: number }
}

/**
 * A unit's ledger for a span of days.
 * @throws `unit_other`, `unit_missing`, `request_invalid` for a span that ends before it begins or is longer than five years.
 */
export const showLedger = query('ledger.read', async (context, input: LedgerInput): Promise<Ledger> => {
  const { db, actor, now } = context
  requireOwnUnit(actor, input.unitId)
  const unit = await findUnit(db, input.unitId)
  if (unit === null) throw new AppError('unit_missing', { id: input.unitId })
  const today = dayOf(now)
  const { unitId, from = `${today.slice(0, 4)}-01-01`, to = today, page } = input
  mustBeSpan(daysBetween(from, to))
  const openKinds = CONSEQUENCE_KINDS.filter((kind) => CONSEQUENCES[kind].open)
  const span = { since: instantAt(from, 0), until: instantAt(addDays(to, 1), 0) }
  const ask: LedgerCriteria = { unitId, from, to, ...span, view: ledgerViewFor(actor, unitId), hiddenAbout: hiddenFrom(actor), openKinds }
  const titles = new Map((await measuresOfUnit(db, unitId)).map((measure) => [measure.id, measure.title]))
  const sections: LedgerSectionView[] = []
  for (const section of LEDGER_SECTIONS) {
    const isRequested = input.section === undefined || input.section === section
    const { rows, total } = await ledgerRows(db, section, ask, isRequested ? page : { limit: 0, offset: 0 })
    const items = rows.map((row) => lineOf(context, section, row, titles))
    sections.push({ section, title: context.app.catalog.words('ledgers', `section.${section}`), total, items })
  }
  const figures = { ...totalsOf(sections), ...(await ledgerFigures(db, ask)) }
  const visibleSections = input.section === undefined ? sections : sections.filter((each) => each.section === input.section)
  return { unitId, unit: unit.name, from, to, asOf: now, figures, sections: visibleSections }
})

function totalsOf(sections: readonly LedgerSectionView[]): Record<LedgerSection, number> {
  return Object.fromEntries(sections.map(({ section, total }) => [section, total])) as Record<LedgerSection, number>
}

type Context = Pick<QueryContext, 'app'>
type Worded = Pick<LedgerLine, 'what' | 'state'>

/** The note of a line: of a return, what the unit remarked; of a screening, why it approved. */
function noteOf({ secrets }: AppContext, section: LedgerSection, { id, sealed }: { id: string; sealed: string }): string {
  const [name, property] = section === 'returned' ? (['feedback_return', 'note'] as const) : (['screening', 'outcomeReason'] as const)
  return openSealed(secrets, 'text', sealed, placeOf({ name, protection: { primary: ['id'] } }, property, { id }))
}

function lineOf(context: Context, section: LedgerSection, row: LedgerRow, titles: ReadonlyMap<string, string>): LedgerLine {
  const { id, at, number, note, sealed } = row
  const words = WORDINGS[section](context.app, row, titles)
  return { id, at, number, ...words, note: sealed === null ? note : noteOf(context.app, section, { id, sealed }) }
}

type Wording = (app: AppContext, row: LedgerRow, titles: ReadonlyMap<string, string>) => Worded

const ledgerWords = (app: AppContext, key: string, values = {}): string => app.catalog.words('ledgers', key, values)

const measureWording: Wording = (app, { code, state }, titles) => ({
  what: code === '' ? ledgerWords(app, 'measure.all') : (titles.get(code) ?? code),
  state: app.catalog.words('screenings', `outcome.${state}`),
})

const deadlineWording: Wording = ({ catalog }, { code, state }) => ({
  what: catalog.words('clocks', `clock.${code}`),
  state: catalog.words('clocks', `deadline.${state}`),
})

const lateMark = (app: AppContext, code: string): string => (code === 'late' ? ledgerWords(app, 'late') : '')

const WORDINGS: Readonly<Record<LedgerSection, Wording>> = {
  // The template may have been removed since; its name is then shown instead of its title.
  told: (app, { code, state }) => ({
    what: templateTitle(app.catalog, code),
    state: app.catalog.words('states', `notice.${state}`),
  }),
  checked: (app, row, titles) => ({
    what: measureWording(app, { ...row, state: 'refused' }, titles).what,
    state: app.catalog.words('screenings', `answer.${row.state}`),
  }),
  refused: measureWording,
  approved: measureWording,
  lifted: (app, { code, state, count }) => ({
    what: ledgerWords(app, 'lift.what', { count: count ?? 0 }),
    state: `${ledgerWords(app, `lift.${state}`)}${lateMark(app, code)}`,
  }),
  retained: (app, { code, state }) => ({
    what: isDay(code) ? ledgerWords(app, 'retained', { until: writtenDay(code) }) : code,
    state: app.catalog.words('lifts', `state.${state}`),
  }),
  returned: (app, { code, state, count }) => ({
    what: ledgerWords(app, 'returned', { count: count ?? 0 }),
    state: `${app.catalog.words('feedbacks', `state.${state}`)}${lateMark(app, code)}`,
  }),
  assistance: ({ catalog }, { code, state }) => ({
    what: catalog.words('assistances', `kind.${code}`),
    state: catalog.words('assistances', `state.${state}`),
  }),
  reminded: deadlineWording,
  missed: deadlineWording,
  complaints: (app, { code, state }) => ({
    what: ledgerWords(app, code === 'upheld' ? 'complaint.upheld' : 'complaint.other'),
    state: app.catalog.words('complaints', `state.${state}`),
  }),
  circulars: (app, { state }) => ({ what: ledgerWords(app, 'circular'), state: app.catalog.words('circulars', `state.${state}`) }),
  interviews: (app, { state }) => ({ what: ledgerWords(app, 'interview'), state: app.catalog.words('interviews', `state.${state}`) }),
  consequences: ({ catalog }, { code, state }) => ({
    what: catalog.words('consequences', `kind.${code}`),
    state: catalog.words('consequences', `state.${state}`),
  }),
}

/** Most lines of one sheet. The workbook is built in memory, and people read it. */
const SHEET_LINES = 10_000
const COLUMNS = ['at', 'what', 'number', 'state', 'note'] as const

/** The ledger as an XLSX workbook: a sheet with the figures, then one sheet per section. @throws as `showLedger`. */
export async function ledgerFile(
  app: AppContext,
  actor: Actor,
  input: Pick<LedgerInput, 'unitId' | 'from' | 'to'>,
): Promise<{ fileName: string; content: Readable }> {
  const ledger = await showLedger(app, actor, { ...input, page: { limit: SHEET_LINES, offset: 0 } })
  const word = (key: string, values = {}): string => ledgerWords(app, key, values)
  const { unit, from, to, figures, sections, asOf } = ledger
  const notes = [word('span', { from: writtenDay(from), to: writtenDay(to) }), word('as_of', { at: wallTime(asOf) })]
  const summary: SheetPlan = {
    name: word('summary'),
    title: word('title', { unit }),
    notes,
    columns: [{ title: word('column.figure'), width: 30 }, { title: word('column.count') }],
    rows: (Object.keys(figures) as (keyof LedgerFigures)[]).map((key) => [word(`figure.${key}`), figures[key]]),
  }
  const sheets = sections.map(({ title, total, items }): SheetPlan => ({
    name: title,
    title: `${unit} ${title}`,
    notes: [word('lines', { total, shown: items.length })],
    columns: COLUMNS.map((column) => ({ title: word(`column.${column}`), ...WIDTHS[column] })),
    rows: items.map(({ at, what, number, state, note }) => [typeof at === 'string' ? at : wallTime(at), what, number, state, note]),
  }))
  return { fileName: `${word('file', { unit, from, to })}.xlsx`, content: Readable.from([await writeXlsx([summary, ...sheets])]) }
}

const WIDTHS: Partial<Record<(typeof COLUMNS)[number], { width: number }>> = {
  at: { width: 20 },
  what: { width: 40 },
  number: { width: 26 },
  note: { width: 50 },
}
