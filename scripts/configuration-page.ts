// Generates the text of docs/configuration.md from the declarations of the settings. The page contains only what is declared there.
// docs.ts saves it; test/config/configuration-page.test.ts compares it with the page in the repository.

import { format, resolveConfig } from 'prettier'
import { z } from 'zod'
import { GROUPS, type Group, type Setting, type Settings } from '../src/config/setting.ts'

/** Path of the generated page in the repository. */
export const CONFIGURATION_PAGE = 'docs/configuration.md'

const HEAD = `<!-- Generated from the declarations in src/config/settings.ts and src/config/providers.ts by \`npm run docs\`. Do not edit. -->

# Configuration

Every setting is an environment variable. All of them are checked at the start: a wrong value stops the program, which names every variable that is wrong.
A variable that is set to nothing counts as not set; variables that are not listed here are ignored.

◇ marks a rule of the house: the policy is silent, and the court may choose. **Secret** values must not be shown, logged or kept in a repository.
`

/** The page, formatted as the repository formats Markdown. */
export async function configurationPage(settings: Settings): Promise<string> {
  const groups = Object.keys(GROUPS) as Group[]
  const text = [HEAD, ...groups.map((group) => section(group, settings))].join('\n')
  return format(text, { ...(await resolveConfig(CONFIGURATION_PAGE)), parser: 'markdown' })
}

function section(group: Group, settings: Settings): string {
  const { title, remark } = GROUPS[group]
  const rows = Object.entries(settings)
    .filter(([, setting]) => setting.group === group)
    .map(([name, setting]) =>
      row(code(name), setting.default === undefined ? '–' : code(setting.default), valuesOf(setting), meaning(setting)),
    )
  return [
    `## ${title}\n`,
    ...(remark === '' ? [] : [`${remark}\n`]),
    row('variable', 'default', 'values', 'meaning'),
    row('---', '---', '---', '---'),
    ...rows,
    '',
  ].join('\n')
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function code(text: string): string {
  return `\`${text}\``
}

/** The allowed values: a range with its unit, a choice of words, or an example. */
function valuesOf({ schema, unit, example }: Setting): string {
  if (schema instanceof z.ZodNumber) return [`${schema.minValue ?? ''}–${schema.maxValue ?? ''}`, unit ?? ''].join(' ').trim()
  if (schema instanceof z.ZodEnum) return schema.options.map((option) => code(String(option))).join(', ')
  return example === undefined ? '' : `such as ${code(example)}`
}

function meaning({ doc, houseRule, secret, requiredInProduction }: Setting): string {
  return [
    doc,
    ...(requiredInProduction === undefined ? [] : [`**Required in production** (${requiredInProduction}).`]),
    ...(secret === true ? ['**Secret.**'] : []),
    ...(houseRule === true ? ['◇'] : []),
  ].join(' ')
}
