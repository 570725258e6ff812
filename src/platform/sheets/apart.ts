// Opens a table that somebody hands in and reads it in a thread of its own, with limits of time and memory: whatever the file holds, the
// server goes on. How tables are read is read.ts; the threads are threads.ts.

import type { Readable } from 'node:stream'
import { AppError } from '../../core/errors.ts'
import { SHEET_LIMITS, tooLarge, type Sheet, type SheetLimits, type SheetRow, type SheetSource, type SheetTab } from './sheet.ts'
import type { Answers, FromThread, Question } from './thread-messages.ts'
import { returnThread, takeThread, type ReadingThread } from './threads.ts'

/** What reading one file may take. */
export interface ReadingLimits {
  /** Seconds of reading, and one more for each megabyte of the file. Time in which the server uses the rows does not count. */
  seconds: number
  /** Megabytes of memory. */
  megabytes: number
}

const MEGABYTE = 1_048_576
/** Milliseconds between two looks at the time. */
const TICK = 100
/** Megabytes from which a thread ends with its file, so that its memory is free again. */
const LARGE = 5

/**
 * Opens a table as `openSheet` does, in another thread. Rows come in batches; the next is read while one is used.
 * @throws the errors of `openSheet`; AppError `sheet_time`, `sheet_memory`, `sheet_busy`.
 */
export async function openSheetApart(
  source: SheetSource,
  { seconds, megabytes }: ReadingLimits,
  limits: Partial<SheetLimits> = {},
): Promise<Sheet> {
  if (source.bytes === 0) throw new AppError('import_empty')
  const max = limits.maxBytes ?? SHEET_LIMITS.maxBytes
  if (source.bytes > max) throw tooLarge(source.bytes, max)
  const thread = await takeThread(megabytes)
  const bytes = serveBytes(source, thread)
  const allowed = seconds + Math.ceil(source.bytes / MEGABYTE)
  const patience = patienceOf(allowed, bytes.isServing, () => thread.end(new AppError('sheet_time', { seconds: allowed })))
  let isOpen = true
  const close = (): Promise<void> => {
    if (!isOpen) return Promise.resolve()
    isOpen = false
    bytes.end()
    return giveBack(thread, source.bytes < LARGE * MEGABYTE)
  }
  /** An error of the source is thrown as it is. */
  const wait = <Answer>(answer: Promise<Answer>): Promise<Answer> =>
    patience.during(answer).catch((error: unknown) => {
      throw bytes.fault() ?? error
    })
  try {
    const { name, bytes: length, range } = source
    const { tabs, ...kind } = await wait(thread.ask({ what: 'open', name, bytes: length, hasRange: range !== undefined, limits }))
    const rowsOf = rowReader(thread, wait)
    return {
      ...kind,
      tabs: tabs.map((tab, index): SheetTab => {
        let hidden: Promise<readonly number[]> | undefined
        const hiddenColumns = (): Promise<readonly number[]> => (hidden ??= wait(thread.ask({ what: 'columns', tab: index })))
        return { ...tab, rows: () => rowsOf(index), hiddenColumns }
      }),
      rows: () => rowsOf(null),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function giveBack(thread: ReadingThread, keep: boolean): Promise<void> {
  thread.onBytes = null
  // A thread that is in the middle of something may never come to its end.
  if (keep && !thread.isBusy) await thread.ask({ what: 'close' }).catch(() => null)
  returnThread(thread, keep)
}

type Wait = <Answer>(answer: Promise<Answer>) => Promise<Answer>

function rowReader(thread: ReadingThread, wait: Wait): (tab: number | null) => AsyncGenerator<SheetRow[]> {
  let readings = 0
  return async function* (tab) {
    const question = { what: 'rows', reading: ++readings, tab } as const
    let next: Promise<Answers['rows']> | null = thread.ask(question)
    try {
      for (;;) {
        const rows = await wait(next)
        if (rows === null) {
          next = null
          return
        }
        next = thread.ask(question)
        // It is awaited when these rows are used; until then it must not be reported as an unhandled rejection.
        next.catch(() => null)
        yield rows
      }
    } finally {
      if (next !== null) thread.ask({ what: 'stop', reading: question.reading } satisfies Question).catch(() => null)
    }
  }
}

interface Patience {
  /** Waits for an answer, and counts the time. */
  during<Answer>(answer: Promise<Answer>): Promise<Answer>
}

/**
 * Counts the time in which the server waits for the thread. It counts ticks, not time: while the server itself is busy, or reads the disk,
 * the thread is not to blame.
 */
function patienceOf(seconds: number, isServing: () => boolean, onEnd: () => void): Patience {
  let left = (seconds * 1000) / TICK
  let waits = 0
  let ticking: NodeJS.Timeout | undefined
  const tick = (): void => {
    if (!isServing() && --left <= 0) onEnd()
  }
  return {
    async during(answer) {
      if (waits++ === 0) ticking = setInterval(tick, TICK)
      try {
        return await answer
      } finally {
        if (--waits === 0) clearInterval(ticking)
      }
    },
  }
}

interface ByteServer {
  isServing(): boolean
  /** The error of the source, or null. */
  fault(): unknown
  end(): void
}

/** Hands the bytes of a source to a thread, each piece when it is asked for. */
function serveBytes(source: SheetSource, thread: ReadingThread): ByteServer {
  const streams = new Map<number, { stream: Readable; chunks: AsyncIterator<Buffer> }>()
  let serving = 0
  let fault: unknown = null
  const open = (number: number, range: readonly [number, number] | null): AsyncIterator<Buffer> => {
    const stream = range === null || source.range === undefined ? source.stream() : source.range(...range)
    const chunks = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
    streams.set(number, { stream, chunks })
    return chunks
  }
  const serve = async ({ pull, stream, range }: Extract<FromThread, { pull: number }>): Promise<void> => {
    serving += 1
    try {
      const step = await (streams.get(stream)?.chunks ?? open(stream, range)).next()
      // A copy: a piece of a larger buffer would be sent with all of it.
      const chunk = step.done === true ? null : new Uint8Array(step.value)
      thread.give({ gave: pull, chunk }, chunk === null ? [] : [chunk.buffer])
    } catch (error) {
      // A stream that was dropped meanwhile ends with an error of its own.
      if (streams.has(stream)) fault ??= error
      thread.give({ gave: pull, chunk: null, failed: true })
    } finally {
      serving -= 1
    }
  }
  const drop = (number: number): void => {
    streams.get(number)?.stream.destroy()
    streams.delete(number)
  }
  thread.onBytes = (message) => {
    if ('pull' in message) void serve(message)
    else drop(message.drop)
  }
  return {
    isServing: () => serving > 0,
    fault: () => fault,
    end: () => {
      for (const number of [...streams.keys()]) drop(number)
    },
  }
}
