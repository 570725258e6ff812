// What people write to the house's own WeChat account, in order for each of them: whose it is and what it says, handed to bot/answer. The
// answer goes out through the outbox, so that a crash or a lost session delays it and nothing more. What is answered is bot/answer.

import type { AppContext } from '../../../src/platform/commands/command.ts'
import { answer, type InboundMessage } from '../../answer.ts'
import type { Message } from './load.ts'

export interface Intake {
  /** Never throws, and never makes anybody wait for somebody else. */
  take(message: Message): void
  /** Resolves when everything that was taken is answered or given up. */
  settled(): Promise<void>
}

/** Milliseconds before a message is tried again that the house could not take; then it is given up, on record. */
const AGAIN = [1_000, 5_000, 20_000]
/** Messages of one person that wait; whoever sends more at once is no person in need. */
const WAITING = 50
/** The numbers are the library's own, which is not loaded where nobody needs it. */
const KINDS: Readonly<Record<number, InboundMessage['kind'] | 'text'>> = {
  1: 'media', // Attachment
  2: 'voice', // Audio
  4: 'media', // ChatHistory
  6: 'media', // Image
  7: 'text', // Text
  8: 'media', // Location
  9: 'media', // MiniProgram
  14: 'media', // Url
  15: 'media', // Video
}
const INDIVIDUAL = 1
/** Accounts of WeChat itself. */
const MACHINES = new Set(['weixin', 'filehelper', 'fmessage', 'medianote', 'floatbottle', 'newsapp', 'notifymessage'])

/** @param answered is called when an answer lies in the outbox. @param again how long to wait before each new try. */
export function createIntake(app: AppContext, answered: () => void, again: readonly number[] = AGAIN): Intake {
  const { log } = app
  const people = new Map<string, { last: Promise<void>; waiting: number }>()

  async function handle(message: InboundMessage): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        // Nobody waits on this side of the line: the answer is promised in the turn itself.
        await answer(app, message, undefined, { waits: () => false })
        answered()
        return
      } catch (error) {
        const pause = again[tries]
        if (pause === undefined) return log.error('wechaty.message_lost', {}, error)
        log.warn('wechaty.message_again', { tries })
        await new Promise((resolve) => setTimeout(resolve, pause))
      }
    }
  }

  return {
    take(message) {
      const inbound = read(message, app)
      if (inbound === null) return
      const person = people.get(inbound.from) ?? { last: Promise.resolve(), waiting: 0 }
      if (person.waiting >= WAITING) return log.warn('wechaty.too_many')
      person.waiting += 1
      person.last = person.last
        .then(() => handle(inbound))
        .finally(() => {
          person.waiting -= 1
          if (person.waiting === 0) people.delete(inbound.from)
        })
      people.set(inbound.from, person)
    },
    async settled() {
      while (people.size > 0) await Promise.all([...people.values()].map((person) => person.last))
    },
  }
}

/**
 * Null: not for the bot. Rooms are never answered: what somebody asks about a debtor is nobody else's business, and in a room everybody reads
 * it. Our own messages come back to us, public accounts and other machines would talk for ever, and a red packet is left alone.
 */
function read(message: Message, { log }: AppContext): InboundMessage | null {
  try {
    if (message.self() || message.room() !== undefined) return null
    const talker = message.talker()
    const type: number = talker.type()
    if (type !== INDIVIDUAL || MACHINES.has(talker.id)) return null
    const kind = KINDS[message.type()]
    if (kind === undefined) return null
    const text = kind === 'text' ? message.text() : ''
    return { channel: 'wechaty', from: talker.id, messageId: message.id, text, ...(kind === 'text' ? {} : { kind }) }
  } catch (error) {
    log.warn('wechaty.unreadable', { error: error instanceof Error ? error.name : 'unknown' })
    return null
  }
}
