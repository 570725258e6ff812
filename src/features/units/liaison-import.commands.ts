// Enters the liaisons of many units from a sheet: checked first, with what would change; entered when that is confirmed.
// The sheet comes with both requests and is stored by neither: what was seen stands in the confirmation. Single liaisons are commands.ts.

import { AppError, type Problem } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { maskPhone } from '../../core/phone.ts'
import { sha256 } from '../../core/secrets.ts'
import { mediaOf, sealAddresses } from '../../messaging/addresses.ts'
import { authorize, type Actor } from '../../platform/commands/permissions.ts'
import { command, query, type AppContext } from '../../platform/commands/command.ts'
import type { Db } from '../../platform/database/database.ts'
import { openRow } from '../../platform/database/sealing.ts'
import { openSheetApart } from '../../platform/sheets/apart.ts'
import { bytesSource } from '../../platform/sheets/sources.ts'
import { readTabs, type ReadTabs } from '../../platform/sheets/tabs.ts'
import { unitAliases } from './catalogue.tasks.ts'
import { applyChange } from './changes.commands.ts'
import {
  liaisonHeader,
  readLiaisonRow,
  SHEET_BYTES,
  SHEET_ROWS,
  unitsByName,
  type LiaisonRowRead,
  type SheetField,
  type StatedLiaison,
} from './liaison-sheet.rules.ts'
import {
  allUnits,
  dutyUnitIds,
  insertLiaison,
  liaisonsOfUnits,
  liaisonTable,
  lockLiaisons,
  unitsWithoutLiaison,
  type LiaisonRow,
} from './store.ts'

/** What entering a row does. `known`: nothing, the liaison is there already. */
export type LiaisonAct = 'add' | 'change' | 'known'

/** One row that can be entered; the phone is masked. */
export interface PreviewedLiaison {
  row: number
  act: LiaisonAct
  unitId: string
  unitName: string
  name: string
  phone: string
  head: boolean
}

/** A problem of a row in words. */
export type WordedProblem = Omit<Problem, 'values'> & { message: string }

/** What a sheet would change, or has changed. */
export interface LiaisonImport {
  rows: number
  added: number
  changed: number
  known: number
  bad: number
  problems: WordedProblem[]
  preview: PreviewedLiaison[]
  /** Units with a duty that have no liaison afterwards. */
  missing: { id: string; name: string }[]
  /** Stands for what was shown; to be sent back with the same sheet. */
  confirmation: string
  committed: boolean
}

export interface LiaisonSheet {
  fileName: string
  bytes: Buffer
  /** What was shown by the check; without it nothing is entered. */
  confirmation?: string | undefined
}

/**
 * Checks a sheet of liaisons, or enters it when the confirmation is the one of the check. Rows with errors are left out; a row that changes
 * nothing is no error, so that the same sheet can be sent again.
 * @throws those of `openSheet` and `findHeadings`, `import_empty`, `liaison_sheet_long`; `liaison_sheet_unconfirmed` when the sheet, or what it would
 *   change, is not what was confirmed.
 */
export async function importLiaisons(app: AppContext, actor: Actor, sheet: LiaisonSheet): Promise<LiaisonImport> {
  authorize(actor, 'liaison.manage')
  const { rows, notes } = await readRows(app, actor, sheet)
  const digest = sha256(sheet.bytes.toString('base64'))
  if (sheet.confirmation === undefined) return checkSheet(app, actor, { rows, notes, digest })
  return enterSheet(app, actor, { rows, notes, digest, confirmation: sheet.confirmation })
}

