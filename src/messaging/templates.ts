// Loads all message templates at start and checks them against the table of notices and with their own samples, before anything is sent.
// One file is read in messaging/template-reader; a template is filled in messaging/rendering.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { sectionOf } from './fallback.rules.ts'
import type { NoticeRule } from './notices.rules.ts'
import { fieldProblem, kindOf } from './fields.ts'
import { fill } from '../platform/texts/fill.ts'
import { parseTemplate, type ParsedTemplate, type TemplateProblem } from './template-reader.ts'
import { MAX_SEGMENTS, render, segmentsOf } from './rendering.ts'
import { REFERENCE, type Template } from '../platform/texts/template.ts'

/** Templates one official account may have in use. */
const WECHAT_TEMPLATES = 25

/** A link as phones recognise one. Numbers to +86 get no links (provider rule). */
const LINK = /https?:|www\.|[A-Za-z0-9-]+\.[A-Za-z]{2,}/

/** Replaces the configured court's name when the length of an SMS is checked. */
const SAMPLE_STAMP = { signature: '\u9662'.repeat(12), reference: 'A1B2C3' }

/** Loads and checks all templates of a folder. @throws Error with one line for each problem, `file:line: what is wrong`. */
export function loadTemplates(folder: string, rules: readonly NoticeRule[]): Template[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .sort()
  const files = names.map((name) => ({ file: join(folder, name), source: readFileSync(join(folder, name), 'utf8') }))
  const { templates, troubles } = checkTemplates(files, rules)
  if (troubles.length > 0)
    throw new Error(`templates:\n${troubles.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('\n')}`)
  return templates
}

/** Every template that could be read, and every problem, by file and line. Pure. */
export function checkTemplates(
  files: readonly { file: string; source: string }[],
  rules: readonly NoticeRule[],
): { templates: Template[]; troubles: TemplateProblem[] } {
  const parsed = files.map(({ file, source }) => parseTemplate(file, source))
  const templates = parsed.flatMap(({ template }) => (template === undefined ? [] : [template]))
  const troubles = parsed.flatMap((file) => [
    ...file.troubles,
    ...(file.template === undefined ? [] : troublesOf(file.template, file, rules)),
  ])
  const names = new Set(files.map(({ file }) => file.replace(/^.*\//, '').replace(/\.md$/, '')))
  for (const { template, event, audience } of rules)
    if (!names.has(template))
      troubles.push({ file: `${template}.md`, line: 1, message: `no such template, but ${event} to ${audience} needs it` })
  troubles.push(...accountTroubles(templates))
  troubles.sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1))
  return { templates, troubles }
}

function troublesOf(template: Template, { lineOf, troubles }: ParsedTemplate, rules: readonly NoticeRule[]): TemplateProblem[] {
  const found: TemplateProblem[] = []
  const report = (line: number, message: string): void => void found.push({ file: template.file, line, message })
  const rule = rules.find((candidate) => candidate.template === template.name)
  if (rule === undefined) report(1, 'no notice names this template')
  else checkAgainstRule(template, rule, lineOf, report)
  if (troubles.length > 0) return found
  checkSms(template, report)
  checkFields(template, lineOf, report)
  for (const { text, line } of Object.values(template.sections)) {
    const index = text.split('\n').findIndex((row) => /[<>]/.test(row))
    if (index >= 0) report(line + index, 'no HTML and no angle brackets')
  }
  return found
}

type Report = (line: number, message: string) => void

function checkAgainstRule(template: Template, rule: NoticeRule, lineOf: ParsedTemplate['lineOf'], report: Report): void {
  if (template.event !== rule.event) report(lineOf(['event']), `the notices say event ${rule.event}`)
  if (template.audience !== rule.audience) report(lineOf(['audience']), `the notices say audience ${rule.audience}`)
  for (const medium of rule.fallbackOrder.map(sectionOf))
    if (template.sections[medium] === undefined) report(1, `no section ${medium}, which the fallback order names`)
  for (const [medium, { line }] of Object.entries(template.sections))
    if (!rule.fallbackOrder.some((step) => sectionOf(step) === medium)) report(line, `section ${medium} is not in the fallback order`)
  checkWechat(template, rule, lineOf, report)
  const sms = template.sections.sms
  if (rule.needsConsent && sms !== undefined && !sms.text.includes('TD'))
    report(sms.line, 'needs consent, but does not say how to unsubscribe (TD)')
}

function checkWechat(template: Template, rule: NoticeRule, lineOf: ParsedTemplate['lineOf'], report: Report): void {
  const isNeeded = rule.fallbackOrder.includes('wechat')
  if (isNeeded && !rule.conversational && template.wechat === undefined) report(1, 'no wechat fields in the front matter')
  if (!isNeeded && template.wechat !== undefined) report(lineOf(['wechat']), 'wechat fields, but wechat is not in the fallback order')
}

function checkSms(template: Template, report: Report): void {
  const section = template.sections.sms
  if (section === undefined) return
  const { text, line } = section
  if (/[【】]/.test(text)) report(line, 'the signature 【】 is added when rendering: write none')
  if (!new RegExp(`\\([^()]*\\{${REFERENCE}\\}\\)$`).test(text)) report(line, `must end with the reference in brackets: (…{${REFERENCE}})`)
  const rows = text.split('\n')
  const linked = rows.findIndex((row) => LINK.test(fill(row, { ...template.values, [REFERENCE]: SAMPLE_STAMP.reference })))
  if (linked >= 0) report(line + linked, 'a link in an SMS, which numbers to +86 do not get')
  const segments = segmentsOf(render(template, 'sms', template.values, SAMPLE_STAMP).text)
  if (segments > MAX_SEGMENTS) report(line, `${segments} segments with its samples, at most ${MAX_SEGMENTS}`)
}

function checkFields(template: Template, lineOf: ParsedTemplate['lineOf'], report: Report): void {
  for (const [field, text] of Object.entries(template.wechat?.fields ?? {})) {
    const line = lineOf(['wechat', 'fields', field])
    const problem = fieldProblem(field, fill(text, template.values))
    if (problem !== null) report(line, kindOf(field) === null ? problem : `with its samples: ${problem}`)
  }
}

/** Each template of the account has one set of fields, and the account has a limited number of templates. */
function accountTroubles(templates: readonly Template[]): TemplateProblem[] {
  const troubles: TemplateProblem[] = []
  const shapes = new Map<string, string>()
  for (const { file, wechat } of templates) {
    if (wechat === undefined) continue
    const shape = Object.keys(wechat.fields).sort().join(' ')
    const first = shapes.get(wechat.template) ?? shape
    if (first !== shape) troubles.push({ file, line: 1, message: `wechat template ${wechat.template} has the fields ${first} elsewhere` })
    shapes.set(wechat.template, first)
  }
  if (shapes.size > WECHAT_TEMPLATES)
    troubles.push({ file: '', line: 1, message: `${shapes.size} wechat templates, an account has ${WECHAT_TEMPLATES}` })
  return troubles
}

/** What a notice is called in Chinese; its template's name where the template has been taken away since. */
export function templateTitle(catalog: { templates(): readonly { name: string; title: string }[] }, name: string): string {
  return catalog.templates().find((template) => template.name === name)?.title ?? name
}
