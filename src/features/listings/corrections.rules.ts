// What a correction of a published listing may change (法释〔2017〕7号 art. 9, domain rule: identity, case and basis of the decision stay). Pure.
// Who proposes and approves a correction is proposals.rules.ts; the checks of each field are rows.rules.ts.

import type { Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { maskForPublic } from '../../core/identifiers.ts'
import { FIELDS, type Field } from '../debtors/columns.rules.ts'
import type { RawContent } from '../debtors/row-reader.rules.ts'
import type { Debtor } from '../debtors/rules.ts'
import { columnsOf } from './content.rules.ts'
import { readContentParts } from './rows.rules.ts'
import type { Listing, ListingContent } from './rules.ts'

/**
 * Fields that no correction changes; the way is to revoke the listing and to list anew. Name and identifier together are who is listed, and
 * the kind, sex and age follow from the identifier. Case number, ground, term, disclosure and the reason of the court’s own motion are what was decided and served. The day of
 * publication is an act of the court, from which the term runs.
 */
const FIXED_FIELDS = [
  'name',
  'organisation',
  'identifier',
  'documentType',
  'uscc',
  'sex',
  'age',
  'caseNo',
  'ground',
  'term',
  'disclosure',
  'ownMotion',
  'publishedOn',
] as const satisfies readonly Field[]
const FIXED: ReadonlySet<Field> = new Set(FIXED_FIELDS)

/** Parts of the content that a correction changes, each with the fields that it is read from. */
const PARTS = {
  court: ['court'],
  province: ['province'],
  filedOn: ['filedOn'],
  basisNo: ['basisNo'],
  basisMaker: ['basisMaker'],
  obligation: ['obligation'],
  performance: ['performance'],
  applicant: ['applicantName', 'applicantPhone'],
} as const satisfies Partial<Record<keyof ListingContent, readonly Field[]>>

/** The same of the debtor. */
const DEBTOR_PARTS = {
  legalRepresentative: ['legalRepresentative'],
  officers: ['legalRepresentative', 'representativeIdentifier', 'officers'],
  phone: ['phone'],
  wechat: ['openid'],
  address: ['address'],
  employer: ['employer'],
  official: ['official', 'superior'],
} as const satisfies Partial<Record<keyof Debtor, readonly Field[]>>

/**
 * The content after a correction: only the fields that the patch names change; an empty text removes an optional one.
 * @throws `correction_fixed` naming the fields that are not corrected, `correction_empty` when nothing would change, `listing_incomplete`
 *   with every problem of a named field; a warning about a value counts too, because what a reader drops would be deleted in silence.
 */
export function correctedContent({ content, publishedOn }: Listing, patch: RawContent, today: Day): ListingContent {
  const named = new Set(FIELDS.filter((field) => patch[field] !== undefined))
  const fixed = [...named].filter((field) => FIXED.has(field))
  if (fixed.length > 0)
    throw new AppError(
      'correction_fixed',
      { field: fixed.join(' ') },
      fixed.map((field) => ({ code: 'field_fixed', field, severity: 'error' })),
    )
  const { sex } = content.debtor
  const raw = { ...rawOf(content, publishedOn), ...(sex === undefined ? {} : { sex }), ...ownNumber(content, patch), ...patch }
  const { parts: read, problems } = readContentParts(raw, { today, mode: 'draft' })
  const faults = problems.filter(
    ({ field, code, severity, value }) =>
      code === 'date_order' || (named.has(field as Field) && (severity === 'error' || value !== undefined)),
  )
  const needs = problems.filter(({ field, severity }) => severity === 'error' && !FIXED.has(field as Field) && !named.has(field as Field))
  if (faults.length + needs.length > 0)
    throw new AppError('listing_incomplete', { count: faults.length + needs.length }, [...faults, ...needs])
  const corrected = { ...merge(content, read, PARTS, named), debtor: merge(content.debtor, read.debtor, DEBTOR_PARTS, named) }
  if (JSON.stringify(corrected) === JSON.stringify(content)) throw new AppError('correction_empty')
  return corrected
}

/** Another legal representative does not keep the number of the former one. */
function ownNumber({ debtor }: ListingContent, { legalRepresentative }: RawContent): RawContent {
  return legalRepresentative === undefined || legalRepresentative === debtor.legalRepresentative ? {} : { representativeIdentifier: '' }
}

/** Takes the parts that a patch names from what was read, and all others as they are. */
function merge<T extends object>(current: T, read: T, parts: Partial<Record<keyof T, readonly Field[]>>, named: ReadonlySet<Field>): T {
  const replaced = (Object.keys(parts) as (keyof T)[]).filter((key) => parts[key]?.some((field) => named.has(field)) === true)
  const merged = { ...current, ...Object.fromEntries(replaced.map((key) => [key, read[key]])) }
  return Object.fromEntries(Object.entries(merged).filter(([, part]) => part !== undefined)) as T
}

/** The content as a clerk would type it, so that a patch is checked together with what it does not name. */
function rawOf(content: ListingContent, publishedOn: Day | undefined): RawContent {
  const { kind: _kind, sex: _sex, ...debtor } = content.debtor
  return columnsOf({ ...content, debtor, publishedOn: publishedOn ?? content.publishedOn })
}

/** A field that differs between two wordings, as a clerk would type it; null where a wording does not have it. */
export interface ChangedField {
  field: Field
  before: string | null
  after: string | null
}

/** The fields in which two wordings differ. */
export function changedFields(before: ListingContent, after: ListingContent): ChangedField[] {
  const [old, now] = [rawOf(before, undefined), rawOf(after, undefined)]
  const written = (raw: RawContent, field: Field): string | null =>
    raw[field] === undefined || raw[field] === '' ? null : String(raw[field])
  return FIELDS.map((field) => ({ field, before: written(old, field), after: written(now, field) })).filter(
    (each) => each.before !== each.after,
  )
}

/** What a correction can change of the facts that the public may see (法释〔2017〕7号 art. 6). */
const PUBLIC_FACTS: ReadonlySet<Field> = new Set<Field>([
  'legalRepresentative',
  'court',
  'province',
  'filedOn',
  'basisNo',
  'basisMaker',
  'obligation',
  'performance',
])

/** The changes of public facts, numbers masked, and whether anything else changed: contact data, employers, officers, the applicant. */
export function publicChanges(before: ListingContent, after: ListingContent): { facts: ChangedField[]; hasOthers: boolean } {
  const changed = changedFields(before, after)
  const facts = changed.filter(({ field }) => PUBLIC_FACTS.has(field))
  return {
    facts: facts.map((fact) => ({ ...fact, before: withoutNumbers(fact.before), after: withoutNumbers(fact.after) })),
    hasOthers: facts.length < changed.length,
  }
}

/** Eleven digits or more, as phones, identifiers and accounts have them; also with blanks and hyphens between. A day is shorter. */
const LONG_NUMBER = /[0-9０-９](?:[ \-－]?[0-9０-９]){10,}[XxＸ]?/g

function withoutNumbers(text: string | null): string | null {
  return text === null ? null : text.replace(LONG_NUMBER, (number) => maskForPublic(number))
}
