// The quarterly list: queries of its editions and of one, and the calls behind every act.

import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { get, post, queryOf, type Reply } from '../../kit/api/client.ts'
import { fileAddress } from '../../kit/api/download.ts'
import type { Paths } from '../../kit/api/types.gen.ts'
import { today } from '../../kit/dates.ts'
import { t } from '../../kit/words.ts'

export type Push = Reply<'/api/v1/pushes/{id}', 'get'>
export type FileKind = Push['files'][number]['kind']

export const FILTER = { state: '', quarter: '' }
const KEY = ['pushes'] as const

/** A quarter such as `2026Q3` in words. */
export function quarterText(quarter: string): string {
  const [, year = '', n = ''] = /^(\d{4})Q([1-4])$/.exec(quarter) ?? []
  return year === '' ? quarter : t(`words.feedbacks.quarter.${n}`, { year })
}

/** How many quarters a choice offers: three years. */
const QUARTERS = 12

/** The latest quarters that are over, newest first. */
export function quartersOver(): string[] {
  const [year = 0, month = 1] = today().split('-').map(Number)
  const before = year * 4 + Math.floor((month - 1) / 3) - 1
  return Array.from({ length: QUARTERS }, (_, back) => before - back).map((n) => `${Math.floor(n / 4)}Q${(n % 4) + 1}`)
}

/** The address of one file of an edition. */
export const fileOf = (id: string, kind: FileKind): string => fileAddress(`/api/v1/pushes/{id}/${kind.replace('_', '-')}`, { id })

export function usePushes(params: ComputedRef<{ filter: typeof FILTER; limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, 'list', params],
    queryFn: ({ signal }) => get('/api/v1/pushes', { query: queryOf<'/api/v1/pushes'>(params.value), signal }),
    placeholderData: keepPreviousData,
  })
}

export function usePush(id: ComputedRef<string>) {
  return useQuery({
    queryKey: [...KEY, 'one', id],
    queryFn: ({ signal }) => get('/api/v1/pushes/{id}', { params: { id: id.value }, signal }),
  })
}

export const usePrepare = () => useAct((body: Paths['/api/v1/pushes']['post']['body']) => post('/api/v1/pushes', { body }), KEY)
export const useRelease = () => useAct((id: string) => post('/api/v1/pushes/{id}/release', { params: { id } }), KEY)
export const useSendLink = () =>
  useAct(({ id, unitId }: { id: string; unitId: string }) => post('/api/v1/pushes/{id}/link', { params: { id }, body: { unitId } }), KEY)

type HandOver = Paths['/api/v1/pushes/{id}/hand-over']['post']['body']
export const useHandOver = () =>
  useAct(({ id, ...body }: HandOver & { id: string }) => post('/api/v1/pushes/{id}/hand-over', { params: { id }, body }), KEY)
