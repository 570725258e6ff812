// Keys of the unit's systems: the list, what a pasted key may do, and the requests that can be tried with it.

import { useQuery } from '@tanstack/vue-query'
import { get, post, type Reply } from '../../kit/api/client.ts'
import type { KeyRequest } from '../../kit/api/with-key.ts'
import { newRequestId } from '../screenings/screenings.ts'

export type OwnKey = Reply<'/api/v1/units/me/keys', 'get'>['items'][number]

export const COLOURS: Readonly<Record<OwnKey['state'], string>> = { works: 'badge--green', expired: 'badge--red', revoked: 'badge--red' }

export function useOwnKeys() {
  return useQuery({ queryKey: ['own-keys'], queryFn: ({ signal }) => get('/api/v1/units/me/keys', { signal }) })
}

/** What a pasted key may do; null when it is no key of this unit. The server neither keeps nor logs it. */
export async function tryKey(key: string): Promise<OwnKey | null> {
  return (await post('/api/v1/units/me/keys/test', { body: { key } })).key
}

/** What is asked about one person. */
export interface Question {
  name: string
  identifier: string
  measureId: string
  business: string
}

/** What can be tried, by a name that has words. */
export const TRIALS = ['own', 'lifts', 'clocks', 'feed', 'screening'] as const
export type Trial = (typeof TRIALS)[number]

const READS: Readonly<Record<Exclude<Trial, 'screening'>, string>> = {
  own: '/api/v1/units/me',
  lifts: '/api/v1/lift-orders?state=open&limit=5',
  clocks: '/api/v1/clocks?unfinished=yes&limit=5',
  feed: '/api/v1/changes?after=0&limit=5',
}

/** The request of a trial. A question is of its own number each time. */
export function requestOf(trial: Trial, { name, identifier, measureId, business }: Question): KeyRequest {
  if (trial !== 'screening') return { method: 'GET', path: READS[trial] }
  const said = { name: name.trim(), identifier: identifier.trim(), measureId, business, requestId: newRequestId() }
  return { method: 'POST', path: '/api/v1/screenings', body: Object.fromEntries(Object.entries(said).filter(([, value]) => value !== '')) }
}
