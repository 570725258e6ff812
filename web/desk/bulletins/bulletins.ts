// Bulletins: the list, one with its entries and how far it has spread, and what one would do before it is issued.

import { NOTICES_LIST_STATE } from '../../kit/api/choices.gen.ts'
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { get, post, type Reply } from '../../kit/api/client.ts'
import type { Paths } from '../../kit/api/types.gen.ts'

export type Bulletin = Reply<'/api/v1/bulletins', 'get'>['items'][number]
export type Spread = Reply<'/api/v1/bulletins/{id}', 'get'>['spread']
type PreviewBody = Paths['/api/v1/bulletins/preview']['post']['body']
export type Preview = Reply<'/api/v1/bulletins/preview', 'post'>
type Ground = (PreviewBody & { act: 'shield' })['ground']

export const KINDS: readonly Bulletin['kind'][] = ['publish', 'shield', 'revoke', 'correct', 'suspend', 'resume', 'takeover']

export const FILTER = { kind: '', source: '', number: '', from: '', until: '', unreached: '' }

/** Rows of one printed document and of one poster; a longer bulletin is printed in parts. */
export const DOCUMENT_ROWS = 500
export const POSTER_ROWS = 400

/** Milliseconds between two looks while a bulletin spreads. */
const EVERY = 5_000
const KEY = ['bulletins'] as const

export function useBulletins(params: ComputedRef<{ filter: typeof FILTER; limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, 'list', params],
    queryFn: ({ signal }) => {
      const { filter, limit, offset } = params.value
      const { kind, unreached, ...rest } = filter
      const query = {
        ...rest,
        ...(kind === '' ? {} : { kind: kind as Bulletin['kind'] }),
        ...(unreached === 'yes' ? { unreached: 'yes' as const } : {}),
      }
      return get('/api/v1/bulletins', { query: { ...query, limit, offset }, signal })
    },
    placeholderData: keepPreviousData,
  })
}

/** Whether messages of a bulletin are still on their way; those that a provider took wait for a receipt that may never come. */
export function isSpreading({ broadcasts, notices }: Spread): boolean {
  return broadcasts.some(({ done }) => !done) || notices.some(({ state }) => state === 'open')
}

/** One bulletin with a page of its entries; looked at again by itself while it spreads. */
export function useBulletin(id: string, params: ComputedRef<{ limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, id, params],
    queryFn: ({ signal }) => {
      const { limit, offset } = params.value
      return get('/api/v1/bulletins/{id}', { params: { id }, query: { limit, offset }, passive: true, signal })
    },
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data !== undefined && isSpreading(query.state.data.spread) ? EVERY : false),
  })
}

/** How many notices each audience has in each state, in the order of the states. */
export function spreadRows({ notices }: Spread): { audience: Spread['notices'][number]['audience']; counts: number[]; total: number }[] {
  const audiences = [...new Set(notices.map(({ audience }) => audience))]
  return audiences.map((audience) => {
    const own = notices.filter((each) => each.audience === audience)
    const counts = NOTICES_LIST_STATE.map((state) => own.find((each) => each.state === state)?.count ?? 0)
    return { audience, counts, total: counts.reduce((sum, count) => sum + count, 0) }
  })
}

/** The acts that a bulletin announces at once. */
export type Announced = PreviewBody['act']

/** Listings by their ids, or all that match. */
export type PreviewedListings = { ids: string[] } | { matching: NonNullable<PreviewBody['matching']> }

/** What announcing these listings would do; nothing is changed. A shielding needs its ground first. */
export function usePreview(given: ComputedRef<{ act: Announced; chosen: PreviewedListings; ground: string }>) {
  return useQuery({
    queryKey: [...KEY, 'preview', given],
    queryFn: ({ signal }) => {
      const { act, chosen, ground } = given.value
      const body: PreviewBody = act === 'shield' ? { act, ...chosen, ground: ground as Ground } : { act, ...chosen }
      return post('/api/v1/bulletins/preview', { body, signal })
    },
    enabled: () => given.value.act !== 'shield' || given.value.ground !== '',
  })
}
