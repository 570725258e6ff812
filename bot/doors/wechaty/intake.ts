// Takes messages that people write to the court's own WeChat account and hands them to bot/answer.ts, in order for each person.
// Replies are always enqueued in the outbox, so that a crash or a lost session delays them and loses none.

import type { AppContext } from '../../../src/platform/commands/command.ts'
import { answer } from '../../answer.ts'
import type { InboundMessage } from '../../message.ts'
import type { Message } from './load.ts'
import { pause } from '../../../src/core/sleeper.ts'

/** The queue of received messages. */
export interface Intake {
  /** Queues a message. Never throws; messages of one person never wait for messages of another. */
  take(message: Message): void
  /** Resolves when every queued message is answered or given up. */
  settled(): Promise<void>
}

/** Milliseconds before each new attempt at a message that failed. After the last one it is given up and logged as lost. */
const RETRY_DELAYS = [1_000, 5_000, 20_000]
/** The most messages of one person that may wait; more at once are dropped. */
const WAITING = 50
/** Message types of the library by number, because the library is loaded only in the process that holds the account. */
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
/** Ids of WeChat's own accounts. */
const MACHINES = new Set(['weixin', 'filehelper', 'fmessage', 'medianote', 'floatbottle', 'newsapp', 'notifymessage'])

/**
 * Creates the queue.
 * @param answered called when a reply was enqueued in the outbox.
 * @param retryDelays milliseconds before each new attempt.
 */
export function createIntake(app: AppContext, answered: () => void, retryDelays: readonly number[] = RETRY_DELAYS): Intake {
  const { log } = app
  const people = new Map<string, { last: Promise<void>; waiting: number }>()

  async function handle(message: InboundMessage): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        // Nobody waits for the reply here, so the turn enqueues it.
        await answer(app, message, undefined, { waits: () => false })
        answered()
        return
      } catch (error) {
        const delay = retryDelays[tries]
        if (delay === undefined) return log.error('wechaty.message_lost', {}, error)
        log.warn('wechaty.message_again', { tries })
        await pause(delay)
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
 * The inbound message; null when the bot must not answer it: the account's own messages, which come back to us; rooms, where everybody
 * would read about a debtor; public accounts and WeChat's own accounts, which would answer the bot for ever; and kinds such as red packets.
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
