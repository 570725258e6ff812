// Pure rules of screening (实施意见 五1): whether the list reaches an applicant, through which measures and how surely; which outcomes
// a unit may report. Whom a measure reaches is features/units/measures.rules.ts; entries are found by lookup.views.ts.

import type { Day } from '../../core/calendar.ts'
import { AppError, type Problem } from '../../core/errors.ts'
import { IDENTIFIER_PROBLEMS } from '../debtors/identity.rules.ts'
import { applies, type Direction, type Effect, type Measure, type Standing } from '../units/measures.rules.ts'
import type { DebtorKind, Office, Officer } from '../debtors/rules.ts'
import { maskIdentifier, readIdentifier } from '../../core/identifiers.ts'
import { tidyName } from '../../core/person-names.ts'

/** What a unit reported about its decision. */
export interface Reported {
  outcome: ScreeningOutcome
  reason: string | null
}

/** A question as far as the rules of reporting need it. */
export interface ReportableScreening {
  answer: ScreeningAnswer
  advice: Advice
  /** The earlier report; null when there is none. */
  reported: Reported | null
}

/** Characters of a reason that are kept. */
const REASON_MAX = 500

/** Whether business was approved despite a hit, while the measures were not suspended. The leading group is then notified. */
export function isDespite({ answer, advice }: Pick<ReportableScreening, 'answer' | 'advice'>, outcome: ScreeningOutcome): boolean {
  return outcome === 'approved' && answer === 'hit' && advice !== 'do_not_apply'
}

/**
 * Checks the outcome a unit reports. The same outcome again changes nothing (`null`); another one replaces it and needs a reason.
 * @throws AppError `screening_outcome_impossible` after `none`, `screening_suspended` for a refusal while measures are suspended,
 *   `screening_reported` for another outcome without a reason, `screening_reason_needed` for an approval despite a hit or a refusal after
 *   `review`.
 */
export function report(asked: ReportableScreening, input: { outcome: ScreeningOutcome; reason?: string | undefined }): Reported | null {
  const { answer, advice, reported } = asked
  const { outcome } = input
  if (answer === 'none') throw new AppError('screening_outcome_impossible', { answer })
  if (outcome === 'refused' && advice === 'do_not_apply') throw new AppError('screening_suspended')
  const reason = usableReason(input.reason)
  if (reported !== null && isSame(reported, outcome, reason)) return null
  if (reported !== null && reason === null) throw new AppError('screening_reported', { outcome: reported.outcome })
  const needed = isDespite(asked, outcome) || (outcome === 'refused' && answer === 'review')
  if (needed && reason === null) throw new AppError('screening_reason_needed', { outcome })
  return { outcome, reason }
}

/** The trimmed reason; null when it is shorter than two characters. */
function usableReason(reason = ''): string | null {
  const text = reason.trim().slice(0, REASON_MAX)
  return Array.from(text).length < 2 ? null : text
}

function isSame(reported: Reported, outcome: ScreeningOutcome, reason: string | null): boolean {
  return reported.outcome === outcome && (reason === null || reason === reported.reason)
}

/** `hit`: the identifier is equal. `review`: a name alone, or a similarity that only a person can judge; never a refusal (个保法 24). */
export const SCREENING_ANSWERS = ['hit', 'review', 'none'] as const
export type ScreeningAnswer = (typeof SCREENING_ANSWERS)[number]

/** What may follow. A unit's system acts on this, and not on `hit` alone. */
export const ADVICE = ['restrict', 'person_decides', 'check_identity', 'do_not_apply', 'no_record'] as const
export type Advice = (typeof ADVICE)[number]

/** What a unit decided; `not_needed` when no decision was made. */
export const OUTCOMES = ['refused', 'approved', 'not_needed'] as const
export type ScreeningOutcome = (typeof OUTCOMES)[number]

/**
 * How the list reaches a subject. `subject`: it is listed itself. `officer_of_listed`: it holds an office in a listed organisation.
 * `officer_of_applicant`: its own officer is listed.
 */
export const WAYS_REACHED = ['subject', 'officer_of_listed', 'officer_of_applicant'] as const
export type WayReached = (typeof WAYS_REACHED)[number]

