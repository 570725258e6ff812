// zxt unit: lists and shows units, adds liaisons, and manages API keys. The work is done in commands.ts.
// The commands for API keys are keys.cli.ts.

import type { Command } from 'commander'
import type { CliSession } from '../../platform/cli/session.ts'
import { unitKeyCommands } from './keys.cli.ts'
import { type OutputOptions, answer, showTable } from '../../platform/cli/answers.ts'
import { listUnits, showUnit, addLiaison } from './commands.ts'

/** Adds `zxt unit list`, `show`, `liaison` and `key`. */
export function unitCommands(program: Command, session: CliSession): void {
  const { terminal, actor } = session
  const { words } = terminal
  const unit = program.command('unit').description(words('command.unit'))
  unitKeyCommands(unit, session)
  unit
    .command('list')
    .description(words('command.unit_list'))
    .argument('[text]', words('argument.unit_text'))
    .option('--json', words('option.json'))
    .action((text: string | undefined, options: OutputOptions) =>
      answer(
        session,
        options,
        (app) => listUnits(app, actor, { filter: text === undefined ? {} : { text }, page: { limit: 500, offset: 0 } }),
        ({ items, total }) => {
          showTable(terminal, items, ['id', 'name'], (each) => [each.id, each.name])
          terminal.say('unit.total', { count: total })
        },
      ),
    )
  unit
    .command('show')
    .description(words('command.unit_show'))
    .argument('<unit>', words('argument.unit'))
    .action((id: string) => session.within(async (app) => terminal.json(await showUnit(app, actor, id))))
  unit
    .command('liaison')
    .description(words('command.unit_liaison'))
    .argument('<unit>', words('argument.unit'))
    .requiredOption('--name <name>', words('option.name'))
    .option('--phone <phone>', words('option.phone'))
    .option('--wechat <openid>', words('option.wechat'))
    .option('--head', words('option.head'))
    .option('--json', words('option.json'))
    .action((unitId: string, options: OutputOptions & { name: string; phone?: string; wechat?: string; head?: true }) => {
      const { json: _, ...given } = options
      return answer(
        session,
        options,
        (app) => addLiaison(app, actor, { unitId, ...given }),
        ({ name }) => terminal.say('unit.liaison_added', { name }),
      )
    })
}
