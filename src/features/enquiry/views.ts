// The public enquiry: whether a person is on the list. Entries are found only with an identifier or a case number, and shown masked.
// A miss never says that somebody is not listed elsewhere. The limits of how often one may ask are in routes.ts.

import { dayOf } from '../../core/calendar.ts'
import { AppError, isAppError } from '../../core/errors.ts'
import { squeeze } from '../../core/text.ts'
import { readCaseNo } from '../debtors/values.rules.ts'
import { ageBandOf, type AgeBand } from './age-band.rules.ts'
import { numberFault } from './typed.rules.ts'
import { enquireByIdentifier, enquireByName, type EnquiryResult, type EnquiryRow } from '../listings/search.store.ts'
import { PUBLISHED_TEXTS } from '../listings/rules.ts'
import { listingTable } from '../listings/store.ts'
import { query, type AppContext, type QueryContext } from '../../platform/commands/command.ts'
import { readHolder } from '../../core/documents.ts'
import { publicIdentifier } from '../../core/identifiers.ts'
import { nameKey } from '../../core/person-names.ts'
import { maskedTexts } from '../../core/personal-numbers.ts'
import { openRow } from '../../platform/database/sealing.ts'

/** A question as typed. */
export interface Enquiry {
  name?: string | undefined
  /** A complete ID number or USCC, or the last four characters of one. */
  identifier?: string | undefined
  caseNo?: string | undefined
}

/** What 法释〔2017〕7号 art. 6 publishes of an entry, a person's age as a band and the number masked. */
export interface PublicEntry {
  name: string
  kind: 'person' | 'organisation'
  identifier: string
  sex: string | null
  ageBand: AgeBand | null
  legalRepresentative: string | null
  court: string
  province: string | null
  caseNo: string
  filedOn: string
  basisNo: string
  basisMaker: string
  obligation: string
  performance: string
  grounds: string[]
  termMonths: number | null
  publishedOn: string | null
  source: string
}

/** The entries found. */
export interface EnquiryAnswer {
  entries: PublicEntry[]
  /** The whole number is that of an entry under another name: both are to be checked. */
  nameDiffers: boolean
  /** The instant (ISO 8601) for which the answer holds; `listVersion` is the version of the list then. */
  asOf: string
  listVersion: number
}

/**
 * Answers a public enquiry (实施意见 四(二)7). A complete identifier is enough; a name needs the last four characters or a case number as well.
 * @throws `enquiry_identifier_needed` for a name alone, because many people share a name; `enquiry_number_wrong`, which says what is wrong.
 */
export const enquire = query('public.enquire', async (context, input: Enquiry): Promise<EnquiryAnswer> => {
  const [answer] = await answerAll(context, [input])
  if (answer === undefined || isAppError(answer)) throw answer ?? new AppError('internal')
  return answer
})

/**
 * Answers several questions at one instant, with one database query for all that give an identifier. A wrong question gets its error as its
 * answer.
 */
export const enquireTogether = query('public.enquire', answerAll)

async function answerAll({ db, app, now }: QueryContext, inputs: readonly Enquiry[]): Promise<(EnquiryAnswer | AppError)[]> {
  const questions = inputs.map((input) => readEnquiry(app, input))
  const [first, ...more] = new Set(questions.flatMap((question) => (isAppError(question) ? [] : question.indexes)))
  const byIdentifier = first === undefined ? NOTHING_FOUND : await enquireByIdentifier(db, [first, ...more])
  const today = dayOf(now)
  return Promise.all(
    questions.map(async (question) => {
      if (isAppError(question)) return question
      const { rows, listVersion } = question.indexes.length > 0 ? byIdentifier : await enquireByName(db, question.nameKey, question.caseNo)
      return { ...found(app, question, rows, today), asOf: now.toISOString(), listVersion }
    }),
  )
}

const NOTHING_FOUND: EnquiryResult = { rows: [], listVersion: 0 }

