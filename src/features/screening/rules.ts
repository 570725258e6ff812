// Pure rules of screening (实施意见 五1): whether the list reaches an applicant, through which clauses and how surely. Which outcomes a unit may
// report is reports.rules.ts; what a clause orders and whom it reaches is features/units/clauses.rules.ts; entries are found by lookup.views.ts.

import type { Day } from '../../core/calendar.ts'
import { AppError, type Problem } from '../../core/errors.ts'
import { IDENTIFIER_PROBLEMS, NAME_PROBLEMS } from '../debtors/identity.rules.ts'
import { namesOrganisation } from '../debtors/kind.rules.ts'
import { adviceOf, OTHER_BUSINESS, reaches, type BusinessAdvice, type FoundRelation } from '../units/clauses.rules.ts'
import type { Measure } from '../units/measures.rules.ts'
import type { DebtorKind, Office, Officer } from '../debtors/rules.ts'
import { readHolder, type Holder } from '../../core/documents.ts'
import { maskIdentifier, readingsOf } from '../../core/identifiers.ts'
import { nameFault, sameName, tidyName } from '../../core/person-names.ts'

/** `hit`: the identifier is equal. `review`: a name alone, or a similarity that only a person can judge; never a refusal (个保法 24). */
export const SCREENING_ANSWERS = ['hit', 'review', 'none'] as const
export type ScreeningAnswer = (typeof SCREENING_ANSWERS)[number]

/**
 * What may follow. A unit's system acts on this, and not on `hit` alone. The first seven are what a clause orders; `none`: entries were
 * found, and no clause covers this business for them; `no_record`: nothing was found.
 */
export const ADVICE = [
  'restrict',
  'strict_review',
  'limit',
  'person_decides',
  'reference',
  'supervise',
  'assist',
  'none',
  'check_identity',
  'do_not_apply',
  'no_record',
] as const
export type Advice = (typeof ADVICE)[number]

/** The same in one of three words, for whoever works through a list. `ask`: a person looks before anything is refused. */
export const PROCEEDINGS = ['restrict', 'ask', 'pass'] as const
export type Proceeding = (typeof PROCEEDINGS)[number]

const PROCEEDING_OF: Readonly<Record<Advice, Proceeding>> = {
  restrict: 'restrict',
  strict_review: 'ask',
  limit: 'ask',
  person_decides: 'ask',
  reference: 'ask',
  check_identity: 'ask',
  supervise: 'pass',
  assist: 'pass',
  none: 'pass',
  do_not_apply: 'pass',
  no_record: 'pass',
}

/** Whether the business is restricted, a person looks, or it goes on. */
export function proceedingOf(advice: Advice): Proceeding {
  return PROCEEDING_OF[advice]
}

/** What a unit decided; `not_needed` when no decision was made. */
export const OUTCOMES = ['refused', 'approved', 'not_needed'] as const
export type ScreeningOutcome = (typeof OUTCOMES)[number]

/** How the list reaches a subject: see `Relation`. `unrelated` is never found. */
export const RELATIONS_FOUND = ['self', 'side_of_listed_organisation', 'officer_of_applicant', 'nominee'] as const
export type RelationFound = (typeof RELATIONS_FOUND)[number]

/** Who applies, as the unit typed it. */
export interface SubjectInput {
  name: string
  /** A complete ID number (one of 15 characters is upgraded to 18) or USCC. */
  identifier?: string | undefined
  /** Officers of an organisation that applies; they are screened with it. */
  officers?: readonly OfficerInput[] | undefined
  /** People who are put forward for an office by this application; they are screened with it. */
  nominees?: readonly OfficerInput[] | undefined
}

export interface OfficerInput {
  office: Office
  name: string
  identifier?: string | undefined
}

interface Identity {
  name: string
  identifier: string | null
}

/** Who applies, normalised. */
export interface Subject extends Identity {
  /** Null without an identifier, because a name alone does not tell. */
  kind: DebtorKind | null
  officers: readonly OfficeHolder[]
  /** Absent without nominees, so that a number from before they could be given still names the same question. */
  nominees?: readonly OfficeHolder[]
}

