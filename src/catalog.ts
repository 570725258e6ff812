// Loads all texts that people read, once at start: notice templates, words, pages and dialog texts.
// Which notice goes to which audience is messaging/notices.rules.ts.

import { join } from 'node:path'
import { EXPECTED_TEXTS } from '../bot/dialogs/texts.ts'
import { NOTICES } from './messaging/notices.rules.ts'
import { loadDialogTexts } from './platform/texts/dialogs.ts'
import { loadPages } from './platform/texts/pages.ts'
import { loadTemplates } from './messaging/templates.ts'
import { loadWords } from './platform/texts/words.ts'
import type { OnMissing } from './platform/texts/fill.ts'
import type { Catalog } from './platform/texts/catalog.ts'

/**
 * Reads and checks every text under a templates folder.
 * @param folder the project's `templates`.
 * @param onMissing is told of a value that a word or a page lacks, and throws unless it is given.
 * @throws Error listing every mistake as `file:line: what is wrong`.
 */
export function loadCatalog(folder: string, onMissing?: OnMissing): Catalog {
  const templates = loadTemplates(join(folder, 'messages', 'zh-CN'), NOTICES)
  const byName = new Map(templates.map((template) => [template.name, template]))
  return {
    ...loadWords(join(folder, 'words', 'zh-CN'), onMissing),
    ...loadPages(folder, onMissing),
    ...loadDialogTexts(join(folder, 'dialogs', 'zh-CN'), EXPECTED_TEXTS),
    templates: () => templates,
    template(name) {
      const template = byName.get(name)
      if (template === undefined) throw new Error(`no template ${name}`)
      return template
    },
  }
}
