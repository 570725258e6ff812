// What a form of a listing sends: the content in the shape in which the server gives it, whole for a draft, in parts for a correction.
// The fields and how they are read are content.ts.

import { LISTINGS_DRAFT_OFFICE } from '../../kit/api/choices.gen.ts'
import type { ProblemLine } from '../../kit/api/problem.ts'
import type { Paths } from '../../kit/api/types.gen.ts'
import { t } from '../../kit/words.ts'
import { changedFields, FIELDS, representativeOf, type Field, type Fields } from './content.ts'
import type { Content } from './listings.ts'

/** A content as it is written; in a correction null removes a part. */
export type Written = Paths['/api/v1/listings']['post']['body']['content']
type WrittenOfficer = NonNullable<NonNullable<NonNullable<Written['debtor']>['officers']>[number]>

/** Where each field stands in the content; the number of the representative stands among the officers. */
const PLACES: Readonly<Partial<Record<Field, string>>> = {
  name: 'debtor.name',
  identifier: 'debtor.identifier',
  documentType: 'debtor.document',
  legalRepresentative: 'debtor.legalRepresentative',
  officers: 'debtor.officers',
  phone: 'debtor.phone',
  address: 'debtor.address',
  openid: 'debtor.wechat',
  court: 'court',
  province: 'province',
  caseNo: 'caseNo',
  filedOn: 'filedOn',
  basisNo: 'basisNo',
  basisMaker: 'basisMaker',
  obligation: 'obligation',
  performance: 'performance',
  ground: 'grounds',
  term: 'termMonths',
  disclosure: 'disclosure',
  employer: 'debtor.employer',
  official: 'debtor.official.capacity',
  superior: 'debtor.official.superiors',
  applicantName: 'applicant.name',
  applicantPhone: 'applicant.phone',
  ownMotion: 'ownMotion',
}

/** The field of the form that stands at a place of the request. */
export function fieldAt(path: string): string {
  const place = path.replace(/^(?:content|terms\.patch)\./, '')
  const field = FIELDS.find((each) => place === PLACES[each] || place.startsWith(`${PLACES[each] ?? '-'}.`))
  return field ?? (place === 'debtor.official' ? 'official' : place.replace(/^terms\./, ''))
}

const SEPARATORS = /[;\n\uff1b]+/
/** A name, and after it perhaps a number with brackets or blanks around it. */
const HOLDER = /^(.*?\D)[\s(\uff08]*([0-9][0-9A-Za-z]{7,20})?[)\uff09\s]*$/

/** One officer as a clerk writes it: office, colon, name, perhaps a number; null for what cannot be read. */
function readOfficer(part: string): WrittenOfficer | null {
  const [word = '', ...rest] = part.split(/[:\uff1a]/)
  const office = LISTINGS_DRAFT_OFFICE.find((each) => t(`words.screenings.office.${each}`) === word.trim())
  const [, name = '', identifier] = HOLDER.exec(rest.join(' ').trim()) ?? []
  if (office === undefined || name.trim() === '') return null
  return { office, name: name.trim(), ...(identifier === undefined ? {} : { identifier }) }
}

const partsOf = (text: string): string[] => text.split(SEPARATORS).filter((part) => part.trim() !== '')

/** What in the form cannot be read, before anything is sent. */
export function unreadable({ officers, term }: Pick<Fields, 'officers' | 'term'>): ProblemLine[] {
  const offices = LISTINGS_DRAFT_OFFICE.map((each) => t(`words.screenings.office.${each}`)).join(t('listings.comma'))
  return [
    ...partsOf(officers)
      .filter((part) => readOfficer(part) === null)
      .map((part) => lineOf('officers', t('listings.officer_unreadable', { part: part.trim(), offices }))),
    ...(/^\d*$/.test(term.trim()) ? [] : [lineOf('term', t('listings.term_unreadable'))]),
  ]
}

