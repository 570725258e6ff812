// What debtors handed in online: queries of the list and of one, and the calls behind both acts.

import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { get, post, queryOf, type Reply } from '../../kit/api/client.ts'
import { asPicture } from '../../kit/upload/opened-files.ts'

export type Intake = Reply<'/api/v1/intakes/{id}', 'get'>

export interface IntakeFilter extends Record<string, string> {
  state: string
  kind: string
}

const KEY = ['intakes'] as const

export function useIntakes(params: ComputedRef<{ filter: IntakeFilter; limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, 'list', params],
    queryFn: ({ signal }) => get('/api/v1/intakes', { query: queryOf<'/api/v1/intakes'>(params.value), signal }),
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

/** A photo that came with it. */
export async function openFile(id: string, { id: fileId, kind }: Intake['files'][number]): Promise<Blob> {
  return asPicture(await get('/api/v1/intakes/{id}/files/{fileId}', { params: { id, fileId } }), kind)
}
