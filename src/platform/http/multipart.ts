// Reads multipart/form-data (RFC 7578) as it arrives: one part after another, a file as a stream, so that no upload is held in memory whole.
// Which media types and sizes a route takes is body.ts.

import { AppError } from '../../core/errors.ts'

/** One part of a form. Its content is read before the next part is asked for; what is left unread is skipped. */
export interface Part {
  name: string
  /** Whether the part came from a file input, also when no file was chosen. */
  isFile: boolean
  content: AsyncIterable<Buffer>
}

const PARTS = 100
const HEAD_BYTES = 8192
const LINE_END = Buffer.from('\r\n')
const HEAD_END = Buffer.from('\r\n\r\n')

/** The boundary of a Content-Type header; null when it is no form. */
export function boundaryOf(contentType: string): string | null {
  const [, quoted, plain] =
    /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70})(?=[\s;]|$))/i.exec(contentType) ?? []
  return quoted ?? plain ?? null
}

/** The parts of a form in the order sent. @throws AppError `form_broken` for a form that is cut off or not well formed. */
export async function* partsOf(source: AsyncIterable<Uint8Array>, boundary: string): AsyncGenerator<Part> {
  const input = lookAhead(source)
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
  try {
    // The first boundary has no line end before it.
    await skip(input.until(delimiter.subarray(2)))
    for (let count = 0; !(await input.startsWith('--')); count += 1) {
      if (count === PARTS) throw new AppError('form_broken')
      await skip(input.until(LINE_END))
      const head = await textOf(input.until(HEAD_END), HEAD_BYTES)
      const content = input.until(delimiter)
      yield { ...namesIn(head), content }
      await skip(content)
    }
  } finally {
    await input.end()
  }
}

function namesIn(head: string): Pick<Part, 'name' | 'isFile'> {
  const disposition = head.split('\r\n').find((line) => /^content-disposition:/i.test(line)) ?? ''
  const [, name] = /;\s*name="([^"]{1,100})"/i.exec(disposition) ?? []
  if (name === undefined) throw new AppError('form_broken')
  return { name, isFile: /;\s*filename\*?=/i.test(disposition) }
}

async function skip(content: AsyncIterable<Buffer>): Promise<void> {
  const iterator = content[Symbol.asyncIterator]()
  while ((await iterator.next()).done !== true);
}

async function textOf(content: AsyncIterable<Buffer>, limit: number): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of content) {
    bytes += part.length
    if (bytes > limit) throw new AppError('form_broken')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** Bytes that have arrived and are not consumed yet. */
interface Lookahead {
  startsWith(text: string): Promise<boolean>
  /** The bytes before a mark as they arrive. The mark is consumed with the last of them; read again it gives nothing. */
  until(mark: Buffer): AsyncIterable<Buffer>
  /** Lets go of the source, whatever is left of it. */
  end(): Promise<unknown>
}

function lookAhead(source: AsyncIterable<Uint8Array>): Lookahead {
  const iterator = source[Symbol.asyncIterator]()
  let pending: Buffer = Buffer.alloc(0)
  const more = async (): Promise<void> => {
    const next: IteratorResult<Uint8Array, unknown> = await iterator.next()
    if (next.done === true) throw new AppError('form_broken')
    pending = Buffer.concat([pending, next.value])
  }
  return {
    end: () => iterator.return?.() ?? Promise.resolve(),
    async startsWith(text) {
      while (pending.length < text.length) await more()
      return pending.toString('latin1', 0, text.length) === text
    },
    until(mark) {
      let found = false
      async function* read(): AsyncGenerator<Buffer> {
        while (!found) {
          const at = pending.indexOf(mark)
          found = at >= 0
          // A mark may have arrived in part: so many bytes are kept back.
          const end = found ? at : Math.max(0, pending.length - mark.length + 1)
          const part = pending.subarray(0, end)
          pending = pending.subarray(found ? end + mark.length : end)
          if (part.length > 0) yield part
          if (!found) await more()
        }
      }
      return { [Symbol.asyncIterator]: read }
    },
  }
}
