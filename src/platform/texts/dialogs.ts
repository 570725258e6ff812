// The texts of the bot: templates/dialogs/zh-CN/*.yaml, one text for each key, checked against the table of expected texts when loaded.
// Which text is sent when is decided in bot/engine.ts and bot/dialogs.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { fill, placeholders, strayBrace, withoutLinks } from './fill.ts'

/** Values that every text may use; a value may be a text itself. */
export type Facts = Readonly<Record<string, string | number | Line>>

/** The texts that must exist, each with the names of its values, and the names of the facts that every text may use. */
export interface ExpectedTexts {
  texts: Readonly<Record<string, readonly string[]>>
  facts: readonly string[]
}

/** The texts of the bot. */
export interface DialogTexts {
  /**
   * One message of several lines. With `onMissing` a missing value is written `—` and a line without a text is left out, each reported: a
   * person gets the rest rather than nothing.
   * @throws Error (a defect) for a missing text or value, without `onMissing`.
   */
  say(lines: readonly Line[], facts: Facts, onMissing?: (key: string) => void): string
}

/** Loads the texts. @throws Error with every text that is missing, unknown, empty, or uses a value that is not provided. */
export function loadDialogTexts(folder: string, expected: ExpectedTexts): DialogTexts {
  const texts = new Map<string, string>()
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.yaml')))
    for (const [key, text] of flat(parse(readFileSync(join(folder, name), 'utf8')), '')) texts.set(key, text.trim())
  const faults = [
    ...Object.keys(expected.texts).flatMap((key) => (texts.has(key) ? [] : [`${key} is missing`])),
    ...[...texts].flatMap(([key, text]) => faultsOf(expected, key, text)),
  ]
  if (faults.length > 0) throw new Error(`dialogs: ${faults.join('; ')}`)

  const textOf = (line: Line, facts: Facts, onMissing?: (key: string) => void): string => {
    const text = texts.get(line.key)
    if (text === undefined && onMissing === undefined) throw new Error(`dialogs: no ${line.key}`)
    if (text === undefined) {
      onMissing?.(line.key)
      return ''
    }
    const provided: Readonly<Record<string, string | number | Line>> = { ...facts, ...line.values }
    const values = placeholders(text).flatMap((name) => {
      const value = provided[name]
      if (value === undefined && onMissing === undefined) return []
      if (value === undefined) onMissing?.(`${line.key}.${name}`)
      return [[name, typeof value === 'object' ? textOf(value, facts, onMissing) : withoutLinks(value ?? '—')] as const]
    })
    return fill(text, Object.fromEntries(values))
  }
  return {
    say(lines, facts, onMissing) {
      const said = lines.map((line) => textOf(line, facts, onMissing))
      return (onMissing === undefined ? said : said.filter((text) => text !== '')).join('\n')
    },
  }
}

function faultsOf({ texts, facts }: ExpectedTexts, key: string, text: string): string[] {
  const expected = texts[key]
  if (expected === undefined) return [`${key} is said by nobody`]
  const unknown = placeholders(text).filter((name) => !expected.includes(name) && !facts.includes(name))
  const unused = expected.filter((name) => !placeholders(text).includes(name))
  return [
    ...(text === '' || strayBrace(text) ? [`${key} is empty or has a brace that belongs to no value`] : []),
    ...unknown.map((name) => `${key} uses {${name}}, which nobody gives`),
    ...unused.map((name) => `${key} leaves out {${name}}`),
  ]
}

/** The texts of a nested map with their dotted keys. */
function flat(node: unknown, prefix: string): [string, string][] {
  if (typeof node === 'string') return [[prefix, node]]
  if (typeof node !== 'object' || node === null || Array.isArray(node)) throw new Error(`dialogs: ${prefix} is no text`)
  return Object.entries(node).flatMap(([key, inner]) => flat(inner, prefix === '' ? key : `${prefix}.${key}`))
}

/** The values of one text; a value may be a text itself. */
export type LineValues = Readonly<{ [name: string]: string | number | Line }>

/** A text of templates/dialogs by its key, with its values. */
export interface Line {
  key: string
  values?: LineValues
}
