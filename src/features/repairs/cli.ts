// zxt repairs: lists applications for credit repair, and exports granted ones for the public credit platform as CSV.
// Registering and deciding is done by people with names, over the API.

import type { Command } from 'commander'
import type { CliSession } from '../../platform/cli/session.ts'
import { oneOf, answer, pageOf, showList, type StateListOptions } from '../../platform/cli/answers.ts'
import { REPAIR_STATES, type RepairState } from './rules.ts'
import { listRepairs, exportRepairsFile } from './views.ts'
import { isDay } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'

/** Adds `repairs` with its subcommands `list` (the default) and `export`. */
export function repairCommands(program: Command, session: CliSession): void {
  const { terminal, actor, within } = session
  const { words } = terminal
  const repairs = program.command('repairs').description(words('command.repairs'))
  repairs
    .command('list', { isDefault: true })
    .description(words('command.repairs_list'))
    .addOption(oneOf('--state <state>', words('option.state'), REPAIR_STATES))
    .option('--limit <count>', words('option.limit'), '20')
    .option('--json', words('option.json'))
    .action((options: StateListOptions<RepairState>) =>
      answer(
        session,
        options,
        (app) => listRepairs(app, actor, { filter: { state: options.state }, page: pageOf(options.limit) }),
        (list, app) =>
          showList(terminal, list, ['id', 'number', 'time', 'state'], ({ id, number, receivedOn, state }) => [
            ...[id, number, receivedOn],
            app.catalog.words('repairs', `state.${state}`),
          ]),
      ),
    )
  repairs
    .command('export')
    .description(words('command.repairs_export'))
    .requiredOption('--from <day>', words('option.from'))
    .requiredOption('--to <day>', words('option.to'))
    .requiredOption('--out <file>', words('option.out'))
    .action((options: { from: string; to: string; out: string }) =>
      within(async (app) => {
        if (!isDay(options.from) || !isDay(options.to)) throw new AppError('request_invalid')
        const { content } = await exportRepairsFile(app, actor, { from: options.from, to: options.to })
        await session.save(options.out, content)
        terminal.say('saved', { path: options.out })
      }),
    )
}
