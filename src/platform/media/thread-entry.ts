// Runs in a thread of its own: cleans one file at a time and answers with its kind and its clean bytes.
// The server's side, with its limits, is apart.ts.

import { parentPort } from 'node:worker_threads'
import { isAppError } from '../../core/errors.ts'
import type { FromThread } from './apart.ts'
import { cleanMedia } from './clean.ts'

function answer(original: Uint8Array): FromThread {
  try {
    return cleanMedia(Buffer.from(original.buffer, original.byteOffset, original.length))
  } catch (error) {
    return isAppError(error) ? { code: error.code, values: error.values } : { code: null, values: {} }
  }
}

parentPort?.on('message', (original: Uint8Array) => parentPort?.postMessage(answer(original)))