type OfficeHolder = Identity & { office: Office }

/**
 * Normalises and checks who applies. A number that cannot be right is refused, because it would find nobody.
 * @throws AppError `screening_subject_wrong` with every problem.
 */
export function readSubject(input: SubjectInput): Subject {
  const problems: Problem[] = []
  const { kind, ...self } = readIdentity(input, '', problems)
  const holders = (field: 'officers' | 'nominees'): OfficeHolder[] =>
    (input[field] ?? []).map((holder, index) => {
      const { name, identifier } = readIdentity(holder, `${field}.${index}.`, problems)
      return { office: holder.office, name, identifier }
    })
  const [officers, nominees] = [holders('officers'), holders('nominees')]
  if (kind === 'person' && officers.length > 0) problems.push({ code: 'officers_of_person', field: 'officers' })
  if (problems.length > 0) throw new AppError('screening_subject_wrong', {}, problems)
  const subject = { kind: officers.length > 0 ? 'organisation' : kind, ...self, officers } as const
  return nominees.length === 0 ? subject : { ...subject, nominees }
}

function readIdentity(
  given: { name: string; identifier?: string | undefined },
  fieldPrefix: string,
  problems: Problem[],
): Identity & { kind: DebtorKind | null } {
  const name = tidyName(given.name)
  const fault = nameFault(name, namesOrganisation(name) ? 'organisation' : 'person')
  const typed = (given.identifier ?? '').trim()
  // A number finds its holder whatever the name is called; a name alone must be one.
  const isNone = fault === 'form' && (typed === '' || Array.from(name).length < 2 || !/\p{L}/u.test(name))
  if (fault !== null && (isNone || fault === 'damaged')) problems.push({ code: NAME_PROBLEMS[fault], field: `${fieldPrefix}name` })
  if (typed === '') return { name, identifier: null, kind: null }
  const read = readHolder(typed)
  if (read.kind !== 'none') return { name, identifier: read.number, kind: kindOfSubject(name, read) }
  problems.push({ code: IDENTIFIER_PROBLEMS[read.fault], field: `${fieldPrefix}identifier`, value: maskIdentifier(typed) })
  return { name, identifier: null, kind: null }
}

/** Null for a number that is valid as a person's and as an organisation's, unless the name tells: the entry of either kind is shown. */
function kindOfSubject(name: string, { kind, number }: Extract<Holder, { number: string }>): DebtorKind | null {
  const { person, organisation } = readingsOf(number)
  return person === null || organisation === null ? kind : namesOrganisation(name) ? 'organisation' : null
}

/** A listing that may concern the subject: in force and public, or exited with a measure that this unit retained. */
export interface Entry {
  listingId: string
  kind: DebtorKind
  name: string
  identifier: string
  officers: readonly Officer[]
  court: string
  caseNo: string
  /** The measures of this unit that rest while an objection is verified (实施意见 四(二)3): by id, or all of them. */
  resting: 'all' | readonly string[]
  /** Null while the entry is in force. An empty `measureIds` means all measures of the unit. */
  retained: { measureIds: readonly string[]; basis: string; until: Day } | null
  /** The last day of the fixed term once it has passed: the entry is due to be deleted (法释〔2017〕7号 art. 10). */
  termEndedOn: Day | null
}

/** A measure that reaches the subject, and what its clause orders for the business. */
export interface ReachingMeasure extends BusinessAdvice {
  id: string
  title: string
  citation: string
  /** A few words of the clause; null without one. */
  words: string | null
  /** It rests while an objection is verified. */
  suspended: boolean
}

