// What waits for whoever logged in, and what they began: for the home and for the numbers in the menu.

import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { get, type Reply } from '../api/client.ts'

export type Todo = Reply<'/api/v1/todo', 'get'>
export type TodoItem = Todo['items'][number]

const EVERY = 60_000

/** Asked for anew every minute, without prolonging the session, and after every act. */
export function useTodo() {
  return useQuery({ queryKey: ['todo'], queryFn: ({ signal }) => get('/api/v1/todo', { passive: true, signal }), refetchInterval: EVERY })
}

/** The address of an item inside the desk or portal that it belongs to. */
export function screenOf(item: Pick<TodoItem, 'path'>): string {
  return item.path.replace(/^\/(?:desk|unit)(?=\/|$)/, '')
}

/** How many things wait behind an entry of the menu. */
export function useWaiting() {
  const { data } = useTodo()
  return computed(() => {
    const counts = new Map<string, number>()
    for (const item of data.value?.items ?? []) {
      const place = screenOf(item).split('?')[0] ?? ''
      counts.set(place, (counts.get(place) ?? 0) + item.count)
    }
    return counts
  })
}
