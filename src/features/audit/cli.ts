// CLI commands `zxt migrate`, `zxt audit verify` and `zxt keys`: maintenance of the database, the audit and the data keys.
// Verification is views.ts, rotation platform/commands/key-rotation.ts. Opening the session’s database runs the migrations.

import type { Command } from 'commander'
import { verifyAudit } from './views.ts'
import { rotateKeys } from '../../platform/commands/key-rotation.ts'
import { AppError } from '../../core/errors.ts'
import type { CliSession } from '../../platform/cli/session.ts'

/** Registers the maintenance commands. `audit verify` fails with `audit_broken` when it finds a fault. */
export function maintenanceCommands(program: Command, session: CliSession): void {
  const { terminal, actor } = session
  const { words } = terminal
  program
    .command('migrate')
    .description(words('command.migrate'))
    .option('--json', words('option.json'))
    .action(async (options: { json?: true }) => {
      const { migrated, close } = await session.open({ newTables: true })
      await close()
      if (options.json === true) return terminal.json({ migrated })
      terminal.say(migrated.length === 0 ? 'migrate.none' : 'migrate.done', { count: migrated.length })
    })
  const audit = program.command('audit').description(words('command.audit'))
  audit
    .command('verify')
    .description(words('command.audit_verify'))
    .option('--json', words('option.json'))
    .action((options: { json?: true }) =>
      session.within(async (app) => {
        const bar = terminal.progress(words('audit.verifying'))
        const report = await verifyAudit(app, actor, (rows) => bar.update(rows, rows, String(rows))).finally(() => bar.stop())
        if (options.json === true) terminal.json(report)
        else {
          terminal.say('audit.report', { rows: report.rows, listings: report.listings, faults: report.faults.length })
          for (const fault of report.faults) terminal.line(`  ${fault.subject} #${fault.n} ${words(`fault.${fault.fault}`)}`)
        }
        if (report.faults.length > 0) throw new AppError('audit_broken', { count: report.faults.length })
      }),
    )
  const keys = program.command('keys').description(words('command.keys'))
  keys
    .command('new')
    .description(words('command.keys_new'))
    .argument('[id]', words('argument.key_id'), 'k1')
    .action((id: string) => terminal.line(session.newKey(id)))
  keys
    .command('rotate')
    .description(words('command.keys_rotate'))
    .option('--json', words('option.json'))
    .action((options: { json?: true }) =>
      session.within(async (app) => {
        const result = await rotateKeys(app, actor)
        if (options.json === true) return terminal.json(result)
        terminal.say('keys.rotated', { key: app.secrets.activeKey, ...result })
      }),
    )
}
