// The list that is published, for phones: what the latest bulletins put on it and is still there, page by page, without a search.
// It shows the window of the board and no more (views.ts), so that the list cannot be copied by paging; who is meant is asked at /enquiry.

import { z } from 'zod'
import { BOARD_LIMIT, bulletinValues, NO_INDEX } from './pages.ts'
import { showBoard } from './views.ts'
import { shownEntry } from '../enquiry/views.ts'
import { wallTime } from '../../core/calendar.ts'
import { HTML_REPLY } from '../../platform/http/reply.ts'
import { route, type Route } from '../../platform/http/route.ts'

/** Entries and bulletins of one page. */
const SHOWN = { entries: 20, bulletins: 10 } as const

export const publishedPages: readonly Route[] = [
  route({
    name: 'page.published',
    method: 'GET',
    path: '/published',
    access: 'public',
    permission: 'board.read',
    limit: BOARD_LIMIT,
    query: z.object({ page: z.coerce.number().int().min(1).max(1000).default(1) }),
    reply: HTML_REPLY,
    async run({ app, actor, query: { page }, setHeader }) {
      setHeader(...NO_INDEX)
      const { at, listVersion, bulletins, entries, takenOver } = await showBoard(app, actor, undefined)
      const last = Math.max(1, Math.ceil(entries.length / SHOWN.entries))
      const shown = Math.min(page, last)
      return app.catalog.page('published', {
        court: app.config.court.name,
        courtPhone: app.config.court.phone,
        here: '/published',
        days: app.config.board.days,
        time: wallTime(at),
        version: listVersion,
        count: entries.length,
        takenOver,
        hasTakenOver: takenOver > 0,
        isFirst: shown === 1,
        bulletins: shown > 1 ? [] : bulletins.slice(0, SHOWN.bulletins).map((each) => bulletinValues(app, each)),
        entries: entries.slice((shown - 1) * SHOWN.entries, shown * SHOWN.entries).map((entry) => shownEntry(app, entry)),
        page: shown,
        last,
        previous: shown > 1 ? `/published?page=${shown - 1}` : '',
        next: shown < last ? `/published?page=${shown + 1}` : '',
      })
    },
  }),
]
