// What anyone may ask: is this person on the list? Answered only beside an identifier, masked, counted, and as of an instant.
// A miss never says that somebody is clean. How often one may ask is limited at the door and here.

import { ageOn, dayOf } from '../../core/calendar.ts'
import { AppError, isAppError } from '../../core/errors.ts'
import { squeeze } from '../../core/text.ts'
import { readCaseNo } from '../debtors/values.rules.ts'
import { enquireByIdentifier, enquireByName, type Enquired, type EnquiryRow } from '../listings/search.store.ts'
import { query, type AppContext, type QueryContext } from '../../platform/commands/command.ts'
import { maskIdentifier, readIdentifier } from '../../core/identifiers.ts'
import { tidyName } from '../../core/person-names.ts'

export interface Enquiry {
  name?: string | undefined
  /** A whole ID number or USCC, or the last four signs of one. */
  identifier?: string | undefined
  caseNo?: string | undefined
}

/** What 法释〔2017〕7号 art. 6 publishes; the number's last four at most. */
export interface PublicEntry {
  name: string
  kind: 'person' | 'organisation'
  identifier: string
  sex: string | null
  age: number | null
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

export interface EnquiryAnswer {
  entries: PublicEntry[]
  /** The instant and list version the answer holds for. */
  asOf: string
  listVersion: number
}

/**
 * Public enquiry (seed 四(二)7, domain §3). A whole identifier is enough; a name needs the last four or a case number beside it.
 * @throws `enquiry_identifier_needed` for a name alone: namesakes are many.
 */
export const enquire = query('public.enquire', async (context, input: Enquiry): Promise<EnquiryAnswer> => {
  const [answer] = await answersTo(context, [input])
  if (answer === undefined || isAppError(answer)) throw answer ?? new AppError('internal')
  return answer
})

/** Several people's questions at one instant, with one look at the list for all who ask by identifier. What is wrong with a question is its answer. */
export const enquireTogether = query('public.enquire', answersTo)

async function answersTo({ db, app, now }: QueryContext, inputs: readonly Enquiry[]): Promise<(EnquiryAnswer | AppError)[]> {
  const questions = inputs.map((input) => readEnquiry(app, input))
  const [first, ...more] = new Set(questions.flatMap((question) => (isAppError(question) ? [] : question.indexes)))
  const together = first === undefined ? NOBODY : await enquireByIdentifier(db, [first, ...more])
  const today = dayOf(now)
  return Promise.all(
    questions.map(async (question) => {
      if (isAppError(question)) return question
      const { rows, listVersion } = question.indexes.length > 0 ? together : await enquireByName(db, question.name, question.caseNo)
      return { entries: entriesOf(app, question, rows, today), asOf: now.toISOString(), listVersion }
    }),
  )
}

const NOBODY: Enquired = { rows: [], listVersion: 0 }

function entriesOf(app: AppContext, question: Question, rows: readonly EnquiryRow[], today: string): PublicEntry[] {
  const entries: PublicEntry[] = []
  for (const row of rows) {
    if (question.indexes.length > 0 && !question.indexes.includes(row.identifierIndex)) continue
    const hidden = JSON.parse(app.secrets.open(row.private)) as { identifier: string; birth?: string }
    const fits =
      (question.identifier === null || hidden.identifier === question.identifier) &&
      (question.name === '' || row.name === question.name) &&
      (question.tail === null || hidden.identifier.endsWith(question.tail))
    if (fits) entries.push(publicEntry(app, row, hidden, today))
  }
  return entries
}

interface Question {
  name: string
  identifier: string | null
  /** The identifier's blind indexes; none when it is not whole. */
  indexes: readonly string[]
  tail: string | null
  caseNo: string | null
}

function readEnquiry({ secrets }: AppContext, input: Enquiry): Question | AppError {
  const name = tidyName(input.name ?? '')
  const typed = squeeze(input.identifier ?? '').toUpperCase()
  const caseNo = readCaseNo(input.caseNo ?? '')?.caseNo ?? null
  const identity = readIdentifier(typed)
  if (identity.kind !== 'none') {
    const identifier = identity.number
    return { name, identifier, indexes: secrets.indexes('identifier', identifier), tail: null, caseNo: null }
  }
  const without = { name, identifier: null, indexes: [], caseNo }
  if (name === '') return new AppError('enquiry_identifier_needed')
  if (/^[0-9A-Z]{4}$/.test(typed)) return { ...without, tail: typed }
  if (typed === '' && caseNo !== null) return { ...without, tail: null }
  return new AppError('enquiry_identifier_needed')
}

/** One listing as the public sees it, for lists that are handed out. */
export function shownEntry(app: AppContext, row: PublicRow, today: string): PublicEntry {
  return publicEntry(app, row, JSON.parse(app.secrets.open(row.private)) as { identifier: string; birth?: string }, today)
}

type PublicRow = Omit<EnquiryRow, 'identifierIndex'>

function publicEntry(app: AppContext, row: PublicRow, hidden: { identifier: string; birth?: string }, today: string): PublicEntry {
  return {
    name: row.name,
    kind: row.debtorKind,
    // A USCC is public by itself (art. 6, item 1); an ID number shows its last four at most.
    identifier: row.debtorKind === 'organisation' ? hidden.identifier : maskIdentifier(hidden.identifier),
    sex: row.sex,
    age: hidden.birth === undefined ? null : ageOn(hidden.birth, today),
    legalRepresentative: row.legalRepresentative,
    court: row.court,
    province: row.province,
    caseNo: row.caseNo,
    filedOn: row.filedOn,
    basisNo: row.basisNo,
    basisMaker: row.basisMaker,
    obligation: row.obligation,
    performance: row.performance,
    grounds: row.grounds.split(',').map((ground) => app.catalog.words('grounds', ground)),
    termMonths: row.termMonths,
    publishedOn: row.publishedOn,
    source: row.source,
  }
}
