// A unit's ledger: the query, and the screens of what its lines are about.

import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { LEDGERS_SHOW_SECTION } from '../../kit/api/choices.gen.ts'
import { get, queryOf, type Reply } from '../../kit/api/client.ts'

export type Ledger = Reply<'/api/v1/units/{id}/ledger', 'get'>
export type Section = Ledger['sections'][number]
export const SECTIONS = LEDGERS_SHOW_SECTION

export interface LedgerFilter extends Record<string, string> {
  from: string
  to: string
  section: string
}

/** Lines of each section, while all are shown. */
export const GLIMPSE = 10

/** What a court holds a unit to: the figures in the order of the page. */
export const FIGURES = [
  ...['told', 'checked', 'hits', 'refused', 'approved', 'lifted', 'liftedLate', 'retained', 'returned', 'returnedLate'],
  ...['assistance', 'reminded', 'missed', 'complaints', 'upheld', 'circulars', 'interviews', 'consequences'],
] as const

/** Sections of a unit's page, each with the list that shows the same narrowed to the unit. */
export const LISTS: Readonly<Record<string, string>> = { circulars: 'circulars', interviews: 'interviews', consequences: 'consequences' }

export function useLedger(id: string, params: ComputedRef<{ filter: LedgerFilter; limit: number; offset: number }>) {
  return useQuery({
    queryKey: ['ledgers', id, params],
    queryFn: ({ signal }) => {
      const { filter, limit, offset } = params.value
      const page = filter.section === '' ? { filter, limit: GLIMPSE, offset: 0 } : { filter, limit, offset }
      return get('/api/v1/units/{id}/ledger', { params: { id }, query: queryOf<'/api/v1/units/{id}/ledger'>(page), signal })
    },
    placeholderData: keepPreviousData,
  })
}

/** The screen of a line; null where it has none of its own. */
export function screenOfLine(section: Section['section'], id: string): string | null {
  const folder = section === 'complaints' ? 'complaints' : section === 'told' ? 'notices' : LISTS[section]
  return folder === undefined || id === '' ? null : `/${folder}/${id}`
}
