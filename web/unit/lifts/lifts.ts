// Lift orders of the unit: the queries, and the answer to one order.

import type { LIFTS_ANSWER_BASIS_CODE } from '../../kit/api/choices.gen.ts'
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { get, post, queryOf, type Reply } from '../../kit/api/client.ts'

export type LiftOrder = Reply<'/api/v1/lift-orders', 'get'>['items'][number]
export type LiftEntry = Reply<'/api/v1/lift-orders/{id}', 'get'>['entries'][number]
export type Basis = (typeof LIFTS_ANSWER_BASIS_CODE)[number]

const KEY = ['lift-orders'] as const

export function useLiftOrders(params: ComputedRef<{ filter: { state: string }; limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, params],
    queryFn: ({ signal }) => get('/api/v1/lift-orders', { query: queryOf<'/api/v1/lift-orders'>(params.value), signal }),
    placeholderData: keepPreviousData,
  })
}

export function useLiftOrder(id: string, params: ComputedRef<{ limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, id, params],
    queryFn: ({ signal }) =>
      get('/api/v1/lift-orders/{id}', { params: { id }, query: { limit: params.value.limit, offset: params.value.offset }, signal }),
    placeholderData: keepPreviousData,
  })
}

export interface Kept {
  listingId: string
  basisCode: string
  basis: string
  until: string
}

/** Says what was lifted (`rest`: all that is still open), or what is kept, by which provision and until when. */
export const useAnswerLift = () =>
  useAct(({ id, lifted, retained }: { id: string; lifted?: 'rest' | string[]; retained?: Kept[] }) => {
    const kept = retained?.map(({ listingId, basisCode, basis, until }) => ({
      listingId,
      until,
      ...(basisCode === '' ? {} : { basisCode: basisCode as Basis }),
      ...(basis.trim() === '' ? {} : { basis: basis.trim() }),
    }))
    const body = { ...(lifted === undefined ? {} : { lifted }), ...(kept === undefined ? {} : { retained: kept }) }
    return post('/api/v1/lift-orders/{id}/answer', { params: { id }, body })
  }, KEY)
