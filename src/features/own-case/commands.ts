// Confirms the identity of somebody who writes to the bot: by a code sent to the phone that the court knows, or by their known account.
// The answer is the same whether the person exists or not. What a confirmed person may see is views.ts.

import { newDigits, newId } from '../../core/ids.ts'
import {
  CODE_DIGITS,
  CODE_MINUTES,
  CODE_TRIES,
  ADDRESS_CODES_AN_HOUR,
  CODES_A_DAY,
  CODES_AN_HOUR,
  CONFIRMED_FOR,
  KNOWN_TO_DEBTOR,
} from './rules.ts'
import type { Listing } from '../listings/rules.ts'
import { findIdentity, identityTable, lockIdentity, putIdentity, updateIdentity, type IdentityRow } from './store.ts'
import { searchListings } from '../listings/search.store.ts'
import { toListing } from '../listings/store.ts'
import { countTry, DAY, forgetTries, HOUR, triesOf } from '../../messaging/conversations.store.ts'
import { countUse, seeUse } from '../../messaging/sender-limits.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { command, type CommandContext, type AppContext } from '../../platform/commands/command.ts'
import { enqueueNotice } from '../../messaging/outbox.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { readHolder } from '../../core/documents.ts'
import { openRow, sealRow } from '../../platform/database/sealing.ts'

/** One minute in milliseconds. */
const MINUTE = 60_000
/** Most listings of one person that are shown; whoever has more is referred to a clerk. */
const MAX_LISTINGS = 50

/** Somebody who asks to be confirmed. */
export interface IdentityRequest {
  conversationId: string
  /** The identifier as it was typed. */
  identifier: string
  /** The openid of the sender, if the channel vouches for it. */
  wechat?: string | undefined
}

/**
 * Starts the confirmation of an identity. If the sender's account is the one that the court knows, it is confirmed at once. Otherwise a
 * code is sent to the phone that the court knows. If there is no such person or phone, no code is sent, and the answer is still `sent`.
 * The audit row holds no identifier.
 */
export const askIdentity = command(
  'identity.ask',
  async (context, input: IdentityRequest): Promise<'sent' | 'confirmed' | 'unreadable'> => {
    const { tx, app, now, audit } = context
    const parsed = readHolder(input.identifier)
    if (parsed.kind === 'none') {
      await audit({ subject: `conversation:${input.conversationId}`, detail: { identity: 'unreadable' } })
      return 'unreadable'
    }
    const listings = await listingsOf(app, tx, parsed.number)
    const code = newDigits(CODE_DIGITS)
    const hasKnownAccount = input.wechat !== undefined && listings.some(({ content }) => content.debtor.wechat === input.wechat)
    const row = sealRow(identityTable, app.secrets, {
      conversationId: input.conversationId,
      identifier: parsed.number,
      codeHash: hasKnownAccount ? null : codeHashOf(app, input.conversationId, code),
      tries: 0,
      expiresAt: new Date(now.getTime() + (hasKnownAccount ? CONFIRMED_FOR.account : CODE_MINUTES * MINUTE)),
      confirmedAt: hasKnownAccount ? now : null,
    })
    await putIdentity(tx, app, row)
    await audit({ subject: `conversation:${input.conversationId}`, detail: { identity: hasKnownAccount ? 'account' : 'asked' } })
    if (hasKnownAccount) return 'confirmed'
    await sendCode(context, listings, { conversationId: input.conversationId, code })
    return 'sent'
  },
)

/**
 * Counts a code that is asked for, by who asks and by whose it would be. It is counted before anything is looked up, also for people who are
 * not listed, so that the outcome does not reveal who is on the list.
 * @param input.sender the sender or network. @returns the hour that is used up; null: a code may be sent.
 */
export async function countCodes(
  app: AppContext,
  tx: Tx,
  { sender, identifier, now }: { sender: string; identifier: string; now: Date },
): Promise<{ until: Date } | null> {
  const bySender = { what: 'prove', sender, most: ADDRESS_CODES_AN_HOUR }
  const limits = [
    [proofSubject(app, identifier), CODES_AN_HOUR, HOUR],
    [`daily:${app.secrets.index('limit', `identifier:${identifier}`)}`, CODES_A_DAY, DAY],
  ] as const
  const over = (since: Date, span: number): { until: Date } => ({ until: new Date(since.getTime() + span) })
  const full = await seeUse(app, tx, bySender, now)
  if (full !== null) return over(full.since, HOUR)
  for (const [subject, most, span] of limits) {
    const seen = await triesOf(tx, subject, now, span)
    if (seen.hits >= most) return over(seen.since, span)
  }
  const used = await countUse(app, tx, bySender, now)
  if (used !== null) return over(used.since, HOUR)
  for (const [subject, most, span] of limits) {
    const seen = await countTry(tx, subject, now, span)
    // Somebody asked at the same time.
    if (seen.hits > most) return over(seen.since, span)
  }
  return null
}

