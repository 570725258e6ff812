// Everything a human reads, loaded once at start: notice templates, words and pages.
// What is sent to whom is messaging/notices.rules.

import { join } from 'node:path'
import { EXPECTED_TEXTS } from '../bot/dialogs/texts.ts'

import { NOTICES } from './messaging/notices.rules.ts'
import { loadDialogTexts } from './platform/texts/dialogs.ts'
import { loadPages } from './platform/texts/pages.ts'
import { loadTemplates } from './messaging/templates.ts'
import { loadWords } from './platform/texts/words.ts'
import type { Catalog } from './platform/texts/catalog.ts'

/** @param folder the project's `templates`. @throws Error listing every mistake, `file:line: what is wrong`. */
export function loadCatalog(folder: string): Catalog {
  const templates = loadTemplates(join(folder, 'messages', 'zh-CN'), NOTICES)
  const byName = new Map(templates.map((template) => [template.name, template]))
  return {
    ...loadWords(join(folder, 'words', 'zh-CN')),
    ...loadPages(folder),
    ...loadDialogTexts(join(folder, 'dialogs', 'zh-CN'), EXPECTED_TEXTS),
    templates: () => templates,
    template(name) {
      const template = byName.get(name)
      if (template === undefined) throw new Error(`no template ${name}`)
      return template
    },
  }
}
