// Entering a page from inside WeChat (网页授权, snsapi_base): where WeChat asks the person, and the openid for the code that it sends back.
// Whose session comes of it is features/sessions/wechat.pages.ts.

import { AppError } from '../../../core/errors.ts'
import type { Config } from '../../../config/config.ts'
import { getJson } from '../fetch.ts'
import { errcodeOf } from './account.ts'
import { MOST_OPENID } from './webhook.ts'

type Account = Pick<NonNullable<Config['wechat']>, 'appId' | 'secret' | 'baseUrl' | 'openUrl'>

/** Errcodes that mean: the code is wrong, was used, or is older than five minutes. */
const CODE_SPENT: ReadonlySet<number> = new Set([40029, 40163, 41008, 42003])

/** The address at which WeChat asks the person and sends them back to `backTo` with a code and the state. */
export function entryAddress({ openUrl, appId }: Account, { backTo, state }: { backTo: string; state: string }): URL {
  const address = new URL(`${openUrl}/connect/oauth2/authorize`)
  // WeChat demands this order.
  address.search = String(
    new URLSearchParams([
      ['appid', appId],
      ['redirect_uri', backTo],
      ['response_type', 'code'],
      ['scope', 'snsapi_base'],
      ['state', state],
    ]),
  )
  address.hash = 'wechat_redirect'
  return address
}

/** The openid of the person to whom WeChat gave a code. @throws `wechat_entry_ended` for a spent code, `account_refused` for anything else. */
export async function openidOf({ baseUrl, appId, secret }: Account, code: string): Promise<string> {
  const query = new URLSearchParams({ appid: appId, secret, code, grant_type: 'authorization_code' })
  const answer = await getJson(`${baseUrl}/sns/oauth2/access_token?${String(query)}`)
  if (answer.kind !== 'answered') throw new AppError('account_refused', { code: answer.reason })
  const openid = (answer.json as Readonly<Record<string, unknown>> | null | undefined)?.['openid']
  if (typeof openid === 'string' && openid !== '' && openid.length <= MOST_OPENID) return openid
  const errcode = errcodeOf(answer)
  if (errcode !== null && CODE_SPENT.has(errcode)) throw new AppError('wechat_entry_ended')
  throw new AppError('account_refused', { code: errcode ?? `http_${answer.status}` })
}
