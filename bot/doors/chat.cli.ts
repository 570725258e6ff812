// `zxt chat`: the bot in the terminal, the same one that all channels talk to. One line in, one reply out, until the input ends.
// What it answers is bot/answer.

import { createInterface } from 'node:readline'
import type { Command } from 'commander'
import { answer } from '../answer.ts'
import { newToken } from '../../src/core/ids.ts'
import type { CliSession } from '../../src/platform/cli/session.ts'

export function chatCommands(program: Command, { terminal, within, actor }: CliSession): void {
  program
    .command('chat')
    .description(terminal.words('command.chat'))
    .action(() =>
      within(async (app) => {
        const typed = process.stdin.isTTY
        if (typed) terminal.say('chat.begin')
        for await (const text of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
          if (!typed) terminal.line(`> ${text}`)
          const reply = await answer(app, { channel: 'terminal', from: actor.id, messageId: newToken(12), text })
          terminal.line(reply.text === '' ? terminal.words('chat.quiet') : reply.text)
          terminal.line('')
        }
      }),
    )
}
