// What the court shows of its list without being asked: the entries of its latest bulletins that are public now, and the bulletins.
// The window is a setting: nobody can page beyond it, so it cannot be used to copy the list.

import { query, type AppContext } from '../../platform/commands/command.ts'
import { listVersion } from '../../platform/database/counters.ts'
import type { Db } from '../../platform/database/database.ts'
import { AppError } from '../../core/errors.ts'
import { dayOf } from '../../core/calendar.ts'
import { isPublicEntry } from '../listings/rules.ts'
import { bulletinsSince, takenOver, type BulletinRow } from '../journal/store.ts'
import { publicEntryOf, type PublicEntry } from '../enquiry/views.ts'
import { publicEntriesOf } from './store.ts'
import { OUR_COURT } from '../units/conflicts.rules.ts'

/** A bulletin as the public sees it: counts and no names. */
export type ShownBulletin = Pick<BulletinRow, 'number' | 'at' | 'listed' | 'shielded' | 'revoked' | 'corrected'>

/** What the board shows at an instant. */
export interface Board {
  at: Date
  listVersion: number
  bulletins: ShownBulletin[]
  /** The latest first. */
  entries: PublicEntry[]
  /** Entries that were published before the court used this application: they are asked for, not shown. */
  takenOver: number
}

/** Bulletins that are looked through for entries; one that published nothing costs a query of its own. */
const BULLETINS = 100
const DAY = 86_400_000

/** The board as it is now. @throws `route_missing` where the court has switched it off. */
export const showBoard = query('board.read', async ({ db, app, now }, _input: undefined): Promise<Board> => {
  if (!app.config.board.on) throw new AppError('route_missing')
  const bulletins = await latestBulletins(app, db, now, BULLETINS)
  const entries: PublicEntry[] = []
  for (const bulletin of bulletins.filter(({ listed }) => listed > 0)) {
    const limit = app.config.board.entries - entries.length
    if (limit <= 0) break
    const rows = await publicEntriesOf(db, bulletin.id, 'listed', { limit, offset: 0 })
    // A shield may commit between the two reads.
    entries.push(...rows.filter(isPublicEntry).map((row) => publicEntryOf(app, row, dayOf(now))))
  }
  return {
    at: now,
    listVersion: await listVersion(db),
    bulletins: bulletins.map(shown),
    entries,
    takenOver: await takenOver(db, OUR_COURT),
  }
})

/** The latest bulletins as other sites may show them: numbers, days and counts, no names. */
export interface LatestBulletins {
  at: Date
  listVersion: number
  bulletins: ShownBulletin[]
}

/** Bulletins that other sites show at most. */
const EMBEDDED = 10

/** The latest bulletins for other sites. @throws `route_missing` where the court allows no site. */
export const showLatestBulletins = query('board.read', async ({ db, app, now }, _input: undefined): Promise<LatestBulletins> => {
  if (app.config.embedOrigins.length === 0) throw new AppError('route_missing')
  const bulletins = await latestBulletins(app, db, now, EMBEDDED)
  return { at: now, listVersion: await listVersion(db), bulletins: bulletins.map(shown) }
})

async function latestBulletins({ config }: AppContext, db: Db, now: Date, limit: number): Promise<BulletinRow[]> {
  return bulletinsSince(db, OUR_COURT, new Date(now.getTime() - config.board.days * DAY), limit)
}

function shown({ number, at, listed, shielded, revoked, corrected }: BulletinRow): ShownBulletin {
  return { number, at, listed, shielded, revoked, corrected }
}
