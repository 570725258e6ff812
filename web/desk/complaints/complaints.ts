// Complaints: queries of the list and of one, and the calls behind every act.

import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef, type Ref } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { get, post, queryOf, type Reply } from '../../kit/api/client.ts'
import { asPicture, isPicture } from '../../kit/upload/opened-files.ts'
import type { Paths } from '../../kit/api/types.gen.ts'
import { upload } from '../../kit/api/upload.ts'

type Row = Reply<'/api/v1/complaints', 'get'>['items'][number]
/** A complaint as staff see it: its handler everything, others the procedure without the complainant. */
export type Complaint = Exclude<Row, { view: 'unit' }>
export type Handled = Extract<Row, { view: 'handler' }>
export type Evidence = Complaint['evidence'][number]
export type State = Complaint['state']
export type DeclineReason = NonNullable<Complaint['declineReason']>

/** What the list can be narrowed to. */
export interface ComplaintFilter extends Record<string, string> {
  state: string
  about: string
  unit: string
  overdue: string
  unresolved: string
  number: string
}

/** States that the filter offers, in the order of the procedure; `decided` is upheld or not, and not answered yet. */
export const FILTER_STATES = ['received', 'accepted', 'assigned', 'investigated', 'decided', 'answered', 'declined', 'withdrawn'] as const

const KEY = ['complaints'] as const
const LIST = '/api/v1/complaints'

export function useComplaints(params: ComputedRef<{ filter: ComplaintFilter; limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, 'list', params],
    queryFn: ({ signal }) => {
      const { unit, ...filter } = params.value.filter
      return get(LIST, { query: queryOf<typeof LIST>({ ...params.value, filter: { ...filter, unitId: unit } }), signal })
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

export type Namesake = Reply<'/api/v1/complaints/{id}/namesakes', 'get'>['items'][number]

/** The entries under the name of a complaint's debtor, where it gives no number and is to be decided. */
export function useNamesakes(id: string, one: Readonly<Ref<Complaint | undefined>>) {
  return useQuery({
    queryKey: [...KEY, 'namesakes', id],
    queryFn: async ({ signal }) => (await get('/api/v1/complaints/{id}/namesakes', { params: { id }, signal })).items,
    enabled: computed(() => one.value !== undefined && one.value.possible.includes('uphold') && lacksNumber(one.value)),
  })
}

/** Whether nobody can say by the complaint alone which of several people of one name is meant. */
export function lacksNumber(one: Complaint): boolean {
  if (one.view !== 'handler') return false
  const { debtor } = one.content
  return debtor === undefined ? one.about === 'debtor' : debtor.identifier === undefined
}

export type NewComplaint = Paths[typeof LIST]['post']['body']
export const useFile = () => useAct((body: NewComplaint) => post(LIST, { body }), KEY)

/** Sends any of the acts below; the screens read complaints anew afterwards. */
export const useSend = () => useAct((send: () => Promise<unknown>) => send(), KEY)

const to = ({ id, version }: Complaint) => ({ params: { id }, version })

export function accept(one: Complaint, unitId: string | undefined): Promise<unknown> {
  const { params, version } = to(one)
  return post('/api/v1/complaints/{id}/accept', { params, body: { version, unitId } })
}
export function decline(one: Complaint, given: { reason: DeclineReason; note: string | undefined }): Promise<unknown> {
  const { params, version } = to(one)
  return post('/api/v1/complaints/{id}/decline', { params, body: { version, ...given } })
}
/** @param unitId null: neither the court nor a unit of the catalogue. */
export function resolve(one: Complaint, unitId: string | null): Promise<unknown> {
  const { params, version } = to(one)
  return post('/api/v1/complaints/{id}/resolve', { params, body: { version, unitId } })
}
export function assign(one: Complaint, given: { unitId: string | undefined; brief: string; evidence: string[] }): Promise<unknown> {
  const { params, version } = to(one)
  return post('/api/v1/complaints/{id}/assign', { params, body: { version, ...given } })
}
export function investigate(one: Complaint, findings: string): Promise<unknown> {
  const { params, version } = to(one)
  return post('/api/v1/complaints/{id}/findings', { params, body: { version, findings } })
}
export function decide(one: Complaint, given: Omit<Paths['/api/v1/complaints/{id}/decide']['post']['body'], 'version'>): Promise<unknown> {
  const { params, version } = to(one)
  return post('/api/v1/complaints/{id}/decide', { params, body: { version, ...given } })
}
export function answer(one: Complaint, text: string): Promise<unknown> {
  const { params, version } = to(one)
  return post('/api/v1/complaints/{id}/answer', { params, body: { version, answer: text } })
}
export const answerOrder = (id: string, body: { result: 'carried_out' | 'could_not'; text: string }) =>
  post('/api/v1/complaint-orders/{id}/answer', { params: { id }, body })

/** The content of a file of evidence. */
export async function openEvidence(complaintId: string, evidence: Pick<Evidence, 'id' | 'kind'>): Promise<Blob> {
  const content: Blob = await get('/api/v1/complaints/{id}/evidence/{evidenceId}', {
    params: { id: complaintId, evidenceId: evidence.id },
  })
  return isPicture(evidence.kind) ? asPicture(content, evidence.kind) : content
}

/** Adds a file. A browser knows no type for recordings of old phones. */
export function addEvidence(id: string, file: File, onProgress: (done: number) => void, signal: AbortSignal): Promise<unknown> {
  const sent = file.type === '' && /\.amr$/i.test(file.name) ? file.slice(0, file.size, 'audio/amr') : file
  return upload('/api/v1/complaints/{id}/evidence', sent, { params: { id }, onProgress, signal })
}
