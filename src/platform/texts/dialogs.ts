// What the bot says: templates/dialogs/zh-CN/*.yaml, one text a key, held against the table of expected texts when loaded.
// When what is said is bot/engine and bot/dialogs.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { fill, placeholders, strayBrace, unlinked } from './fill.ts'

/** What may stand in every text; values may be texts themselves. */
export type Facts = Readonly<Record<string, string | number | Line>>

/** The texts that must be there, each with the values it may use, and the facts that every text may use. */
export interface ExpectedTexts {
  texts: Readonly<Record<string, readonly string[]>>
  facts: readonly string[]
}

export interface DialogTexts {
  /** One message of several lines. @throws Error (a defect) for a text or value that is missing. */
  say(lines: readonly Line[], facts: Facts): string
}

/** @throws Error at start, with every text that is missing, unknown, empty, or uses a value that nobody gives. */
export function loadDialogTexts(folder: string, expected: ExpectedTexts): DialogTexts {
  const texts = new Map<string, string>()
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.yaml')))
    for (const [key, text] of flat(parse(readFileSync(join(folder, name), 'utf8')), '')) texts.set(key, text.trim())
  const faults = [
    ...Object.keys(expected.texts).flatMap((key) => (texts.has(key) ? [] : [`${key} is missing`])),
    ...[...texts].flatMap(([key, text]) => faultsOf(expected, key, text)),
  ]
  if (faults.length > 0) throw new Error(`dialogs: ${faults.join('; ')}`)

  const worded = (line: Line, facts: Facts): string => {
    const text = texts.get(line.key)
    if (text === undefined) throw new Error(`dialogs: no ${line.key}`)
    const given: Readonly<Record<string, string | number | Line>> = { ...facts, ...line.values }
    const values = placeholders(text).flatMap((name) => {
      const value = given[name]
      if (value === undefined) return []
      return [[name, typeof value === 'object' ? worded(value, facts) : unlinked(value)] as const]
    })
    return fill(text, Object.fromEntries(values))
  }
  return { say: (lines, facts) => lines.map((line) => worded(line, facts)).join('\n') }
}

function faultsOf({ texts, facts }: ExpectedTexts, key: string, text: string): string[] {
  const given = texts[key]
  if (given === undefined) return [`${key} is said by nobody`]
  const unknown = placeholders(text).filter((name) => !given.includes(name) && !facts.includes(name))
  const unused = given.filter((name) => !placeholders(text).includes(name))
  return [
    ...(text === '' || strayBrace(text) ? [`${key} is empty or has a brace that belongs to no value`] : []),
    ...unknown.map((name) => `${key} uses {${name}}, which nobody gives`),
    ...unused.map((name) => `${key} leaves out {${name}}`),
  ]
}

function flat(node: unknown, prefix: string): [string, string][] {
  if (typeof node === 'string') return [[prefix, node]]
  if (typeof node !== 'object' || node === null || Array.isArray(node)) throw new Error(`dialogs: ${prefix} is no text`)
  return Object.entries(node).flatMap(([key, inner]) => flat(inner, prefix === '' ? key : `${prefix}.${key}`))
}

/** What stands in a text; a value may be a text itself. */
export type LineValues = Readonly<{ [name: string]: string | number | Line }>

/** A text of templates/dialogs. */
export interface Line {
  key: string
  values?: LineValues
}
