// The quarterly feedback of the unit: its rounds, the figures that the application counted, and handing them in.

import { useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { get, post, put, type Reply } from '../../kit/api/client.ts'
import { save } from '../../kit/api/download.ts'
import { upload } from '../../kit/api/upload.ts'
import { t } from '../../kit/words.ts'

export type Return = Reply<'/api/v1/feedback/rounds/{id}/returns/{unitId}', 'get'>
export type Handed = Reply<'/api/v1/feedback/rounds/{id}/returns/{unitId}', 'put'>
export type Own = Reply<'/api/v1/units/me', 'get'>
/** The figures of a return, in the order of the form. */
export const FIGURES = ['checked', 'restricted', 'approved'] as const
export type Figure = (typeof FIGURES)[number]

const KEY = ['feedback'] as const

/** The unit as the court knows it: its rounds and its measures. */
export function useOwn() {
  return useQuery({ queryKey: [...KEY, 'own'], queryFn: ({ signal }) => get('/api/v1/units/me', { signal }) })
}

export function useReturn(id: string, unitId: ComputedRef<string>) {
  return useQuery({
    queryKey: [...KEY, id, unitId],
    queryFn: ({ signal }) => get('/api/v1/feedback/rounds/{id}/returns/{unitId}', { params: { id, unitId: unitId.value }, signal }),
    enabled: () => unitId.value !== '',
  })
}

/** `2026Q3` as people say it. */
export function quarterText(quarter: string): string {
  const [year = '', part = ''] = quarter.split('Q')
  return t(`words.feedbacks.quarter.${part}`, { year })
}

export interface Figures {
  checked: number
  restricted: number
  approved: number
}
export interface Given extends Figures {
  id: string
  unitId: string
  version: number
  isCorrection: boolean
  lines: (Figures & { measureId: string })[]
  note: string
}

/** Hands in the figures, or corrects what was handed in. */
export const useHandIn = () =>
  useAct(({ id, unitId, isCorrection, ...body }: Given): Promise<Handed> => {
    const input = { params: { id, unitId }, body }
    return isCorrection
      ? put('/api/v1/feedback/rounds/{id}/returns/{unitId}', input)
      : post('/api/v1/feedback/rounds/{id}/returns/{unitId}', input)
  }, KEY)

export const useHandInForm = () =>
  useAct(
    ({ file, roundId, onProgress, signal }: { file: File; roundId: string; onProgress: (done: number) => void; signal: AbortSignal }) =>
      upload<Handed>('/api/v1/feedback/form', file, { query: { roundId, fileName: file.name }, onProgress, signal }),
    KEY,
  )

/** Saves the form of a round, prefilled, to fill in with a spreadsheet. */
export async function saveForm(roundId: string, fileName: string): Promise<void> {
  save(await get('/api/v1/feedback/form.xlsx', { query: { roundId } }), fileName)
}
