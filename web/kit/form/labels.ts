// The labels of a form's fields, so that the error summary can name the field that a line is about.

import { inject, onBeforeUnmount, provide, shallowReactive, type InjectionKey } from 'vue'

type Labels = Map<string, string>
const KEY: InjectionKey<Labels> = Symbol('labels')

/** Collects the labels of the fields inside this component. */
export function collectLabels(): Labels {
  const labels = shallowReactive(new Map<string, string>())
  provide(KEY, labels)
  return labels
}

/** Makes a field's label known to the form around it, if there is one. */
export function registerLabel(field: string, label: string): void {
  const labels = inject(KEY, null)
  labels?.set(field, label)
  onBeforeUnmount(() => labels?.delete(field))
}
