// The poster of a bulletin for the public: the entries that it listed or corrected and that are still public, as an enquiry shows them.
// The document for units is features/bulletins/document.views.ts; the paper is platform/sheets/docx-poster.ts.

import { dayOf, wallTime, writtenDay } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { partsOf, type BulletinFile } from '../bulletins/document.views.ts'
import { publicEntryOf, shownEntry, type PublicEntry } from '../enquiry/views.ts'
import { findBulletin } from '../journal/store.ts'
import { POSTED_FACTS } from '../listings/rules.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { writePoster } from '../../platform/sheets/docx-poster.ts'
import { countPublicEntriesOf, publicEntriesOf } from './store.ts'

/** Entries of one poster, about twenty sheets. */
const ENTRIES = 400

/**
 * The poster of a bulletin, or a part of it, as of now.
 * @throws `bulletin_missing`, `bulletin_nothing_public` where nothing of it is on the list, `bulletin_part_missing`.
 */
export const bulletinPoster = query(
  'bulletin.read',
  async ({ db, app, now }, { id, part }: { id: string; part: number }): Promise<BulletinFile> => {
    const bulletin = await findBulletin(db, id)
    if (bulletin === null) throw new AppError('bulletin_missing', { id })
    const total = await countPublicEntriesOf(db, id, 'listed_or_corrected')
    const parts = partsOf(total, ENTRIES, part)
    const offset = (part - 1) * ENTRIES
    const rows = await publicEntriesOf(db, id, 'listed_or_corrected', { limit: ENTRIES, offset })
    const entries = rows.map((row) => publicEntryOf(app, row, dayOf(now)))
    const { court } = app.config
    const values = { court: court.name, phone: court.phone, number: bulletin.number, part, parts, count: entries.length }
    const words = (key: string, more: Readonly<Record<string, string | number>> = {}): string =>
      app.catalog.words('bulletins', key, { ...values, ...more })
    const content = await writePoster({
      title: words('poster.title'),
      subtitle: words(parts > 1 ? 'poster.subtitle_part' : 'poster.subtitle'),
      opening: words('poster.opening'),
      entries: entries.map((entry, index) => entryLines(app, entry, offset + index + 1)),
      closing: [
        words('poster.caution'),
        words('poster.contact'),
        words('poster.asOf', { time: wallTime(now), version: await listVersion(db) }),
      ],
      signed: [court.name, writtenDay(dayOf(now))],
    })
    return { fileName: `${words(parts > 1 ? 'file.poster_part' : 'file.poster')}.docx`, content }
  },
)

const FACTS = [...POSTED_FACTS, 'publishedOn'] as const

function entryLines(app: AppContext, entry: PublicEntry, position: number): { heading: string; facts: string } {
  const { catalog } = app
  const shown = shownEntry(app, entry)
  const facts = FACTS.flatMap((name) => {
    const value = shown[name]
    if (value === null || value === '') return []
    return [catalog.words('bulletins', 'poster.line', { label: catalog.words('bulletins', `poster.label.${name}`), value })]
  })
  return {
    heading: catalog.words('bulletins', 'poster.heading', { position, name: entry.name, identifier: entry.identifier }),
    facts: facts.join(catalog.words('bulletins', 'poster.separator')),
  }
}