/** Who applies, as the unit typed it. */
export interface SubjectInput {
  name: string
  /** A complete ID number (one of 15 characters is upgraded to 18) or USCC. */
  identifier?: string | undefined
  /** Officers of an organisation that applies; they are screened with it. */
  officers?: readonly { office: Office; name: string; identifier?: string | undefined }[] | undefined
}

interface Identity {
  name: string
  identifier: string | null
}

/** Who applies, normalised. */
export interface Subject extends Identity {
  /** Null without an identifier, because a name alone does not tell. */
  kind: DebtorKind | null
  officers: readonly (Identity & { office: Office })[]
}

/**
 * Normalises and checks who applies. A number that cannot be right is refused, because it would find nobody.
 * @throws AppError `screening_subject_wrong` with every problem.
 */
export function readSubject(input: SubjectInput): Subject {
  const problems: Problem[] = []
  const { kind, ...self } = readIdentity(input, '', problems)
  const officers = (input.officers ?? []).map((officer, index) => {
    const { name, identifier } = readIdentity(officer, `officers.${index}.`, problems)
    return { office: officer.office, name, identifier }
  })
  if (kind === 'person' && officers.length > 0) problems.push({ code: 'officers_of_person', field: 'officers' })
  if (problems.length > 0) throw new AppError('screening_subject_wrong', {}, problems)
  return { kind: officers.length > 0 ? 'organisation' : kind, ...self, officers }
}

function readIdentity(
  given: { name: string; identifier?: string | undefined },
  fieldPrefix: string,
  problems: Problem[],
): Identity & { kind: DebtorKind | null } {
  const name = tidyName(given.name)
  if (Array.from(name).length < 2 || !/\p{L}/u.test(name)) problems.push({ code: 'name_form', field: `${fieldPrefix}name` })
  const typed = (given.identifier ?? '').trim()
  if (typed === '') return { name, identifier: null, kind: null }
  const read = readIdentifier(typed)
  if (read.kind !== 'none') return { name, identifier: read.number, kind: read.kind }
  problems.push({ code: IDENTIFIER_PROBLEMS[read.fault], field: `${fieldPrefix}identifier`, value: maskIdentifier(typed) })
  return { name, identifier: null, kind: null }
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
  /** Its measures are suspended while an objection is verified (实施意见 四(二)3). */
  suspended: boolean
  /** Null while the entry is in force. An empty `measureIds` means all measures of the unit. */
  retained: { measureIds: readonly string[]; basis: string; until: Day } | null
}

/** A measure that reaches the subject. */
export interface ReachingMeasure {
  id: string
  title: string
  direction: Direction
  effects: Effect[]
  /** The article leaves a judgement, so a hit alone is never a refusal. */
  needsPerson: boolean
}

/** One entry that reaches the subject in one way. */
export interface Finding {
  /** The identifiers are equal; otherwise a person must check who it is. */
  certain: boolean
  way: WayReached
  office: Office | null
  listingId: string
  /** Name of the listed debtor, and at most the last four characters of the identifier. */
  name: string
  identifier: string
  /** The identifier is equal and the name differs: one of them was mistyped, or the name has changed. */
  nameDiffers: boolean
  court: string
  caseNo: string
  suspended: boolean
  retained: { basis: string; until: Day } | null
  measures: ReachingMeasure[]
}

/** The answer about one subject. */
export interface ScreeningResult {
  answer: ScreeningAnswer
  advice: Advice
  findings: Finding[]
  /** Findings beyond the first FINDINGS, which are not shown. */
  more: number
  /** Entries about the subject which none of the measures asked about reaches. */
  beyond: number
}

/** Findings that one answer shows at most; a frequent name without an identifier can have many. */
export const FINDINGS = 50

/** Answers whether and how entries of the list reach a subject, for a unit's measures. */
export function screen(subject: Subject, entries: readonly Entry[], measures: readonly Measure[]): ScreeningResult {
  const found: Finding[] = []
  let beyond = 0
  for (const entry of entries) {
    const matches = waysOf(subject, entry).map((way) => findingOf(way, entry, measures))
    const reaching = matches.filter((finding) => finding.measures.length > 0)
    if (matches.length > 0 && reaching.length === 0) beyond += 1
    found.push(...reaching)
  }
  const certain = found.filter((finding) => finding.certain)
  const findings = [...certain, ...found.filter((finding) => !finding.certain)]
  return {
    answer: certain.length > 0 ? 'hit' : found.length > 0 ? 'review' : 'none',
    advice: adviceOf(certain.length > 0 ? certain : found, measures.length),
    findings: findings.slice(0, FINDINGS),
    more: Math.max(0, findings.length - FINDINGS),
    beyond,
  }
}

