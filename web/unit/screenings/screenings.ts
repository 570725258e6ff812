// Questions before a decision (screening): the queries, what is asked, and the outcome that is reported.

import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { get, post, queryOf, type Reply } from '../../kit/api/client.ts'

export type Screening = Reply<'/api/v1/screenings/{id}', 'get'>
export type Outcome = Screening['possibleOutcomes'][number]
/** Somebody with an office, as it is typed: of the applicant, or to be given one. */
export interface Holder {
  office: string
  name: string
  identifier: string
}

type Office = NonNullable<NonNullable<Screening['findings']>[number]['office']>

/** The colour of how to proceed; the words stand beside it. */
export const TONES = { restrict: 'red', ask: 'yellow', pass: 'green' } as const

const KEY = ['screenings'] as const

/** The measures of the unit, each with its closed list of businesses; the last is any other one. */
export function useChoices() {
  return useQuery({
    queryKey: ['own-unit'],
    queryFn: ({ signal }) => get('/api/v1/units/me', { signal }),
    select: ({ measures }) => ({ items: measures }),
  })
}

export interface ScreeningFilter {
  outcome: string
  answer: string
  [name: string]: string
}

export function useScreenings(params: ComputedRef<{ filter: ScreeningFilter; limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, params],
    queryFn: ({ signal }) => get('/api/v1/screenings', { query: queryOf<'/api/v1/screenings'>(params.value), signal }),
    placeholderData: keepPreviousData,
  })
}

export function useScreening(id: string) {
  return useQuery({ queryKey: [...KEY, id], queryFn: ({ signal }) => get('/api/v1/screenings/{id}', { params: { id }, signal }) })
}

/** What is asked: who applies, for what, and who holds or is to hold an office. `requestId`: asked twice it is answered once. */
export interface Question {
  name: string
  identifier: string
  measureId: string
  business: string
  officers: Holder[]
  nominees: Holder[]
  requestId: string
}

const said = (holders: readonly Holder[]) =>
  holders
    .filter(({ name }) => name.trim() !== '')
    .map(({ office, name, identifier }) => ({
      office: office as Office,
      name: name.trim(),
      ...(identifier.trim() === '' ? {} : { identifier: identifier.trim() }),
    }))

export const useAsk = () =>
  useAct(({ name, identifier, measureId, business, officers, nominees, requestId }: Question) => {
    const body = {
      name: name.trim(),
      business: business.trim(),
      requestId,
      ...(identifier.trim() === '' ? {} : { identifier: identifier.trim() }),
      ...(measureId === '' ? {} : { measureId }),
      ...(said(officers).length === 0 ? {} : { officers: said(officers) }),
      ...(said(nominees).length === 0 ? {} : { nominees: said(nominees) }),
    }
    return post('/api/v1/screenings', { body })
  }, KEY)

/** An outcome of one or several screenings; those that are refused are named, the others are not blamed. */
export const useReport = () =>
  useAct(
    ({ rows, outcome, reason }: { rows: readonly Pick<Screening, 'id' | 'version'>[]; outcome: Outcome; reason: string }) =>
      post('/api/v1/screenings/outcomes', {
        body: {
          items: rows.map(({ id, version }) => ({ screeningId: id, version, outcome, ...(reason === '' ? {} : { reason }) })),
        },
      }),
    KEY,
  )

/** An id of a request, also on pages without TLS, where the browser has no randomUUID. */
export function newRequestId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Whom a screening was about; older ones no longer name anybody. */
export function nameOf(screening: Pick<Screening, 'subject'>, otherwise: string): string {
  return screening.subject?.name ?? otherwise
}
