// The units of the catalogue, for names in lists and for choosing one in a form.

import { useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import { get, type Reply } from '../../kit/api/client.ts'

export type Unit = Reply<'/api/v1/units', 'get'>['items'][number]

/** Most units that one request brings. */
const PAGE = 200

async function allUnits(signal: AbortSignal): Promise<Unit[]> {
  const units: Unit[] = []
  for (;;) {
    const { items, total } = await get('/api/v1/units', { query: { limit: PAGE, offset: units.length }, signal })
    units.push(...items)
    if (items.length === 0 || units.length >= total) return units
  }
}

/** Names of units by id, and the units that can be asked for something: no classes, none that ended. */
export function useUnits(): {
  nameOf: (unitId: string | null | undefined) => string | null
  choices: ComputedRef<{ value: string; text: string }[]>
  all: ComputedRef<readonly Unit[]>
} {
  const { data } = useQuery({ queryKey: ['units', 'all'], queryFn: ({ signal }) => allUnits(signal), staleTime: 300_000 })
  const all = computed(() => data.value ?? [])
  const names = computed(() => new Map(all.value.map(({ id, name }) => [id, name])))
  return {
    all,
    nameOf: (unitId) => (unitId == null ? null : (names.value.get(unitId) ?? unitId)),
    choices: computed(() =>
      all.value.filter(({ active, isClass }) => active && !isClass).map(({ id, name }) => ({ value: id, text: name })),
    ),
  }
}
