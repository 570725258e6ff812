// The `zxt` command: what can be typed, in one place. Each subject's commands are in the file of that name.
// Opening the house is handed in by main.ts.

import { userInfo } from 'node:os'
import { Command } from 'commander'
import { assistanceCommands } from './assistance.ts'
import { chatCommands } from './chat.ts'
import { clockCommands } from './clocks.ts'
import { complaintCommands } from './complaints.ts'
import type { CliEdges, Desk } from './desk.ts'
import { feedbackCommands } from './feedback.ts'
import { ledgerCommands } from './ledgers.ts'
import { listCommands } from './lists.ts'
import { noticeCommands } from './notices.ts'
import { objectionCommands } from './objections.ts'
import { staffCommands } from './people.ts'
import { pushCommands } from './pushes.ts'
import { screeningCommands } from './screenings.ts'
import { createTerminal } from './terminal.ts'
import { understandCommands } from './understand.ts'
import { upkeepCommands } from './upkeep.ts'
import { wechatCommands } from './wechat.ts'
import { repairCommands } from './repairs.ts'
import { unitCommands } from './units.ts'

export function createProgram(edges: CliEdges): Command {
  const terminal = createTerminal(edges.catalog)
  const desk: Desk = {
    ...edges,
    terminal,
    actor: { id: `operator:${userInfo().username}`.slice(0, 60), roles: ['operator'] },
    async within(work) {
      const opened = await edges.open()
      try {
        return await work(opened.house)
      } finally {
        await opened.close()
      }
    },
  }
  const { words } = terminal
  const program = new Command('zxt').description(words('about')).showHelpAfterError(words('help_after_error'))
  program.helpOption('-h, --help', words('option.help')).helpCommand('help [command]', words('command.help'))
  program.command('start').description(words('command.start')).action(edges.serve)
  program
    .command('demo')
    .description(words('command.demo'))
    .argument('[file]', words('argument.demo_file'))
    .action((file: string | undefined) => edges.demo(file, terminal))
  for (const add of [
    listCommands,
    noticeCommands,
    objectionCommands,
    repairCommands,
    clockCommands,
    complaintCommands,
    feedbackCommands,
    pushCommands,
    assistanceCommands,
    staffCommands,
    unitCommands,
    ledgerCommands,
    screeningCommands,
    upkeepCommands,
    wechatCommands,
    understandCommands,
    chatCommands,
  ])
    add(program, desk)
  return program
}
