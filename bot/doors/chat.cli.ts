// `zxt chat`: talks to the bot in the terminal. Reads one line, prints one reply, until the input ends.
// The replies come from bot/answer.ts, as on every other channel.

import { createInterface } from 'node:readline'
import type { Command } from 'commander'
import { answer } from '../answer.ts'
import { newToken } from '../../src/core/ids.ts'
import type { CliSession } from '../../src/platform/cli/session.ts'

/** Adds `zxt chat` to the program. */
export function chatCommands(program: Command, { terminal, within, actor }: CliSession): void {
  program
    .command('chat')
    .description(terminal.words('command.chat'))
    .action(() =>
      within(async (app) => {
        const isTyped = process.stdin.isTTY
        if (isTyped) terminal.say('chat.begin')
        for await (const text of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
          if (!isTyped) terminal.line(`> ${text}`)
          const reply = await answer(app, { channel: 'terminal', from: actor.id, messageId: newToken(12), text })
          terminal.line(reply.text === '' ? terminal.words('chat.quiet') : reply.text)
          terminal.line('')
        }
      }),
    )
}
