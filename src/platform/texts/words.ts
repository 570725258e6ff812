// The Chinese that screens, errors and reports say: templates/words/zh-CN/*.yaml, one nested map a file.
// Messages to people are templates.ts.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { parse } from 'yaml'

import type { Code, Problem, Values } from '../../core/errors.ts'
import { fill, placeholders, plain, strayBrace } from './fill.ts'

export interface Words {
  /**
   * The wording of a key (`listing.listed`) in a file (`states`, without `.yaml`). Values beyond its placeholders are left aside.
   * @throws Error (a defect) when file, key or a value is missing.
   */
  words(file: string, key: string, values?: Values): string
  /** Every key of a file; empty when there is no such file. */
  keys(file: string): string[]
  /** The sentence of an error. Never throws: a value nobody gave reads `—`. Machine words of states and acts are put into Chinese. */
  problem(code: Code, values?: Values): string
  /** The sentence of one thing wrong with a field or cell, naming the column as the file does or as the field is called. Never throws. */
  check(problem: Problem): string
}

/** @throws Error naming file and key of everything that is not a text or has a stray brace. */
export function loadWords(folder: string): Words {
  const files = new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => [name.slice(0, -5), flatten(name, parse(readFileSync(join(folder, name), 'utf8')))]),
  )
  const find = (file: string, key: string): string | undefined => files.get(file)?.get(key)
  const translated = (name: string, value: string | number, subject = ''): string => {
    const parts = String(value).split(' ')
    for (const [file, section] of [...ownWords(subject, name), ...(MACHINE_WORDS[name] ?? [])]) {
      const found = parts.map((part) => find(file, `${section}${part}`))
      if (found.every((word) => word !== undefined)) return found.join('、')
    }
    return plain(value)
  }
  const filled = (text: string, values: Values, subject?: string): string => {
    const known = placeholders(text).map((name) => [name, sayable(values[name]) ? translated(name, values[name], subject) : '—'])
    return fill(text, Object.fromEntries(known) as Values)
  }
  return {
    words(file, key, values = {}) {
      const text = find(file, key)
      if (text === undefined) throw new Error(`words: no ${key} in ${file}`)
      return fill(text, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, plain(value)])))
    },
    keys: (file) => [...(files.get(file)?.keys() ?? [])],
    problem(code, values = {}) {
      return filled(find('problems', code) ?? code, values, code.split('_')[0])
    },
    check({ code, column, field, values }) {
      const named = column ?? find('columns', field ?? '') ?? field
      return filled(find('checks', code) ?? code, { ...values, ...(named === undefined ? {} : { column: named }) })
    },
  }
}

/** Words of the subject itself come first: an objection that is upheld is not called as a complaint is. */
function ownWords(subject: string, name: string): (readonly [file: string, section: string])[] {
  const own = `${subject}s`
  return name === 'possible'
    ? [
        [own, 'act.'],
        [own, 'remedy.'],
      ]
    : [[own, `${name}.`]]
}

/** Values of errors that are machine words, one or several with blanks between: the file and the part of it that put them into Chinese. */
const MACHINE_WORDS: Readonly<Record<string, readonly (readonly [file: string, section: string])[]>> = {
  state: [
    ['states', 'listing.'],
    ['lifts', 'state.'],
    ['complaints', 'state.'],
    ['pushes', 'state.'],
  ],
  act: [
    ['states', 'act.'],
    ['lifts', 'act.'],
    ['complaints', 'act.'],
    ['pushes', 'act.'],
  ],
  possible: [
    ['states', 'act.'],
    ['lifts', 'act.'],
    ['complaints', 'act.'],
  ],
  source: [['states', 'court.']],
  scope: [['states', 'scope.']],
  given: [['states', 'scope.']],
}

function sayable(value: string | number | undefined): value is string | number {
  return value !== undefined && value !== ''
}

function flatten(file: string, node: unknown, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>()
  if (typeof node !== 'object' || node === null || Array.isArray(node))
    throw new Error(`words: ${file}: ${prefix || 'top'} is neither a text nor a map`)
  for (const [key, value] of Object.entries(node as Record<string, unknown>)) {
    const path = prefix === '' ? key : `${prefix}.${key}`
    if (typeof value !== 'string') for (const [inner, text] of flatten(file, value, path)) flat.set(inner, text)
    else if (value.trim() === '' || strayBrace(value))
      throw new Error(`words: ${file}: ${path} is empty or has a brace that belongs to no value`)
    else flat.set(path, value)
  }
  return flat
}
