// Whether the official account works: its token is asked for, which leaves the current one valid, and then its list of templates.
// Sending is channel.ts; codes are account.ts.

import type { ProviderCheck } from '../check.ts'
import { getJson, LIMITS, postJson, type Exchange, type Limits } from '../fetch.ts'

interface Account {
  appId: string
  secret: string
  baseUrl: string
}

/** Checks the account with two calls that change nothing. Never throws. */
export async function checkWechatOfficial({ appId, secret, baseUrl }: Account, limits: Limits = LIMITS): Promise<ProviderCheck> {
  const granted = await postJson(`${baseUrl}/cgi-bin/stable_token`, { grant_type: 'client_credential', appid: appId, secret }, limits)
  const grant = answered(granted)
  if ('kind' in grant) return grant
  const token = grant.json['access_token']
  if (typeof token !== 'string') return { kind: 'refused', code: 'no_token' }
  const listed = answered(
    await getJson(`${baseUrl}/cgi-bin/template/get_all_private_template?access_token=${encodeURIComponent(token)}`, limits),
  )
  if ('kind' in listed) return listed
  const list = (listed.json['template_list'] ?? []) as readonly { template_id?: unknown }[]
  return { kind: 'up', templates: list.flatMap(({ template_id: id }) => (typeof id === 'string' ? [id] : [])) }
}

/** The answer's content, or why there is none. */
function answered(exchange: Exchange): { json: Readonly<Record<string, unknown>> } | Exclude<ProviderCheck, { kind: 'up' }> {
  if (exchange.kind !== 'answered') return { kind: 'silent', reason: exchange.reason }
  const { json, status } = exchange
  if (status >= 400 || typeof json !== 'object' || json === null) return { kind: 'silent', reason: `http_${status}` }
  const code = (json as Readonly<Record<string, unknown>>)['errcode'] ?? 0
  if (code !== 0) return { kind: 'refused', code: typeof code === 'number' ? String(code) : 'unreadable' }
  return { json: json as Readonly<Record<string, unknown>> }
}
