// What every public page loads beside its style: the icon, and large text, a choice that the browser keeps in a cookie.
// The rules of large text are templates/pages/large.css.

import { z } from 'zod'
import { formBody } from '../../platform/http/body.ts'
import { choiceCookie, hasChosen, LARGE } from '../../platform/http/cookies.ts'
import { FORM_REPLY, textReply, type SeeOther } from '../../platform/http/reply.ts'
import { perMinute, route, type Route } from '../../platform/http/route.ts'

/** A page of this server. Nothing else is gone back to, so that no link can use the button to lead elsewhere. */
const PAGE = /^\/(?:[a-z][a-z-]*(?:\/[a-z][a-z-]*)*)?$/

export const readingPages: readonly Route[] = [
  route({
    name: 'page.large_text',
    method: 'POST',
    path: '/large-text',
    access: 'public',
    permission: 'none',
    limit: perMinute(60),
    body: formBody(z.object({ large: z.enum(['yes', 'no']), back: z.string().max(200).default('/') })),
    reply: FORM_REPLY,
    run({ app, body, setHeader }): SeeOther {
      setHeader('set-cookie', choiceCookie(app, LARGE, body.large))
      return { seeOther: PAGE.test(body.back) ? (body.back as SeeOther['seeOther']) : '/' }
    },
  }),
  route({
    name: 'page.large_style',
    method: 'GET',
    path: '/large.css',
    access: 'public',
    permission: 'none',
    reply: textReply('text/css; charset=utf-8'),
    run({ app, request, setHeader }) {
      // Asked for with every page, so that the choice shows at once.
      setHeader('Cache-Control', 'private, no-cache')
      return hasChosen(request.headers, LARGE) ? app.catalog.largeStyle : ''
    },
  }),
  iconRoute('page.icon', '/icon.svg'),
  // Browsers ask for it by itself beside everything that is no page, such as an answer of the API.
  iconRoute('page.favicon', '/favicon.ico'),
]

function iconRoute(name: string, path: Route['path']): Route {
  return route({
    name,
    method: 'GET',
    path,
    access: 'public',
    permission: 'none',
    reply: textReply('image/svg+xml'),
    run({ app, setHeader }) {
      setHeader('Cache-Control', 'public, max-age=86400')
      return app.catalog.pageFile('icon.svg')
    },
  })
}
