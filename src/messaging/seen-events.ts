// Carries out what a signed event of a provider asks for, once, whichever process gets it again within the minutes that its signature holds.
// The signature and its age are checked in the channel.

import { rememberEvent } from './seen-events.store.ts'
import { systemCommand, withinTransaction, type AppContext } from '../platform/commands/command.ts'

/** Milliseconds for which an event is remembered: its time may be five minutes off in either direction, and a minute more. */
const REMEMBERED = 11 * 60_000

/**
 * Carries out an event's work in one transaction with the memory of it, so that an event that failed may come again.
 * @param key what the event says; a repeat by the platform has another nonce and says the same. @returns whether it was the first time.
 */
export const carryOutOnce = systemCommand(
  'bot.answer',
  async ({ tx, app, now }, { key, work }: { key: string; work: (app: AppContext) => Promise<void> }): Promise<boolean> => {
    const id = app.secrets.index('message', key)
    if (!(await rememberEvent(tx, { id, at: now }, new Date(now.getTime() - REMEMBERED)))) return false
    await work(withinTransaction(app, tx))
    return true
  },
)
