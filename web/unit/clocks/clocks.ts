// Legal periods of the unit: the list, and the screen where each is dealt with.

import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { get, queryOf } from '../../kit/api/client.ts'
import { t } from '../../kit/words.ts'

export const STATES = ['closed', 'missed', 'closed_late', 'cancelled'] as const

export function useClocks(params: ComputedRef<{ filter: { light: string; state: string; code: string }; limit: number; offset: number }>) {
  return useQuery({
    queryKey: ['clocks', params],
    queryFn: ({ signal }) => {
      // Without a state those are meant that still have to be done.
      const unfinished = params.value.filter.state === '' ? { unfinished: 'yes' as const } : {}
      return get('/api/v1/clocks', { query: { ...queryOf<'/api/v1/clocks'>(params.value), ...unfinished }, signal })
    },
    placeholderData: keepPreviousData,
  })
}

/** The screen of each kind of subject; a return of the quarter is found in the list of rounds. */
const SCREENS: Readonly<Record<string, (id: string) => string>> = {
  lift_order: (id) => `/lifts/${id}`,
  complaint: (id) => `/complaints/${id}`,
  complaint_order: (id) => `/complaint-orders/${id}`,
  assistance: (id) => `/assistance/${id}`,
  feedback_return: () => '/feedback',
  circular: () => '/told',
}

/** Where what a period is about is dealt with; null for what has no screen of its own. */
export function screenOf(subject: string): { to: string; text: string } | null {
  const [kind = '', id = ''] = subject.split(':')
  const to = SCREENS[kind]?.(id)
  return to === undefined ? null : { to, text: t(`clocks.about.${kind}`) }
}
