// People who asked for a person: the inbox, one conversation that goes on by itself, and what staff do in it.

import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, watch, type ComputedRef } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { get, post, type Reply } from '../../kit/api/client.ts'

export type HandoffState = 'waiting' | 'mine' | 'others' | 'open' | 'closed'
export type Handoff = Reply<'/api/v1/handoffs', 'get'>['items'][number]
export type Conversation = Reply<'/api/v1/handoffs/{id}', 'get'>

/** The states that the inbox can be looked at by, in the order of its tabs. */
export const STATES: readonly HandoffState[] = ['waiting', 'mine', 'others', 'closed']

const KEY = ['handoffs'] as const
/** Milliseconds between two looks for new messages. */
const EVERY = 5_000
const idOf = (id: string) => ({ params: { id } })

/** The inbox by state; it looks for changes every few seconds and reads itself anew when there are any. */
export function useHandoffs(params: ComputedRef<{ filter: { state: string }; limit: number; offset: number }>) {
  const client = useQueryClient()
  const list = useQuery({
    queryKey: [...KEY, 'list', params],
    queryFn: ({ signal }) =>
      get('/api/v1/handoffs', {
        query: { state: params.value.filter.state as HandoffState, limit: params.value.limit, offset: params.value.offset },
        signal,
      }),
    placeholderData: keepPreviousData,
  })
  const news = useQuery({
    queryKey: [...KEY, 'news'],
    queryFn: ({ signal }) => get('/api/v1/handoffs/news', { query: {}, passive: true, signal }),
    refetchInterval: EVERY,
    refetchIntervalInBackground: true,
  })
  const seen = computed(() => JSON.stringify([news.data.value?.waiting, news.data.value?.mine, news.data.value?.urgent]))
  watch(seen, (_now, before) => {
    if (before !== '[null,null,null]') void client.invalidateQueries({ queryKey: [...KEY, 'list'] })
  })
  return { list, news }
}

/** One conversation; new messages arrive by themselves. */
export function useConversation(id: string) {
  return useQuery({
    queryKey: [...KEY, id],
    queryFn: ({ signal }) => get('/api/v1/handoffs/{id}', { ...idOf(id), query: {}, passive: true, signal }),
    refetchInterval: EVERY,
    refetchIntervalInBackground: true,
  })
}

export function usePreparedAnswers() {
  return useQuery({
    queryKey: [...KEY, 'prepared'],
    queryFn: ({ signal }) => get('/api/v1/handoffs/prepared-answers', { signal }),
    staleTime: Infinity,
  })
}

export const useClaim = (id: string) =>
  useAct((takeOver: boolean) => post('/api/v1/handoffs/{id}/claim', { ...idOf(id), body: { takeOver } }), KEY)
export const usePutBack = (id: string) => useAct(() => post('/api/v1/handoffs/{id}/put-back', idOf(id)), KEY)
export const useRelease = (id: string) => useAct(() => post('/api/v1/handoffs/{id}/release', idOf(id)), KEY)
export const useNote = (id: string) => useAct((text: string) => post('/api/v1/handoffs/{id}/notes', { ...idOf(id), body: { text } }), KEY)
/** `requestId` is of the draft: the same draft sent twice arrives once. */
export const useAnswer = (id: string) =>
  useAct(
    (draft: { text: string; number: string; requestId: string }) => post('/api/v1/handoffs/{id}/answers', { ...idOf(id), body: draft }),
    KEY,
  )