/** One entry that reaches the subject in one relation. */
export interface Finding {
  /** The identifiers are equal; otherwise a person must check who it is. */
  certain: boolean
  relation: RelationFound
  /** The office of the relation; null for `self`. */
  office: Office | null
  listingId: string
  /** Name of the listed debtor, and at most the last four characters of the identifier. */
  name: string
  identifier: string
  /** The identifier is equal and the name differs: one of them was mistyped, or the name has changed. */
  nameDiffers: boolean
  court: string
  caseNo: string
  retained: { basis: string; until: Day } | null
  /** See `Entry`; a person then asks the court before anything is restricted. */
  termEndedOn: Day | null
  measures: ReachingMeasure[]
}

/** The answer about one subject. */
export interface ScreeningResult {
  answer: ScreeningAnswer
  advice: Advice
  findings: Finding[]
  /** Findings beyond the first FINDINGS, which are not shown. */
  more: number
  /** Entries about the subject for which no clause of the measures asked about covers the business. */
  beyond: number
}

/** Findings that one answer shows at most; a frequent name without an identifier can have many. */
export const FINDINGS = 50

/** What a unit asks about. */
export interface Asked {
  measures: readonly Measure[]
  /** The business as the unit writes it for the one measure it named. Null, or 其他: a person looks. */
  business: string | null
}

/** Answers whether and how entries of the list reach a subject, for a unit's measures and one business. */
export function screen(subject: Subject, entries: readonly Entry[], asked: Asked): ScreeningResult {
  const found: Finding[] = []
  let beyond = 0
  for (const entry of entries) {
    const matches = waysOf(subject, entry).map((way) => findingOf(way, entry, asked))
    const reaching = matches.filter((finding) => finding.measures.length > 0)
    if (matches.length > 0 && reaching.length === 0) beyond += 1
    found.push(...reaching)
  }
  const certain = found.filter((finding) => finding.certain)
  const findings = [...certain, ...found.filter((finding) => !finding.certain)]
  return {
    answer: certain.length > 0 ? 'hit' : found.length > 0 ? 'review' : 'none',
    advice: found.length === 0 && beyond > 0 ? 'none' : overallAdvice(certain.length > 0 ? certain : found),
    findings: findings.slice(0, FINDINGS),
    more: Math.max(0, findings.length - FINDINGS),
    beyond,
  }
}

interface Way {
  relation: FoundRelation
  match: IdentityMatch
}

interface IdentityMatch {
  certain: boolean
  nameDiffers: boolean
}

/** Each way in which an entry is about the subject. Only this function tells the relations apart. */
function waysOf(subject: Subject, entry: Entry): Way[] {
  const self = matchOf(subject, entry)
  const isSelf = self !== null && (subject.kind === null || subject.kind === entry.kind)
  return [
    ...(isSelf ? [{ relation: { kind: 'self' } as const, match: self }] : []),
    ...sidesOf(subject, entry, undefined),
    ...subject.officers.flatMap((officer) => holderWay(officer, entry, 'officer_of_applicant')),
    ...(subject.nominees ?? []).flatMap((nominee) => [...holderWay(nominee, entry, 'nominee'), ...sidesOf(nominee, entry, nominee.office)]),
  ]
}

function holderWay(holder: OfficeHolder, entry: Entry, kind: 'officer_of_applicant' | 'nominee'): Way[] {
  const match = matchOf(holder, entry)
  return match === null ? [] : [{ relation: { kind, office: holder.office }, match }]
}

/** The offices that somebody holds in a listed organisation. */
function sidesOf(asked: Identity, entry: Entry, nominatedFor: Office | undefined): Way[] {
  if (entry.kind !== 'organisation') return []
  return entry.officers.flatMap(({ office, name, identifier }): Way[] => {
    const match = matchOf(asked, { name, identifier: identifier ?? null })
    const relation = { kind: 'side_of_listed_organisation', office, ...(nominatedFor === undefined ? {} : { nominatedFor }) } as const
    return match === null ? [] : [{ relation, match }]
  })
}

/** How an identity that was asked about fits a known one; null when they are different or nothing says that they are the same. */
function matchOf(asked: Identity, known: Identity): IdentityMatch | null {
  const nameDiffers = !sameName(asked.name, known.name)
  if (asked.identifier === null || known.identifier === null) return nameDiffers ? null : { certain: false, nameDiffers }
  if (asked.identifier === known.identifier) return { certain: true, nameDiffers }
  return !nameDiffers && mayBeSameHolder(asked.identifier, known.identifier) ? { certain: false, nameDiffers } : null
}

