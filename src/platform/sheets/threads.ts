// Starts and keeps the threads in which tables are read: four at once, one that waits for the next file, each with a limit of memory.
// What runs in them is thread-entry.ts; the time limit of a file is apart.ts.

import { AppError } from '../../core/errors.ts'
import { errorOf, startWorker } from '../workers.ts'
import type { Answers, FromThread, Question, ToThread } from './thread-messages.ts'

/** Files that are read at once. Each may take its memory, and two cores are busy with two. */
const MOST_AT_ONCE = 4
/** Milliseconds after which a file that waits for its turn is asked to come again. */
const LONGEST_WAIT = 60_000

/** One thread. */
export interface ReadingThread {
  readonly megabytes: number
  /** Whether a question is unanswered, or the thread has ended. */
  readonly isBusy: boolean
  /** Receives pulls and drops of the file that is read. */
  onBytes: ((message: Extract<FromThread, { pull: number } | { drop: number }>) => void) | null
  ask<What extends Question['what']>(question: Question & { what: What }): Promise<Answers[What]>
  give(message: Extract<ToThread, { gave: number }>, transfer?: readonly ArrayBuffer[]): void
  /** Ends the thread at once; what was asked fails with this error. */
  end(error: Error): void
  /** Whether the process waits for it. */
  hold(held: boolean): void
}

let atOnce = 0
let idle: ReadingThread | null = null
const waiting: (() => void)[] = []

/** A thread for one file. @throws AppError `sheet_busy` when all are taken for a minute. */
export async function takeThread(megabytes: number): Promise<ReadingThread> {
  if (atOnce >= MOST_AT_ONCE) await turn()
  else atOnce += 1
  const kept = idle
  idle = null
  if (kept?.isBusy === false && kept.megabytes === megabytes) {
    kept.hold(true)
    return kept
  }
  kept?.end(new AppError('import_file_broken'))
  try {
    return await startThread(megabytes)
  } catch (error) {
    next()
    throw error
  }
}

/** Gives a thread back. @param keep false for one whose memory is to be freed. */
export function returnThread(thread: ReadingThread, keep: boolean): void {
  if (keep && !thread.isBusy && idle === null) {
    thread.hold(false)
    idle = thread
  } else thread.end(new AppError('import_file_broken'))
  next()
}

function next(): void {
  const first = waiting.shift()
  if (first === undefined) atOnce -= 1
  else first()
}

function turn(): Promise<void> {
  return new Promise((resolve, reject) => {
    const mine = (): void => {
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(() => {
      waiting.splice(waiting.indexOf(mine), 1)
      reject(new AppError('sheet_busy'))
    }, LONGEST_WAIT)
    waiting.push(mine)
  })
}

async function startThread(megabytes: number): Promise<ReadingThread> {
  const worker = startWorker(new URL('./thread-entry', import.meta.url), megabytes)
  const asked = new Map<number, { resolve: (answer: never) => void; reject: (error: Error) => void }>()
  let numbers = 0
  let ended: Error | null = null
  const fail = (error: Error): void => {
    ended ??= error
    for (const { reject } of asked.values()) reject(ended)
    asked.clear()
  }
  const thread: ReadingThread = {
    megabytes,
    get isBusy() {
      return asked.size > 0 || ended !== null
    },
    onBytes: null,
    ask: (question) =>
      new Promise((resolve, reject) => {
        if (ended !== null) return reject(ended)
        const ask = ++numbers
        asked.set(ask, { resolve, reject })
        worker.postMessage({ ask, question } satisfies ToThread)
      }),
    give: (message, transfer = []) => worker.postMessage(message, transfer),
    end(error) {
      fail(error)
      void worker.terminate()
    },
    hold: (held) => (held ? worker.ref() : worker.unref()),
  }
  const take = (message: Exclude<FromThread, { ready: true }>): void => {
    if ('pull' in message || 'drop' in message) return thread.onBytes?.(message)
    const number = 'answered' in message ? message.answered : message.refused
    const question = asked.get(number)
    asked.delete(number)
    if ('answered' in message) question?.resolve(message.answer as never)
    else question?.reject(errorOf(message, 'import_file_broken'))
  }
  await new Promise<void>((resolve, reject) => {
    worker.on('message', (message: FromThread) => ('ready' in message ? resolve() : take(message)))
    worker.on('error', (error) => {
      fail(faultOf(error, megabytes))
      reject(error)
    })
    worker.on('exit', () => fail(new AppError('import_file_broken')))
  })
  return thread
}

/** What ended a thread. Its own words are dropped, because they may quote the content. */
function faultOf(error: Error, megabytes: number): AppError {
  const isMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
  return isMemory ? new AppError('sheet_memory', { megabytes }) : new AppError('import_file_broken')
}
