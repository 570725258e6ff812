// Creditors' matters: queries of the list and of one, the entries of its case, and the calls behind every act.

import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { get, post, queryOf, type Reply } from '../../kit/api/client.ts'
import type { Paths } from '../../kit/api/types.gen.ts'
import { can } from '../../kit/session/session.ts'

export type Matter = Reply<'/api/v1/creditor-matters/{id}', 'get'>
export type Entry = Reply<'/api/v1/listings/search', 'post'>['items'][number]

export const FILTER = { state: '', kind: '', number: '', mine: '' }
const KEY = ['creditors'] as const

export function useMatters(params: ComputedRef<{ filter: typeof FILTER; limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, 'list', params],
    queryFn: ({ signal }) => get('/api/v1/creditor-matters', { query: queryOf<'/api/v1/creditor-matters'>(params.value), signal }),
    placeholderData: keepPreviousData,
  })
}

export function useMatter(id: string) {
  return useQuery({
    queryKey: [...KEY, 'one', id],
    queryFn: ({ signal }) => get('/api/v1/creditor-matters/{id}', { params: { id }, signal }),
  })
}

/** The entries of a matter's case, whatever their state. @param caseNo empty: not asked for yet. */
export function useEntries(caseNo: ComputedRef<string>) {
  return useQuery({
    queryKey: ['listings', 'case', caseNo],
    queryFn: ({ signal }) => post('/api/v1/listings/search', { body: { text: caseNo.value, limit: 50 }, signal }),
    enabled: computed(() => caseNo.value !== '' && can('listing.read')),
  })
}

export type Visit = Paths['/api/v1/creditor-matters']['post']['body']
export const useRegister = () => useAct((body: Visit) => post('/api/v1/creditor-matters', { body }), KEY)

type Acts = 'confirm' | 'decline' | 'draft' | 'review' | 'decide' | 'send-back' | 'answer' | 'withdraw'
/** An act with what it is given. */
export type Ordered = { [A in Acts]: { act: A; body: Paths[`/api/v1/creditor-matters/{id}/${A}`]['post']['body'] } }[Acts]

/** One act on one matter; the entry that it leads to is read anew as well. */
export const useMatterAct = (id: string) =>
  useAct(
    ({ act, body }: Ordered) =>
      post(`/api/v1/creditor-matters/{id}/${act}` as '/api/v1/creditor-matters/{id}/decide', { params: { id }, body }),
    KEY,
    ['listings'],
  )

/** The draft of an entry from a matter; answers the entry's id. */
export const useDraftEntry = (id: string) =>
  useAct(
    (body: Paths['/api/v1/creditor-matters/{id}/draft']['post']['body']) =>
      post('/api/v1/creditor-matters/{id}/draft', { params: { id }, body }),
    KEY,
    ['listings'],
  )
