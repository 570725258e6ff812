// Listings: the search of the list, one listing, and the words of a row. What can be done with them is acts.ts.

import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { get, post, put, type Reply } from '../../kit/api/client.ts'
import type { Paths } from '../../kit/api/types.gen.ts'
import type { Written } from './written.ts'

export type Row = Reply<'/api/v1/listings/search', 'post'>['items'][number]
export type Detail = Reply<'/api/v1/listings/{id}', 'get'>
export type Content = Detail['content']
export type Act = Row['possible'][number]
export type State = Row['state']
type Search = Paths['/api/v1/listings/search']['post']['body']

const UNPUBLISHED: State[] = ['draft', 'pending', 'decided', 'served']
export const GROUNDS = ['1', '2', '3', '4', '5', '6']
export const SOURCES = ['court', 'supreme_court', 'provincial_high_court', 'prefecture_court']
/** Days by which the list can be narrowed. */
export const DAYS = ['decided', 'listed', 'termEnds', 'due'] as const

/** The filter of the list; `text` names people and stays out of the address. */
export const FILTER = {
  text: '',
  state: '',
  ground: '',
  kind: '',
  source: '',
  court: '',
  dated: '',
  from: '',
  until: '',
  only: '',
  importId: '',
  /** `yes`: what the reader drafted and is not published yet. */
  mine: '',
  /** The act on many listings that is watched. */
  batch: '',
}
export type Filter = typeof FILTER

const KEY = ['listings'] as const
/** What an act on listings makes out of date. */
export const KEYS = [KEY, ['listing'], ['imports']] as const

/** The states that are asked for; of one's own drafts those that are not published yet. */
function statesOf({ state, mine }: Filter): Pick<Search, 'states' | 'mine'> {
  const states = state === '' ? UNPUBLISHED : (state.split(',') as State[])
  if (mine !== '') return { states, mine: true }
  return state === '' ? {} : { states }
}

/** The conditions of a filter as the server takes them. */
export function conditionsOf(filter: Filter): Omit<Search, 'sort' | 'limit' | 'offset'> {
  const range = { ...(filter.from === '' ? {} : { from: filter.from }), ...(filter.until === '' ? {} : { until: filter.until }) }
  const day = DAYS.find((each) => each === filter.dated)
  return {
    ...(filter.text.trim() === '' ? {} : { text: filter.text.trim() }),
    ...statesOf(filter),
    ...(filter.ground === '' ? {} : { grounds: filter.ground.split(',').map(Number) }),
    ...(filter.kind === '' ? {} : { kind: filter.kind as Row['kind'] }),
    ...(filter.source === '' ? {} : { source: filter.source }),
    ...(filter.court.trim() === '' ? {} : { court: filter.court.trim() }),
    ...(filter.importId === '' ? {} : { importId: filter.importId }),
    ...(day === undefined ? {} : { [day]: range }),
    ...(filter.only === '' ? {} : { [filter.only]: true }),
  }
}

/** The order as the server takes it; newest first where nothing is said. */
export function sortOf(sort: string): { sort?: NonNullable<Search['sort']> } {
  if (sort === '') return {}
  const by = sort.replace(/^-/, '') as NonNullable<Search['sort']>['by']
  return { sort: { by, direction: sort.startsWith('-') ? 'desc' : 'asc' } }
}

/** The file of all that match. */
export function exportListings(form: 'csv' | 'xlsx', filter: Filter, sort: string): Promise<Blob> {
  return post(`/api/v1/listings/export.${form}`, { body: { ...conditionsOf(filter), ...sortOf(sort) } })
}

/** A page of the list. Names and numbers go in the body. */
export function useSearch(params: ComputedRef<{ filter: Filter; sort: string; limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, params],
    queryFn: ({ signal }) => {
      const { filter, sort, limit, offset } = params.value
      return post('/api/v1/listings/search', { body: { ...conditionsOf(filter), ...sortOf(sort), limit, offset }, signal })
    },
    placeholderData: keepPreviousData,
  })
}

