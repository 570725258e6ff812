// What other sites may show of the court's list: a page to frame and the same as JSON, for the origins of EMBED_ORIGINS alone.
// It holds numbers and counts, no names. Who asks about a person goes to the court's own page, where the address says whose it is.

import { z } from 'zod'
import { showLatestBulletins } from './views.ts'
import { BOARD_LIMIT, bulletinValues, NO_INDEX } from './pages.ts'
import { dayOf, wallTime } from '../../core/calendar.ts'
import { HTML_REPLY, jsonReply } from '../../platform/http/reply.ts'
import { dayText, instant, route, type Route } from '../../platform/http/route.ts'

const bulletin = z.object({
  number: z.string(),
  on: dayText,
  listed: z.int(),
  corrected: z.int(),
  shielded: z.int(),
  revoked: z.int(),
})

/** The page to frame, and the JSON for scripts. */
export const embedPages: readonly Route[] = [
  route({
    name: 'page.embed',
    method: 'GET',
    path: '/embed',
    access: 'public',
    permission: 'board.read',
    limit: BOARD_LIMIT,
    policy: { framedBy: (config) => config.embedOrigins },
    reply: HTML_REPLY,
    async run({ app, actor, setHeader }) {
      setHeader(...NO_INDEX)
      const { at, listVersion, bulletins } = await showLatestBulletins(app, actor, undefined)
      return app.catalog.page('embed', {
        court: app.config.court.name,
        phone: app.config.court.phone,
        site: app.config.publicUrl,
        days: app.config.board.days,
        time: wallTime(at),
        version: listVersion,
        bulletins: bulletins.map((each) => bulletinValues(app, each)),
      })
    },
  }),
  route({
    name: 'bulletins.latest',
    method: 'GET',
    path: '/api/v1/public/bulletins',
    access: 'public',
    permission: 'board.read',
    limit: BOARD_LIMIT,
    reply: jsonReply(z.object({ items: z.array(bulletin), asOf: instant, listVersion: z.int(), enquiryUrl: z.string() })),
    async run({ app, actor, request, setHeader }) {
      const { at, listVersion, bulletins } = await showLatestBulletins(app, actor, undefined)
      const origin = request.headers.origin
      setHeader('Vary', 'Origin')
      if (origin !== undefined && app.config.embedOrigins.includes(origin)) setHeader('Access-Control-Allow-Origin', origin)
      return {
        items: bulletins.map(({ at: published, ...rest }) => ({ ...rest, on: dayOf(published) })),
        asOf: at,
        listVersion,
        enquiryUrl: `${app.config.publicUrl}/enquiry`,
      }
    },
  }),
]
