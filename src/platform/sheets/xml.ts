// Reads XML as a stream of tags. Document types, foreign entities and excessive depth are refused.
// What the tags mean belongs to the caller.

import { SaxesParser } from 'saxes'
import { decodeText } from './encoding.ts'

/** The attributes of a tag. */
export type Attributes = Readonly<Record<string, string>>

/** Callbacks for tags and texts. */
export interface XmlReader {
  /** Names come without their prefix, because some programs write `x:row`. */
  open?: (name: string, attributes: Attributes) => void
  text?: (text: string) => void
  close?: (name: string) => void
}

const MAX_DEPTH = 64
/** Characters between two tags at most. The longest cell of a spreadsheet has 32,767. */
const MAX_SILENCE = 2_000_000

/**
 * Feeds a reader and yields the bytes read so far after every chunk, so that the caller can pass on complete rows.
 * @throws Error for ill-formed XML.
 */
export async function* readXml(content: AsyncIterable<Buffer>, reader: XmlReader): AsyncGenerator<number> {
  const parser = new SaxesParser({ xmlns: false, position: false })
  let depth = 0
  let silence = 0
  let bytes = 0
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of content) {
      bytes += chunk.length
      yield chunk
    }
  }
  parser.on('error', (error) => {
    throw error
  })
  parser.on('doctype', () => {
    throw new Error('document type')
  })
  parser.on('opentag', (tag) => {
    silence = 0
    if (++depth > MAX_DEPTH) throw new Error('too deep')
    reader.open?.(localName(tag.name), tag.attributes)
  })
  parser.on('closetag', (tag) => {
    silence = 0
    depth--
    reader.close?.(localName(tag.name))
  })
  const { text } = reader
  if (text !== undefined) {
    parser.on('text', text)
    parser.on('cdata', text)
  }
  for await (const chunk of decodeText(counted(), 'utf-8')) {
    silence += chunk.length
    parser.write(chunk)
    if (silence > MAX_SILENCE) throw new Error('too long')
    yield bytes
  }
  parser.close()
}

/** Reads a small document to its end. */
export async function readWholeXml(content: AsyncIterable<Buffer>, reader: XmlReader): Promise<void> {
  const reading = readXml(content, reader)
  let step = await reading.next()
  while (step.done !== true) step = await reading.next()
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

/** The value of an attribute that has a prefix, whatever the prefix: `r:id` is `ns0:id` elsewhere. */
export function prefixed(attributes: Attributes, name: string): string | undefined {
  return Object.entries(attributes).find(([key]) => key.endsWith(`:${name}`))?.[1]
}

/** Whether an attribute says yes, which programs write in two ways. */
export function isTrue(attribute: string | undefined): boolean {
  return attribute === '1' || attribute === 'true'
}
