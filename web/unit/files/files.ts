// Sheets with many applicants: what may be handed in, how far each is, and what can be done with it.

import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { del, get, post, type Reply } from '../../kit/api/client.ts'
import { save } from '../../kit/api/download.ts'
import { upload } from '../../kit/api/upload.ts'

export type SheetList = Reply<'/api/v1/screening/files', 'get'>
export type SheetFile = SheetList['items'][number]
export type Received = Reply<'/api/v1/screening/files', 'post'>

const KEY = ['screening-files'] as const
const AGAIN_AFTER = 2_000
const isMoving = (state: SheetFile['state'] | undefined): boolean => state === 'checking' || state === 'running'

export function useSheets(params: ComputedRef<{ limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, params],
    queryFn: ({ signal }) => get('/api/v1/screening/files', { query: { limit: params.value.limit, offset: params.value.offset }, signal }),
    placeholderData: keepPreviousData,
  })
}

/** One sheet, asked for again while the server is at work, without prolonging the session. */
export function useSheet(id: string) {
  return useQuery({
    queryKey: [...KEY, id],
    queryFn: ({ signal }) => get('/api/v1/screening/files/{id}', { params: { id }, passive: true, signal }),
    refetchInterval: ({ state }) => (isMoving(state.data?.state) ? AGAIN_AFTER : false),
  })
}

export interface Sending {
  file: File
  measureId: string
  business: string
  again: boolean
  onProgress: (done: number) => void
  signal: AbortSignal
}

export const useSendSheet = () =>
  useAct(({ file, measureId, business, again, onProgress, signal }: Sending) => {
    const about = { ...(measureId === '' ? {} : { measureId }), ...(business === '' ? {} : { business }) }
    const query = { fileName: file.name, again: again ? 'yes' : 'no', ...about }
    return upload<Received>('/api/v1/screening/files', file, { query, onProgress, signal })
  }, KEY)

export const useStart = () => useAct((id: string) => post('/api/v1/screening/files/{id}/start', { params: { id } }), KEY, ['screenings'])
export const useRemove = () => useAct((id: string) => del('/api/v1/screening/files/{id}', { params: { id } }), KEY)

/** Brings the annotated sheet; by a call, because a link could not say which session is meant. */
export async function saveResult({ id }: Pick<SheetFile, 'id'>, fileName: string): Promise<void> {
  save(await get('/api/v1/screening/files/{id}/result', { params: { id } }), fileName)
}
