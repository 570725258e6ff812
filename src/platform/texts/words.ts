// The Chinese words of screens, errors and reports: templates/words/zh-CN/*.yaml, one nested map for each file.
// Notice templates are messaging/template-reader.ts, texts of the bot dialogs.ts.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { parse } from 'yaml'

import type { Code, Problem, Values } from '../../core/errors.ts'
import { fill, MISSING, placeholders, plainLine, refuseMissing, strayBrace, type OnMissing } from './fill.ts'

/** The words by file and key. */
export interface Words {
  /**
   * The wording of a key (`listing.listed`) in a file (`states`, without `.yaml`). Values without a placeholder are ignored. A missing file,
   * key or value is a defect: `onMissing` throws, or `〔—〕` is written in its place.
   */
  words(file: string, key: string, values?: Values): string
  /** Every key of a file; empty when there is no such file. */
  keys(file: string): string[]
  /** The sentence of an error. Never throws: a missing value is written `—`. Names of states and acts are translated into Chinese. */
  problem(code: Code, values?: Values): string
  /**
   * The sentence of a fault of a field or cell, or of a field of a request (http.yaml, `issue`). It names the column as the file does, or by its
   * Chinese name, and never by a path through the request. Never throws.
   */
  check(problem: Problem): string
}

/** Loads the words. @throws Error naming file and key for a value that is no text, is empty or has a stray brace. */
export function loadWords(folder: string, onMissing: OnMissing = refuseMissing): Words {
  const files = new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => [name.slice(0, -5), flatten(name, parse(readFileSync(join(folder, name), 'utf8')))]),
  )
  const find = (file: string, key: string): string | undefined => files.get(file)?.get(key)
  const translated = (name: string, value: string | number, subject = ''): string => {
    const parts = String(value).split(' ')
    for (const [file, section] of [...ownWords(subject, name), ...(MACHINE_WORDS[name] ?? [])]) {
      const translations = parts.map((part) => find(file, `${section}${part}`))
      if (translations.every((word) => word !== undefined)) return translations.join('、')
    }
    return plainLine(value)
  }
  const filled = (text: string, values: Values, subject?: string): string => {
    const entries = placeholders(text).map((name) => [name, isPresent(values[name]) ? translated(name, values[name], subject) : '—'])
    return fill(text, Object.fromEntries(entries) as Values)
  }
  return {
    words(file, key, values = {}) {
      const text = find(file, key)
      if (text === undefined) {
        onMissing(`words: no ${key} in ${file}`, key)
        return MISSING
      }
      const given: Readonly<Record<string, string | number | null | undefined>> = values
      const plain = Object.fromEntries(
        Object.entries(given).flatMap(([name, value]) => (value === undefined || value === null ? [] : [[name, plainLine(value)]])),
      )
      return fill(text, plain, (name) => onMissing(`words: ${file}: ${key}`, name))
    },
    keys: (file) => [...(files.get(file)?.keys() ?? [])],
    problem(code, values = {}) {
      return filled(find('problems', code) ?? code, values, code.split('_')[0])
    },
    check({ code, column, field, values }) {
      const own = column ?? find('columns', field ?? '')
      const columnName = own ?? (field?.includes('.') === true ? find('columns', 'written') : undefined) ?? field
      const sentence = find('checks', code) ?? find('http', `issue.${code}`) ?? code
      return filled(sentence, { ...values, ...(columnName === undefined ? {} : { column: columnName }) })
    },
  }
}

/** Where a subject's own words are. They come first, because an upheld objection has another word than an upheld complaint. */
function ownWords(subject: string, name: string): (readonly [file: string, section: string])[] {
  const ownFile = `${subject}s`
  return name === 'possible'
    ? [
        [ownFile, 'act.'],
        [ownFile, 'remedy.'],
      ]
    : [[ownFile, `${name}.`]]
}

/** Values of errors that are names in code, one or several separated by blanks: the files and sections that translate them into Chinese. */
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
  ground: [['states', 'exit.']],
  field: [['columns', '']],
  scope: [['states', 'scope.']],
  given: [['states', 'scope.']],
}

function isPresent(value: string | number | undefined): value is string | number {
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
