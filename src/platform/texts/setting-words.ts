// Says what is wrong with settings in the language of whoever looks after the installation: templates/settings/<language>.yaml.
// Codes and values come from config/problems.ts. It reads its own file, because the rest of the texts needs settings.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { ConfigProblem } from '../../config/problems.ts'
import type { OperatorLanguage } from '../../config/settings.ts'
import { fill, placeholders } from './fill.ts'
import { LANGUAGE_FOLDERS } from './log-words.ts'

/** One line for each problem, beginning with the variable. */
export function explainProblems(templatesFolder: string, language: OperatorLanguage, problems: readonly ConfigProblem[]): string[] {
  const path = join(templatesFolder, 'settings', `${LANGUAGE_FOLDERS[language]}.yaml`)
  const { how, ...sentences } = parse(readFileSync(path, 'utf8')) as { how: Readonly<Record<string, string>> } & Readonly<
    Record<string, string>
  >
  return problems.map(({ setting, code, values = {} }) => {
    const given: Record<string, string | number> = { how: how[setting] ?? '—', ...values }
    const sentence = sentences[code] ?? code
    return `${setting}: ${fill(sentence, Object.fromEntries(placeholders(sentence).map((name) => [name, given[name] ?? '—'])))}`
  })
}
