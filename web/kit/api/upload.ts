// Sends a file and tells how far it is. A connection that breaks is said at once; the server keeps nothing of half a file.

import { addressOf, renewing, sessionHeaders } from './client.ts'
import { NETWORK, Problem } from './problem.ts'

/** What an upload needs beside the file. */
export interface UploadInput {
  params?: Readonly<Record<string, string>>
  query?: Readonly<Record<string, string | number | boolean | undefined>>
  /** From 0 to 1. */
  onProgress?: (done: number) => void
  signal?: AbortSignal
}

/** Sends the file as the body. @returns the reply as the route declares it. @throws Problem */
export function upload<T>(path: string, file: Blob, input: UploadInput = {}): Promise<T> {
  return renewing(() => sendFile<T>(path, file, input))
}

function sendFile<T>(path: string, file: Blob, { params, query, onProgress, signal }: UploadInput): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', addressOf(path, params, query))
    for (const [name, value] of Object.entries(sessionHeaders(true))) request.setRequestHeader(name, value)
    request.setRequestHeader('accept', 'application/json')
    request.setRequestHeader('content-type', file.type === '' ? 'application/octet-stream' : file.type)
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress?.(event.loaded / event.total)
    }
    request.onload = () => {
      const body = parsed(request.responseText)
      if (request.status >= 200 && request.status < 300) resolve(body as T)
      else reject(new Problem({ code: 'defect', title: '', detail: '', ...(body as object), status: request.status }))
    }
    request.onerror = () => reject(new Problem({ code: NETWORK, status: 0, title: '', detail: '' }))
    request.onabort = () => reject(new DOMException('aborted', 'AbortError'))
    signal?.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return {}
  }
}
