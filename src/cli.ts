// Builds the `zxt` program from the commands of all features. The commands of a feature are in its cli.ts.
// How the application is opened is passed in by main.ts.

import { userInfo } from 'node:os'
import { Command } from 'commander'
import { backupCommands } from './features/system/backup.cli.ts'
import { doctorCommands } from './features/system/doctor.cli.ts'
import { assistanceCommands } from './features/assistance/cli.ts'
import { chatCommands } from '../bot/doors/chat.cli.ts'
import { calendarCommands } from './features/deadlines/calendar.cli.ts'
import { clockCommands } from './features/deadlines/cli.ts'
import { complaintCommands } from './features/complaints/cli.ts'
import type { CliDependencies, CliSession } from './platform/cli/session.ts'
import { feedbackCommands } from './features/feedback/cli.ts'
import { ledgerCommands } from './features/ledgers/cli.ts'
import { listingCommands } from './features/imports/cli.ts'
import { noticeCommands } from './features/notices/cli.ts'
import { objectionCommands } from './features/objections/cli.ts'
import { asStaff } from './features/sessions/cli.ts'
import { staffCommands } from './features/staff/cli.ts'
import { pushCommands } from './features/quarterly-list/cli.ts'
import { screeningCommands } from './features/screening/cli.ts'
import { createTerminal } from './platform/cli/terminal.ts'
import { understandCommands } from '../bot/doors/understand.cli.ts'
import { maintenanceCommands } from './features/audit/cli.ts'
import { wechatCommands } from '../bot/doors/wechat.cli.ts'
import { repairCommands } from './features/repairs/cli.ts'
import { liaisonCommands } from './features/units/liaisons.cli.ts'
import { unitCommands } from './features/units/cli.ts'

/** The whole command line, ready to parse `process.argv`. Each command opens the application, runs, and closes it. */
export function createProgram(edges: CliDependencies): Command {
  const terminal = createTerminal(edges.catalog)
  const { words } = terminal
  const program = new Command('zxt').description(words('about')).showHelpAfterError(words('help_after_error'))
  program.option('--as <login>', words('option.as'))
  const session: CliSession = {
    ...edges,
    terminal,
    actor: { id: `operator:${userInfo().username}`.slice(0, 60), roles: ['operator'] },
    async within(work) {
      const login = program.opts<{ as?: string }>().as
      const opened = await edges.open()
      try {
        return await (login === undefined ? work(opened.app) : asStaff(session, opened.app, login, () => work(opened.app)))
      } finally {
        await opened.close()
      }
    },
  }
  program.helpOption('-h, --help', words('option.help')).helpCommand('help [command]', words('command.help'))
  program.command('start').description(words('command.start')).action(edges.serve)
  program
    .command('demo')
    .description(words('command.demo'))
    .argument('[file]', words('argument.demo_file'))
    .action((file: string | undefined) => edges.demo(file, terminal))
  for (const addCommands of [
    listingCommands,
    noticeCommands,
    objectionCommands,
    repairCommands,
    clockCommands,
    calendarCommands,
    complaintCommands,
    feedbackCommands,
    pushCommands,
    assistanceCommands,
    staffCommands,
    unitCommands,
    liaisonCommands,
    ledgerCommands,
    screeningCommands,
    maintenanceCommands,
    backupCommands,
    doctorCommands,
    wechatCommands,
    understandCommands,
    chatCommands,
  ])
    addCommands(program, session)
  return program
}
