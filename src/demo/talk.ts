// Conversations of the demo: a citizen enquires and files a complaint; a liaison binds an account and hands in the return.
// What people say comes from the words of the terminal; the replies are those of the bot.

import { answer } from '../../bot/answer.ts'
import type { Channel } from '../../bot/message.ts'
import { showListing } from '../features/listings/views.ts'
import { issueBindingCode } from '../features/units/subscriptions.commands.ts'
import { newToken } from '../core/ids.ts'
import type { Liaison } from './people.ts'
import { firstPublic, OPERATOR, type Items, type Stage } from './stage.ts'

/** Sends lines to the bot one after another, and prints them with the replies. */
async function converse({ app, terminal }: Stage, channel: Channel, from: string, lines: readonly string[]): Promise<void> {
  for (const text of lines) {
    terminal.say('demo.says', { text })
    const reply = await answer(app, { channel, from, messageId: newToken(12), text })
    for (const line of reply.text.split('\n').filter((each) => each.trim() !== '')) terminal.say('demo.bot', { text: line })
  }
}

/** A citizen asks about a listing, files a complaint and asks how far it is. */
export async function citizenTalks(stage: Stage, items: Items): Promise<void> {
  const { app, terminal } = stage
  const { name, identifier } = (await showListing(app, OPERATOR, await firstPublic(stage, items))).content.debtor
  terminal.say('demo.talk_citizen')
  await converse(stage, 'wechat', 'oDemoCitizen0002', [
    terminal.words('demo.talk.enquire', { name }),
    identifier.slice(-4),
    ...['complain', 'whom', 'what', 'when', 'anonymous', 'yes', 'how_far'].map((key) => terminal.words(`demo.talk.${key}`)),
  ])
}

/** A liaison binds a WeChat account and hands in the figures of the quarter. */
export async function liaisonTalks(stage: Stage, liaison: Liaison): Promise<void> {
  const { app, terminal } = stage
  const { code } = await issueBindingCode(app, OPERATOR, liaison.id)
  terminal.say('demo.talk_liaison')
  await converse(stage, 'wechat', 'oDemoLiaison0002', [
    terminal.words('demo.talk.bind', { code }),
    ...['quarter', 'figures', 'yes'].map((key) => terminal.words(`demo.talk.${key}`)),
  ])
}
