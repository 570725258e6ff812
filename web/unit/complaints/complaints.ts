// Complaints that the unit looks into, and orders to punish a debtor whom it left unpunished: queries, acts, and the calls behind them.

import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { COMPLAINTS_ANSWER_ORDER_RESULT } from '../../kit/api/choices.gen.ts'
import { useAct } from '../../kit/api/act.ts'
import { get, post, queryOf, type Reply } from '../../kit/api/client.ts'
import type { Act, ActField } from '../../kit/form/act.ts'
import { asPicture, isPicture } from '../../kit/upload/opened-files.ts'
import { t } from '../../kit/words.ts'

type AnyView = Reply<'/api/v1/complaints', 'get'>['items'][number]
/** A complaint as the unit sees it: what is to be looked into, and nothing of who complained. */
export type Complaint = Extract<AnyView, { view: 'unit' }>
export type Order = Reply<'/api/v1/complaint-orders/{id}', 'get'>
type Params = ComputedRef<{ filter: { state: string }; limit: number; offset: number }>

const KEY = ['complaints'] as const
const ORDER_KEY = ['complaint-orders'] as const

export function useComplaints(params: Params) {
  return useQuery({
    queryKey: [...KEY, 'list', params],
    queryFn: async ({ signal }) => {
      const { items, total } = await get('/api/v1/complaints', { query: queryOf<'/api/v1/complaints'>(params.value), signal })
      return { items: items as Complaint[], total }
    },
    placeholderData: keepPreviousData,
  })
}

export function useComplaint(id: string) {
  return useQuery({
    queryKey: [...KEY, 'one', id],
    queryFn: async ({ signal }) => (await get('/api/v1/complaints/{id}', { params: { id }, signal })) as Complaint,
  })
}

export function useOrders(params: Params) {
  return useQuery({
    queryKey: [...ORDER_KEY, 'list', params],
    queryFn: ({ signal }) => get('/api/v1/complaint-orders', { query: queryOf<'/api/v1/complaint-orders'>(params.value), signal }),
    placeholderData: keepPreviousData,
  })
}

export function useOrder(id: string) {
  return useQuery({
    queryKey: [...ORDER_KEY, 'one', id],
    queryFn: ({ signal }) => get('/api/v1/complaint-orders/{id}', { params: { id }, signal }),
  })
}

/** Sends any of the acts below; the screens read anew afterwards. */
export const useSend = () => useAct((send: () => Promise<unknown>) => send(), KEY, ORDER_KEY)
type Send = (call: () => Promise<unknown>) => Promise<unknown>

const longField = (name: string, key: string): ActField => ({
  name,
  label: t(`complaints.field.${key}`),
  hint: t(`complaints.field.${key}_hint`),
  kind: 'text',
  maxlength: 2000,
})

export function actsOf({ id, version, possible }: Complaint, send: Send): Act[] {
  if (!possible.includes('investigate')) return []
  return [
    {
      key: 'investigate',
      label: t('complaints.act.investigate'),
      text: t('complaints.ask.investigate'),
      done: t('complaints.done.investigate'),
      look: 'main',
      fields: [longField('findings', 'findings')],
      send: ({ findings = '' }) => send(() => post('/api/v1/complaints/{id}/findings', { params: { id }, body: { version, findings } })),
    },
  ]
}

export function orderActs({ id, possible }: Order, send: Send): Act[] {
  if (!possible.includes('answer')) return []
  return [
    {
      key: 'answer',
      label: t('complaints.act.answer_order'),
      text: t('complaints.ask.answer_order'),
      done: t('complaints.done.answer_order'),
      look: 'main',
      fields: [
        {
          name: 'result',
          label: t('complaints.field.result'),
          kind: 'radio',
          choices: COMPLAINTS_ANSWER_ORDER_RESULT.map((value) => ({ value, text: t(`complaints.order.${value}`) })),
        },
        longField('text', 'text'),
      ],
      send: ({ result, text = '' }) =>
        send(() =>
          post('/api/v1/complaint-orders/{id}/answer', {
            params: { id },
            body: { result: result === 'carried_out' ? 'carried_out' : 'could_not', text },
          }),
        ),
    },
  ]
}

/** The content of a file that was released to the unit. */
export async function openEvidence(complaintId: string, { id, kind }: { id: string; kind: string }): Promise<Blob> {
  const content: Blob = await get('/api/v1/complaints/{id}/evidence/{evidenceId}', { params: { id: complaintId, evidenceId: id } })
  return isPicture(kind) ? asPicture(content, kind) : content
}
