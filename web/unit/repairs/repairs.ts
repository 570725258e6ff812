// Applications for credit repair about which the court asks the unit: queries, and the unit's opinion.

import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { REPAIRS_ANSWER_OPINION } from '../../kit/api/choices.gen.ts'
import { useAct } from '../../kit/api/act.ts'
import { get, post, queryOf, type Reply } from '../../kit/api/client.ts'
import { given, type Act } from '../../kit/form/act.ts'
import { t } from '../../kit/words.ts'

const LIST = '/api/v1/repairs'
export type Repair = Reply<'/api/v1/repairs/{id}', 'get'>

const KEY = ['repairs'] as const

export function useRepairs(params: ComputedRef<{ filter: { state: string }; limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, 'list', params],
    queryFn: ({ signal }) => get(LIST, { query: queryOf<typeof LIST>(params.value), signal }),
    placeholderData: keepPreviousData,
  })
}

export function useRepair(id: string) {
  return useQuery({ queryKey: [...KEY, 'one', id], queryFn: ({ signal }) => get('/api/v1/repairs/{id}', { params: { id }, signal }) })
}

/** Sends the opinion; the screens read anew afterwards. */
export const useSend = () => useAct((send: () => Promise<unknown>) => send(), KEY)

export function actsOf({ id, version, possible, opinions }: Repair, send: (call: () => Promise<unknown>) => Promise<unknown>): Act[] {
  const [own] = opinions
  if (own === undefined || !possible.includes('answer')) return []
  const key = own.opinion === null ? 'answer' : 'change'
  return [
    {
      key,
      label: t(`repairs.act.${key}`),
      text: t(`repairs.ask.${key}`),
      done: t('repairs.done'),
      ...(key === 'answer' ? { look: 'main' as const } : {}),
      fields: [
        {
          name: 'opinion',
          label: t('repairs.opinion'),
          kind: 'radio',
          choices: REPAIRS_ANSWER_OPINION.map((value) => ({ value, text: t(`words.repairs.opinion.${value}`) })),
        },
        {
          name: 'reason',
          label: t('repairs.reason'),
          hint: t('repairs.reason_hint'),
          kind: 'text',
          maxlength: 500,
          when: ({ opinion }) => opinion === 'object',
        },
      ],
      send: (values) =>
        send(() =>
          post('/api/v1/repairs/{id}/answer', {
            params: { id },
            body: {
              version,
              unitId: own.unitId,
              opinion: values['opinion'] === 'object' ? 'object' : 'agree',
              reason: given(values, 'reason'),
            },
          }),
        ),
    },
  ]
}
