// Cleans a file that somebody handed in in a thread of its own, with limits of time and memory: whatever it holds, the server goes on.
// How files are cleaned is clean.ts; how many are in memory at once too.

import type { Worker } from 'node:worker_threads'
import { AppError } from '../../core/errors.ts'
import { errorOf, startWorker, type Refusal } from '../workers.ts'
import type { MediaKind } from './media.ts'

/** A clean file, or the error that refuses it. */
export type FromThread = { kind: MediaKind; bytes: Uint8Array } | Refusal

/** Milliseconds and megabytes that one file may take; a photo takes some milliseconds. */
const [LONGEST, MEGABYTES] = [20_000, 256]
/** Threads that wait for the next file. */
const MOST_IDLE = 1
const idle: Worker[] = []

/** @throws the errors of `cleanMedia`; AppError `evidence_time` for a file that takes too much time or memory. */
export async function cleanApart(original: Buffer, longest = LONGEST): Promise<{ kind: MediaKind; bytes: Buffer }> {
  const worker = idle.pop() ?? startWorker(new URL('./thread-entry', import.meta.url), MEGABYTES)
  worker.ref()
  const answer = await ask(worker, original, longest)
  worker.removeAllListeners()
  if (answer === null || idle.length >= MOST_IDLE) void worker.terminate()
  else {
    worker.unref()
    // A thread that fails while it waits is no longer one to ask.
    worker.once('error', () => forget(worker)).once('exit', () => forget(worker))
    idle.push(worker)
  }
  if (answer === null) throw new AppError('evidence_time')
  if ('kind' in answer) return { kind: answer.kind, bytes: Buffer.from(answer.bytes.buffer, answer.bytes.byteOffset, answer.bytes.length) }
  throw errorOf(answer, 'internal')
}

function forget(worker: Worker): void {
  const place = idle.indexOf(worker)
  if (place >= 0) idle.splice(place, 1)
}

/** Null when no answer came in time, or the thread ended. */
function ask(worker: Worker, original: Buffer, longest: number): Promise<FromThread | null> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(null), longest)
    const settle = (answer: FromThread | null): void => {
      clearTimeout(late)
      resolve(answer)
    }
    worker.removeAllListeners()
    worker
      .once('message', settle)
      .once('error', () => settle(null))
      .once('exit', () => settle(null))
    // A copy: a piece of a larger buffer would be sent with all of it.
    const copy = new Uint8Array(original)
    worker.postMessage(copy, [copy.buffer])
  })
}
