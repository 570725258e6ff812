// A test message to oneself: an administrator sees whether SMS or the official account works. Its text is fixed; the address stays out of the audit.
// Sending is messaging/outbox.ts, like every other notice.

import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { takesSms, toE164 } from '../../core/phone.ts'
import { wallTime } from '../../core/calendar.ts'
import { addressesOf } from '../../messaging/addresses.ts'
import { countTry } from '../../messaging/conversations.store.ts'
import type { Addresses } from '../../messaging/fallback.rules.ts'
import { findNotice, type NoticeState } from '../../messaging/notices.store.ts'
import { enqueueNotice } from '../../messaging/outbox.ts'
import { command, query, type CommandContext } from '../../platform/commands/command.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { findStaffReach } from '../staff/store.ts'

/** The media that are tested. */
export const TESTED_MEDIA = ['sms', 'wechat'] as const

export interface TestMessage {
  medium: (typeof TESTED_MEDIA)[number]
  /** A phone number or an openid; without it one's own, as stored for the account. */
  address?: string | undefined
}

/** Test messages in an hour: of one person, and to one address, whoever sends them. Counted in the database, so that a restart keeps them. */
const MOST_BY_PERSON = 5
const MOST_TO_ADDRESS = 3

const EVENT = 'system.test'

/**
 * Sends a test message. @throws `address_needed` when none is known, `address_invalid`, `test_limited` beyond the limits.
 */
export const sendTestMessage = command('system.test', async (context, input: TestMessage): Promise<{ noticeId: string }> => {
  const { tx, app, now, actor, audit } = context
  const address = await addressFor(context, input)
  await limited(context, `test:${actor.id}`, MOST_BY_PERSON)
  await limited(context, `test:${app.secrets.index('limit', `${input.medium}:${address}`)}`, MOST_TO_ADDRESS)
  const key = newId()
  const addresses: Addresses = { [input.medium]: address }
  await enqueueNotice(
    context,
    'court',
    { event: EVENT, key: `${EVENT}:${key}`, values: { at: wallTime(now) }, listVersion: await listVersion(tx) },
    [{ id: actor.id, addresses, consent: true }],
  )
  const [row] = await tx.query<{ id: string }>('select id from notice where event = ? and recipient = ?', [`${EVENT}:${key}`, actor.id])
  // Without a step that could be tried there is no notice: the medium is closed here.
  if (row === undefined) throw new AppError('address_needed')
  await audit({ subject: 'system', detail: { test: row.id, medium: input.medium, own: input.address === undefined } })
  return { noticeId: row.id }
})

async function addressFor({ tx, app, actor }: CommandContext, { medium, address }: TestMessage): Promise<string> {
  if (address !== undefined) {
    const readable = medium === 'sms' ? toE164(address) : address.trim()
    if (readable === null || readable === '' || (medium === 'sms' && !takesSms(readable))) throw new AppError('address_invalid')
    return readable
  }
  const reach = await findStaffReach(tx, actor.id.replace(/^staff:/, ''))
  const own = reach === null ? undefined : addressesOf(app, reach)[medium]
  if (own === undefined) throw new AppError('address_needed')
  return own
}

async function limited({ tx, now }: CommandContext, subject: string, most: number): Promise<void> {
  const { hits } = await countTry(tx, subject, now)
  if (hits > most) throw new AppError('test_limited', { most })
}

/** How far a test message came. @throws `notice_missing` for anything else than a test message of one's own. */
export const testMessageState = query(
  'system.read',
  async ({ db, actor }, noticeId: string): Promise<{ noticeId: string; state: NoticeState; reason: string | null }> => {
    const notice = await findNotice(db, noticeId)
    if (notice?.recipient !== actor.id || !notice.event.startsWith(`${EVENT}:`)) throw new AppError('notice_missing', { id: noticeId })
    return { noticeId, state: notice.state, reason: notice.reason }
  },
)
