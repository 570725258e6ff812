// The rows that a person chose: some of the page, or all that match the filter. Only acts that every chosen row allows are offered.

import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'

export interface Selection<Row> {
  isChosen(row: Row): boolean
  toggle(row: Row): void
  togglePage(): void
  /** Whether all rows of this page that can be chosen are. */
  isPageChosen: ComputedRef<boolean>
  /** Whether the whole of what matches is meant, not only this page. */
  isAll: Readonly<Ref<boolean>>
  chooseAll(): void
  /** Exactly these rows, which were read from all pages. */
  choose(rows: readonly Row[]): void
  rows: ComputedRef<readonly Row[]>
  count: ComputedRef<number>
  clear(): void
}

/**
 * @param rows the rows of the page. Rows chosen on another page stay chosen until the filter changes.
 * @param total how many match in all.
 * @param canChoose rows that may be chosen at all.
 */
export function useSelection<Row extends { id: string }>(
  rows: ComputedRef<readonly Row[]>,
  total: ComputedRef<number>,
  canChoose: (row: Row) => boolean = () => true,
): Selection<Row> {
  const chosen = ref(new Map<string, Row>()) as Ref<Map<string, Row>>
  const isAll = ref(false)
  // A row that was refreshed replaces the one that was chosen, so that its version is never stale.
  watch(rows, (fresh) => {
    for (const row of fresh) if (chosen.value.has(row.id)) chosen.value.set(row.id, row)
  })
  const choosable = computed(() => rows.value.filter(canChoose))
  const isPageChosen = computed(() => choosable.value.length > 0 && choosable.value.every((row) => chosen.value.has(row.id)))
  return {
    isChosen: (row) => isAll.value || chosen.value.has(row.id),
    toggle(row) {
      isAll.value = false
      if (!chosen.value.delete(row.id)) chosen.value.set(row.id, row)
    },
    togglePage() {
      isAll.value = false
      const remove = isPageChosen.value
      for (const row of choosable.value) {
        if (remove) chosen.value.delete(row.id)
        else chosen.value.set(row.id, row)
      }
    },
    isPageChosen,
    isAll,
    chooseAll: () => (isAll.value = true),
    choose(given) {
      isAll.value = false
      chosen.value = new Map(given.filter(canChoose).map((row) => [row.id, row]))
    },
    rows: computed(() => [...chosen.value.values()]),
    count: computed(() => (isAll.value ? total.value : chosen.value.size)),
    clear() {
      chosen.value.clear()
      isAll.value = false
    },
  }
}
