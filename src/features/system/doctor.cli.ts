// CLI command `zxt doctor`: prints what was found, and ends with an error when something is broken.
// What is looked at is src/doctor.ts, which the session provides.

import type { Command } from 'commander'
import { AppError } from '../../core/errors.ts'
import type { CliSession } from '../../platform/cli/session.ts'

/** Registers the command. */
export function doctorCommands(program: Command, session: CliSession): void {
  const { terminal } = session
  const { words } = terminal
  program
    .command('doctor')
    .description(words('command.doctor'))
    .option('--json', words('option.json'))
    .action(async (options: { json?: true }) => {
      const findings = await session.examine()
      if (options.json === true) terminal.json({ findings })
      else for (const { level, text } of findings) terminal.line(`${words(`doctor.level_${level}`)}  ${text}`)
      const broken = findings.filter(({ level }) => level === 'broken').length
      if (broken > 0) throw new AppError('doctor_broken', { count: broken })
    })
}
