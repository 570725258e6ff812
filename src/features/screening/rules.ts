// What a unit asks before it decides (实施意见 五1): whether the list reaches an applicant, through which measures, and how surely. Pure.
// Whom a measure reaches is measures.ts; what the unit decided is screening-outcome.ts; finding entries is features/screening/store.

import type { Day } from '../../core/calendar.ts'
import { AppError, type Problem } from '../../core/errors.ts'
import { FAULTS } from '../debtors/identity.rules.ts'
import { applies, type Direction, type Effect, type Measure, type Standing } from '../units/measures.rules.ts'
import type { DebtorKind, Office, Officer } from '../debtors/rules.ts'
import { maskIdentifier, readIdentifier } from '../../core/identifiers.ts'
import { tidyName } from '../../core/person-names.ts'

export interface Reported {
  outcome: ScreeningOutcome
  reason: string | null
}

export interface Asked {
  answer: ScreeningAnswer
  advice: Advice
  /** What was reported before. */
  reported: Reported | null
}

const REASON_MAX = 500

/** Business approved although the very person or organisation was found and its measures did not rest: told to the leading group at once. */
export function isDespite({ answer, advice }: Pick<Asked, 'answer' | 'advice'>, outcome: ScreeningOutcome): boolean {
  return outcome === 'approved' && answer === 'hit' && advice !== 'do_not_apply'
}

/**
 * Takes a unit's outcome in; the same one again changes nothing (`null`), another one replaces it with a reason.
 * @throws AppError `screening_outcome_impossible` after `none`, `screening_suspended` for a refusal while measures rest, `screening_reported` for
 *   another outcome without a reason, `screening_reason_needed` for an approval despite a hit and for a refusal on a likeness.
 */
export function report(asked: Asked, input: { outcome: ScreeningOutcome; reason?: string | undefined }): Reported | null {
  const { answer, advice, reported } = asked
  const { outcome } = input
  if (answer === 'none') throw new AppError('screening_outcome_impossible', { answer })
  if (outcome === 'refused' && advice === 'do_not_apply') throw new AppError('screening_suspended')
  const reason = typed(input.reason)
  if (reported !== null && isSame(reported, outcome, reason)) return null
  if (reported !== null && reason === null) throw new AppError('screening_reported', { outcome: reported.outcome })
  const needed = isDespite(asked, outcome) || (outcome === 'refused' && answer === 'review')
  if (needed && reason === null) throw new AppError('screening_reason_needed', { outcome })
  return { outcome, reason }
}

/** Null: nothing that says anything. */
function typed(reason = ''): string | null {
  const said = reason.trim().slice(0, REASON_MAX)
  return Array.from(said).length < 2 ? null : said
}

function isSame(reported: Reported, outcome: ScreeningOutcome, reason: string | null): boolean {
  return reported.outcome === outcome && (reason === null || reason === reported.reason)
}

/** `hit`: the identifier is equal. `review`: a name alone, or a likeness that only a person can judge; never a refusal (个保法 24). */
export const SCREENING_ANSWERS = ['hit', 'review', 'none'] as const
export type ScreeningAnswer = (typeof SCREENING_ANSWERS)[number]

/** What may follow; a machine goes by this and not by `hit` alone. */
export const ADVICE = ['restrict', 'person_decides', 'check_identity', 'do_not_apply', 'no_record'] as const
export type Advice = (typeof ADVICE)[number]

export const OUTCOMES = ['refused', 'approved', 'not_needed'] as const
export type ScreeningOutcome = (typeof OUTCOMES)[number]

/** `subject`: it is listed itself. `officer_of_listed`: it holds an office in a listed organisation. `officer_of_applicant`: its own officer is listed. */
export const WAYS_REACHED = ['subject', 'officer_of_listed', 'officer_of_applicant'] as const
export type WayReached = (typeof WAYS_REACHED)[number]

export interface SubjectInput {
  name: string
  /** A whole ID number (15 signs are upgraded) or USCC. */
  identifier?: string | undefined
  /** Of an organisation that applies: who is screened with it. */
  officers?: readonly { office: Office; name: string; identifier?: string | undefined }[] | undefined
}

interface Identity {
  name: string
  identifier: string | null
}

/** Who applies, normalised. */
export interface Subject extends Identity {
  /** Null without an identifier: a name does not say. */
  kind: DebtorKind | null
  officers: readonly (Identity & { office: Office })[]
}

/** @throws AppError `screening_subject_wrong` with every problem: a number that cannot be right would find nobody. */
export function readSubject(input: SubjectInput): Subject {
  const problems: Problem[] = []
  const { kind, ...self } = readIdentity(input, '', problems)
  const officers = (input.officers ?? []).map((officer, at) => {
    const { name, identifier } = readIdentity(officer, `officers.${at}.`, problems)
    return { office: officer.office, name, identifier }
  })
  if (kind === 'person' && officers.length > 0) problems.push({ code: 'officers_of_person', field: 'officers' })
  if (problems.length > 0) throw new AppError('screening_subject_wrong', {}, problems)
  return { kind: officers.length > 0 ? 'organisation' : kind, ...self, officers }
}

function readIdentity(
  given: { name: string; identifier?: string | undefined },
  at: string,
  problems: Problem[],
): Identity & { kind: DebtorKind | null } {
  const name = tidyName(given.name)
  if (Array.from(name).length < 2 || !/\p{L}/u.test(name)) problems.push({ code: 'name_form', field: `${at}name` })
  const typed = (given.identifier ?? '').trim()
  if (typed === '') return { name, identifier: null, kind: null }
  const read = readIdentifier(typed)
  if (read.kind !== 'none') return { name, identifier: read.number, kind: read.kind }
  problems.push({ code: FAULTS[read.fault], field: `${at}identifier`, value: maskIdentifier(typed) })
  return { name, identifier: null, kind: null }
}

