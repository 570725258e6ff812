// The unit's ledger for a span of days, and the same as a workbook.

import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { get, queryOf, type Reply } from '../../kit/api/client.ts'
import { save } from '../../kit/api/download.ts'
import { dayText, momentText } from '../../kit/dates.ts'

const LEDGER = '/api/v1/units/{id}/ledger'
export type Ledger = Reply<typeof LEDGER, 'get'>
export interface Span extends Record<string, string> {
  from: string
  to: string
  /** One section with all its pages; `''`: the first lines of each. */
  section: string
}

export function useLedger(id: string, params: ComputedRef<{ filter: Span; limit: number; offset: number }>) {
  return useQuery({
    queryKey: ['ledger', id, params],
    queryFn: ({ signal }) => get(LEDGER, { params: { id }, query: queryOf<typeof LEDGER>(params.value), signal }),
    placeholderData: keepPreviousData,
  })
}

/** Saves the whole ledger of the span as a workbook. */
export async function saveLedger(id: string, { from, to }: Pick<Span, 'from' | 'to'>, fileName: string): Promise<void> {
  save(await get('/api/v1/units/{id}/ledger.xlsx', { params: { id }, query: { from, to } }), fileName)
}

/** When it was: a legal day, or an instant. */
export const whenText = (at: string): string => (at.length === 10 ? dayText(at) : momentText(at))