async function readRows(
  app: AppContext,
  actor: Actor,
  { fileName, bytes }: LiaisonSheet,
): Promise<{ rows: LiaisonRowRead[]; notes: readonly Problem[] }> {
  const { tabs, notes } = await tabsOf(app, fileName, bytes)
  // The form names every unit: a unit whose liaison was not filled in is no problem.
  const body = tabs.flatMap(({ name, header: { columns }, rows }, at) => {
    const filled = [...columns].filter(([field]) => field === 'name' || field === 'phone').map(([, { index }]) => index)
    const stated = rows.filter((row) => filled.some((index) => String(row.cells[index] ?? '').trim() !== ''))
    return stated.map((row) => ({ row, columns, prefix: at === 0 ? '' : `${name}!` }))
  })
  if (body.length === 0) throw new AppError('import_empty')
  if (body.length > SHEET_ROWS) throw new AppError('liaison_sheet_long', { max: SHEET_ROWS })
  const units = unitsByName(await namedUnits(app, actor, undefined), await unitAliases(app.config.templatesFolder))
  const wordsOf = (key: string): string[] => app.catalog.words('units', key).split(' ')
  const headWords = { yes: wordsOf('head.yes'), no: wordsOf('head.no') }
  const rows = body.map(({ row, columns, prefix }) => {
    const read = readLiaisonRow(row, columns, { units, headWords })
    return prefix === '' ? read : { ...read, problems: read.problems.map((each) => ({ ...each, column: `${prefix}${each.column ?? ''}` })) }
  })
  return { rows, notes }
}

const namedUnits = query('liaison.manage', ({ db }, _input: undefined) => allUnits(db))

async function tabsOf(app: AppContext, fileName: string, bytes: Buffer): Promise<ReadTabs<ReturnType<typeof liaisonHeader>>> {
  const limits = { maxBytes: SHEET_BYTES, maxUnpacked: 50_000_000, maxTexts: 10_000_000 }
  const sheet = await openSheetApart(bytesSource(fileName, bytes), app.config.sheetReading, limits)
  try {
    const tooLong = (): AppError => new AppError('liaison_sheet_long', { max: SHEET_ROWS })
    return await readTabs(sheet, (rows) => liaisonHeader(rows, liaisonHeadings(app)), { most: SHEET_ROWS * 2, tooLong })
  } finally {
    await sheet.close()
  }
}

/** The names of the columns, the usual one first. */
export function liaisonHeadings({ catalog }: AppContext): Record<SheetField, string> {
  const names = (field: SheetField): string => catalog.words('units', `column.${field}`)
  return { unitId: names('unitId'), unit: names('unit'), name: names('name'), phone: names('phone'), head: names('head') }
}

interface CheckedSheet {
  rows: readonly LiaisonRowRead[]
  /** What concerns whole sheets of the file. */
  notes: readonly Problem[]
  digest: string
}

const checkSheet = query('liaison.manage', async ({ db, app }, sheet: CheckedSheet): Promise<LiaisonImport> => {
  const { items, problems } = await judge(app, db, sheet.rows)
  return report(app, db, { ...sheet, items, problems, committed: false })
})

const enterSheet = command(
  'liaison.manage',
  async (context, sheet: CheckedSheet & { confirmation: string }): Promise<LiaisonImport> => {
    const { tx, app, now, audit } = context
    await lockLiaisons(tx)
    const { items, problems } = await judge(app, tx, sheet.rows)
    const entered = { ...sheet, items, problems, committed: true }
    const before = await report(app, tx, entered)
    if (before.confirmation !== sheet.confirmation) throw new AppError('liaison_sheet_unconfirmed')
    for (const { act, stated, earlier } of items) {
      if (act === 'known') continue
      if (earlier !== null) await applyChange(context, earlier, { name: stated.name, head: stated.head })
      const own = { id: newId(), unitId: stated.unitId }
      const row: LiaisonRow = earlier ?? {
        ...own,
        name: stated.name,
        head: stated.head,
        ...(await sealAddresses(app, tx, own, { phone: stated.phone })),
        ...{ wechaty: null, wechatyIndex: null, active: true, createdAt: now },
      }
      if (earlier === null) await insertLiaison(tx, row)
      await audit({ subject: `liaison:${row.id}`, detail: { unitId: row.unitId, head: stated.head, media: mediaOf(row), sheet: act } })
    }
    const { rows, added, changed, known, bad } = before
    await audit({ subject: 'liaisons', detail: { sheet: app.secrets.digest('sheet', sheet.digest), rows, added, changed, known, bad } })
    return report(app, tx, entered)
  },
  ({ added, changed }) => ({ added, changed }),
)

