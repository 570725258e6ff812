// The state of a list: filter, page and order live in the address, so that back, reload and a link keep them. What names a person
// (a name, a number) never stands in an address: it stays in the history entry, which reload and back keep as well.

import { computed, reactive, watch, type ComputedRef, type Ref, ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** The fields of a filter with their defaults. All are text: `''` means not asked for; several choices are joined by commas. */
export type Filter = Record<string, string>

export interface ListState<F extends Filter> {
  /** Bound to the fields of the filter. */
  filter: F
  /** From 1. */
  page: Ref<number>
  /** The field by which rows are ordered, with `-` before it for the other way round; `''` for the server's own order. */
  sort: Ref<string>
  limit: number
  /** Everything that a query needs; changes when the filter, page or order does. */
  params: ComputedRef<{ filter: F; sort: string; limit: number; offset: number }>
  clear(): void
  isFiltered: ComputedRef<boolean>
}

/**
 * @param defaults the fields of the filter.
 * @param options.private fields that name people and stay out of the address.
 */
export function useListState<F extends Filter>(
  defaults: F,
  options: { private?: readonly (keyof F & string)[]; limit?: number; sort?: string } = {},
): ListState<F> {
  const route = useRoute()
  const router = useRouter()
  const limit = options.limit ?? 50
  const hidden = options.private ?? []
  const kept: Readonly<Record<string, string>> = (history.state as { filter?: Record<string, string> } | null)?.filter ?? {}
  const fromAddress = Object.fromEntries(
    Object.keys(defaults).map((name) => [
      name,
      hidden.includes(name) ? (kept[name] ?? defaults[name]) : textOf(route.query[name], defaults[name]),
    ]),
  ) as F
  const filter = reactive({ ...fromAddress }) as F
  const page = ref(Math.max(1, Number(textOf(route.query['page'], '1')) || 1))
  const sort = ref(textOf(route.query['sort'], options.sort ?? ''))
  const place = route.path

  // A link to the same list, or the way back, changes the address first and the fields after it.
  let following = false
  watch(
    () => route.query,
    (query) => {
      if (route.path !== place) return
      following = true
      for (const name of Object.keys(defaults)) {
        if (!hidden.includes(name)) (filter as Filter)[name] = textOf(query[name], defaults[name])
      }
      page.value = Math.max(1, Number(textOf(query['page'], '1')) || 1)
      sort.value = textOf(query['sort'], options.sort ?? '')
    },
  )
  watch([() => ({ ...filter }), sort], () => {
    if (!following) page.value = 1
    following = false
  })
  watch([() => ({ ...filter }), page, sort], () => {
    if (route.path !== place) return
    const shown = Object.entries(filter).filter(([name, value]) => value !== defaults[name] && !hidden.includes(name))
    const query = {
      ...Object.fromEntries(shown),
      ...(page.value === 1 ? {} : { page: String(page.value) }),
      ...(sort.value === (options.sort ?? '') ? {} : { sort: sort.value }),
    }
    const secret = Object.fromEntries(hidden.map((name) => [name, filter[name] ?? '']))
    void router.replace({ query, state: { filter: secret } })
  })

  return {
    filter,
    page,
    sort,
    limit,
    params: computed(() => ({ filter: { ...filter }, sort: sort.value, limit, offset: (page.value - 1) * limit })),
    clear: () => Object.assign(filter, defaults),
    isFiltered: computed(() => Object.entries(filter).some(([name, value]) => value !== defaults[name])),
  }
}

function textOf(value: unknown, otherwise: string | undefined): string {
  const first: unknown = Array.isArray(value) ? value[0] : value
  return typeof first === 'string' ? first : (otherwise ?? '')
}