function proofSubject({ secrets }: AppContext, identifier: string): string {
  return `proof:${secrets.index('limit', `identifier:${identifier}`)}`
}

async function sendCode(
  context: CommandContext,
  listings: readonly Listing[],
  { conversationId, code }: { conversationId: string; code: string },
): Promise<void> {
  const reachable = listings.find(({ content }) => content.debtor.phone !== undefined)
  const phone = reachable?.content.debtor.phone
  if (reachable === undefined || phone === undefined) return
  await enqueueNotice(
    context,
    'talker',
    {
      event: 'identity.code',
      key: `identity.code:${newId()}`,
      values: { code, minutes: CODE_MINUTES },
      listingId: reachable.id,
      listVersion: await listVersion(context.tx),
    },
    [{ id: `talker:${conversationId}`, addresses: { sms: phone }, consent: true }],
  )
}

/**
 * Sends the confirmed person of a conversation a code for one filing, where the channel does not vouch for its sender. Meanwhile the person
 * stays confirmed, at most as long as the code can be used; `confirmIdentity` checks it. @returns whether somebody is confirmed.
 */
export const askSignature = command('identity.ask', async (context, { conversationId }: { conversationId: string }): Promise<boolean> => {
  const { tx, app, now, audit } = context
  const row = await lockIdentity(tx, app, conversationId)
  const isConfirmed = row?.confirmedAt != null && row.expiresAt > now
  await audit({ subject: `conversation:${conversationId}`, detail: { identity: isConfirmed ? 'signature' : 'unconfirmed' } })
  if (!isConfirmed) return false
  const code = newDigits(CODE_DIGITS)
  const codeEnds = new Date(now.getTime() + CODE_MINUTES * MINUTE)
  await updateIdentity(tx, app, conversationId, {
    codeHash: codeHashOf(app, conversationId, code),
    tries: 0,
    expiresAt: row.expiresAt < codeEnds ? row.expiresAt : codeEnds,
  })
  const { identifier } = openRow(identityTable, app.secrets, row)
  await sendCode(context, await listingsOf(app, tx, identifier), { conversationId, code })
  return true
})

/** Checks a code as it was typed. `spent`: it was used, has expired, or was tried too often, and a new one must be requested. */
export const confirmIdentity = command(
  'identity.confirm',
  async (
    { tx, app, now, audit },
    input: { conversationId: string; code: string; vouched: boolean },
  ): Promise<'confirmed' | 'wrong' | 'spent'> => {
    const row = await lockIdentity(tx, app, input.conversationId)
    const outcome = resultOf(app, row, input, now)
    // Whoever proved who they are may ask again when the hour of the confirmation is over, such as in the middle of a form.
    if (outcome === 'confirmed' && row !== null)
      await forgetTries(tx, proofSubject(app, openRow(identityTable, app.secrets, row).identifier))
    if (outcome === 'confirmed')
      await updateIdentity(tx, app, input.conversationId, {
        codeHash: null,
        confirmedAt: now,
        expiresAt: new Date(now.getTime() + (input.vouched ? CONFIRMED_FOR.account : CONFIRMED_FOR.page)),
      })
    else if (row?.codeHash != null)
      await updateIdentity(tx, app, input.conversationId, { tries: row.tries + 1, ...(outcome === 'spent' ? { codeHash: null } : {}) })
    await audit({ subject: `conversation:${input.conversationId}`, detail: { identity: outcome } })
    return outcome
  },
)

function resultOf(
  app: AppContext,
  row: IdentityRow | null,
  { conversationId, code }: { conversationId: string; code: string },
  now: Date,
): 'confirmed' | 'wrong' | 'spent' {
  if (row?.codeHash == null || row.expiresAt <= now) return 'spent'
  if (app.secrets.indexes('code', `${conversationId}:${code}`).includes(row.codeHash)) return 'confirmed'
  return row.tries + 1 >= CODE_TRIES ? 'spent' : 'wrong'
}

function codeHashOf({ secrets }: AppContext, conversationId: string, code: string): string {
  return secrets.index('code', `${conversationId}:${code}`)
}

/** The identifier that was confirmed in a conversation; null if none was, or the confirmation has expired. */
export async function confirmedIdentifier(app: AppContext, db: Db, conversationId: string, now: Date): Promise<string | null> {
  const row = await findIdentity(db, app, conversationId)
  return row === null || row.confirmedAt === null || row.expiresAt <= now ? null : openRow(identityTable, app.secrets, row).identifier
}

/** Listings of an identifier that their debtor may know of, newest first, at most `MAX_LISTINGS`. */
export async function listingsOf(app: AppContext, db: Db, identifier: string): Promise<Listing[]> {
  const { items } = await searchListings(
    db,
    { identifier: app.secrets.indexes('identifier', identifier) },
    { limit: MAX_LISTINGS, offset: 0 },
  )
  return items
    .map((row) => toListing(app.secrets, row))
    .filter(({ state, content }) => KNOWN_TO_DEBTOR.includes(state) && content.debtor.identifier === identifier)
}
