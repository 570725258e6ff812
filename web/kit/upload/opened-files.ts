// Files of a record that are fetched when they are asked for: a picture is shown inside the page, and nothing of it has an address.

import { onBeforeUnmount, ref, type Ref } from 'vue'
import { problemFrom, type Problem } from '../api/problem.ts'

/** Kinds of files that a page shows; others are saved. */
export const isPicture = (kind: string): boolean => ['jpeg', 'png', 'webp'].includes(kind)

/** The content under the type of its kind: the server sends files under a neutral type, so that no browser opens them by itself. */
export const asPicture = (content: Blob, kind: string): Blob => content.slice(0, content.size, `image/${kind}`)

export interface OpenedFiles {
  /** Addresses of the pictures that are shown, by the file's id. They are of this page alone. */
  shown: Ref<Map<string, string>>
  /** The id of the file that is being fetched; empty when none is. */
  busy: Ref<string>
  problem: Ref<Problem | null>
  /** Fetches a file, one at a time; `take` gets its content and says whether it is to be shown as a picture. */
  open(id: string, fetch: () => Promise<Blob>, take?: (content: Blob) => 'show' | 'taken'): Promise<void>
  hide(id: string): void
}

/** The files that one part of a page has opened; they are given back when it leaves. */
export function useOpenedFiles(): OpenedFiles {
  const shown = ref(new Map<string, string>())
  const busy = ref('')
  const problem = ref<Problem | null>(null)
  onBeforeUnmount(() => shown.value.forEach((address) => URL.revokeObjectURL(address)))
  return {
    shown,
    busy,
    problem,
    async open(id, fetch, take = () => 'show') {
      if (busy.value !== '') return
      busy.value = id
      problem.value = null
      try {
        const content = await fetch()
        if (take(content) === 'show') shown.value.set(id, URL.createObjectURL(content))
      } catch (error) {
        problem.value = problemFrom(error)
      } finally {
        busy.value = ''
      }
    },
    hide(id) {
      URL.revokeObjectURL(shown.value.get(id) ?? '')
      shown.value.delete(id)
    },
  }
}
