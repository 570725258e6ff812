// Notices and whether they were served, and deliveries that wait for a person.

import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { get, post, queryOf, type Reply } from '../../kit/api/client.ts'

export type Notice = Reply<'/api/v1/notices', 'get'>['items'][number]
export type NoticeState = Notice['state']
export type NoticeDetail = Reply<'/api/v1/notices/{id}', 'get'>
export type Delivery = NoticeDetail['deliveries'][number]
/** `id`: that of its delivery. */
export type Duty = Reply<'/api/v1/duties', 'get'>['items'][number] & { id: string }
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

/** The workbook of all that match. */
export function exportNotices(filter: NoticeFilter): Promise<Blob> {
  const asked = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ''))
  return post('/api/v1/notices/export.xlsx', { body: asked })
}

/** One notice; looked at again by itself while it is under way. */
export function useNotice(id: string) {
  return useQuery({
    queryKey: [...KEY, id],
    queryFn: ({ signal }) => get('/api/v1/notices/{id}', { params: { id }, passive: true, signal }),
    refetchInterval: (query) => (query.state.data?.verdict === 'under_way' ? EVERY : false),
  })
}

export interface DutyFilter extends Record<string, string> {
  kind: string
  printed: string
}

interface DutyPage {
  filter: DutyFilter
  limit: number
  offset: number
}

async function dutiesOf(page: DutyPage, signal?: AbortSignal): Promise<{ items: Duty[]; total: number }> {
  const query = queryOf<'/api/v1/duties'>(page)
  const { items, total } = await get('/api/v1/duties', signal === undefined ? { query } : { query, signal })
  return { items: items.map((item) => ({ ...item, id: item.deliveryId })), total }
}

export function useDuties(params: ComputedRef<DutyPage>) {
  return useQuery({
    queryKey: [...KEY, 'duties', params],
    queryFn: ({ signal }) => dutiesOf(params.value, signal),
    placeholderData: keepPreviousData,
  })
}

/** Duties that are printed or settled together, at most. */
export const TOGETHER = 500
const PAGE = 200

/** The oldest of all that match, from every page: exactly what is printed is what is settled afterwards. */
export async function allDuties(filter: DutyFilter): Promise<Duty[]> {
  const all: Duty[] = []
  for (;;) {
    const { items, total } = await dutiesOf({ filter, limit: Math.min(PAGE, TOGETHER - all.length), offset: all.length })
    all.push(...items)
    if (items.length === 0 || all.length >= Math.min(total, TOGETHER)) return all
  }
}

/** Duties of a listing's parties of which a letter can be printed. */
export function useLetters(listingId: string) {
  return useQuery({
    queryKey: [...KEY, 'letters', listingId],
    queryFn: ({ signal }) => dutiesOf({ filter: { kind: 'letter', printed: '', listingId }, limit: 50, offset: 0 }, signal),
  })
}

export const usePrint = () =>
  useAct(
    ({ ids, start }: { ids: string[]; start?: number }) =>
      start === undefined ? post('/api/v1/duties/letters', { body: { ids } }) : post('/api/v1/duties/labels', { body: { ids, start } }),
    KEY,
  )

export const useSettleTogether = () =>
  useAct(
    (body: { ids: string[]; verdict: 'done' | 'impossible'; note: string; on?: string }) => post('/api/v1/duties/settle', { body }),
    KEY,
  )

/** Sends a notice again, unless it has more steps by now than were seen. */
export const useResend = () =>
  useAct(
    ({ id, ...body }: { id: string; reason: string; steps: number }) => post('/api/v1/notices/{id}/resend', { params: { id }, body }),
    KEY,
  )

export interface Settlement {
  deliveryId: string
  verdict: Verdict
  note?: string
  on?: string
}

export const useSettle = () =>
  useAct(({ deliveryId, ...body }: Settlement) => post('/api/v1/duties/{id}', { params: { id: deliveryId }, body }), KEY)
