// Finds the header row of any sheet that is handed in and recognises its headings by name, in any order.
// What the headings mean belongs to each sheet: columns.rules.ts for a court's list, and the features that read other sheets.

import { AppError } from '../../core/errors.ts'
import { squeeze } from '../../core/text.ts'

/** A cell as the sheet reader returns it: text, or the number of a numeric or date cell (an Excel serial of the 1900 system). */
export type Cell = string | number

/** What a spreadsheet leaves of a formula that failed. */
const FAILED = /^\s*#(?:REF|N\/A|VALUE|NAME|DIV\/0|NUM|NULL|SPILL|CALC|FIELD|BLOCKED)[!?]?\s*$/i
/** What the sheet reader gives for a formula without a value, and what a text table has of any. */
const FORMULA = /^\s*[=＝]/

/** What a cell holds in place of a content: a formula that nothing has calculated, or the error of one; null for any other. */
export function formulaIn(cell: Cell): 'formula' | 'error' | null {
  if (typeof cell === 'number') return null
  if (FORMULA.test(cell)) return 'formula'
  return FAILED.test(cell) ? 'error' : null
}

/** A recognised column. */
export interface Column {
  /** Position in the row, from 0. */
  index: number
  /** The heading as the file writes it, on one line. */
  heading: string
}

/** The header row of a sheet. */
export interface FoundHeadings<Field extends string> {
  /** Position among the rows given, from 0. */
  headerRow: number
  /** The recognised columns by their meaning. */
  columns: ReadonlyMap<Field, Column>
  /** Headings of columns that are ignored, to be shown to the person who checks the file. */
  unknown: readonly string[]
}

/** The headings of one kind of sheet. */
export interface HeadingSpec<Field extends string> {
  /** The field that a heading means; null for an unknown one. */
  fieldOf(heading: string): Field | null
  /** Each group must have at least one column. */
  required: readonly (readonly Field[])[]
  /** Recognised headings that a header row needs; fewer are a coincidence, such as a title that equals a column's name. */
  least: number
  /** What messages about a missing column call it. */
  labelOf(field: Field): string
}

/** Headings of columns that only number the rows: ignored and not reported as unknown. */
const NUMBERING: ReadonlySet<string> = new Set(['序号', '行号', 'no', 'id'])

/** Rows searched for the header: titles and remarks may stand above it. */
const SEARCHED_ROWS = 20

