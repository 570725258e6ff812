// The quarter's list for the broadcaster and the e-government centre (实施意见 三(一)): which files, which states, which quarters are due. Pure.
// What stands in the files is features/quarterly-list/files.views; saving is features/quarterly-list/store.

import { addDays, isDay, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { machine } from '../../core/state-machine.ts'
import { quarterOf, type Quarter } from '../deadlines/rules.ts'
import { isPublicEntry } from '../listings/rules.ts'

/** A table, a notice ready to post, and a text to be read aloud. */
export const PUSH_FILES = ['xlsx', 'docx', 'txt'] as const
export type PushFileKind = (typeof PUSH_FILES)[number]

/** `superseded`: another edition of the same quarter took its place before anybody got it. */
export const PUSH_STATES = ['prepared', 'released', 'superseded'] as const
export type PushState = (typeof PUSH_STATES)[number]
export type PushAct = 'release' | 'supersede'

export const PUSH_LIFE = machine<PushState, PushAct>({
  name: 'push',
  initial: ['prepared'],
  terminal: ['released', 'superseded'],
  refusal: 'push_act_impossible',
  moves: [
    { from: ['prepared'], act: 'release', to: 'released' },
    { from: ['prepared'], act: 'supersede', to: 'superseded' },
  ],
})

/** A quarter by its name. @throws `request_invalid` for a name that is none. */
export function quarterNamed(name: string): Quarter {
  const parts = /^(\d{4})Q([1-4])$/.exec(name)
  const first = parts === null ? '' : `${parts[1] ?? ''}-${String(Number(parts[2]) * 3 - 2).padStart(2, '0')}-01`
  if (!isDay(first)) throw new AppError('request_invalid', {}, [{ code: 'quarter_form', field: 'quarter' }])
  return quarterOf(first)
}

/** The last quarter that is over. */
export function quarterBefore(today: Day): Quarter {
  return quarterOf(addDays(quarterOf(today).first, -1))
}

/** Quarters after the last that was seen to, up to the last that is over, oldest first. */
export function quartersDue(last: string | null, today: Day): Quarter[] {
  const latest = quarterBefore(today)
  if (last === null) return [latest]
  const due: Quarter[] = []
  for (let quarter = latest; quarter.name > last; quarter = quarterBefore(quarter.first)) due.unshift(quarter)
  return due
}

/** A list of a quarter that is not over would leave out what is yet to come. @throws `push_quarter_open`. */
export function mustBeOver(quarter: Quarter, today: Day): void {
  if (today <= quarter.last) throw new AppError('push_quarter_open', { quarter: quarter.name, last: quarter.last })
}

/** What became of an entry that was handed over; null: it stands as it was. */
export type Fate = 'gone' | 'corrected'

export function fateOf(
  handed: { contentVersion: number },
  now: { state: string; disclosure: string; contentVersion: number },
): Fate | null {
  if (!isPublicEntry(now)) return 'gone'
  return now.contentVersion === handed.contentVersion ? null : 'corrected'
}

/** @throws `request_invalid` naming the field. */
export function notAhead(field: string, day: Day, today: Day): void {
  if (day > today) throw new AppError('request_invalid', {}, [{ code: 'date_future', field, values: { today } }])
}
