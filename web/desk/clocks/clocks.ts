// Legal periods: the list, a month with what ends on each day, and the work calendar.

import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { get, post, queryOf, type Reply } from '../../kit/api/client.ts'
import { t } from '../../kit/words.ts'

export type Clock = Reply<'/api/v1/clocks', 'get'>['items'][number]
export type Month = Reply<'/api/v1/clocks/months/{month}', 'get'>
export type MonthDay = Month['days'][number]
export type WorkCalendar = Reply<'/api/v1/calendar', 'get'>
export type ChangedCalendar = Reply<'/api/v1/calendar', 'post'>
export interface CalendarChange {
  rest?: string[]
  work?: string[]
  remove?: string[]
  years?: number[]
}

/** Who must act, in the order of the filter. */
const OWNER_ORDER: Readonly<Record<Clock['owner'], number>> = { clerk: 1, liaison: 2, debtor: 3, none: 4 }
export const OWNERS = Object.keys(OWNER_ORDER) as readonly Clock['owner'][]
export const STATES = ['closed', 'missed', 'closed_late', 'cancelled'] as const

export interface ClockFilter extends Record<string, string> {
  light: string
  owner: string
  code: string
  state: string
  dueFrom: string
  dueTo: string
  unitId: string
  /** `yes`: those that whoever logged in looks after. */
  watched: string
}
export const FILTER: ClockFilter = { light: '', owner: '', code: '', state: '', dueFrom: '', dueTo: '', unitId: '', watched: '' }

const KEY = ['clocks'] as const

export function useClockList(params: ComputedRef<{ filter: ClockFilter; limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, 'list', params],
    queryFn: ({ signal }) => {
      // Without a state those are meant that still have to be done.
      const unfinished = params.value.filter.state === '' ? { unfinished: 'yes' as const } : {}
      return get('/api/v1/clocks', { query: { ...queryOf<'/api/v1/clocks'>(params.value), ...unfinished }, signal })
    },
    placeholderData: keepPreviousData,
  })
}

export type Laggard = Reply<'/api/v1/clocks/late', 'get'>['items'][number]

/** Who lags with what the filter matches. */
export function useLaggards(filter: ComputedRef<Partial<ClockFilter>>) {
  return useQuery({
    queryKey: [...KEY, 'late', filter],
    queryFn: async ({ signal }) => {
      const { owner = '', code = '', dueFrom = '', dueTo = '', unitId = '', watched = '' } = filter.value
      const asked = { owner, code, dueFrom, dueTo, unitId, watched }
      return (await get('/api/v1/clocks/late', { query: queryOf<'/api/v1/clocks/late'>({ filter: asked }), signal })).items
    },
    placeholderData: keepPreviousData,
  })
}

/** How a laggard is called: the unit by its name, others by their part. */
export const laggardName = ({ unitId, unitName, owner }: Pick<Laggard, 'unitId' | 'unitName' | 'owner'>): string =>
  unitId === null ? t(`words.clocks.owner.${owner}`) : (unitName ?? unitId)

export function useMonth(params: ComputedRef<{ month: string; owner: string; code: string }>) {
  return useQuery({
    queryKey: [...KEY, 'month', params],
    queryFn: ({ signal }) => {
      const { month, ...filter } = params.value
      return get('/api/v1/clocks/months/{month}', {
        params: { month },
        query: queryOf<'/api/v1/clocks/months/{month}'>({ filter }),
        signal,
      })
    },
    placeholderData: keepPreviousData,
  })
}

export function useCalendar() {
  return useQuery({ queryKey: ['calendar'], queryFn: ({ signal }) => get('/api/v1/calendar', { signal }) })
}

export const useChangeCalendar = () => useAct((body: CalendarChange) => post('/api/v1/calendar', { body }), ['calendar'], KEY)
export const useReadNotice = () => useAct((body: { year: number; text: string }) => post('/api/v1/calendar/notice', { body }))

/** What the last change of the calendar moved. */
export function useMoves() {
  return useQuery({
    queryKey: ['calendar', 'moves'],
    queryFn: ({ signal }) => get('/api/v1/calendar/moves', { query: { limit: 100 }, signal }),
  })
}

/** Days as they were typed or pasted, one a line or with commas between. */
export function daysIn(text: string): string[] {
  return text.split(/[\s,;]+|\uFF0C|\u3001|\uFF1B/u).filter((day) => day !== '')
}

/** The month before or after, `YYYY-MM`. */
export function monthBeside(month: string, by: 1 | -1): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7)
}

/** Days in weeks from Monday to Sunday, with empty places before the first and after the last. */
export function weeksOf(days: readonly MonthDay[]): (MonthDay | null)[][] {
  const [first] = days
  if (first === undefined) return []
  const before = (new Date(`${first.day}T00:00:00Z`).getUTCDay() + 6) % 7
  const places = [...Array<null>(before).fill(null), ...days]
  while (places.length % 7 !== 0) places.push(null)
  return Array.from({ length: places.length / 7 }, (_, week) => places.slice(week * 7, week * 7 + 7))
}
