// Assistance notices and judicial suggestions to the unit: queries, and the acts as the server says they are possible.

import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { ASSISTANCE_ANSWER_OUTCOME } from '../../kit/api/choices.gen.ts'
import { useAct } from '../../kit/api/act.ts'
import { get, post, queryOf, type Reply } from '../../kit/api/client.ts'
import type { Act, ActField } from '../../kit/form/act.ts'
import { t } from '../../kit/words.ts'

const LIST = '/api/v1/assistance'
export type Assistance = Reply<'/api/v1/assistance/{id}', 'get'>
export type Row = Reply<typeof LIST, 'get'>['items'][number]

const KEY = ['assistance'] as const

export function useAssistanceList(params: ComputedRef<{ filter: { state: string; kind: string }; limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, 'list', params],
    queryFn: ({ signal }) => get(LIST, { query: queryOf<typeof LIST>(params.value), signal }),
    placeholderData: keepPreviousData,
  })
}

export function useAssistance(id: string) {
  return useQuery({
    queryKey: [...KEY, 'one', id],
    queryFn: ({ signal }) => get('/api/v1/assistance/{id}', { params: { id }, signal }),
  })
}

/** The last day of the step that the unit owes now; null when it owes none. */
export function owedOn({ state, answerBy, outcome }: Pick<Row, 'state' | 'answerBy' | 'outcome'>): string | null {
  return outcome === null && ['issued', 'served', 'acknowledged'].includes(state) ? answerBy : null
}

/** Sends any of the acts below; the screens read anew afterwards. */
export const useSend = () => useAct((send: () => Promise<unknown>) => send(), KEY)
type Send = (call: () => Promise<unknown>) => Promise<unknown>

const ACTS = ['acknowledge', 'answer', 'suggest_review'] as const
type Key = (typeof ACTS)[number]

export function actsOf({ id, version, possible, state }: Assistance, send: Send): Act[] {
  const params = { id }
  const text = (key: 'answer' | 'review'): ActField => ({
    name: 'text',
    label: t(`assistance.field.${key}`),
    hint: t(`assistance.field.${key}_hint`),
    kind: 'text',
    maxlength: 500,
  })
  const made: Readonly<Record<Key, Pick<Act, 'fields' | 'send'>>> = {
    acknowledge: { send: () => send(() => post('/api/v1/assistance/{id}/acknowledge', { params, body: { version } })) },
    answer: {
      fields: [
        {
          name: 'outcome',
          label: t('assistance.outcome'),
          kind: 'radio',
          choices: ASSISTANCE_ANSWER_OUTCOME.map((value) => ({ value, text: t(`words.assistances.outcome.${value}`) })),
        },
        text('answer'),
      ],
      send: (values) => {
        const outcome = values['outcome'] === 'carried_out' ? 'carried_out' : 'could_not'
        return send(() => post('/api/v1/assistance/{id}/answer', { params, body: { version, outcome, text: values['text'] ?? '' } }))
      },
    },
    suggest_review: {
      fields: [text('review')],
      send: (values) => send(() => post('/api/v1/assistance/{id}/review', { params, body: { version, text: values['text'] ?? '' } })),
    },
  }
  const next: Key = possible.includes('acknowledge') ? 'acknowledge' : 'answer'
  return ACTS.filter((key) => possible.includes(key)).map((key) => ({
    key,
    label: t(`words.assistances.act.${key}`),
    text: t(`assistance.ask.${key}`),
    done: t(`assistance.done.${key}`),
    ...(key === next && state !== 'answered' ? { look: 'main' as const } : {}),
    ...made[key],
  }))
}
