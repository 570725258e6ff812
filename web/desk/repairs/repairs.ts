// Applications for credit repair: queries of the list and of one, and the calls behind every act.

import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { get, post, queryOf, type Reply } from '../../kit/api/client.ts'
import type { Paths } from '../../kit/api/types.gen.ts'

export type Repair = Reply<'/api/v1/repairs/{id}', 'get'>

export interface RepairFilter extends Record<string, string> {
  state: string
  number: string
}

const KEY = ['repairs'] as const

export function useRepairs(params: ComputedRef<{ filter: RepairFilter; limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, 'list', params],
    queryFn: ({ signal }) => get('/api/v1/repairs', { query: queryOf<'/api/v1/repairs'>(params.value), signal }),
    placeholderData: keepPreviousData,
  })
}

export function useRepair(id: string) {
  return useQuery({ queryKey: [...KEY, 'one', id], queryFn: ({ signal }) => get('/api/v1/repairs/{id}', { params: { id }, signal }) })
}

export const useApply = () => useAct((body: Paths['/api/v1/repairs']['post']['body']) => post('/api/v1/repairs', { body }), KEY)

/** The decided repairs of some days, as the file that is handed over. */
export const exportRepairs = (from: string, to: string) => post('/api/v1/repairs/export.csv', { body: { from, to } })

type Acts = 'consult' | 'answer' | 'approve' | 'refuse' | 'withdraw'
/** An act with what it is given. */
export type Ordered = { [A in Acts]: { act: A; body: Paths[`/api/v1/repairs/{id}/${A}`]['post']['body'] } }[Acts]

export const useRepairAct = (id: string) =>
  useAct(
    ({ act, body }: Ordered) =>
      post(`/api/v1/repairs/{id}/${act}` as '/api/v1/repairs/{id}/withdraw', { params: { id }, body: body as { reason: string } }),
    KEY,
  )
