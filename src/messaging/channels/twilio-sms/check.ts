// Whether the account at Twilio works: its own record is read, which says whether it is active.
// Sending is channel.ts.

import type { ProviderCheck } from '../check.ts'
import { getBytes, LIMITS, type Limits } from '../fetch.ts'

interface Account {
  accountSid: string
  authToken: string
  baseUrl: string
}

/** Checks the account with one call that changes nothing. Never throws. */
export async function checkTwilio({ accountSid, authToken, baseUrl }: Account, limits: Limits = LIMITS): Promise<ProviderCheck> {
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
  const answer = await getBytes(`${baseUrl}/2010-04-01/Accounts/${accountSid}.json`, { authorization }, limits)
  if (answer.kind !== 'answered') return { kind: 'silent', reason: answer.kind === 'failed' ? answer.reason : answer.kind }
  const record = parsed(answer.bytes.toString('utf8'))
  if (answer.status >= 500 || record === null) return { kind: 'silent', reason: `http_${answer.status}` }
  if (answer.status >= 400) return { kind: 'refused', code: String((record['code'] as number | undefined) ?? answer.status) }
  return record['status'] === 'active' ? { kind: 'up', templates: [] } : { kind: 'refused', code: String(record['status']) }
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const json = JSON.parse(text) as unknown
    return typeof json === 'object' && json !== null ? (json as Readonly<Record<string, unknown>>) : null
  } catch {
    return null
  }
}