interface JudgedRow {
  row: number
  act: LiaisonAct
  stated: StatedLiaison
  earlier: LiaisonRow | null
}

/** Compares the rows with each other and with the liaisons there are. A number belongs to one unit, because replies are told apart by it. */
async function judge(app: AppContext, db: Db, rows: readonly LiaisonRowRead[]): Promise<{ items: JudgedRow[]; problems: Problem[] }> {
  const units = await allUnits(db)
  const nameOf = new Map(units.map((unit) => [unit.id, unit.name]))
  const byPhone = await liaisonsByPhone(app, db, [...nameOf.keys()])
  const seen = new Map<string, number>()
  const items: JudgedRow[] = []
  const problems: Problem[] = []
  for (const { row, stated, problems: own } of rows) {
    problems.push(...own)
    if (stated === null) continue
    const first = seen.get(stated.phone)
    const others = byPhone.get(stated.phone) ?? []
    const elsewhere = others.find((other) => other.unitId !== stated.unitId)
    if (first !== undefined) problems.push({ code: 'liaison_twice', row, field: 'phone', values: { first } })
    else if (elsewhere !== undefined)
      problems.push({ code: 'liaison_elsewhere', row, field: 'phone', values: { unit: nameOf.get(elsewhere.unitId) ?? '' } })
    else items.push(judged(row, stated, others[0] ?? null))
    seen.set(stated.phone, first ?? row)
  }
  return { items, problems }
}

function judged(row: number, stated: StatedLiaison, earlier: LiaisonRow | null): JudgedRow {
  const isSame = earlier?.name === stated.name && earlier.head === stated.head
  return { row, stated, earlier, act: earlier === null ? 'add' : isSame ? 'known' : 'change' }
}

/** The active liaisons of units by their phone number. */
async function liaisonsByPhone(app: AppContext, db: Db, unitIds: readonly string[]): Promise<Map<string, LiaisonRow[]>> {
  const found = new Map<string, LiaisonRow[]>()
  for (const row of await liaisonsOfUnits(db, unitIds)) {
    const { phone } = openRow(liaisonTable, app.secrets, { id: row.id, phone: row.phone })
    if (phone !== null && row.active) found.set(phone, [...(found.get(phone) ?? []), row])
  }
  return found
}

interface JudgedSheet extends CheckedSheet {
  items: readonly JudgedRow[]
  problems: readonly Problem[]
  committed: boolean
}

async function report(app: AppContext, db: Db, sheet: JudgedSheet): Promise<LiaisonImport> {
  const { items, problems, rows } = sheet
  const count = (act: LiaisonAct): number => items.filter((item) => item.act === act).length
  const seen = [sheet.digest, rows.length, ...items.map(({ row, act, stated }) => `${row} ${act} ${stated.unitId}`)]
  const reached = new Set(items.filter((item) => !item.stated.head).map((item) => item.stated.unitId))
  const lonely = await unitsWithoutLiaison(db, await dutyUnitIds(db))
  return {
    rows: rows.length,
    added: count('add'),
    changed: count('change'),
    known: count('known'),
    bad: rows.length - items.length,
    problems: [...sheet.notes, ...problems].map(({ values, ...problem }) => ({
      ...problem,
      message: app.catalog.check({ ...problem, ...(values === undefined ? {} : { values }) }),
    })),
    preview: items.map(({ row, act, stated }) => ({ ...stated, row, act, phone: maskPhone(stated.phone) })),
    missing: lonely.filter((unit) => !reached.has(unit.id)).map(({ id, name }) => ({ id, name })),
    confirmation: sha256(JSON.stringify(seen)).slice(0, 16),
    committed: sheet.committed,
  }
}
