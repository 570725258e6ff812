// Everything people read, loaded once at start: notice templates, words, pages and the texts of dialogs.
// Loading and checking them is the composition root's catalog.

import type { Words } from './words.ts'
import type { Pages } from './pages.ts'
import type { DialogTexts } from './dialogs.ts'
import type { Template } from './template.ts'

export interface Catalog extends Words, Pages, DialogTexts {
  /** @throws Error (a defect) when there is none of that name. */
  template(name: string): Template
  templates(): readonly Template[]
}
