// CLI commands `zxt backup` and `zxt restore`.
// What they do is src/backup.ts and src/restore.ts, which the session provides.

import type { Command } from 'commander'
import type { CliSession } from '../../platform/cli/session.ts'

/** Registers the commands. */
export function backupCommands(program: Command, session: CliSession): void {
  const { terminal } = session
  const { words } = terminal
  program
    .command('backup')
    .description(words('command.backup'))
    .argument('<folder>', words('argument.backup_folder'))
    .option('--json', words('option.json'))
    .action((folder: string, options: { json?: true }) =>
      session.within(async (app) => {
        const report = await session.backup(app, session.actor, folder)
        if (options.json === true) return terminal.json(report)
        terminal.say('backup.done', { folder, files: report.files, megabytes: Math.ceil(report.bytes / 1_048_576) })
        terminal.say('backup.keys', { keys: report.keys.join(', ') })
      }),
    )
  program
    .command('restore')
    .description(words('command.restore'))
    .argument('<folder>', words('argument.restore_folder'))
    .option('--verify', words('option.verify'))
    .option('--json', words('option.json'))
    .action(async (folder: string, options: { verify?: true; json?: true }) => {
      const progress = (step: 'checked' | 'copied'): void => {
        if (options.json !== true) terminal.say(`restore.${step}`)
      }
      const report = await session.restore(session.actor, { folder, verify: options.verify === true, progress })
      if (options.json === true) return terminal.json(report)
      terminal.say('restore.done', { madeAt: report.madeAt, files: report.files, listings: report.counts['listing'] ?? 0 })
      if (report.verified !== null) terminal.say('restore.verified', report.verified)
      terminal.say('restore.next')
    })
}
