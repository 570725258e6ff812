// Everything a human reads, loaded once at start: notice templates, words and pages.
// What is sent to whom is domain/notices.

import { join } from 'node:path'
import { EXPECTED_TEXTS } from '../../bot/dialogs/sayings.ts'

import { NOTICES } from '../domain/notices.ts'
import { loadSayings } from './dialogs.ts'
import { loadPages } from './pages.ts'
import { loadTemplates } from './templates.ts'
import { loadWords } from './words.ts'
import type { Catalog } from './catalog-type.ts'

/** @param folder the project's `templates`. @throws Error listing every mistake, `file:line: what is wrong`. */
export function loadCatalog(folder: string): Catalog {
  const templates = loadTemplates(join(folder, 'messages', 'zh-CN'), NOTICES)
  const byName = new Map(templates.map((template) => [template.name, template]))
  return {
    ...loadWords(join(folder, 'words', 'zh-CN')),
    ...loadPages(folder),
    ...loadSayings(join(folder, 'dialogs', 'zh-CN'), EXPECTED_TEXTS),
    templates: () => templates,
    template(name) {
      const template = byName.get(name)
      if (template === undefined) throw new Error(`no template ${name}`)
      return template
    },
  }
}
