// What debtors handed in online: queries of the list and of one, and the calls behind both acts.

import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { get, post, type Reply } from '../../kit/api/client.ts'
import type { Paths } from '../../kit/api/types.gen.ts'

export type Intake = Reply<'/api/v1/intakes/{id}', 'get'>

export interface IntakeFilter extends Record<string, string> {
  state: string
  kind: string
}
export const STATES: readonly Intake['state'][] = ['waiting', 'registered', 'declined']
export const KINDS: readonly Intake['kind'][] = ['objection', 'repair', 'payment']

const KEY = ['intakes'] as const
type Query = Paths['/api/v1/intakes']['get']['query']
const orNothing = (value: string): string | undefined => (value === '' ? undefined : value)

export function useIntakes(params: ComputedRef<{ filter: IntakeFilter; limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, 'list', params],
    queryFn: ({ signal }) => {
      const { filter, limit, offset } = params.value
      const query: Query = {
        state: orNothing(filter.state) as Query['state'],
        kind: orNothing(filter.kind) as Query['kind'],
        limit,
        offset,
      }
      return get('/api/v1/intakes', { query, signal })
    },
    placeholderData: keepPreviousData,
  })
}

export function useIntake(id: string) {
  return useQuery({
    queryKey: [...KEY, 'one', id],
    queryFn: ({ signal }) => get('/api/v1/intakes/{id}', { params: { id }, signal }),
  })
}

export const useRegister = () =>
  useAct(
    ({ id, ...body }: { id: string; unitId?: string | undefined; metOn?: string | undefined }) =>
      post('/api/v1/intakes/{id}/register', { params: { id }, body }),
    KEY,
  )
export const useDecline = () =>
  useAct(
    ({ id, reason }: { id: string; reason: string }) => post('/api/v1/intakes/{id}/decline', { params: { id }, body: { reason } }),
    KEY,
  )

/** A file that came with it; it is opened inside the page and has no address of its own. */
export const openFile = (id: string, fileId: string) => get('/api/v1/intakes/{id}/files/{fileId}', { params: { id, fileId } })
