// Walks the table of routes in a filled court: the addresses at which each GET route can be asked, and the text of an answer, office files included.
// Who asks and what is sought is each test's own.

import type { Route } from '../../src/platform/http/route.ts'
import { SHEET_LIMITS } from '../../src/platform/sheets/sheet.ts'
import { openArchive } from '../../src/platform/sheets/zip.ts'
import { sourceOf } from '../platform/sheets/workbook.ts'
import type { TestApp } from './app.ts'
import { UNIT } from './filled/people.ts'

/** Where the ids for the parameters of a path are, by what stands before them. */
const IDS: Readonly<Record<string, string>> = {
  '/api/v1/listings/:id': 'select id from listing',
  '/api/v1/imports/:id': 'select id from import',
  '/api/v1/bulletins/:id': 'select id from bulletin',
  '/api/v1/listing-batches/:id': 'select id from listing_batch',
  '/api/v1/objections/:id': 'select id from objection',
  '/api/v1/assistance/:id': 'select id from assistance',
  '/api/v1/pushes/:id': 'select id from push',
  '/api/v1/repairs/:id': 'select id from repair',
  '/api/v1/intakes/:id': 'select id from intake',
  '/api/v1/creditor-matters/:id': 'select id from creditor_matter',
  '/api/v1/notices/:id': 'select id from notice',
  '/api/v1/complaints/:id/evidence/:evidenceId': 'select complaint_id as id, id as evidenceId from complaint_evidence',
  '/api/v1/complaints/:id': 'select id from complaint',
  '/api/v1/complaint-orders/:id': 'select id from complaint_order',
  '/api/v1/lift-orders/:id': 'select id from lift_order',
  '/api/v1/feedback/rounds/:id/returns/:unitId': 'select round_id as id, unit_id as unitId from feedback_return',
  '/api/v1/feedback/rounds/:id': 'select id from feedback_round',
  '/api/v1/accountability/proposals/:id': 'select id from accountability_proposal',
  '/api/v1/circulars/:id': 'select id from circular',
  '/api/v1/interviews/:id': 'select id from interview',
  '/api/v1/consequences/:id': 'select id from consequence',
  '/api/v1/joint-circulars/:id': 'select id from joint_circular',
  '/api/v1/meetings/:id': 'select id from meeting',
  '/api/v1/units/:id': `select id from unit where id in ('${UNIT}', 'tv_station')`,
  '/api/v1/screenings/batches/:requestId': 'select request_id as requestId from screening_batch',
  '/api/v1/screenings/:id': 'select id from screening',
  '/api/v1/screening/files/:id': 'select id from screening_file',
  '/api/v1/staff/:id': 'select id from staff',
  '/api/v1/handoffs/:id': 'select id from handoff',
}

/** What the parameters of a path stand for: rows of ids by the longest of the paths above that it begins with. None: the path has no parameter. */
async function valuesOf({ app }: TestApp, path: string): Promise<Record<string, string>[]> {
  if (!path.includes(':')) return [{}]
  const known = Object.keys(IDS)
    .filter((each) => path === each || path.startsWith(`${each}/`) || path.startsWith(`${each}.`))
    .sort((left, right) => right.length - left.length)[0]
  const sql = known === undefined ? undefined : IDS[known]
  return sql === undefined ? [] : app.store.read((db) => db.query<Record<string, string>>(`${sql} limit 12`))
}

/** Paths whose parameters are no ids of rows: what is asked there instead. */
const FIXED: Readonly<Record<string, readonly string[]>> = {
  '/api/v1/clocks/months/:month': ['/api/v1/clocks/months/2026-10'],
  '/api/v1/templates/:name': ['/api/v1/templates/listing-listed-debtor'],
}

const NEEDED: Readonly<Record<string, string>> = {
  'screenings.choices': `?unitId=${UNIT}`,
  'screenings.progress': `?unitId=${UNIT}`,
  'feedback.form': `?unitId=${UNIT}`,
  'feedback.own': `?unitId=${UNIT}`,
  'joints.preview': '?from=2026-07-01&to=2026-10-31',
}

/** The addresses at which a GET route is asked in a filled court: one for each row that its parameters can name. */
export async function pathsOf(made: TestApp, { name, path }: Route): Promise<string[]> {
  const fixed = FIXED[path]
  if (fixed !== undefined) return [...fixed]
  const rows = await valuesOf(made, path)
  return rows.map((row) => path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(row[key] ?? '')) + (NEEDED[name] ?? ''))
}

/** The parts of an office file in which words stand. */
const PARTS = ['xl/sharedStrings.xml', 'xl/worksheets/sheet1.xml', 'xl/worksheets/sheet2.xml', 'word/document.xml']

/** What an answer says, also within an office file. */
export async function textOf(response: Response): Promise<string> {
  const bytes = Buffer.from(await response.arrayBuffer())
  if (bytes.subarray(0, 2).toString() !== 'PK') return bytes.toString('utf8')
  const archive = await openArchive(sourceOf(bytes), SHEET_LIMITS)
  const texts: string[] = []
  for (const name of PARTS) {
    const part = archive.part(name)
    if (part === null) continue
    for await (const chunk of part.content()) texts.push(chunk.toString('utf8'))
  }
  archive.close()
  return texts.join('\n')
}
