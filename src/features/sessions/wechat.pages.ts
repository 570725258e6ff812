// Liaisons who enter from inside WeChat: WeChat vouches for their account (网页授权), and one tap opens the session, without script.
// Looking changes nothing: the code of WeChat is used by POST alone, in the browser that began the entry.

import { z } from 'zod'
import { openWechatSession } from './liaisons.commands.ts'
import { callerBySession, unitCookie } from './access.ts'
import { entryCookie, entryState, newEntry, requireEntry } from './entry.access.ts'
import { AppError, isAppError } from '../../core/errors.ts'
import { entryAddress, openidOf } from '../../messaging/channels/wechat-official/entry.ts'
import { carryOutOnce } from '../../messaging/seen-events.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import { PUBLIC, type Actor } from '../../platform/commands/permissions.ts'
import { formBody } from '../../platform/http/body.ts'
import { FORM_REPLY, HTML_REPLY, type SeeOther } from '../../platform/http/reply.ts'
import { perMinute, route, type Route } from '../../platform/http/route.ts'

const BACK = '/unit/wechat/back'
const entered = z.object({ code: z.string().max(200).default(''), state: z.string().max(200).default('') })
const limit = perMinute(60)

export const wechatEntryPages: readonly Route[] = [
  route({
    name: 'page.unit_wechat',
    method: 'GET',
    path: '/unit/wechat',
    access: 'public',
    permission: 'none',
    limit,
    reply: FORM_REPLY,
    run({ app, setHeader }) {
      const token = newEntry(app)
      setHeader('Set-Cookie', entryCookie(app, token))
      return { seeOther: entryAddress(accountOf(app), { backTo: app.config.publicUrl + BACK, state: entryState(token) }) }
    },
  }),
  route({
    name: 'page.unit_wechat_back',
    method: 'GET',
    path: BACK,
    access: 'public',
    permission: 'none',
    limit,
    query: entered,
    reply: HTML_REPLY,
    run({ app, query, request }) {
      try {
        requireEntry(app, request.headers, query.state)
        // Without a code the person refused.
        if (query.code === '') throw new AppError('wechat_entry_ended')
      } catch (error) {
        return refusalPage(app, error)
      }
      return pageOf(app, { ...query, ready: true })
    },
  }),
  route({
    name: 'page.unit_wechat_enter',
    method: 'POST',
    path: BACK,
    access: 'public',
    permission: 'liaison.log_in',
    limit,
    body: formBody(entered),
    reply: FORM_REPLY,
    async run({ app, actor, body, request, setHeader }): Promise<string | SeeOther> {
      try {
        requireEntry(app, request.headers, body.state)
        const token = await enterOnce(app, actor, body.state, await openidOf(accountOf(app), body.code))
        const { session } = await callerBySession(app, 'unit', token, false)
        setHeader('Set-Cookie', [unitCookie(app, token, session.expiresAt), entryCookie(app, '')])
        return { seeOther: '/unit' }
      } catch (error) {
        return refusalPage(app, error)
      }
    },
  }),
]

/** Opens the session, for one entry once: a state and cookie that somebody kept let nobody in again. @throws `wechat_entry_ended`. */
async function enterOnce(app: AppContext, actor: Actor, state: string, openid: string): Promise<string> {
  let opened = ''
  const work = async (within: AppContext): Promise<void> => {
    opened = (await openWechatSession(within, actor, { openid })).token
  }
  if (!(await carryOutOnce(app, PUBLIC, { key: `wechat-entry:${state}`, work }))) throw new AppError('wechat_entry_ended')
  return opened
}

/** @throws `route_missing` where the court has no official account. */
function accountOf({ config }: AppContext): NonNullable<AppContext['config']['wechat']> {
  if (config.wechat === undefined) throw new AppError('route_missing')
  return config.wechat
}

/** The page that says why somebody does not get in, with the other way in. */
function refusalPage(app: AppContext, error: unknown): string {
  if (!isAppError(error, 'wechat_entry_ended') && !isAppError(error, 'unit_wechat_unbound')) throw error
  return pageOf(app, { code: '', state: '', ready: false, refusals: [{ refusal: app.catalog.problem(error.code, error.values) }] })
}

function pageOf(app: AppContext, values: Parameters<AppContext['catalog']['page']>[1]): string {
  const { name: court, phone } = app.config.court
  return app.catalog.page('unit-wechat', { court, courtPhone: phone, refusals: [], ...values })
}