const lineOf = (field: Field, message: string): ProblemLine => ({ code: 'format', field, severity: 'error', message })

function officersOf({ legalRepresentative, representativeIdentifier, officers }: Fields): WrittenOfficer[] {
  const [name, identifier] = [legalRepresentative.trim(), representativeIdentifier.trim()]
  const representative =
    name === '' ? [] : [{ office: 'legal_representative' as const, name, ...(identifier === '' ? {} : { identifier }) }]
  return [...representative, ...partsOf(officers).flatMap((part) => readOfficer(part) ?? [])]
}

/** The value of a field at its place; null for an empty one. */
function valueOf(field: Field, fields: Fields): unknown {
  const text = fields[field].trim()
  if (field === 'officers') return officersOf(fields)
  if (text === '') return null
  if (field === 'ground')
    return text
      .split(/[^1-6]+/)
      .filter(Boolean)
      .map(Number)
  if (field === 'term') return Number(text)
  if (field === 'superior')
    return text
      .split(/[,;\u3001\uff0c\uff1b]/)
      .map((each) => each.trim())
      .filter(Boolean)
  return text
}

type Parts = Record<string, unknown>

function put(parts: Parts, [name = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0) parts[name] = value
  else put((parts[name] ??= {}) as Parts, rest, value)
}

/** What a draft says: fields without a value are left out. */
export function contentOf(fields: Fields): Written {
  const content: Parts = {}
  for (const field of FIELDS) {
    const [place, value] = [PLACES[field], valueOf(field, fields)]
    if (place !== undefined && value !== null && !(Array.isArray(value) && value.length === 0)) put(content, place.split('.'), value)
  }
  return content
}

/** What a correction changes: another legal representative does not keep the number of the former one. */
export function patchOf(before: Fields, after: Fields): Written {
  const changed = Object.keys(changedFields(before, after)) as Field[]
  const keepsNumber = !changed.includes('legalRepresentative') || changed.includes('representativeIdentifier')
  const fields = keepsNumber ? after : { ...after, representativeIdentifier: '' }
  const patch: Parts = {}
  for (const field of changed.map((each) => (each === 'representativeIdentifier' ? 'officers' : each)))
    if (field === 'official' || field === 'superior') put(patch, ['debtor', 'official'], officialOf(fields))
    else put(patch, (PLACES[field] ?? field).split('.'), valueOf(field, fields))
  return patch
}

function officialOf(fields: Fields): unknown {
  if (fields.official === '') return null
  return { capacity: fields.official, superiors: valueOf('superior', fields) ?? [] }
}

const isPart = (value: unknown): value is Parts => typeof value === 'object' && value !== null && !Array.isArray(value)

function merged(current: Parts, patch: Parts): Parts {
  const entries = Object.entries(patch).map(([name, value]) => {
    const before = current[name]
    return [name, isPart(value) ? merged(isPart(before) ? before : {}, value) : value] as const
  })
  const whole = { ...current, ...Object.fromEntries(entries) }
  return Object.fromEntries(Object.entries(whole).filter(([name, value]) => value !== null || patch[name] === undefined))
}

/** A content as it would be after a correction. */
export function withPatch(content: Content, patch: Written): Content {
  const former = patch.debtor?.legalRepresentative == null ? undefined : representativeOf(content)
  const officers = content.debtor.officers.filter((officer) => officer !== former)
  return merged({ ...content, debtor: { ...content.debtor, officers } }, patch) as unknown as Content
}

/** The fields that a correction names. */
export function fieldsIn(patch: Written): Field[] {
  return FIELDS.filter((field) => (PLACES[field] === undefined ? false : names(patch, PLACES[field].split('.'))))
}

function names(part: unknown, [name = '', ...rest]: string[]): boolean {
  if (!isPart(part)) return part === null
  return part[name] === undefined ? false : rest.length === 0 || names(part[name], rest)
}
