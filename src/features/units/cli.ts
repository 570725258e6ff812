// zxt unit: units, their liaisons and their API keys from the terminal.
// What the commands do is in the commands of units.

import type { Command } from 'commander'
import type { CliSession } from '../../platform/cli/session.ts'
import { unitKeyCommands } from './keys.cli.ts'
import { type Asked, answer, showTable } from '../../platform/cli/answers.ts'
import { listUnits, showUnit, addLiaison } from './commands.ts'

export function unitCommands(program: Command, desk: CliSession): void {
  const { terminal, actor } = desk
  const { words } = terminal
  const unit = program.command('unit').description(words('command.unit'))
  unitKeyCommands(unit, desk)
  unit
    .command('list')
    .description(words('command.unit_list'))
    .argument('[text]', words('argument.unit_text'))
    .option('--json', words('option.json'))
    .action((text: string | undefined, options: Asked) =>
      answer(
        desk,
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
    .action((id: string) => desk.within(async (app) => terminal.json(await showUnit(app, actor, id))))
  unit
    .command('liaison')
    .description(words('command.unit_liaison'))
    .argument('<unit>', words('argument.unit'))
    .requiredOption('--name <name>', words('option.name'))
    .option('--phone <phone>', words('option.phone'))
    .option('--wechat <openid>', words('option.wechat'))
    .option('--head', words('option.head'))
    .option('--json', words('option.json'))
    .action((unitId: string, options: Asked & { name: string; phone?: string; wechat?: string; head?: true }) => {
      const { json: _, ...given } = options
      return answer(
        desk,
        options,
        (app) => addLiaison(app, actor, { unitId, ...given }),
        ({ name }) => terminal.say('unit.liaison_added', { name }),
      )
    })
}
