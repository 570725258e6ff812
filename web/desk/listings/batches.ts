// Acts on many listings at once: the order, the rows that stand in its way, and how far it is.

import { useQuery } from '@tanstack/vue-query'
import type { Ref } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { get, post, type Reply } from '../../kit/api/client.ts'
import type { Paths } from '../../kit/api/types.gen.ts'
import { shieldTerms, type Given, type ShortAct, type Subject } from './acts.ts'
import { conditionsOf, KEYS, type Filter } from './listings.ts'

type Body = Paths['/api/v1/listing-batches']['post']['body']
type Order = Body['order']
export type Batch = Reply<'/api/v1/listing-batches', 'post'>

/** All that match a filter, as many as were counted on the screen. */
export interface Matching {
  filter: Filter
  total: number
}

const ORDERS: Readonly<Partial<Record<ShortAct, (given: Given) => Order>>> = {
  submit: () => ({ act: 'submit' }),
  approve: () => ({ act: 'approve' }),
  reject: ({ reason }) => ({ act: 'reject', reason }),
  record_service: ({ servedOn, manner }) => ({ act: 'record_service', servedOn, manner }),
  withdraw: ({ reason }) => ({ act: 'withdraw', reason }),
  publish: () => ({ act: 'publish' }),
  shield: ({ ground, reason }) => ({ act: 'shield', ground: ground as (Order & { act: 'shield' })['ground'], reason }),
  propose_shield: (given) => ({ act: 'propose', terms: shieldTerms(given) }),
  revoke: ({ reason }) => ({ act: 'propose', terms: { act: 'revoke', reason } }),
}

/** Whether an act can be ordered for many: the others are done together or not at all. */
export const isBatchable = (act: ShortAct): boolean => act in ORDERS

export interface Ordered {
  /** The same for every repetition of this order. */
  id: string
  act: ShortAct
  given: Given
  subjects: readonly Subject[]
  matching: Matching | null
  skipBlocked: boolean
}

/** Orders an act; rows in the way are named and nothing is done, unless they are to be left out. */
export const useOrderBatch = () =>
  useAct(
    ({ id, act, given, subjects, matching, skipBlocked }: Ordered) => {
      const choice =
        matching === null
          ? { items: subjects.map(({ id: listing, version }) => ({ id: listing, version })) }
          : { matching: conditionsOf(matching.filter), confirmedTotal: matching.total }
      const order = ORDERS[act]?.(given) as Order
      return post('/api/v1/listing-batches', { body: { id, order, choice, skipBlocked } })
    },
    ...KEYS,
  )

const LOOK_EVERY = 1_500

/** An order, looked at again as long as it is carried out. */
export function useBatch(id: Ref<string>) {
  let passive = false
  return useQuery({
    queryKey: ['batches', id],
    queryFn: ({ signal }) => {
      const looked = passive
      passive = true
      return get('/api/v1/listing-batches/{id}', { params: { id: id.value }, passive: looked, signal })
    },
    refetchInterval: ({ state: { data } }) => (data?.state === 'running' ? LOOK_EVERY : false),
  })
}