/** An entry that may concern the subject: in force and public, or gone with a measure that this very unit kept. */
export interface Entry {
  listingId: string
  kind: DebtorKind
  name: string
  identifier: string
  officers: readonly Officer[]
  court: string
  caseNo: string
  /** Measures because of it rest while an objection is verified (实施意见 四(二)3). */
  suspended: boolean
  /** Null while the entry is in force. No measures named: all of the unit's. */
  retained: { measureIds: readonly string[]; basis: string; until: Day } | null
}

export interface Reaching {
  id: string
  title: string
  direction: Direction
  effects: Effect[]
  /** A hit alone is never a refusal: the article leaves a judgement. */
  needsPerson: boolean
}

export interface Finding {
  /** By an equal identifier; else a person must see who it is. */
  certain: boolean
  way: WayReached
  office: Office | null
  listingId: string
  /** The listed one's name, and at most the last four of their identifier. */
  name: string
  identifier: string
  /** The identifier is equal and the name is not: one of them was mistyped, or the name has changed. */
  nameDiffers: boolean
  court: string
  caseNo: string
  suspended: boolean
  retained: { basis: string; until: Day } | null
  measures: Reaching[]
}

export interface Screened {
  answer: ScreeningAnswer
  advice: Advice
  findings: Finding[]
  /** Found beyond the first FINDINGS. */
  more: number
  /** Entries that were found, and that none of the measures asked about reaches. */
  beyond: number
}

/** The most that one answer shows: a frequent name without an identifier has many holders. */
export const FINDINGS = 50

/** Whether and how the list reaches a subject, for a unit's measures. */
export function screen(subject: Subject, entries: readonly Entry[], measures: readonly Measure[]): Screened {
  const found: Finding[] = []
  let beyond = 0
  for (const entry of entries) {
    const ways = waysOf(subject, entry).map((way) => findingOf(way, entry, measures))
    const reaching = ways.filter((finding) => finding.measures.length > 0)
    if (ways.length > 0 && reaching.length === 0) beyond += 1
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
  likeness: Likeness
  standing: Standing
}

interface Likeness {
  certain: boolean
  nameDiffers: boolean
}

/** Each way in which an entry is about the subject. Directions are kept apart here and nowhere else. */
function waysOf(subject: Subject, entry: Entry): Way[] {
  const ways: Way[] = []
  const self = likeness(subject, entry)
  if (self !== null && (subject.kind === null || subject.kind === entry.kind))
    ways.push({ way: 'subject', likeness: self, standing: { kind: entry.kind } })
  if (entry.kind === 'organisation')
    for (const { office, name, identifier } of entry.officers) {
      const held = likeness(subject, { name, identifier: identifier ?? null })
      const standing = { kind: subject.kind ?? 'person', office, listed: 'organisation' } as const
      if (held !== null) ways.push({ way: 'officer_of_listed', likeness: held, standing })
    }
  for (const officer of subject.officers) {
    const listed = likeness(officer, entry)
    const standing = { kind: 'organisation', office: officer.office, listed: 'officer' } as const
    if (listed !== null) ways.push({ way: 'officer_of_applicant', likeness: listed, standing })
  }
  return ways
}

/** Null: another one, or nothing that says so. */
function likeness(asked: Identity, known: Identity): Likeness | null {
  const nameDiffers = asked.name !== known.name
  if (asked.identifier === null || known.identifier === null) return nameDiffers ? null : { certain: false, nameDiffers }
  if (asked.identifier === known.identifier) return { certain: true, nameDiffers }
  return !nameDiffers && areAlike(asked.identifier, known.identifier) ? { certain: false, nameDiffers } : null
}

/**
 * Two numbers under one name that may still be one holder: a person's with the same birth day and sex (two numbers were sometimes given out, or
 * one is mistyped), an organisation's whatever they are (codes were renewed). Other namesakes are other people.
 */
function areAlike(one: string, other: string): boolean {
  const [left, right] = [readIdentifier(one), readIdentifier(other)]
  if (left.kind === 'person' && right.kind === 'person') return left.birth === right.birth && left.sex === right.sex
  return left.kind === 'organisation' && right.kind === 'organisation'
}

function findingOf({ way, likeness: found, standing }: Way, entry: Entry, measures: readonly Measure[]): Finding {
  const { retained } = entry
  const kept = retained === null || retained.measureIds.length === 0 ? null : retained.measureIds
  const reaching = measures.filter((measure) => applies(measure, standing) && (kept === null || kept.includes(measure.id)))
  return {
    ...found,
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
 * What follows from the surest findings there are. A machine may restrict only on the one measure that was asked about: which of several the
 * business falls under is for a person to say.
 */
function adviceOf(findings: readonly Finding[], asked: number): Advice {
  if (findings.length === 0) return 'no_record'
  const awake = findings.filter((finding) => !finding.suspended)
  if (awake.length === 0) return 'do_not_apply'
  const sure = awake.filter((finding) => finding.certain && !finding.nameDiffers)
  if (sure.length === 0) return 'check_identity'
  const firm = sure.some((finding) => finding.measures.some((measure) => !measure.needsPerson))
  return firm && asked === 1 ? 'restrict' : 'person_decides'
}