/**
 * Whether two different numbers under one name may still belong to one holder. Persons whose numbers tell it: same birth day and sex, because
 * two numbers were sometimes issued, or one is mistyped. Organisations, and persons of whom a number is of another document: always, because
 * these are renewed with another number. All other namesakes are different.
 */
function mayBeSameHolder(first: string, second: string): boolean {
  const [left, right] = [readHolder(first), readHolder(second)]
  if (left.kind === 'person' && right.kind === 'person' && left.birth !== undefined && right.birth !== undefined)
    return left.birth === right.birth && left.sex === right.sex
  return isOfOrganisation(left) === isOfOrganisation(right)
}

/** A number that cannot be read is that of a document of digits alone, or an old code of an organisation. */
function isOfOrganisation(holder: Holder): boolean {
  return holder.kind === 'organisation' || (holder.kind === 'none' && holder.fault === 'code')
}

function findingOf({ relation, match }: Way, entry: Entry, asked: Asked): Finding {
  const { retained, resting } = entry
  const retainedIds = retained === null || retained.measureIds.length === 0 ? null : retained.measureIds
  const mine = asked.measures.filter((measure) => retainedIds === null || retainedIds.includes(measure.id))
  return {
    ...match,
    relation: relation.kind,
    office: relation.office ?? null,
    listingId: entry.listingId,
    name: entry.name,
    identifier: maskIdentifier(entry.identifier),
    court: entry.court,
    caseNo: entry.caseNo,
    retained: retained === null ? null : { basis: retained.basis, until: retained.until },
    termEndedOn: entry.termEndedOn,
    measures: mine.flatMap((measure) => {
      const stated = adviceFor(measure, entry.kind, relation, asked)
      if (stated.advice === 'none') return []
      const given = entry.termEndedOn === null ? stated : afterTerm(stated)
      const { id, title, citation, clauses } = measure
      const words = clauses.find((clause) => clause.id === given.clause)?.words ?? null
      return [{ id, title, citation, ...given, words, suspended: resting === 'all' || resting.includes(id) }]
    }),
  }
}

/** Without a business, or with several measures, no clause can be chosen: a person looks wherever one could reach. */
function adviceFor(measure: Measure, kind: DebtorKind, relation: FoundRelation, { measures, business }: Asked): BusinessAdvice {
  if (measures.length === 1 && business !== null && business !== OTHER_BUSINESS) return adviceOf(measure, business, { kind }, relation)
  const couldReach = measure.clauses.some((clause) => clause.advice !== 'none' && reaches(clause, kind, relation))
  return { advice: couldReach ? 'ask' : 'none', clause: null, business: null }
}

/** What is left of an advice once the term has run out and the entry is still there: a person looks; what restricts nobody stays. */
function afterTerm(advice: BusinessAdvice): BusinessAdvice {
  return advice.advice === 'supervise' || advice.advice === 'assist' ? advice : { ...advice, advice: 'ask' }
}

/** The advice of clauses, the strongest first. */
const STRENGTH = ['restrict', 'strict_review', 'limit', 'ask', 'reference', 'supervise', 'assist'] as const

/** The strongest advice of the surest findings there are. */
function overallAdvice(findings: readonly Finding[]): Advice {
  if (findings.length === 0) return 'no_record'
  const active = findings.filter((finding) => finding.measures.some((measure) => !measure.suspended))
  if (active.length === 0) return 'do_not_apply'
  const sure = active.filter((finding) => finding.certain && !finding.nameDiffers)
  const given = sure.flatMap((finding) => finding.measures.filter((measure) => !measure.suspended).map(({ advice }) => advice))
  const strongest = STRENGTH.find((advice) => given.includes(advice))
  return strongest === undefined ? 'check_identity' : strongest === 'ask' ? 'person_decides' : strongest
}
