// The form in which somebody fills in the liaisons of all units: every unit that can have liaisons, with those it has left out.
// Reading it back is liaison-import.commands.ts.

import { Readable } from 'node:stream'
import { query } from '../../platform/commands/command.ts'
import type { Download } from '../../platform/http/reply.ts'
import { writeXlsx } from '../../platform/sheets/xlsx-write.ts'
import { liaisonHeadings } from './liaison-import.commands.ts'
import { allUnits } from './store.ts'

/** Widths of the columns in characters. */
const WIDTHS = [24, 44, 16, 20, 12]

/** The form as a workbook. */
export const liaisonForm = query('unit.read', async ({ db, app }, _input: undefined): Promise<Download> => {
  const word = (key: string): string => app.catalog.words('units', `form.${key}`)
  const columns = Object.values(liaisonHeadings(app)).map((names, at) => ({ title: names.split(' ')[0] ?? '', width: WIDTHS[at] ?? 16 }))
  const units = (await allUnits(db)).filter((unit) => unit.active && !unit.isClass)
  const rows = units.map((unit) => [unit.id, unit.name, '', '', ''])
  const workbook = await writeXlsx([{ name: word('sheet'), title: word('title'), notes: [word('note')], columns, rows }])
  return { fileName: `${word('sheet')}.xlsx`, content: Readable.from([workbook]) }
})
