// Reads one template file: front matter, one section for each medium, and the problems inside the file. Reads no disk and no rules table.
// messaging/templates compares the templates with each other and with the notices, and checks them with their samples.

import { createHash } from 'node:crypto'

import { isNode, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'

import { AUDIENCES, NOTICE_EVENTS } from './notices.rules.ts'
import { placeholders, strayBrace } from '../platform/texts/fill.ts'
import { MEDIUMS, type Medium } from '../core/mediums.ts'
import { type Section, type Template, REFERENCE } from '../platform/texts/template.ts'

/** A problem of a template, with its place. */
export interface TemplateProblem {
  file: string
  line: number
  message: string
}

/** One template file as it was read. */
export interface ParsedTemplate {
  /** Missing when the front matter cannot be read. */
  template?: Template
  troubles: TemplateProblem[]
  /** The line of a front matter entry in the file, from 1: `['wechat', 'fields', 'thing1']`. */
  lineOf(path: readonly PropertyKey[]): number
}

const FrontMatter = z.strictObject({
  version: z.int().min(1),
  title: z.string().min(1),
  audience: z.enum(AUDIENCES),
  event: z.enum(NOTICE_EVENTS),
  whenInDoubt: z.enum(['resend', 'ask']),
  values: z.record(z.string().regex(/^[a-z][A-Za-z0-9]*$/), z.union([z.string().min(1), z.number()])),
  wechat: z.strictObject({ template: z.string().regex(/^[a-z][a-z_]*$/), fields: z.record(z.string(), z.string().min(1)) }).optional(),
})

/** Parses one template. The hash is over the normalised text, so line ends and trailing blanks do not change it. */
export function parseTemplate(file: string, source: string): ParsedTemplate {
  const text = normalised(source)
  const troubles: TemplateProblem[] = []
  const report = (line: number, message: string): void => void troubles.push({ file, line, message })
  const front = /^---\n([\s\S]*?\n)---\n/.exec(text)
  if (front === null) {
    report(1, 'no front matter between two lines of ---')
    return { troubles, lineOf: () => 1 }
  }
  const { data, lineOf } = readFront(front[1] ?? '', report)
  const sections = readSections(text.slice(front[0].length), front[0].split('\n').length, report)
  if (data === undefined) return { troubles, lineOf }
  const { wechat, ...rest } = data
  const template: Template = {
    name: file.replace(/^.*\//, '').replace(/\.md$/, ''),
    file,
    hash: createHash('sha256').update(text).digest('hex').slice(0, 12),
    ...rest,
    ...(wechat === undefined ? {} : { wechat }),
    sections,
  }
  checkValues(template, lineOf, report)
  return { template, troubles, lineOf }
}

/** The text without differences in line ends, trailing blanks and Unicode composition, which do not make another wording. */
function normalised(source: string): string {
  const lines = source
    .replace(/^\uFEFF/, '')
    .normalize('NFC')
    .split(/\r?\n/)
  return `${lines
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd()}\n`
}

type Report = (line: number, message: string) => void

function readFront(yaml: string, report: Report): { data?: z.infer<typeof FrontMatter>; lineOf: ParsedTemplate['lineOf'] } {
  const counter = new LineCounter()
  const document = parseDocument(yaml, { lineCounter: counter, prettyErrors: false })
  // The front matter starts on the file's second line.
  const lineAt = (offset: number): number => counter.linePos(offset).line + 1
  const lineOf = (path: readonly PropertyKey[]): number => {
    const node: unknown = path.length === 0 ? undefined : document.getIn(path, true)
    if (isNode(node) && node.range) return lineAt(node.range[0])
    return path.length === 0 ? 1 : lineOf(path.slice(0, -1))
  }
  for (const error of document.errors) report(lineAt(error.pos[0]), `front matter: ${error.message}`)
  if (document.errors.length > 0) return { lineOf }
  const checked = FrontMatter.safeParse(document.toJS())
  if (checked.success) return { data: checked.data, lineOf }
  for (const issue of checked.error.issues) report(lineOf(issue.path), `front matter: ${issue.path.join('.') || 'top'}: ${issue.message}`)
  return { lineOf }
}

/** Adds a line to a section, which begins with its first line that is not empty. */
function addLine(section: Section, line: string, at: number): void {
  if (section.text === '' && line === '') return
  if (section.text === '') section.line = at
  section.text += `${line}\n`
}

function readSections(body: string, firstLine: number, report: Report): Template['sections'] {
  const sections: Partial<Record<Medium, Section>> = {}
  let current: Section | undefined
  for (const [index, line] of body.split('\n').entries()) {
    const at = firstLine + index
    const heading = /^#+\s*(.*)$/.exec(line)
    if (heading === null) {
      if (current !== undefined) addLine(current, line, at)
      else if (line !== '') report(at, 'text before the first section')
      continue
    }
    const medium = MEDIUMS.find((name) => line === `## ${name}`)
    if (medium === undefined) report(at, `no such section: ${line}`)
    else if (sections[medium] !== undefined) report(at, `section ${medium} stands twice`)
    current = { text: '', line: at }
    if (medium !== undefined) sections[medium] ??= current
  }
  for (const section of Object.values(sections)) {
    section.text = section.text.trim()
    if (section.text === '') report(section.line, 'an empty section')
  }
  return sections
}

/** Reports values that are used and not declared, or declared and not used. */
function checkValues(template: Template, lineOf: ParsedTemplate['lineOf'], report: Report): void {
  const used = new Set<string>()
  const check = (text: string, line: number, also: readonly string[]): void => {
    if (strayBrace(text)) report(line, 'a brace that belongs to no value')
    for (const name of placeholders(text)) {
      used.add(name)
      if (!Object.hasOwn(template.values, name) && !also.includes(name)) report(line, `undeclared value {${name}}`)
    }
  }
  for (const [medium, section] of Object.entries(template.sections))
    for (const [index, line] of section.text.split('\n').entries()) check(line, section.line + index, medium === 'sms' ? [REFERENCE] : [])
  for (const [field, text] of Object.entries(template.wechat?.fields ?? {})) check(text, lineOf(['wechat', 'fields', field]), [])
  for (const name of Object.keys(template.values)) {
    if (name === REFERENCE) report(lineOf(['values', name]), `{${REFERENCE}} is filled by the house: don't declare it`)
    if (!used.has(name)) report(lineOf(['values', name]), `unused value {${name}}`)
  }
}
