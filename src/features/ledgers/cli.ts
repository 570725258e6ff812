// zxt unit ledger: shows a unit’s ledger on the terminal, or saves it as a workbook.
// The ledger is computed in features/ledgers/views.ts; the other commands on units are features/units/cli.ts.

import type { Command } from 'commander'
import { ledgerFile, showLedger, type LedgerFigures } from './views.ts'
import { isDay } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import type { CliSession } from '../../platform/cli/session.ts'

interface Options {
  from?: string
  to?: string
  xlsx?: string
  json?: true
}

/** Adds `ledger` to the `unit` command. @throws Error when `unit` has not been registered before. */
export function ledgerCommands(program: Command, session: CliSession): void {
  const unit = program.commands.find((each) => each.name() === 'unit')
  if (unit === undefined) throw new Error('no unit command')
  const { terminal, actor } = session
  const { words } = terminal
  unit
    .command('ledger')
    .description(words('command.unit_ledger'))
    .argument('<unit>', words('argument.unit'))
    .option('--from <day>', words('option.ledger_from'))
    .option('--to <day>', words('option.ledger_to'))
    .option('--xlsx <file>', words('option.xlsx'))
    .option('--json', words('option.json'))
    .action((unitId: string, { from, to, xlsx, json }: Options) =>
      session.within(async (app) => {
        for (const day of [from, to]) if (day !== undefined && !isDay(day)) throw new AppError('request_invalid')
        if (xlsx !== undefined) {
          const { content } = await ledgerFile(app, actor, { unitId, from, to })
          await session.save(xlsx, content)
          return terminal.say('saved', { path: xlsx })
        }
        const ledger = await showLedger(app, actor, { unitId, from, to, page: { limit: 50, offset: 0 } })
        if (json === true) return terminal.json(ledger)
        const word = (key: string): string => app.catalog.words('ledgers', key)
        terminal.line(`${app.catalog.words('ledgers', 'title', { unit: ledger.unit })} ${ledger.from} – ${ledger.to}`)
        terminal.table(
          [word('column.figure'), word('column.count')],
          (Object.keys(ledger.figures) as (keyof LedgerFigures)[]).map((key) => [word(`figure.${key}`), String(ledger.figures[key])]),
        )
      }),
    )
}
