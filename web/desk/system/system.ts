// The installation: health and settings to read, and a test message that is followed until it arrived or failed.

import type { SYSTEM_TEST_MESSAGE_MEDIUM } from '../../kit/api/choices.gen.ts'
import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { get, post, type Reply } from '../../kit/api/client.ts'
import { hasWord, t } from '../../kit/words.ts'

export type Health = Reply<'/api/v1/system/health', 'get'>
export type Setting = Reply<'/api/v1/system/settings', 'get'>['items'][number]
export type TestMedium = (typeof SYSTEM_TEST_MESSAGE_MEDIUM)[number]

const EVERY = 30_000
/** Milliseconds between two looks at a test message that is under way. */
const SOON = 2_000

export function useHealth() {
  return useQuery({
    queryKey: ['system', 'health'],
    queryFn: ({ signal }) => get('/api/v1/system/health', { passive: true, signal }),
    refetchInterval: EVERY,
  })
}

export function useSettings() {
  return useQuery({
    queryKey: ['system', 'settings'],
    queryFn: async ({ signal }) => (await get('/api/v1/system/settings', { signal })).items,
  })
}

export const useTestMessage = () =>
  useAct((body: { medium: TestMedium; address?: string }) => post('/api/v1/system/test-message', { body }), ['system'])

/** The state of a test message, looked at until it is settled. */
export function useTestState(id: Ref<string>) {
  return useQuery({
    queryKey: ['system', 'test', id],
    queryFn: ({ signal }) => get('/api/v1/system/test-message/{id}', { params: { id: id.value }, passive: true, signal }),
    enabled: computed(() => id.value !== ''),
    refetchInterval: (query) => (['open', 'accepted'].includes(query.state.data?.state ?? 'open') ? SOON : false),
  })
}

/** A word of a section of system.yaml, or the code itself where there is none. */
export function worded(section: string, code: string): string {
  return hasWord(`system.${section}.${code}`) ? t(`system.${section}.${code}`) : code
}
