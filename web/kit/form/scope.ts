// Ids of fields: a dialog over a list has fields of its own, which may be called like those of the list's filter behind it.

import { inject, provide, type InjectionKey } from 'vue'

const KEY: InjectionKey<string> = Symbol('scope')

/** Makes the ids of the fields inside this component their own. */
export function openScope(name: string): void {
  provide(KEY, `${name}-`)
}

/** Gives the ids of fields where this component stands. */
export function useFieldIds(): (field: string) => string {
  const scope = inject(KEY, '')
  return (field) => `${scope}field-${field}`
}
