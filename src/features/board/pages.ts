// The board: a page for a screen in the lobby or an LED wall, with its script and style. It turns, refreshes and goes dark by itself.
// What it shows is views.ts; the script that keeps time is templates/pages/board.js.

import { showBoard, type Board, type ShownBulletin } from './views.ts'
import { wallTime } from '../../core/calendar.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import { HTML_REPLY, textReply } from '../../platform/http/reply.ts'
import { route, type RateLimit, type Route } from '../../platform/http/route.ts'
import { shownEntry, type PublicEntry } from '../enquiry/views.ts'

type PageValues = Parameters<AppContext['catalog']['page']>[1]

/** Search engines must keep no copy: an entry that left the list would live on there. */
export const NO_INDEX = ['X-Robots-Tag', 'noindex, nofollow, noarchive, nosnippet'] as const
/** A screen asks twice a minute; several may share one address. */
export const BOARD_LIMIT: RateLimit = { code: 'rate_limited', perMinute: (config) => config.enquiry.perMinute }

/** Seconds between two refreshes: what left the list is gone from the screen within a minute, even after one slow answer. */
const REFRESH = 25
/** Entries of one screen; more could not be read from three metres. */
const ENTRIES = 4
/** Names longer than this are set smaller, on two lines. */
const WIDE_NAME = 14
/** Bulletins of the first screen. */
const BULLETINS = 6

/** The page, its style sheet and its script. */
export const boardPages: readonly Route[] = [
  route({
    name: 'page.board',
    method: 'GET',
    path: '/board',
    access: 'public',
    permission: 'board.read',
    limit: BOARD_LIMIT,
    policy: { scripts: true },
    reply: HTML_REPLY,
    async run({ app, actor, setHeader }) {
      setHeader(...NO_INDEX)
      return app.catalog.page('board', boardValues(app, await showBoard(app, actor, undefined)))
    },
  }),
  loaded('page.board_style', '/board.css', 'text/css; charset=utf-8'),
  loaded('page.board_script', '/board.js', 'text/javascript; charset=utf-8'),
]

function loaded(name: string, path: `/${string}`, type: string): Route {
  return route({
    name,
    method: 'GET',
    path,
    access: 'public',
    permission: 'none',
    reply: textReply(type),
    run({ app, setHeader }) {
      setHeader('Cache-Control', 'public, max-age=300')
      return app.catalog.pageFile(path.slice(1))
    },
  })
}

function boardValues(app: AppContext, { at, listVersion, bulletins, entries, takenOver }: Board): PageValues {
  const { court, board } = app.config
  const screens = Math.ceil(entries.length / ENTRIES)
  return {
    court: court.name,
    phone: court.phone,
    days: board.days,
    asOf: at.toISOString(),
    time: wallTime(at),
    version: listVersion,
    refresh: REFRESH,
    turn: board.turnSeconds,
    stale: board.staleMinutes,
    count: entries.length,
    takenOver,
    hasTakenOver: takenOver > 0,
    bulletins: bulletins.slice(0, BULLETINS).map((bulletin) => bulletinValues(app, bulletin)),
    screens: Array.from({ length: screens }, (_, screen) => ({
      position: screen + 1,
      screenCount: screens,
      entries: entries.slice(screen * ENTRIES, (screen + 1) * ENTRIES).map((entry) => entryValues(app, entry)),
    })),
  }
}

/** A bulletin as one line: its number, day and what it changed. */
export function bulletinValues({ catalog }: AppContext, bulletin: ShownBulletin): PageValues {
  const counts = (['listed', 'corrected', 'shielded', 'revoked'] as const)
    .filter((kind) => bulletin[kind] > 0)
    .map((kind) => catalog.words('public', `count.${kind}`, { count: bulletin[kind] }))
  return { number: bulletin.number, on: wallTime(bulletin.at).slice(0, 10), counts: counts.join('，') }
}

function entryValues(app: AppContext, entry: PublicEntry): PageValues {
  const { name, identifier, sex, age, caseNo, court, obligation, performance, grounds, publishedOn, legalRepresentative } = shownEntry(
    app,
    entry,
  )
  const wide = name.length > WIDE_NAME
  return { name, wide, identifier, sex, age, legalRepresentative, caseNo, court, obligation, performance, grounds, publishedOn }
}