export function useListing(id: string) {
  return useQuery({ queryKey: ['listing', id], queryFn: ({ signal }) => get('/api/v1/listings/{id}', { params: { id }, signal }) })
}

/** The day of the last step of a row, with the key of what it is called. */
export function lastDay(row: Row): { key: string; day: string } | null {
  const days = { exited: row.exitedOn, listed: row.publishedOn, served: row.servedOn, decided: row.decidedOn }
  for (const [key, day] of Object.entries(days)) if (day !== null) return { key, day }
  return null
}

/** The messages of a listing, newest first. */
export function useMessages(id: string) {
  return useQuery({
    queryKey: ['listing', id, 'messages'],
    queryFn: ({ signal }) => get('/api/v1/notices', { query: { listingId: id, limit: 100 }, signal }),
  })
}

/** What happened to a listing, with who and why, and its wordings. */
export type History = Reply<'/api/v1/listings/{id}/history', 'get'>

export function useHistory(id: string) {
  return useQuery({
    queryKey: ['listing', id, 'history'],
    queryFn: ({ signal }) => get('/api/v1/listings/{id}/history', { params: { id }, signal }),
  })
}

export function useClocks(id: string) {
  return useQuery({
    queryKey: ['listing', id, 'clocks'],
    queryFn: ({ signal }) => get('/api/v1/clocks', { query: { subject: `listing:${id}`, limit: 100 }, signal }),
  })
}

/** What was handed in about a listing, with the screen that shows it and its evidence. */
export interface Matter {
  kind: 'objection' | 'repair' | 'intake'
  number: string
  day: string
  path: string
}

/** Objections, repairs and what came in online about a listing, the newest first, as far as the reader may see them. */
export function useMatters(id: string, may: { objections: boolean; repairs: boolean; intakes: boolean }) {
  const asked = { listingId: id, limit: 100 }
  return useQuery({
    queryKey: ['listing', id, 'matters'],
    queryFn: async ({ signal }): Promise<Matter[]> => {
      const none = { items: [] }
      const [objections, repairs, intakes] = await Promise.all([
        may.objections ? get('/api/v1/objections', { query: asked, signal }) : none,
        may.repairs ? get('/api/v1/repairs', { query: asked, signal }) : none,
        may.intakes ? get('/api/v1/intakes', { query: asked, signal }) : none,
      ])
      const matterOf =
        (kind: Matter['kind'], screen: string) =>
        (one: { id: string; number: string; receivedOn: string }): Matter => ({
          kind,
          number: one.number,
          day: one.receivedOn,
          path: `/${screen}/${one.id}`,
        })
      return [
        ...objections.items.map(matterOf('objection', 'objections')),
        ...repairs.items.map(matterOf('repair', 'repairs')),
        ...intakes.items.map(matterOf('intake', 'intakes')),
      ].sort((one, other) => other.day.localeCompare(one.day))
    },
  })
}

/** Rows of one printed document of a bulletin. */
const DOCUMENT_ROWS = 500

/** The document of a bulletin; null where it has several parts. */
export async function fetchDocument(id: string): Promise<Blob | null> {
  const { total } = await get('/api/v1/bulletins/{id}', { params: { id }, query: { limit: 1 } })
  return total > DOCUMENT_ROWS ? null : get('/api/v1/bulletins/{id}/document', { params: { id }, query: { part: 1 } })
}

export const useDraft = () => useAct((content: Written) => post('/api/v1/listings', { body: { content } }), ...KEYS)
export const useEdit = () =>
  useAct(
    ({ id, version, content }: { id: string; version: number; content: Written }) =>
      put('/api/v1/listings/{id}', { params: { id }, body: { version, content } }),
    ...KEYS,
  )
export const useProposeCorrection = () =>
  useAct(
    ({ id, version, patch, reason }: { id: string; version: number; patch: Written; reason: string }) =>
      post('/api/v1/listing-proposals', { body: { items: [{ id, version }], terms: { act: 'correct', patch, reason } } }),
    ...KEYS,
  )
