// What a listing says, as facts to read, as fields to fill in, and as differences between two wordings. Pure.

import { dayText } from '../../kit/dates.ts'
import { hasWord, t } from '../../kit/words.ts'
import type { Content } from './listings.ts'

/** The fields of the form, in its order; the server checks a draft like a row of a file. */
export const FIELDS = [
  'name',
  'identifier',
  'documentType',
  'legalRepresentative',
  'representativeIdentifier',
  'officers',
  'phone',
  'address',
  'openid',
  'court',
  'province',
  'caseNo',
  'filedOn',
  'basisNo',
  'basisMaker',
  'obligation',
  'performance',
  'ground',
  'term',
  'disclosure',
  'employer',
  'official',
  'superior',
  'applicantName',
  'applicantPhone',
  'ownMotion',
] as const
export type Field = (typeof FIELDS)[number]
export const isField = (field: string): field is Field => (FIELDS as readonly string[]).includes(field)
export type Fields = Record<Field, string>

/** Fields in groups, as the form shows them. */
export const GROUPS: readonly { key: string; fields: readonly Field[] }[] = [
  { key: 'debtor', fields: ['name', 'identifier', 'documentType', 'phone', 'address', 'openid'] },
  { key: 'organisation', fields: ['legalRepresentative', 'representativeIdentifier', 'officers'] },
  { key: 'case', fields: ['caseNo', 'court', 'province', 'filedOn', 'basisNo', 'basisMaker', 'obligation', 'performance'] },
  { key: 'listing', fields: ['ground', 'term', 'disclosure', 'employer', 'official', 'superior'] },
  { key: 'applicant', fields: ['applicantName', 'applicantPhone', 'ownMotion'] },
]

export const NEEDED: readonly Field[] = [
  'name',
  'identifier',
  'court',
  'caseNo',
  'filedOn',
  'basisNo',
  'basisMaker',
  'obligation',
  'performance',
  'ground',
]

/** What a correction may not change: who is listed, and what was decided and served. */
const FIXED: ReadonlySet<Field> = new Set(['name', 'identifier', 'documentType', 'caseNo', 'ground', 'term', 'disclosure', 'ownMotion'])
export const isCorrectable = (field: Field): boolean => !FIXED.has(field)

const LONG: ReadonlySet<Field> = new Set(['obligation', 'performance', 'officers', 'ownMotion'])
/** Whether a field takes several lines. */
export const isWritten = (field: Field): boolean => LONG.has(field)
/** Whether a field takes the whole width of the form. */
export const isLong = (field: Field): boolean => LONG.has(field) || field === 'ground'

type Officer = Content['debtor']['officers'][number]

/** The legal representative among the officers. */
export function representativeOf({ debtor }: Content): Officer | undefined {
  return debtor.officers.find(({ office, name }) => office === 'legal_representative' && name === debtor.legalRepresentative)
}

/** Officers as a clerk writes them; the server reads the same again. */
function writtenOfficers(officers: readonly Officer[]): string {
  return officers
    .map(({ office, name, identifier }) =>
      [`${t(`words.screenings.office.${office}`)}${t('listings.colon')}${name}`, identifier].filter(Boolean).join(' '),
    )
    .join(t('listings.semicolon'))
}

const given = (value: string | undefined): string => value ?? ''

/** A listing's content as a clerk would type it. */
export function fieldsOf(content: Content): Fields {
  const { debtor, applicant } = content
  const representative = representativeOf(content)
  return {
    name: debtor.name,
    identifier: debtor.identifier,
    documentType: given(debtor.document),
    legalRepresentative: given(debtor.legalRepresentative),
    representativeIdentifier: given(representative?.identifier),
    officers: writtenOfficers(debtor.officers.filter((officer) => officer !== representative)),
    phone: given(debtor.phone),
    address: given(debtor.address),
    openid: given(debtor.wechat),
    court: content.court,
    province: given(content.province),
    caseNo: content.caseNo,
    filedOn: content.filedOn,
    basisNo: content.basisNo,
    basisMaker: content.basisMaker,
    obligation: content.obligation,
    performance: content.performance,
    ground: content.grounds.join(t('listings.comma')),
    term: content.termMonths == null ? '' : String(content.termMonths),
    disclosure: content.disclosure,
    employer: given(debtor.employer),
    official: given(debtor.official?.capacity),
    superior: (debtor.official?.superiors ?? []).join(t('listings.comma')),
    applicantName: given(applicant?.name),
    applicantPhone: given(applicant?.phone),
    ownMotion: given(content.ownMotion),
  }
}