/** A heading without blanks, bracketed text and punctuation, in lower case. */
export function bareHeading(text: string): string {
  const flat = squeeze(text).toLowerCase()
  const bare = flat.replace(/\([^()]*\)|\[[^[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|<[^<>]*>/g, '')
  return (bare === '' ? flat : bare).replace(/[^\p{L}\p{N}]/gu, '')
}

/** Headings by name, each field with its names separated by blanks, as words for people list them. */
export function headingsByName<Field extends string>(names: Readonly<Record<Field, string>>): (heading: string) => Field | null {
  const fields = Object.keys(names) as Field[]
  const byName = new Map(fields.flatMap((field) => names[field].split(' ').map((name) => [bareHeading(name), field] as const)))
  return (heading) => byName.get(bareHeading(heading)) ?? null
}

/**
 * Finds the header among a sheet's first 20 rows. Where two rows form one header (merged cells), a heading in the upper row fills a gap in
 * the lower one.
 * @throws AppError `import_header_missing`; `import_columns_missing` and `import_columns_twice`, whose problems name the fields and
 * headings.
 */
export function findHeadings<Field extends string>(rows: readonly (readonly Cell[])[], spec: HeadingSpec<Field>): FoundHeadings<Field> {
  const candidates = rows.slice(0, SEARCHED_ROWS).map((row, index) => joinHeadings(row, rows[index - 1] ?? [], spec))
  const counts = candidates.map((headings) => new Set(headings.map((each) => spec.fieldOf(each)).filter((field) => field !== null)).size)
  const best = Math.max(0, ...counts)
  if (best < spec.least) throw new AppError('import_header_missing', { rows: SEARCHED_ROWS })
  const headerRow = counts.indexOf(best)
  const headings = candidates[headerRow] ?? []
  const columns = new Map<Field, Column>()
  const duplicates: { field: Field; column: string }[] = []
  const unknown: string[] = []
  headings.forEach((heading, index) => {
    const field = spec.fieldOf(heading)
    if (field === null) {
      if (heading !== '' && !NUMBERING.has(bareHeading(heading))) unknown.push(heading)
    } else if (columns.has(field)) duplicates.push({ field, column: heading })
    else columns.set(field, { index, heading })
  })
  checkColumns(columns, duplicates, spec)
  return { headerRow, columns, unknown }
}

/**
 * The headings of a row together with the row above it, which may group them: 申请执行人 over 姓名 and 电话. An empty cell above belongs to the
 * group before it.
 */
function joinHeadings<Field extends string>(row: readonly Cell[], above: readonly Cell[], spec: HeadingSpec<Field>): string[] {
  let group = ''
  return Array.from({ length: Math.max(row.length, above.length) }, (_, index) => {
    const own = oneLine(row[index])
    const upper = oneLine(above[index])
    if (upper !== '') group = upper
    if (own === '') return spec.fieldOf(upper) === null ? '' : upper
    return headingIn(group, own, spec)
  })
}

/** Groups of people who are neither debtor, applicant nor representative: their columns are not read. */
const OTHER_PEOPLE = /代理|担保|保证|联系人|承办|经办|法官|执行员|书记员|第三人|案外|共有|配偶/

/** A heading with that of its group where both together mean a column; the heading alone, or both where they mean somebody else. */
function headingIn<Field extends string>(group: string, own: string, { fieldOf }: HeadingSpec<Field>): string {
  if (group === '' || group === own || fieldOf(own) === null) return own
  const joined = `${group}${own}`
  if (fieldOf(joined) !== null) return joined
  const isPerson = PERSON_PART.test(bareHeading(own))
  const isOther = OTHER_PEOPLE.test(group) || OTHER_GROUPS.test(bareHeading(group))
  return isPerson && isOther ? joined : own
}

/** Headings that every person of a case has. */
const PERSON_PART =
  /^(?:姓名|名称|姓名或名称|姓名名称|性别|年龄|身份证号?码?|公民身份号码|证件号?码?|证件类型|住?址|住所地?|地址|手机号?码?|联系电话|电话号?码?|联系方式|工作单位|所在单位|单位)$/
/** Groups of people of a case who are not the debtor. */
const OTHER_GROUPS = /^(?:申请执行人|申请人|债权人|法定代表人|负责人|法人代表|原告)/

function oneLine(cell: Cell | undefined): string {
  return String(cell ?? '')
    .replace(/[\s\p{Cf}]+/gu, ' ')
    .trim()
}

function checkColumns<Field extends string>(
  columns: ReadonlyMap<Field, Column>,
  duplicates: readonly { field: Field; column: string }[],
  { required, labelOf }: HeadingSpec<Field>,
): void {
  if (duplicates.length > 0) {
    const problems = duplicates.map((duplicate) => ({ code: 'column_twice', ...duplicate }))
    throw new AppError('import_columns_twice', { columns: duplicates.map((each) => each.column).join('、') }, problems)
  }
  const missing = required.filter((group) => !group.some((field) => columns.has(field))).map((group) => group[0] as Field)
  if (missing.length === 0) return
  const problems = missing.map((field) => ({ code: 'column_missing', field, column: labelOf(field) }))
  throw new AppError('import_columns_missing', { columns: problems.map((each) => each.column).join('、') }, problems)
}

/** The cells of a later sheet of a file in the columns of the first. */
export function inColumnsOf<Field>(
  first: ReadonlyMap<Field, { index: number }>,
  columns: ReadonlyMap<Field, { index: number }>,
  cells: readonly Cell[],
): Cell[] {
  const moved: Cell[] = []
  for (const [field, { index }] of columns) {
    const to = first.get(field)?.index
    if (to === undefined) continue
    while (moved.length <= to) moved.push('')
    moved[to] = cells[index] ?? ''
  }
  return moved
}
