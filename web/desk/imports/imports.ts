// Imports: the list, one import that is watched while it runs, uploading, checking again, committing and discarding.

import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { get, post, type Reply } from '../../kit/api/client.ts'
import { upload } from '../../kit/api/upload.ts'

export type Import = Reply<'/api/v1/imports/{id}', 'get'>
export type Mode = Import['mode']
export type State = Import['state']

export const MODES: readonly Mode[] = ['draft', 'takeover', 'snapshot', 'delta']
export const HIGHER_COURTS = ['supreme_court', 'provincial_high_court', 'prefecture_court']

export const isOfHigherCourt = (mode: Mode): boolean => mode === 'snapshot' || mode === 'delta'
export const takesEffect = (mode: Mode): boolean => mode !== 'draft'
/** The server is at work on it. */
export const isRunning = ({ state }: Pick<Import, 'state'>): boolean => state === 'checking' || state === 'committing'

export const FILTER = { state: '', mode: '', from: '', until: '', mine: '' }
export type Filter = typeof FILTER

const KEY = ['imports'] as const
/** Committing changes listings too. */
const KEYS = [KEY, ['listings']] as const
const LOOK_EVERY = 2_000
const LIST_LOOK_EVERY = 5_000

export function useImports(params: ComputedRef<{ filter: Filter; limit: number; offset: number }>) {
  let asked = ''
  return useQuery({
    queryKey: [...KEY, 'list', params],
    queryFn: ({ signal }) => {
      const { filter, limit, offset } = params.value
      // The same question again is a look by timer; it does not keep the session open.
      const passive = asked === JSON.stringify(params.value)
      asked = JSON.stringify(params.value)
      const { state, mode, from, until, mine } = filter
      const query = {
        ...(state === '' ? {} : { state: state as State }),
        ...(mode === '' ? {} : { mode: mode as Mode }),
        ...(from === '' ? {} : { from }),
        ...(until === '' ? {} : { until }),
        ...(mine === '' ? {} : { mine: 'yes' as const }),
        limit,
        offset,
      }
      return get('/api/v1/imports', { query, passive, signal })
    },
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) => (data?.items.some(isRunning) === true ? LIST_LOOK_EVERY : false),
  })
}

/** One import, read again every two seconds as long as the server is at work on it. */
export function useImport(id: string) {
  let passive = false
  return useQuery({
    queryKey: [...KEY, 'one', id],
    queryFn: ({ signal }) => {
      const looked = passive
      passive = true
      return get('/api/v1/imports/{id}', { params: { id }, passive: looked, signal })
    },
    refetchInterval: ({ state: { data } }) => (data !== undefined && isRunning(data) ? LOOK_EVERY : false),
  })
}

const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  txt: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}

/** Whether a file's name is that of a list; the browser's own type of a file depends on what else is installed. */
export const typeOf = (fileName: string): string | undefined => TYPES[/\.(\w+)$/.exec(fileName)?.[1]?.toLowerCase() ?? '']

export interface UploadChoice {
  mode: Mode
  source: string
}

/** Sends a list; the server checks it and enters nothing. */
export const useUpload = () =>
  useAct(
    ({
      file,
      choice,
      onProgress,
      signal,
    }: {
      file: File
      choice: UploadChoice
      onProgress: (done: number) => void
      signal: AbortSignal
    }) => {
      const query = { mode: choice.mode, fileName: file.name, ...(isOfHigherCourt(choice.mode) ? { source: choice.source } : {}) }
      return upload<Import>('/api/v1/imports', file.slice(0, file.size, typeOf(file.name)), { query, onProgress, signal })
    },
    ...KEYS,
  )

export const useCheckAgain = () => useAct((id: string) => post('/api/v1/imports/{id}/check', { params: { id } }), ...KEYS)

/** Throws a checked file away, with all that was read from it. */
export const useDiscard = () => useAct((id: string) => post('/api/v1/imports/{id}/discard', { params: { id } }), ...KEYS)

/**
 * Takes the good rows over. For a list that takes effect with what stands for the counts that were on the screen; of a draft list
 * with the rows about people who left the list that are drafted all the same.
 */
export const useCommit = () =>
  useAct(
    ({ id, preview, left }: Pick<Import, 'id' | 'preview'> & { left: readonly number[] }) =>
      post('/api/v1/imports/{id}/commit', {
        params: { id },
        body: { ...(preview === null ? {} : { confirmation: preview.confirmation }), ...(left.length === 0 ? {} : { left: [...left] }) },
      }),
    ...KEYS,
  )
