// Rules of the quarterly list for broadcaster and e-government centre (实施意见 三(一)): its files, states, and which quarters are due. Pure.
// The contents of the files are features/quarterly-list/files.views.ts; storing is features/quarterly-list/store.ts.

import { addDays, isDay, type Day } from '../../core/calendar.ts'
import { AppError, invalidRequest } from '../../core/errors.ts'
import { createMachine } from '../../core/state-machine.ts'
import { quarterOf, type Quarter } from '../deadlines/rules.ts'
import { isPublicEntry } from '../listings/rules.ts'

/** The forms of a list: all entries in force at the quarter's end, and what changed in the quarter. */
export const PUSH_FORMS = ['in_force', 'changes'] as const
export type PushForm = (typeof PUSH_FORMS)[number]
/** The formats of each form: a table, a notice ready to post, and a text to be read aloud. */
export const PUSH_FORMATS = ['xlsx', 'docx', 'txt'] as const
export type PushFormat = (typeof PUSH_FORMATS)[number]
/** The files of a list. Those of the entries in force are named by their format alone, as they were when there was one form. */
export const PUSH_FILES = ['xlsx', 'docx', 'txt', 'changes_xlsx', 'changes_docx', 'changes_txt'] as const
export type PushFileKind = (typeof PUSH_FILES)[number]

/** The file of a form in a format. */
export function pushFile(form: PushForm, format: PushFormat): PushFileKind {
  return form === 'in_force' ? format : `changes_${format}`
}

/** The format of a file, which is the ending of its name. */
export function formatOf(kind: PushFileKind): PushFormat {
  return PUSH_FORMATS.find((format) => kind.endsWith(format)) ?? 'txt'
}

/** What happened to an entry within the quarter. */
export const QUARTER_CHANGES = ['added', 'corrected', 'shielded', 'revoked'] as const
export type QuarterChangeKind = (typeof QUARTER_CHANGES)[number]

/** States of an edition. `superseded`: another edition of the same quarter replaced it before it was released. */
export const PUSH_STATES = ['prepared', 'released', 'superseded'] as const
export type PushState = (typeof PUSH_STATES)[number]
/** The acts on an edition. */
export type PushAct = 'release' | 'supersede'

/** State machine of an edition. */
export const PUSH_LIFE = createMachine<PushState, PushAct>({
  name: 'push',
  initial: ['prepared'],
  terminal: ['released', 'superseded'],
  refusal: 'push_act_impossible',
  moves: [
    { from: ['prepared'], act: 'release', to: 'released' },
    { from: ['prepared'], act: 'supersede', to: 'superseded' },
  ],
})

/** What can be done with an edition beside looking at it. `prepare_anew` makes another edition that takes its place. */
export const PUSH_CHOICES = ['release', 'prepare_anew', 'send_link', 'hand_over'] as const
export type PushChoice = (typeof PUSH_CHOICES)[number]

/**
 * What is possible with an edition for one person, whose role is left to the caller.
 * @param changed how many of its entries changed since the files were made; such files are not released.
 */
export function possiblePush(push: { state: PushState; preparedBy: string }, by: string, changed: number): PushChoice[] {
  if (push.state === 'superseded') return []
  if (push.state === 'released') return ['send_link', 'hand_over']
  return [...(push.preparedBy !== by && changed === 0 ? (['release'] as const) : []), 'prepare_anew']
}

/** The quarter with a name such as `2026Q3`. @throws `request_invalid` for another text. */
export function quarterNamed(name: string): Quarter {
  const parts = /^(\d{4})Q([1-4])$/.exec(name)
  const first = parts === null ? '' : `${parts[1] ?? ''}-${String(Number(parts[2]) * 3 - 2).padStart(2, '0')}-01`
  if (!isDay(first)) throw invalidRequest({ code: 'quarter_form', field: 'quarter' })
  return quarterOf(first)
}

/** The last quarter that is over on a day. */
export function quarterBefore(today: Day): Quarter {
  return quarterOf(addDays(quarterOf(today).first, -1))
}

/**
 * Quarters after the last one handled, up to the last that is over, oldest first.
 * @param last name of the last one handled; null: only the latest is due.
 */
export function quartersDue(last: string | null, today: Day): Quarter[] {
  const latest = quarterBefore(today)
  if (last === null) return [latest]
  const due: Quarter[] = []
  for (let quarter = latest; quarter.name > last; quarter = quarterBefore(quarter.first)) due.unshift(quarter)
  return due
}

/** Requires that a quarter is over, because its list would be incomplete before. @throws `push_quarter_open`. */
export function mustBeOver(quarter: Quarter, today: Day): void {
  if (today <= quarter.last) throw new AppError('push_quarter_open', { quarter: quarter.name, last: quarter.last })
}

/** What happened to an entry after it was handed over: it left the public list, or was corrected. */
export type EntryChange = 'gone' | 'corrected'

/** What happened to an entry since it was handed over; null if nothing did. */
export function entryChangeOf(
  handed: { contentVersion: number },
  now: { state: string; disclosure: string; contentVersion: number },
): EntryChange | null {
  if (!isPublicEntry(now)) return 'gone'
  return now.contentVersion === handed.contentVersion ? null : 'corrected'
}

/** Requires that a day is not in the future. @throws `request_invalid` naming the field. */
export function notAhead(field: string, day: Day, today: Day): void {
  if (day > today) throw invalidRequest({ code: 'date_future', field, values: { today } })
}
