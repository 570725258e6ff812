// Objections: queries of the list and of one, and the calls behind every act.

import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { get, post, queryOf, type Reply } from '../../kit/api/client.ts'
import type { Paths } from '../../kit/api/types.gen.ts'

export type Objection = Reply<'/api/v1/objections/{id}', 'get'>
export type Registration = Paths['/api/v1/objections']['post']['body']

export interface ObjectionFilter extends Record<string, string> {
  state: string
  about: string
  number: string
}

const KEY = ['objections'] as const

export function useObjections(params: ComputedRef<{ filter: ObjectionFilter; limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, 'list', params],
    queryFn: ({ signal }) => get('/api/v1/objections', { query: queryOf<'/api/v1/objections'>(params.value), signal }),
    placeholderData: keepPreviousData,
  })
}

export function useObjection(id: string) {
  return useQuery({ queryKey: [...KEY, 'one', id], queryFn: ({ signal }) => get('/api/v1/objections/{id}', { params: { id }, signal }) })
}

export const useRegister = () => useAct((body: Registration) => post('/api/v1/objections', { body }), KEY, ['listings'])

type Acts = 'review' | 'suspend' | 'withdraw' | 'uphold' | 'reject' | 'carry-out' | 'service' | 'ask-reconsideration' | 'reconsider'
/** An act with what it is given. */
export type Ordered = { [A in Acts]: { act: A; body: Paths[`/api/v1/objections/{id}/${A}`]['post']['body'] } }[Acts]

/** One act on one objection; what it may have changed of its listing is read anew as well. */
export const useObjectionAct = (id: string) =>
  useAct(
    ({ act, body }: Ordered) => post(`/api/v1/objections/{id}/${act}` as '/api/v1/objections/{id}/review', { params: { id }, body }),
    KEY,
    ['listings'],
  )
