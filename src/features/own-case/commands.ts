// Confirming who writes (bot.md): a code goes to the phone the court has, or the account is the one the court has. What is asked is answered alike,
// whether the person exists or not. What somebody confirmed may see is own-case.ts.

import { newDigits, newId } from '../../core/ids.ts'
import { CODE_DIGITS, CODE_MINUTES, CODE_TRIES, CONFIRMED_FOR, KNOWN_TO_DEBTOR } from './rules.ts'
import type { Listing } from '../listings/rules.ts'
import { findIdentity, putIdentity, updateIdentity, type IdentityRow } from './store.ts'
import { searchListings } from '../listings/search.store.ts'
import { toListing } from '../listings/store.ts'
import type { Db } from '../../platform/database/database.ts'
import { command, type CommandContext, type AppContext } from '../../platform/commands/command.ts'
import { enqueueNotice } from '../../messaging/outbox.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { readIdentifier } from '../../core/identifiers.ts'

const MINUTE = 60_000
/** Listings one person can have; more are a register of its own, and a clerk's matter. */
const MOST = 50

export interface Asking {
  conversationId: string
  /** As typed. */
  identifier: string
  /** The openid that writes, where the channel vouches for one. */
  wechat?: string | undefined
}

/**
 * Somebody says who they are. Their account is the one the court has: confirmed. Otherwise a code goes to the court's number for them; where there is no such
 * person or number none goes, and nobody can tell. Audited without the identifier.
 */
export const askIdentity = command('identity.ask', async (context, input: Asking): Promise<'sent' | 'confirmed' | 'unreadable'> => {
  const { tx, app, now, audit } = context
  const read = readIdentifier(input.identifier)
  if (read.kind === 'none') {
    await audit({ subject: `conversation:${input.conversationId}`, detail: { identity: 'unreadable' } })
    return 'unreadable'
  }
  const own = await listingsOf(app, tx, read.number)
  const code = newDigits(CODE_DIGITS)
  const known = input.wechat !== undefined && own.some(({ content }) => content.debtor.wechat === input.wechat)
  await putIdentity(tx, {
    conversationId: input.conversationId,
    identifier: app.secrets.seal(read.number),
    codeHash: known ? null : hashOf(app, input.conversationId, code),
    tries: 0,
    expiresAt: new Date(now.getTime() + (known ? CONFIRMED_FOR.account : CODE_MINUTES * MINUTE)),
    confirmedAt: known ? now : null,
  })
  await audit({ subject: `conversation:${input.conversationId}`, detail: { identity: known ? 'account' : 'asked' } })
  if (known) return 'confirmed'
  await sendCode(context, own, { conversationId: input.conversationId, code })
  return 'sent'
})

async function sendCode(
  context: CommandContext,
  own: readonly Listing[],
  { conversationId, code }: { conversationId: string; code: string },
): Promise<void> {
  const reached = own.find(({ content }) => content.debtor.phone !== undefined)
  const phone = reached?.content.debtor.phone
  if (reached === undefined || phone === undefined) return
  await enqueueNotice(
    context,
    'talker',
    {
      event: 'identity.code',
      key: `identity.code:${newId()}`,
      values: { code, minutes: CODE_MINUTES },
      listingId: reached.id,
      listVersion: await listVersion(context.tx),
    },
    [{ id: `talker:${conversationId}`, addresses: { sms: phone }, consent: true }],
  )
}

/** A code as typed. `spent`: it was used, is too old, or was tried too often; identity has to be asked for anew. */
export const confirmIdentity = command(
  'identity.confirm',
  async (
    { tx, app, now, audit },
    input: { conversationId: string; code: string; vouched: boolean },
  ): Promise<'confirmed' | 'wrong' | 'spent'> => {
    const row = await findIdentity(tx, input.conversationId)
    const outcome = tried(app, row, input, now)
    if (outcome === 'confirmed')
      await updateIdentity(tx, input.conversationId, {
        codeHash: null,
        confirmedAt: now,
        expiresAt: new Date(now.getTime() + (input.vouched ? CONFIRMED_FOR.account : CONFIRMED_FOR.page)),
      })
    else if (row !== null && row.confirmedAt === null)
      await updateIdentity(tx, input.conversationId, { tries: row.tries + 1, ...(outcome === 'spent' ? { codeHash: null } : {}) })
    await audit({ subject: `conversation:${input.conversationId}`, detail: { identity: outcome } })
    return outcome
  },
)

function tried(
  app: AppContext,
  row: IdentityRow | null,
  { conversationId, code }: { conversationId: string; code: string },
  now: Date,
): 'confirmed' | 'wrong' | 'spent' {
  if (row?.codeHash == null || row.expiresAt <= now) return 'spent'
  if (app.secrets.indexes('code', `${conversationId}:${code}`).includes(row.codeHash)) return 'confirmed'
  return row.tries + 1 >= CODE_TRIES ? 'spent' : 'wrong'
}

function hashOf({ secrets }: AppContext, conversationId: string, code: string): string {
  return secrets.index('code', `${conversationId}:${code}`)
}

/** The identifier that a conversation was confirmed to be with; null: none, or too long ago. */
export async function confirmedIdentifier(app: AppContext, db: Db, conversationId: string, now: Date): Promise<string | null> {
  const row = await findIdentity(db, conversationId)
  return row === null || row.confirmedAt === null || row.expiresAt <= now ? null : app.secrets.open(row.identifier)
}

/** What the debtor of an identifier may know of, newest first. */
export async function listingsOf(app: AppContext, db: Db, identifier: string): Promise<Listing[]> {
  const { items } = await searchListings(db, { identifier: app.secrets.indexes('identifier', identifier) }, { limit: MOST, offset: 0 })
  return items
    .map((row) => toListing(app.secrets, row))
    .filter(({ state, content }) => KNOWN_TO_DEBTOR.includes(state) && content.debtor.identifier === identifier)
}