function found(
  app: AppContext,
  question: Question,
  rows: readonly EnquiryRow[],
  today: string,
): Pick<EnquiryAnswer, 'entries' | 'nameDiffers'> {
  const entries: PublicEntry[] = []
  let nameDiffers = false
  for (const row of rows) {
    if (question.indexes.length > 0 && !question.indexes.includes(row.identifierIndex)) continue
    const identity = openRow(listingTable, app.secrets, { id: row.id, private: row.private }).private
    if (question.identifier !== null && identity.identifier !== question.identifier) continue
    if (question.tail !== null && !identity.identifier.endsWith(question.tail)) continue
    const isNamed = question.nameKey === '' || nameKey(row.name) === question.nameKey
    // A whole equal number is never outvoted by a spelling.
    if (!isNamed && question.identifier === null) continue
    nameDiffers ||= !isNamed
    entries.push(publicEntry(app, row, identity, today))
  }
  return { entries, nameDiffers }
}

interface Question {
  /** '' without a name. */
  nameKey: string
  identifier: string | null
  /** Blind indexes of the identifier; empty when it is not complete. */
  indexes: readonly string[]
  /** The last four characters of an identifier. */
  tail: string | null
  caseNo: string | null
}

function readEnquiry({ secrets, catalog }: AppContext, input: Enquiry): Question | AppError {
  const key = nameKey(input.name ?? '')
  const typed = squeeze(input.identifier ?? '').toUpperCase()
  const caseNo = readCaseNo(input.caseNo ?? '')?.caseNo ?? null
  const identity = readHolder(typed)
  if (identity.kind !== 'none') {
    const identifier = identity.number
    return { nameKey: key, identifier, indexes: secrets.indexes('identifier', identifier), tail: null, caseNo: null }
  }
  const partial = { nameKey: key, identifier: null, indexes: [], caseNo }
  const wrong = wrongNumber(catalog, typed)
  if (wrong !== null) return wrong
  if (key === '') return new AppError('enquiry_identifier_needed')
  if (/^[0-9A-Z]{4}$/.test(typed)) return { ...partial, tail: typed }
  if (typed === '' && caseNo !== null) return { ...partial, tail: null }
  return new AppError('enquiry_identifier_needed')
}

/** What is wrong with a number that is none, in the words of the page; null where it may be asked for. */
function wrongNumber(catalog: AppContext['catalog'], typed: string): AppError | null {
  const fault = typed === '' ? null : numberFault(typed)
  if (fault === null) return null
  return new AppError('enquiry_number_wrong', { fault: catalog.words('forms', `enquiry.${fault.sentence}`, fault.values ?? {}) })
}

/** The age of an entry in words; null where none is known. */
function ageInWords({ catalog }: Pick<AppContext, 'catalog'>, ageBand: AgeBand | null): string | null {
  return ageBand === null ? null : catalog.words('public', 'age_band', { ...ageBand })
}

/** An entry as pages show it: sex, age and grounds in words. */
export function shownEntry(app: AppContext, { ageBand, ...entry }: PublicEntry): ShownEntry {
  const sex = entry.sex === null ? null : app.catalog.words('public', `sex.${entry.sex}`)
  return { ...entry, sex, age: ageInWords(app, ageBand), grounds: entry.grounds.join('；') }
}

type ShownEntry = Omit<PublicEntry, 'ageBand' | 'grounds'> & { age: string | null; grounds: string }

/** One listing as the public sees it, for lists that are published. */
export function publicEntryOf(app: AppContext, row: PublicRow, today: string): PublicEntry {
  return publicEntry(app, row, openRow(listingTable, app.secrets, { id: row.id, private: row.private }).private, today)
}

type PublicRow = Omit<EnquiryRow, 'identifierIndex'>

function publicEntry(app: AppContext, row: PublicRow, identity: { identifier: string; birth?: string }, today: string): PublicEntry {
  return {
    ...maskedTexts(row, ['name', 'legalRepresentative', 'province', ...PUBLISHED_TEXTS]),
    kind: row.debtorKind,
    identifier: publicIdentifier(row.debtorKind, identity.identifier),
    sex: row.sex,
    ageBand: identity.birth === undefined ? null : ageBandOf(identity.birth, row.publishedOn ?? today, today),
    filedOn: row.filedOn,
    grounds: row.grounds.split(',').map((ground) => app.catalog.words('grounds', ground)),
    termMonths: row.termMonths,
    publishedOn: row.publishedOn,
    source: row.source,
  }
}
