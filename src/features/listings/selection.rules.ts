// What a person can ask of the listings at the court desk: conditions, an order, and the reading of one text as name, number or case. Pure.
// The SQL is selection.store.ts; bulk acts and exports take the same selection.

import type { Day } from '../../core/calendar.ts'
import { readHolder } from '../../core/documents.ts'
import { squeeze } from '../../core/text.ts'
import { readCaseNo } from '../debtors/values.rules.ts'
import type { ListingState } from './rules.ts'

/** Days from `from` to `until`, both included; a missing end is open. */
export interface DayRange {
  from?: Day | undefined
  until?: Day | undefined
}

/** Conditions of a selection; all that are given must hold. */
export interface Selection {
  /** The beginning of a name or of a case number, or a whole identifier. */
  text?: string | undefined
  states?: readonly ListingState[] | undefined
  /** One of these grounds, perhaps among others. */
  grounds?: readonly number[] | undefined
  kind?: 'person' | 'organisation' | undefined
  source?: string | undefined
  /** The executing court, whole. */
  court?: string | undefined
  importId?: string | undefined
  /** The account that drafted it. */
  draftedBy?: string | undefined
  decided?: DayRange | undefined
  listed?: DayRange | undefined
  termEnds?: DayRange | undefined
  /** An open deadline of the listing ends in these days. */
  due?: DayRange | undefined
  /** Drafts under ground 1 whose answers to 法释〔2017〕7号 art. 3 are missing (true), or all others (false). */
  needsExclusions?: boolean | undefined
  /** A proposal about the listing waits (true), or none does (false). */
  proposed?: boolean | undefined
  /** Drafts that an approver sent back and nobody submitted again (true), or all others (false). */
  returned?: boolean | undefined
  /** Published listings about which this account made the last proposal, and it was rejected since then. */
  refused?: { author: string; since: Date } | undefined
}

/** A selection as it is asked for: `mine` stands for what the asker drafted, `refusedMine` for what the asker proposed in vain lately. */
export type AskedSelection = Omit<Selection, 'draftedBy' | 'refused'> & { mine?: true | undefined; refusedMine?: true | undefined }

/** Days for which a rejected proposal is shown to whoever made it as something to take up again ◇. */
const REFUSED_DAYS = 30

/** The proposals of an account that were rejected lately. */
export function refusedLately(author: string, now: Date): { author: string; since: Date } {
  return { author, since: new Date(now.getTime() - REFUSED_DAYS * 86_400_000) }
}

/** The selection that an account asks for. */
export function selectionOf(by: { id: string; now: Date }, { mine, refusedMine, ...selection }: AskedSelection): Selection {
  return {
    ...selection,
    ...(mine === undefined ? {} : { draftedBy: by.id }),
    ...(refusedMine === undefined ? {} : { refused: refusedLately(by.id, by.now) }),
  }
}

/** What a selection can be ordered by; `due` only together with a condition on `due`. */
export const SELECTION_ORDERS = ['newest', 'decidedOn', 'listedOn', 'termEndsOn', 'caseNo', 'name', 'due'] as const

/** The order of a selection. */
export interface SelectionSort {
  by: (typeof SELECTION_ORDERS)[number]
  direction: 'asc' | 'desc'
}

/** What a text asks for. */
export type SoughtText =
  | { kind: 'identifier'; identifier: string }
  | { kind: 'caseNo'; caseNo: string }
  | { kind: 'casePrefix'; prefix: string }
  | { kind: 'name'; prefix: string }

/** Reads a text as a whole identifier, a whole case number, the beginning of a case number, or else the beginning of a name. */
export function readSought(text: string): SoughtText {
  const squeezed = squeeze(text)
  const identifier = readHolder(squeezed)
  if (identifier.kind !== 'none') return { kind: 'identifier', identifier: identifier.number }
  const caseNo = readCaseNo(text)?.caseNo
  if (caseNo !== undefined) return { kind: 'caseNo', caseNo }
  const beginning = /^[（([【〔〖［]?(\d{4})[）)\]】〕〗］](.*)$/.exec(squeezed)
  if (beginning !== null) return { kind: 'casePrefix', prefix: `（${beginning[1] ?? ''}）${beginning[2] ?? ''}` }
  return { kind: 'name', prefix: text.trim() }
}