interface Way {
  way: WayReached
  match: IdentityMatch
  standing: Standing
}

interface IdentityMatch {
  certain: boolean
  nameDiffers: boolean
}

/** Each way in which an entry is about the subject. Only this function distinguishes the directions. */
function waysOf(subject: Subject, entry: Entry): Way[] {
  const ways: Way[] = []
  const self = matchOf(subject, entry)
  if (self !== null && (subject.kind === null || subject.kind === entry.kind))
    ways.push({ way: 'subject', match: self, standing: { kind: entry.kind } })
  if (entry.kind === 'organisation')
    for (const { office, name, identifier } of entry.officers) {
      const match = matchOf(subject, { name, identifier: identifier ?? null })
      const standing = { kind: subject.kind ?? 'person', office, listed: 'organisation' } as const
      if (match !== null) ways.push({ way: 'officer_of_listed', match, standing })
    }
  for (const officer of subject.officers) {
    const match = matchOf(officer, entry)
    const standing = { kind: 'organisation', office: officer.office, listed: 'officer' } as const
    if (match !== null) ways.push({ way: 'officer_of_applicant', match, standing })
  }
  return ways
}

/** How an identity that was asked about fits a known one; null when they are different or nothing says that they are the same. */
function matchOf(asked: Identity, known: Identity): IdentityMatch | null {
  const nameDiffers = asked.name !== known.name
  if (asked.identifier === null || known.identifier === null) return nameDiffers ? null : { certain: false, nameDiffers }
  if (asked.identifier === known.identifier) return { certain: true, nameDiffers }
  return !nameDiffers && mayBeSameHolder(asked.identifier, known.identifier) ? { certain: false, nameDiffers } : null
}

/**
 * Whether two different numbers under one name may still belong to one holder. Persons: same birth day and sex, because two numbers were
 * sometimes issued, or one is mistyped. Organisations: always, because codes were renewed. All other namesakes are different people.
 */
function mayBeSameHolder(first: string, second: string): boolean {
  const [left, right] = [readIdentifier(first), readIdentifier(second)]
  if (left.kind === 'person' && right.kind === 'person') return left.birth === right.birth && left.sex === right.sex
  return left.kind === 'organisation' && right.kind === 'organisation'
}

function findingOf({ way, match, standing }: Way, entry: Entry, measures: readonly Measure[]): Finding {
  const { retained } = entry
  const retainedIds = retained === null || retained.measureIds.length === 0 ? null : retained.measureIds
  const reaching = measures.filter((measure) => applies(measure, standing) && (retainedIds === null || retainedIds.includes(measure.id)))
  return {
    ...match,
    way,
    office: standing.office ?? null,
    listingId: entry.listingId,
    name: entry.name,
    identifier: maskIdentifier(entry.identifier),
    court: entry.court,
    caseNo: entry.caseNo,
    suspended: entry.suspended,
    retained: retained === null ? null : { basis: retained.basis, until: retained.until },
    measures: reaching.map(({ id, title, direction, effects, needsPerson }) => ({
      id,
      title,
      direction,
      effects: [...effects],
      needsPerson,
    })),
  }
}

/**
 * The advice for the surest findings there are. A system may restrict only when one measure was asked about: which of several measures the
 * business falls under is for a person to decide.
 */
function adviceOf(findings: readonly Finding[], measuresAsked: number): Advice {
  if (findings.length === 0) return 'no_record'
  const active = findings.filter((finding) => !finding.suspended)
  if (active.length === 0) return 'do_not_apply'
  const sure = active.filter((finding) => finding.certain && !finding.nameDiffers)
  if (sure.length === 0) return 'check_identity'
  const firm = sure.some((finding) => finding.measures.some((measure) => !measure.needsPerson))
  return firm && measuresAsked === 1 ? 'restrict' : 'person_decides'
}
