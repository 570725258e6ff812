// What a correction changed, in words: of the facts that the public may see the old and the new, of all others only that there are some.
// Numbers in free texts (identifiers, phones, accounts) are masked. Which facts are public is corrections.rules.ts.

import type { Db } from '../../platform/database/database.ts'
import { openRow } from '../../platform/database/sealing.ts'
import { shorten } from '../../platform/texts/fill.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import type { JournalRow } from '../journal/store.ts'
import { publicChanges, type ChangedField } from './corrections.rules.ts'
import type { ListingContent } from './rules.ts'
import { listingWordingTable, toListing, wordingsAmong, type ListingRow } from './store.ts'

/** How long one side of a change and all changes together may be, in characters. */
interface Room {
  side: number
  whole: number
}
/** In a document, a page, a chat and a letter. */
const FULL: Room = { side: 120, whole: 1500 }
/** In an SMS, beside a reason of a hundred characters: what does not fit is counted. */
const BRIEF: Room = { side: 24, whole: 110 }

type Catalog = Pick<AppContext, 'catalog'>

/** What changed from one wording to the next, for the messages about it. */
export function correctionValues(app: Catalog, before: ListingContent, after: ListingContent): { changes: string; briefChanges: string } {
  return { changes: textOf(app, before, after, FULL), briefChanges: textOf(app, before, after, BRIEF) }
}

function textOf({ catalog }: Catalog, before: ListingContent, after: ListingContent, room: Room): string {
  const words = (key: string, values: Readonly<Record<string, string | number>> = {}): string => catalog.words('corrections', key, values)
  const { facts, hasOthers } = publicChanges(before, after)
  const parts = [
    ...facts.map((fact) => partOf(fact, catalog.words('columns', fact.field), words, room.side)),
    ...(hasOthers ? [words(facts.length === 0 ? 'others_alone' : 'others')] : []),
  ]
  const kept: string[] = []
  for (const part of parts) {
    const left = parts.length - kept.length - 1
    const tail = left === 0 ? '' : words('more', { count: left })
    if ([...kept, part, tail].join(SEPARATOR).length > room.whole) break
    kept.push(part)
  }
  return kept.length === parts.length
    ? kept.join(SEPARATOR)
    : [...kept, words('more', { count: parts.length - kept.length })].join(SEPARATOR)
}

const SEPARATOR = '；'

type Words = (key: string, values: Readonly<Record<string, string | number>>) => string

function partOf({ before, after }: ChangedField, field: string, words: Words, side: number): string {
  if (before === null) return words('added', { field, after: shorten(after ?? '', side) })
  if (after === null) return words('removed', { field, before: shorten(before, side) })
  const short = { before: shorten(before, side), after: shorten(after, side) }
  // Where the difference lies behind what fits, two equal sides would say nothing.
  return short.before === short.after ? words('changed', { field }) : words('replaced', { field, ...short })
}

/** What the corrections among these journal rows changed, by journal number. @param rows the listings, by id. */
export async function changesOfCorrections(
  app: Pick<AppContext, 'catalog' | 'secrets'>,
  db: Db,
  events: readonly JournalRow[],
  rows: ReadonlyMap<string, ListingRow>,
): Promise<Map<number, string>> {
  const corrections = events.filter(({ event }) => event === 'listing.corrected')
  const wordings = await wordingsAmong(db, [...new Set(corrections.map(({ listingId }) => listingId))])
  const former = new Map(wordings.map((wording) => [`${wording.listingId} ${wording.contentVersion}`, wording]))
  const contentOf = (listingId: string, contentVersion: number): ListingContent | undefined => {
    const wording = former.get(`${listingId} ${contentVersion}`)
    if (wording !== undefined) return openRow(listingWordingTable, app.secrets, { id: wording.id, sealed: wording.sealed }).sealed
    const row = rows.get(listingId)
    return row?.contentVersion === contentVersion ? toListing(app.secrets, row).content : undefined
  }
  return new Map(
    corrections.flatMap(({ seq, listingId, contentVersion }): [number, string][] => {
      const before = contentOf(listingId, contentVersion - 1)
      const after = contentOf(listingId, contentVersion)
      return before === undefined || after === undefined ? [] : [[seq, textOf(app, before, after, FULL)]]
    }),
  )
}
