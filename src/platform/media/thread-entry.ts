// Runs in a thread of its own: cleans one file at a time and answers with its kind and its clean bytes.
// The server's side, with its limits, is apart.ts.

import { parentPort } from 'node:worker_threads'
import type { FromThread } from './apart.ts'
import { refusalOf } from '../workers.ts'
import { cleanMedia } from './clean.ts'

function answer(original: Uint8Array): FromThread {
  try {
    return cleanMedia(Buffer.from(original.buffer, original.byteOffset, original.length))
  } catch (error) {
    return refusalOf(error)
  }
}

parentPort?.on('message', (original: Uint8Array) => parentPort?.postMessage(answer(original)))
