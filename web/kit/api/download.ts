// Saves a file that the server makes: the browser asks for it with its own session, and names it as the server says.

import { addressOf } from './client.ts'

/** The address of a file, for a link with `download`. */
export function fileAddress(path: string, params?: Readonly<Record<string, string>>, query?: Readonly<Record<string, unknown>>): string {
  return addressOf(path, params, query)
}

/** Offers content that a call brought (a file that is asked for by POST) for saving. */
export function save(content: Blob, fileName: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = fileName
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
