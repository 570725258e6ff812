// Rounds of quarterly feedback: the list, one round with its units and sums, reminding, closing, opening.

import { FEEDBACK_ROUNDS_STATE } from '../../kit/api/choices.gen.ts'
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { get, post, type Reply } from '../../kit/api/client.ts'
import { t } from '../../kit/words.ts'

export type Round = Reply<'/api/v1/feedback/rounds', 'get'>['items'][number]
export type Report = Reply<'/api/v1/feedback/rounds/{id}/report', 'get'>

const KEY = ['feedback'] as const

/** A quarter such as `2026Q3` in words. */
export function quarterText(quarter: string): string {
  const [, year = '', n = ''] = /^(\d{4})Q([1-4])$/.exec(quarter) ?? []
  return year === '' ? quarter : t(`words.feedbacks.quarter.${n}`, { year })
}

export function useRounds(params: ComputedRef<{ filter: { state: string }; limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, 'rounds', params],
    queryFn: ({ signal }) => {
      const { filter, limit, offset } = params.value
      const state = FEEDBACK_ROUNDS_STATE.find((each) => each === filter.state)
      return get('/api/v1/feedback/rounds', { query: { ...(state === undefined ? {} : { state }), limit, offset }, signal })
    },
    placeholderData: keepPreviousData,
  })
}

export function useRound(id: string) {
  return useQuery({
    queryKey: [...KEY, 'round', id],
    queryFn: ({ signal }) => get('/api/v1/feedback/rounds/{id}', { params: { id }, signal }),
  })
}

export function useReport(id: string) {
  return useQuery({
    queryKey: [...KEY, 'report', id],
    queryFn: ({ signal }) => get('/api/v1/feedback/rounds/{id}/report', { params: { id }, signal }),
  })
}

export type ReturnFilter = { who: string }

/** The returns of a round: all, those awaited, or those that came late. */
export function useReturns(id: string, params: ComputedRef<{ filter: ReturnFilter; limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, 'returns', id, params],
    queryFn: ({ signal }) => {
      const { filter, limit, offset } = params.value
      const chosen = { ...(filter.who === 'awaited' ? { awaited: 'true' } : {}), ...(filter.who === 'late' ? { late: 'true' } : {}) }
      return get('/api/v1/feedback/rounds/{id}/returns', { params: { id }, query: { ...chosen, limit, offset }, signal })
    },
    placeholderData: keepPreviousData,
  })
}

export const useOpen = () => useAct((quarter: string) => post('/api/v1/feedback/rounds', { body: { quarter } }), KEY)
/** Without ids every unit that is awaited is reminded. */
export const useRemind = (id: string) =>
  useAct(
    (unitIds: readonly string[]) =>
      post('/api/v1/feedback/rounds/{id}/remind', { params: { id }, body: unitIds.length === 0 ? {} : { unitIds: [...unitIds] } }),
    KEY,
  )
export const useClose = (id: string) => useAct(() => post('/api/v1/feedback/rounds/{id}/close', { params: { id } }), KEY)
