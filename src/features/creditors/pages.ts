// The page of an applicant of a case, without script: hand something in, and see how far it is. Only POST changes anything.
// Number and code are posted, so that they stay out of addresses; the commands are commands.ts, the HTML is templates/pages.

import { z } from 'zod'
import { fileMatter } from './commands.ts'
import { followMatter } from './views.ts'
import { MATTER_KINDS } from './rules.ts'
import { writtenDay } from '../../core/calendar.ts'
import { isAppError, type AppError } from '../../core/errors.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import { formBody } from '../../platform/http/body.ts'
import { HTML_REPLY } from '../../platform/http/reply.ts'
import { route, type RateLimit, type Route } from '../../platform/http/route.ts'

type PageValues = Parameters<AppContext['catalog']['page']>[1]

const path = '/creditors'
const perMinute = (count: number): RateLimit => ({ code: 'rate_limited', perMinute: () => count })
const line = z.string().max(200).default('')
/** Generous, because the rules check the texts and their refusal is shown on the page. */
const text = z.string().max(10_000).default('')

const BLANK = { name: '', phone: '', caseNo: '', debtorName: '', debtorIdentifier: '', ground: '', text: '' }

export const creditorPages: readonly Route[] = [
  route({
    name: 'page.creditor_form',
    method: 'GET',
    path,
    access: 'public',
    permission: 'none',
    reply: HTML_REPLY,
    run: ({ app }) => pageOf(app, {}),
  }),
  route({
    name: 'page.creditor',
    method: 'POST',
    path,
    access: 'public',
    permission: 'creditor.file',
    limit: perMinute(5),
    body: formBody(
      z.object({
        kind: z.enum(MATTER_KINDS),
        ...{ name: line, phone: line, caseNo: line, debtorName: line, debtorIdentifier: line },
        ...{ ground: text, text },
      }),
    ),
    reply: HTML_REPLY,
    async run({ app, actor, body }) {
      try {
        const { number, code, dueOn } = await fileMatter(app, actor, { ...body, way: 'web' })
        return pageOf(app, { filed: [{ number, code, dueOn }] })
      } catch (error) {
        if (!isAppError(error, 'creditor_incomplete')) throw error
        return pageOf(app, { ...body, kinds: kindsOf(app, body.kind), refusals: refusalsOf(app, error) })
      }
    },
  }),
  route({
    name: 'page.creditor_progress',
    method: 'POST',
    path: `${path}/progress`,
    access: 'public',
    permission: 'creditor.follow',
    limit: perMinute(30),
    body: formBody(z.object({ number: line, code: line })),
    reply: HTML_REPLY,
    async run({ app, actor, body }) {
      try {
        const { kind, state, receivedOn, ...matter } = await followMatter(app, actor, body)
        const words = (key: string): string => app.catalog.words('creditors', key)
        const progress = {
          ...matter,
          kindName: words(`kind.${kind}`),
          stateName: words(`public.${state}`),
          received: writtenDay(receivedOn),
        }
        return pageOf(app, { progress: [progress] })
      } catch (error) {
        if (!isAppError(error, 'creditor_missing')) throw error
        return pageOf(app, { refusals: refusalsOf(app, error) })
      }
    },
  }),
]

function pageOf(app: AppContext, values: PageValues): string {
  const { name: court, phone: courtPhone, address } = app.config.court
  const empty = { ...BLANK, kinds: kindsOf(app, 'application'), refusals: [], filed: [], progress: [] }
  return app.catalog.page('creditor', { ...empty, court, courtPhone, address, ...values })
}

function kindsOf({ catalog }: AppContext, chosen: string): PageValues[] {
  return MATTER_KINDS.map((kind) => ({ kind, kindName: catalog.words('creditors', `kind.${kind}`), chosen: kind === chosen }))
}

function refusalsOf({ catalog }: AppContext, { code, values, problems }: AppError): PageValues[] {
  return [catalog.problem(code, values), ...problems.map((each) => catalog.check(each))].map((refusal) => ({ refusal }))
}
