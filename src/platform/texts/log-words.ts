// What the events of the log mean, in the language of whoever looks after the installation: templates/log/<language>.yaml.
// The log itself is core/log.ts; names of commands in Chinese are those of the audit, templates/desk/zh-CN/audit.yaml.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { OperatorLanguage } from '../../config/settings.ts'

/** The folder or file of a language under templates. */
export const LANGUAGE_FOLDERS = { zh: 'zh-CN', en: 'en' } as const

/** Loads the words of events. @returns the sentence of an event; undefined for one without words. */
export function loadLogWords(templatesFolder: string, language: OperatorLanguage): (event: string) => string | undefined {
  const read = (path: string): unknown => parse(readFileSync(join(templatesFolder, path), 'utf8'))
  const { command, ...events } = read(`log/${LANGUAGE_FOLDERS[language]}.yaml`) as Readonly<Record<string, string>>
  const { act } = read('desk/zh-CN/audit.yaml') as { act: Readonly<Record<string, Readonly<Record<string, string>>>> }
  const words = new Map(Object.entries(events))
  for (const [subject, acts] of Object.entries(act))
    for (const [name, text] of Object.entries(acts)) {
      const event = `${subject}.${name}`
      words.set(event, words.get(event) ?? (command ?? '').replace('{act}', language === 'zh' ? text : event))
    }
  return (event) => words.get(event)
}
