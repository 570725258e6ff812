// What a form does beyond its fields: keeps what was typed, takes the server's refusal apart by field, sends once however often the
// button is pressed, and asks before unsaved words are left.

import { computed, onBeforeUnmount, onMounted, reactive, ref, type ComputedRef, type Ref } from 'vue'
import { onBeforeRouteLeave } from 'vue-router'
import { inFields, problemFrom, type Problem, type ProblemLine } from '../api/problem.ts'
import { t } from '../words.ts'

export interface Form<V extends object> {
  values: V
  problem: Ref<Problem | null>
  pending: Ref<boolean>
  /** The lines of the refusal that belong to a field. */
  linesOf(field: string): readonly ProblemLine[]
  /** Sends. A second press while the first is under way does nothing. @returns whether it was accepted. */
  submit(): Promise<boolean>
  isDirty: ComputedRef<boolean>
  reset(values?: Partial<V>): void
}

/**
 * @param initial the values that the form begins with.
 * @param send sends the values; what it throws is the refusal.
 * @param options.check finds faults before anything is sent, as lines of a refusal.
 * @param options.fieldAt the form's field that stands at a place of the request, where the two are not called alike.
 * @param options.guard whether leaving with unsaved words asks first (default yes).
 */
export function useForm<V extends object>(
  initial: V,
  send: (values: V) => Promise<unknown>,
  options: { check?: (values: V) => ProblemLine[]; fieldAt?: (path: string) => string; guard?: boolean } = {},
): Form<V> {
  const values = reactive(structuredClone(initial)) as V
  const saved = ref(JSON.stringify(initial))
  const problem = ref<Problem | null>(null)
  const pending = ref(false)
  const isDirty = computed(() => JSON.stringify(values) !== saved.value)
  if (options.guard !== false) guardLeaving(() => isDirty.value && !pending.value)
  return {
    values,
    problem,
    pending,
    isDirty,
    linesOf: (field) => (problem.value?.lines ?? []).filter((line) => line.field === field || line.field?.startsWith(`${field}.`)),
    async submit() {
      if (pending.value) return false
      const faults = options.check?.(values) ?? []
      problem.value = faults.length === 0 ? null : refusalOf(faults)
      if (faults.length > 0) return false
      pending.value = true
      try {
        await send(values)
        saved.value = JSON.stringify(values)
        return true
      } catch (error) {
        problem.value = inFields(problemFrom(error), options.fieldAt)
        return false
      } finally {
        pending.value = false
      }
    },
    reset(fresh = {}) {
      Object.assign(values, structuredClone(initial), fresh)
      saved.value = JSON.stringify(values)
      problem.value = null
    },
  }
}

/** Faults that the form found itself, as a refusal. */
export function refusalOf(faults: readonly ProblemLine[]): Problem {
  return problemFromLines(t('kit.form.faults'), faults)
}

function problemFromLines(detail: string, problems: readonly ProblemLine[]): Problem {
  return Object.assign(problemFrom(null), { code: 'request_invalid', detail, lines: problems })
}

/** The line of a field that must not be empty. */
export function requiredLine(field: string): ProblemLine {
  return { code: 'required', field, severity: 'error', message: t('kit.form.required') }
}

function guardLeaving(isUnsaved: () => boolean): void {
  const beforeUnload = (event: BeforeUnloadEvent): void => {
    if (isUnsaved()) event.preventDefault()
  }
  onMounted(() => addEventListener('beforeunload', beforeUnload))
  onBeforeUnmount(() => removeEventListener('beforeunload', beforeUnload))
  onBeforeRouteLeave(() => !isUnsaved() || confirm(t('kit.form.leave')))
}
