// Keeps a dialog from closing over words that were typed and not sent: the forms inside say whether they hold such words, the dialog asks.

import { inject, onBeforeUnmount, provide, type InjectionKey } from 'vue'
import { t } from '../words.ts'

interface Dialog {
  forms: Set<() => boolean>
  /** Whether it may close now; asks the person where a form holds what was not sent. */
  mayClose(): boolean
}
const KEY: InjectionKey<Dialog> = Symbol('dialog')

/** Makes this component the dialog that the forms inside report to. @returns whether it may close now. */
export function keepUnsaved(): Dialog['mayClose'] {
  const forms = new Set<() => boolean>()
  const mayClose = (): boolean => ![...forms].some((isUnsaved) => isUnsaved()) || confirm(t('kit.form.close_unsaved'))
  provide(KEY, { forms, mayClose })
  return mayClose
}

/** Reports a form to the dialog around it, if there is one. @returns whether the dialog may close now; outside of dialogs always. */
export function reportUnsaved(isUnsaved: () => boolean): Dialog['mayClose'] {
  const dialog = inject(KEY, null)
  dialog?.forms.add(isUnsaved)
  onBeforeUnmount(() => dialog?.forms.delete(isUnsaved))
  return dialog?.mayClose ?? (() => true)
}
