// The content of a listing as the API reads and writes it, turned into the columns by which every draft and correction is checked. Pure.
// The schemas are content.routes.ts; the checks of each column are rows.rules.ts.

import type { StatedDocument } from '../../core/documents.ts'
import type { Problem } from '../../core/errors.ts'
import type { Field } from '../debtors/columns.rules.ts'
import type { Cell } from '../debtors/headings.rules.ts'
import { readOfficerList, writeOfficers } from '../debtors/officers.rules.ts'
import type { RawContent } from '../debtors/row-reader.rules.ts'
import type { Debtor, DebtorKind, Disclosure, OfficialCapacity, Office, Sex } from '../debtors/rules.ts'
import { readCapacity } from '../debtors/values.rules.ts'

/** Every part may be left out; null is a part that is not given. */
type Parts<T> = { readonly [Key in keyof T]?: T[Key] | null | undefined }

type WrittenOfficer = { readonly office: Office; readonly name: string; readonly identifier?: string | null | undefined }

/** The parts of a listing's content, by the names under which they are read. In a correction null removes a part. */
export type WrittenContent = Parts<{
  debtor: Parts<{
    kind: DebtorKind
    name: string
    identifier: string
    document: StatedDocument
    sex: Sex
    birth: string
    legalRepresentative: string
    officers: readonly WrittenOfficer[]
    phone: string
    wechat: string
    address: string
    employer: string
    official: Parts<{ capacity: OfficialCapacity; superiors: readonly string[] }>
  }>
  caseNo: string
  court: string
  province: string
  filedOn: string
  basisNo: string
  basisMaker: string
  obligation: string
  performance: string
  grounds: readonly number[]
  termMonths: number
  disclosure: Disclosure
  publishedOn: string
  applicant: Parts<{ name: string; phone: string }>
  ownMotion: string
}>

/** Where each column stands in the content. */
const PATHS: Readonly<Record<Field, string>> = {
  name: 'debtor.name',
  organisation: 'debtor.name',
  sex: 'debtor.sex',
  age: 'debtor.birth',
  identifier: 'debtor.identifier',
  documentType: 'debtor.document',
  uscc: 'debtor.identifier',
  legalRepresentative: 'debtor.legalRepresentative',
  representativeIdentifier: 'debtor.officers',
  officers: 'debtor.officers',
  court: 'court',
  province: 'province',
  basisNo: 'basisNo',
  filedOn: 'filedOn',
  caseNo: 'caseNo',
  basisMaker: 'basisMaker',
  obligation: 'obligation',
  performance: 'performance',
  ground: 'grounds',
  publishedOn: 'publishedOn',
  term: 'termMonths',
  disclosure: 'disclosure',
  employer: 'debtor.employer',
  official: 'debtor.official.capacity',
  superior: 'debtor.official.superiors',
  phone: 'debtor.phone',
  address: 'debtor.address',
  applicantName: 'applicant.name',
  applicantPhone: 'applicant.phone',
  ownMotion: 'ownMotion',
  openid: 'debtor.wechat',
}

/** Problems of columns with the place of each in a request, where the content is called `at`. */
export function placed(problems: readonly Problem[], at: string): Problem[] {
  return problems.map((problem) => {
    const path = PATHS[problem.field as Field] as string | undefined
    return path === undefined ? problem : { ...problem, path: `${at}.${path}` }
  })
}

type Raw = Partial<Record<Field, Cell | undefined>>

/** The columns that a written content fills: what it leaves out is left out, what is null is empty. */
export function columnsOf(written: WrittenContent): RawContent {
  const { debtor, applicant, termMonths, grounds } = written
  return given({
    ...(debtor == null ? {} : debtorColumns(debtor)),
    court: textOf(written.court),
    province: textOf(written.province),
    basisNo: textOf(written.basisNo),
    filedOn: textOf(written.filedOn),
    caseNo: textOf(written.caseNo),
    basisMaker: textOf(written.basisMaker),
    obligation: textOf(written.obligation),
    performance: textOf(written.performance),
    ground: textOf(grounds?.join('、'), grounds),
    publishedOn: textOf(written.publishedOn),
    term: termMonths == null ? textOf(termMonths) : termText(termMonths),
    disclosure: textOf(written.disclosure),
    ownMotion: textOf(written.ownMotion),
    applicantName: textOf(applicant?.name, applicant),
    applicantPhone: textOf(applicant?.phone, applicant),
  })
}

function debtorColumns(debtor: NonNullable<WrittenContent['debtor']>): Raw {
  const { kind, document, official } = debtor
  const isCode = kind === 'organisation' && document == null
  return {
    name: textOf(debtor.name),
    // In the column of codes no number is taken for a person's, such as those that are valid as both.
    [isCode ? 'uscc' : 'identifier']: textOf(debtor.identifier),
    documentType: textOf(document),
    sex: textOf(debtor.sex),
    ...peopleColumns(debtor),
    phone: textOf(debtor.phone),
    openid: textOf(debtor.wechat),
    address: textOf(debtor.address),
    employer: textOf(debtor.employer),
    official: textOf(official?.capacity, official),
    superior: textOf(official?.superiors?.join('、'), official),
  }
}

