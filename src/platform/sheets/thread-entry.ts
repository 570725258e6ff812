// Runs in a thread of its own: reads one table at a time, pulls its bytes from the server and answers with rows.
// A file that takes too long or too much memory ends this thread and nothing else. Its limits are threads.ts and apart.ts.

import { Readable } from 'node:stream'
import { parentPort } from 'node:worker_threads'
import { AppError } from '../../core/errors.ts'
import { refusalOf } from '../workers.ts'
import { openSheet } from './read.ts'
import type { Sheet, SheetRow, SheetSource } from './sheet.ts'
import type { Answers, FromThread, Question, ToThread } from './thread-messages.ts'

const pulls = new Map<number, { resolve: (chunk: Uint8Array | null) => void; reject: (error: Error) => void }>()
const readings = new Map<number, AsyncIterator<SheetRow[]>>()
let numbers = 0
let sheet: Sheet | null = null

function post(message: FromThread): void {
  parentPort?.postMessage(message)
}

/** A stream of the server's bytes. */
function remote(range: readonly [start: number, end: number] | null): Readable {
  const stream = ++numbers
  const pull = (): Promise<Uint8Array | null> =>
    new Promise((resolve, reject) => {
      const number = ++numbers
      pulls.set(number, { resolve, reject })
      post({ pull: number, stream, range })
    })
  async function* chunks(): AsyncGenerator<Buffer> {
    try {
      for (let chunk = await pull(); chunk !== null; chunk = await pull()) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    } finally {
      post({ drop: stream })
    }
  }
  return Readable.from(chunks(), { objectMode: false })
}

async function close(): Promise<null> {
  const open = sheet
  sheet = null
  for (const { reject } of pulls.values()) reject(new Error('closed'))
  pulls.clear()
  await Promise.allSettled([...readings.values()].map(async (reading) => reading.return?.()))
  readings.clear()
  await open?.close()
  return null
}

/** @throws AppError `import_file_broken` before `open`. */
function opened(): Sheet {
  if (sheet === null) throw new AppError('import_file_broken')
  return sheet
}

function tabOf(index: number): Sheet['tabs'][number] {
  const tab = opened().tabs[index]
  if (tab === undefined) throw new AppError('import_file_broken')
  return tab
}

async function open({ name, bytes, hasRange, limits }: Question & { what: 'open' }): Promise<Answers['open']> {
  const source: SheetSource = { name, bytes, stream: () => remote(null) }
  sheet = await openSheet(hasRange ? { ...source, range: (start, end) => remote([start, end]) } : source, limits)
  const { kind, encoding, tabs } = sheet
  return {
    kind,
    ...(encoding === undefined ? {} : { encoding }),
    tabs: tabs.map((tab) => ({ name: tab.name, isHidden: tab.isHidden })),
  }
}

async function rows({ reading, tab }: Question & { what: 'rows' }): Promise<SheetRow[] | null> {
  const iterator = readings.get(reading) ?? (tab === null ? opened() : tabOf(tab)).rows()[Symbol.asyncIterator]()
  readings.set(reading, iterator)
  const step = await iterator.next()
  if (step.done !== true) return step.value
  readings.delete(reading)
  return null
}

async function answer(question: Question): Promise<Answers[keyof Answers]> {
  switch (question.what) {
    case 'open':
      return open(question)
    case 'rows':
      return rows(question)
    case 'stop':
      await readings.get(question.reading)?.return?.()
      readings.delete(question.reading)
      return null
    case 'columns':
      return tabOf(question.tab).hiddenColumns()
    case 'close':
      return close()
  }
}

parentPort?.on('message', (message: ToThread) => {
  if ('gave' in message) {
    const pull = pulls.get(message.gave)
    pulls.delete(message.gave)
    if (message.failed === true) pull?.reject(new Error('source failed'))
    else pull?.resolve(message.chunk)
    return
  }
  answer(message.question).then(
    (given) => post({ answered: message.ask, answer: given }),
    (error: unknown) => post({ refused: message.ask, ...refusalOf(error) }),
  )
})
post({ ready: true })
