// The route of a bulletin's poster, which staff print and put up.
// The document for units is features/bulletins/routes.ts; the pages of the board are pages.ts.

import { Readable } from 'node:stream'
import { DOCX_TYPE } from '../../platform/sheets/docx-page.ts'
import { fileReply } from '../../platform/http/reply.ts'
import { idParams, route, type Route } from '../../platform/http/route.ts'
import { partQuery } from '../bulletins/routes.ts'
import { bulletinPoster } from './poster.views.ts'

/** The poster in A3. */
export const boardRoutes: readonly Route[] = [
  route({
    name: 'bulletins.poster',
    method: 'GET',
    path: '/api/v1/bulletins/:id/poster',
    access: 'session',
    permission: 'bulletin.read',
    params: idParams,
    query: partQuery,
    reply: fileReply(DOCX_TYPE),
    async run({ app, actor, params, query }) {
      const { fileName, content } = await bulletinPoster(app, actor, { ...params, ...query })
      return { fileName, content: Readable.from([content]) }
    },
  }),
]
