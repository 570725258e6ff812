// Calling units to account: queries of proposals, circulars, interviews, consequences, joint circulars and meetings, and what they share.

import { keepPreviousData, useQuery, type UseQueryReturnType } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { get, queryOf, type Reply } from '../../kit/api/client.ts'
import type { TimelineEntry } from '../../kit/detail/timeline.ts'
import { hasWord, t } from '../../kit/words.ts'
import { personText } from '../parts/people.ts'

export type Proposal = Reply<'/api/v1/accountability/proposals/{id}', 'get'>
export type Circular = Reply<'/api/v1/circulars/{id}', 'get'>
export type Interview = Reply<'/api/v1/interviews/{id}', 'get'>
export type Consequence = Reply<'/api/v1/consequences/{id}', 'get'>
export type Joint = Reply<'/api/v1/joint-circulars/{id}', 'get'>
export type Meeting = Reply<'/api/v1/meetings/{id}', 'get'>

export const KEY = ['accountability'] as const
type Params = ComputedRef<{ filter: Record<string, string>; limit: number; offset: number }>
/** A page of a list, whatever its rows are. */
export interface Page<Row> {
  items: Row[]
  total: number
}
type Asking = { query: Record<string, unknown>; signal: AbortSignal }

function useList<Row>(name: string, params: Params, ask: (asking: Asking) => Promise<Page<Row>>): UseQueryReturnType<Page<Row>, Error> {
  return useQuery({
    queryKey: [...KEY, name, params],
    queryFn: ({ signal }) => ask({ query: queryOf(params.value) as Record<string, unknown>, signal }),
    placeholderData: keepPreviousData,
  })
}

export const useProposals = (params: Params) => useList('proposals', params, (asking) => get('/api/v1/accountability/proposals', asking))
export const useCirculars = (params: Params) => useList('circulars', params, (asking) => get('/api/v1/circulars', asking))
export const useInterviews = (params: Params) => useList('interviews', params, (asking) => get('/api/v1/interviews', asking))
export const useConsequences = (params: Params) => useList('consequences', params, (asking) => get('/api/v1/consequences', asking))
export const useJoints = (params: Params) => useList('joints', params, (asking) => get('/api/v1/joint-circulars', asking))
export const useMeetings = (params: Params) => useList('meetings', params, (asking) => get('/api/v1/meetings', asking))

function useOne<Row>(name: string, id: string, ask: (asking: { params: { id: string }; signal: AbortSignal }) => Promise<Row>) {
  return useQuery({ queryKey: [...KEY, name, 'one', id], queryFn: ({ signal }) => ask({ params: { id }, signal }) })
}

export const useProposal = (id: string) =>
  useOne('proposals', id, (asking) => get('/api/v1/accountability/proposals/{id}', { ...asking, query: { limit: 200 } }))
export const useCircular = (id: string) => useOne('circulars', id, (asking) => get('/api/v1/circulars/{id}', asking))
export const useInterview = (id: string) => useOne('interviews', id, (asking) => get('/api/v1/interviews/{id}', asking))
export const useConsequence = (id: string) => useOne('consequences', id, (asking) => get('/api/v1/consequences/{id}', asking))
export const useJoint = (id: string) => useOne('joints', id, (asking) => get('/api/v1/joint-circulars/{id}', asking))
export const useMeeting = (id: string) => useOne('meetings', id, (asking) => get('/api/v1/meetings/{id}', asking))

/** Sends an act; whatever it was, all of accountability is read anew: one act changes proposals, circulars and consequences together. */
export const useSending = () => useAct((call: () => Promise<unknown>) => call(), KEY)
export type Sending = ReturnType<typeof useSending>['mutateAsync']

type Steps = Proposal['audit']

/** The history as a timeline: to which state each step led, by whom. @param words the file of the states. */
export function timelineOf(steps: Steps, words: string): TimelineEntry[] {
  return steps.map(({ n, at, actor, name, act, detail }) => {
    const { from = '', to = '' } = JSON.parse(detail) as { from?: string; to?: string }
    const key = `words.${words}.state.${to}`
    const title = from === to ? t('accountability.changed') : hasWord(key) ? t(key) : act
    return { key: String(n), at, title, who: personText(actor, name) }
  })
}

/** The name of an account, as the history knows it. */
export function whoIs(steps: Steps, actor: string | null): string | null {
  if (actor === null) return null
  return personText(actor, steps.find((step) => step.actor === actor)?.name ?? null)
}