export const blankFields = (): Fields => ({ ...(Object.fromEntries(FIELDS.map((field) => [field, ''])) as Fields), disclosure: 'public' })

/** The fields that differ; an empty text removes an optional one. */
export function changedFields(before: Fields, after: Fields): Partial<Fields> {
  return Object.fromEntries(FIELDS.filter((field) => before[field] !== after[field].trim()).map((field) => [field, after[field].trim()]))
}

/** A field's value as people read it. */
export function readable(field: Field, value: string): string {
  if (value === '') return ''
  if (field === 'filedOn') return dayText(value)
  if (field === 'disclosure' && hasWord(`words.states.disclosure.${value}`)) return t(`words.states.disclosure.${value}`)
  if (field === 'documentType' && hasWord(`words.states.document.${value}`)) return t(`words.states.document.${value}`)
  if (field === 'official' && hasWord(`words.states.official.${value}`)) return t(`words.states.official.${value}`)
  if (field === 'term') return /^\d+$/.test(value) ? t('listings.months', { months: value }) : value
  if (field === 'ground') return groundsText(value.split(/[^1-6]+/).filter(Boolean))
  return value
}

export function groundsText(grounds: readonly (string | number)[]): string {
  return grounds.map((ground) => `${ground}. ${t(`words.grounds.${ground}`)}`).join(t('listings.semicolon'))
}

export const labelOf = (field: Field): string => t(`words.columns.${field}`)

/** One field in two wordings. */
export interface Difference {
  field: Field
  label: string
  before: string
  after: string
}

/** What changes from one wording to the next. */
export function differences(before: Fields, after: Partial<Fields>): Difference[] {
  return FIELDS.filter((field) => after[field] !== undefined && after[field] !== before[field]).map((field) => ({
    field,
    label: labelOf(field),
    before: readable(field, before[field]),
    after: readable(field, after[field] ?? ''),
  }))
}

type Fact = readonly [name: string, value: string | number | null | undefined]

function numberLabel({ document, kind }: Content['debtor']): string {
  if (document !== undefined) return t('listings.document_number')
  return t(kind === 'organisation' ? 'words.columns.uscc' : 'listings.id_number')
}

/** Who is listed. */
export function debtorFacts(content: Content): Fact[] {
  const { debtor } = content
  const fields = fieldsOf(content)
  const isOrganisation = debtor.kind === 'organisation'
  return [
    [t('listings.kind.title'), t(`listings.kind.${debtor.kind}`)],
    ...(debtor.document === undefined ? [] : ([[labelOf('documentType'), readable('documentType', debtor.document)]] as const)),
    [numberLabel(debtor), debtor.identifier],
    ...(isOrganisation
      ? ([
          [labelOf('legalRepresentative'), fields.legalRepresentative],
          [labelOf('representativeIdentifier'), fields.representativeIdentifier],
          [labelOf('officers'), fields.officers],
        ] as const)
      : ([
          [t('words.columns.sex'), debtor.sex === undefined ? '' : t(`listings.sex.${debtor.sex}`)],
          [t('listings.birth'), dayText(debtor.birth)],
        ] as const)),
    [labelOf('phone'), fields.phone],
    [labelOf('openid'), fields.openid],
    [labelOf('address'), fields.address],
    [labelOf('employer'), fields.employer],
    [labelOf('official'), readable('official', fields.official)],
    [labelOf('superior'), fields.superior],
    [labelOf('applicantName'), fields.applicantName],
    [labelOf('applicantPhone'), fields.applicantPhone],
  ]
}

/** The case and what is owed. */
export function caseFacts(content: Content): Fact[] {
  const fields = fieldsOf(content)
  const term = content.termMonths === null ? t('words.states.term.none') : t('words.states.term.fixed', { months: content.termMonths })
  return [
    [labelOf('caseNo'), content.caseNo],
    [labelOf('court'), content.court],
    [labelOf('province'), fields.province],
    [labelOf('filedOn'), dayText(content.filedOn)],
    [labelOf('basisNo'), content.basisNo],
    [labelOf('basisMaker'), content.basisMaker],
    [labelOf('obligation'), content.obligation],
    [labelOf('performance'), content.performance],
    [labelOf('ground'), groundsText(content.grounds)],
    [labelOf('term'), term],
    [labelOf('disclosure'), readable('disclosure', fields.disclosure)],
    [labelOf('ownMotion'), fields.ownMotion],
  ]
}
