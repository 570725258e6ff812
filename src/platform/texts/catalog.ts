// The catalog: every text that people read, loaded once at start: notice templates, words, pages and the texts of dialogs.
// Loading and checking them is src/catalog.ts.

import type { Words } from './words.ts'
import type { Pages } from './pages.ts'
import type { DialogTexts } from './dialogs.ts'
import type { Template } from './template.ts'

/** All texts of the application. */
export interface Catalog extends Words, Pages, DialogTexts {
  /** The notice template of that name. @throws Error (a defect) when there is none. */
  template(name: string): Template
  /** All notice templates. */
  templates(): readonly Template[]
}
