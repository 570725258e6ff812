// Lift orders: what each unit must lift after a bulletin, what it answered, and measures that it wants to keep.

import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { get, post, type Reply } from '../../kit/api/client.ts'
import type { Paths } from '../../kit/api/types.gen.ts'

export type Order = Reply<'/api/v1/lift-orders', 'get'>['items'][number]
export type OrderDetail = Reply<'/api/v1/lift-orders/{id}', 'get'>
export type Entry = OrderDetail['entries'][number]
export type Matrix = Reply<'/api/v1/bulletins/{id}/lifts', 'get'>
export type Retention = Reply<'/api/v1/lift-retentions', 'get'>['items'][number]
export type Report = Paths['/api/v1/bulletins/{id}/lift-reports']['post']['body']
export type ReportPortion = Report['orders'][number][]
export type Reported = Reply<'/api/v1/bulletins/{id}/lift-reports', 'post'>['orders'][number]
export type Answer = Paths['/api/v1/lift-orders/{id}/answer']['post']['body']

export const FILTER = { state: '', reached: '', bulletinId: '' }
const KEY = ['lifts'] as const

const oneOf = <Value extends string>(values: readonly Value[], value: string): Value | undefined => values.find((each) => each === value)

export function useOrders(params: ComputedRef<{ filter: typeof FILTER; limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, 'orders', params],
    queryFn: ({ signal }) => {
      const { filter, limit, offset } = params.value
      const state = oneOf(['open', 'answered'] as const, filter.state)
      const reached = oneOf(['yes', 'no'] as const, filter.reached)
      const query = {
        ...(state === undefined ? {} : { state }),
        ...(reached === undefined ? {} : { reached }),
        ...(filter.bulletinId === '' ? {} : { bulletinId: filter.bulletinId }),
      }
      return get('/api/v1/lift-orders', { query: { ...query, limit, offset }, signal })
    },
    placeholderData: keepPreviousData,
  })
}

export function useOrder(id: string, params: ComputedRef<{ limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, 'order', id, params],
    queryFn: ({ signal }) => {
      const { limit, offset } = params.value
      return get('/api/v1/lift-orders/{id}', { params: { id }, query: { limit, offset }, signal })
    },
    placeholderData: keepPreviousData,
  })
}

/** Which unit has lifted which entry of a bulletin. */
export function useMatrix(id: string, params: ComputedRef<{ limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, 'matrix', id, params],
    queryFn: ({ signal }) => {
      const { limit, offset } = params.value
      return get('/api/v1/bulletins/{id}/lifts', { params: { id }, query: { limit, offset }, signal })
    },
    placeholderData: keepPreviousData,
  })
}

/** Cells of a bulletin, of all pages, at most: more are reported in several acts. */
export const MOST_CELLS = 5000

/** The whole matrix, whatever page of it is shown. */
export async function wholeMatrix(id: string): Promise<Matrix> {
  const whole = await get('/api/v1/bulletins/{id}/lifts', { params: { id }, query: { limit: 200, offset: 0 } })
  while (whole.entries.length < whole.total) {
    const next = await get('/api/v1/bulletins/{id}/lifts', { params: { id }, query: { limit: 200, offset: whole.entries.length } })
    if (next.entries.length === 0) break
    whole.entries.push(...next.entries)
    for (const unit of whole.units) unit.cells.push(...(next.units.find(({ orderId }) => orderId === unit.orderId)?.cells ?? []))
  }
  return whole
}

export function useRetentions(params: ComputedRef<{ filter: { review: string }; limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, 'retentions', params],
    queryFn: ({ signal }) => {
      const { filter, limit, offset } = params.value
      const review = oneOf(['pending', 'proposed'] as const, filter.review)
      return get('/api/v1/lift-retentions', { query: { ...(review === undefined ? {} : { review }), limit, offset }, signal })
    },
    placeholderData: keepPreviousData,
  })
}

export const useTold = (id: string) =>
  useAct((body: { toldOn: string; manner: string }) => post('/api/v1/lift-orders/{id}/told', { params: { id }, body }), KEY)
export const useAnswer = (id: string) => useAct((body: Answer) => post('/api/v1/lift-orders/{id}/answer', { params: { id }, body }), KEY)
export const useReport = (id: string) =>
  useAct((body: Report) => post('/api/v1/bulletins/{id}/lift-reports', { params: { id }, body }), KEY)
export const useAccept = () => useAct((id: string) => post('/api/v1/lift-retentions/{id}/accept', { params: { id } }), KEY)
export const useProposeRefusal = () =>
  useAct(
    ({ id, reason }: { id: string; reason: string }) =>
      post('/api/v1/lift-retentions/{id}/propose-refusal', { params: { id }, body: { reason } }),
    KEY,
  )
export const useDecideRefusal = () =>
  useAct(
    ({ id, refuse }: { id: string; refuse: boolean }) =>
      post('/api/v1/lift-retentions/{id}/decide-refusal', { params: { id }, body: { refuse } }),
    KEY,
  )
