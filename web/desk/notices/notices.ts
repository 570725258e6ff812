// Notices and whether they were served, and deliveries that wait for a person.

import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { get, post, queryOf, type Reply } from '../../kit/api/client.ts'

export type Notice = Reply<'/api/v1/notices', 'get'>['items'][number]
export type NoticeState = Notice['state']
export type NoticeDetail = Reply<'/api/v1/notices/{id}', 'get'>
export type Delivery = NoticeDetail['deliveries'][number]
export type Duty = Reply<'/api/v1/duties', 'get'>['items'][number]
export type Verdict = Duty['possible'][number]

/** Who is told, in the order of the filter. */
export const AUDIENCES = [
  'debtor',
  'applicant',
  'unit',
  'employer',
  'superior',
  'source',
  'body',
  'media',
  'public',
  'court',
  'complainant',
  'talker',
] as const
export type Audience = (typeof AUDIENCES)[number]

const KEY = ['notices'] as const
/** Milliseconds between two looks at a notice that is still under way. */
const EVERY = 10_000

export interface NoticeFilter extends Record<string, string> {
  state: string
  audience: string
  from: string
  until: string
  listingId: string
  bulletinId: string
}

export function useNotices(params: ComputedRef<{ filter: NoticeFilter; limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, 'list', params],
    queryFn: ({ signal }) => get('/api/v1/notices', { query: queryOf<'/api/v1/notices'>(params.value), signal }),
    placeholderData: keepPreviousData,
  })
}

/** One notice; looked at again by itself while it is under way. */
export function useNotice(id: string) {
  return useQuery({
    queryKey: [...KEY, id],
    queryFn: ({ signal }) => get('/api/v1/notices/{id}', { params: { id }, passive: true, signal }),
    refetchInterval: (query) => (query.state.data?.verdict === 'under_way' ? EVERY : false),
  })
}

export function useDuties(params: ComputedRef<{ limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, 'duties', params],
    queryFn: ({ signal }) => get('/api/v1/duties', { query: { limit: params.value.limit, offset: params.value.offset }, signal }),
    placeholderData: keepPreviousData,
  })
}

export interface Settlement {
  deliveryId: string
  verdict: Verdict
  note?: string
  on?: string
}

export const useSettle = () =>
  useAct(({ deliveryId, ...body }: Settlement) => post('/api/v1/duties/{id}', { params: { id: deliveryId }, body }), KEY)
