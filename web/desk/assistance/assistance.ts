// Assistance notices and judicial suggestions: queries of the list and of one, and the calls behind every act.

import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { get, post, put, queryOf, type Reply } from '../../kit/api/client.ts'
import type { Paths } from '../../kit/api/types.gen.ts'

export type Assistance = Reply<'/api/v1/assistance/{id}', 'get'>
export type Draft = Paths['/api/v1/assistance']['post']['body']

export const FILTER = { state: '', kind: '', unitId: '', number: '', overdue: '', review: '', lift: '', mine: '' }
const KEY = ['assistance'] as const

export function useNotices(params: ComputedRef<{ filter: typeof FILTER; limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, 'list', params],
    queryFn: ({ signal }) => get('/api/v1/assistance', { query: queryOf<'/api/v1/assistance'>(params.value), signal }),
    placeholderData: keepPreviousData,
  })
}

export function useNotice(id: string) {
  return useQuery({ queryKey: [...KEY, 'one', id], queryFn: ({ signal }) => get('/api/v1/assistance/{id}', { params: { id }, signal }) })
}

/** The entry that a draft is about; asked for only where there is one. */
export function useEntry(id: ComputedRef<string>) {
  return useQuery({
    queryKey: ['listings', 'one', id],
    queryFn: ({ signal }) => get('/api/v1/listings/{id}', { params: { id: id.value }, signal }),
    enabled: computed(() => id.value !== ''),
  })
}

export const useDraft = () => useAct((body: Draft) => post('/api/v1/assistance', { body }), KEY)

type Acts =
  | 'issue'
  | 'discard'
  | 'service'
  | 'link'
  | 'acknowledge'
  | 'answer'
  | 'review'
  | 'reply-review'
  | 'request-lift'
  | 'decide-lift'
  | 'withdraw'
type Edit = { act: 'edit'; body: Paths['/api/v1/assistance/{id}']['put']['body'] }
/** An act with what it is given. */
export type Ordered = { [A in Acts]: { act: A; body: Paths[`/api/v1/assistance/{id}/${A}`]['post']['body'] } }[Acts] | Edit

/** One act on one notice. */
export const useNoticeAct = (id: string) =>
  useAct(
    (ordered: Ordered) =>
      ordered.act === 'edit'
        ? put('/api/v1/assistance/{id}', { params: { id }, body: ordered.body })
        : post(`/api/v1/assistance/{id}/${ordered.act}` as '/api/v1/assistance/{id}/issue', { params: { id }, body: ordered.body }),
    KEY,
  )