/** The legal representative and the other officers. The representative may stand under its own name, among the officers, or in both. */
function peopleColumns({ legalRepresentative, officers }: NonNullable<WrittenContent['debtor']>): Raw {
  if (officers == null) return { legalRepresentative: textOf(legalRepresentative), officers: textOf(officers), ...noNumber(officers) }
  const first = officers.find(
    ({ office, name }) => office === 'legal_representative' && (legalRepresentative == null || name === legalRepresentative),
  )
  return {
    legalRepresentative: textOf(legalRepresentative ?? first?.name ?? legalRepresentative),
    representativeIdentifier: first?.identifier ?? '',
    officers: writeOfficers(officers.filter((officer) => officer !== first).map(plainOfficer)),
  }
}

const noNumber = (officers: null | undefined): Raw => (officers === null ? { representativeIdentifier: '' } : {})

function plainOfficer({ office, name, identifier }: WrittenOfficer): Debtor['officers'][number] {
  return { office, name, ...(identifier == null ? {} : { identifier }) }
}

/** A cell's text: empty for null, undefined for what is left out. @param whole the part to which the text belongs: null empties it too. */
function textOf(text: string | null | undefined, whole?: unknown): string | undefined {
  return text === undefined && whole !== null ? undefined : (text ?? '')
}

/** A term as a cell: a bare number below twelve would be years, and a longer one is no term of a list. */
const termText = (months: number): Cell => (months >= 12 && months <= 99 ? months : `P${months}M`)

function given(raw: Raw): RawContent {
  return Object.fromEntries(Object.entries(raw).filter(([, cell]) => cell !== undefined))
}

/** What a correction in columns changes, as it is read; the columns that no correction changes are not in it. */
export function contentOfPatch(raw: RawContent): WrittenContent {
  const applicant = read(raw, { name: 'applicantName', phone: 'applicantPhone' })
  const debtor = {
    ...read(raw, {
      legalRepresentative: 'legalRepresentative',
      phone: 'phone',
      wechat: 'openid',
      address: 'address',
      employer: 'employer',
    }),
    ...officersOfPatch(raw),
    ...officialOfPatch(raw),
  }
  return {
    ...(Object.keys(debtor).length === 0 ? {} : { debtor }),
    ...read(raw, {
      court: 'court',
      province: 'province',
      filedOn: 'filedOn',
      basisNo: 'basisNo',
      basisMaker: 'basisMaker',
      obligation: 'obligation',
      performance: 'performance',
    }),
    ...(Object.keys(applicant).length === 0 ? {} : { applicant }),
  }
}

/** Texts of columns under the names of parts; an empty one is null. */
function read<Name extends string>(raw: RawContent, columns: Readonly<Record<Name, Field>>): { [Each in Name]?: string | null } {
  const entries = Object.entries<Field>(columns).filter(([, column]) => raw[column] !== undefined)
  return Object.fromEntries(entries.map(([name, column]) => [name, valueOf(raw[column])])) as { [Each in Name]?: string | null }
}

const valueOf = (cell: Cell | undefined): string | null => (cell === undefined || cell === '' ? null : String(cell))

function officersOfPatch({ legalRepresentative: name, representativeIdentifier: number, officers }: RawContent): WrittenContent['debtor'] {
  if (number === undefined && officers === undefined) return {}
  const identifier = valueOf(number)
  const representative =
    name === undefined || name === ''
      ? []
      : [plainOfficer({ office: 'legal_representative', name: String(name), ...(identifier === null ? {} : { identifier }) })]
  return { officers: [...representative, ...readOfficerList(String(officers ?? '')).filter((officer) => officer !== null)] }
}

/** Whose unit or superior is told: null where the correction says that the debtor is no official. */
function officialOfPatch({ official, superior }: RawContent): WrittenContent['debtor'] {
  if (official === undefined && superior === undefined) return {}
  if (official === '') return { official: null }
  const superiors = valueOf(superior)?.split('、') ?? null
  return {
    official: {
      ...(official === undefined ? {} : { capacity: readCapacity(official) }),
      ...(superior === undefined ? {} : { superiors }),
    },
  }
}

/** What a written content says of its debtor that follows from the number. */
export type Stated = Pick<NonNullable<WrittenContent['debtor']>, 'kind' | 'birth'>

/** Whether the debtor as read is another kind, or born on another day, than was stated; what cannot be read is an error too. */
export function contradictions(stated: Stated, { kind, birth }: Debtor): Problem[] {
  return [
    ...(stated.kind == null || stated.kind === kind ? [] : [{ code: 'kind_doubtful', field: 'identifier' }]),
    ...(stated.birth == null || stated.birth === birth ? [] : [{ code: 'birth_disagrees', field: 'age' }]),
  ]
}
