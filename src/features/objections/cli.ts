// zxt objections: lists objections and shows one as JSON.
// Registering and deciding is done in the console, by people with names.

import type { Command } from 'commander'
import { listObjections, showObjection } from './views.ts'
import { OBJECTION_STATES, type ObjectionState } from './rules.ts'
import { answer, oneOf, pageOf, showList, type StateListOptions } from '../../platform/cli/answers.ts'
import type { CliSession } from '../../platform/cli/session.ts'

/** Adds `objections` with its subcommands `list` (the default) and `show`. */
export function objectionCommands(program: Command, session: CliSession): void {
  const { terminal, actor, within } = session
  const { words } = terminal
  const objections = program.command('objections').description(words('command.objections'))
  objections
    .command('list', { isDefault: true })
    .description(words('command.objections_list'))
    .addOption(oneOf('--state <state>', words('option.state'), OBJECTION_STATES))
    .option('--limit <count>', words('option.limit'), '20')
    .option('--json', words('option.json'))
    .action((options: StateListOptions<ObjectionState>) =>
      answer(
        session,
        options,
        (app) => listObjections(app, actor, { filter: { state: options.state }, page: pageOf(options.limit) }),
        (list, app) => {
          const word = (key: string): string => app.catalog.words('objections', key)
          showList(terminal, list, ['id', 'number', 'time', 'about', 'state'], ({ id, number, receivedOn, about, state }) => [
            ...[id, number, receivedOn],
            ...[word(`about.${about}`), word(`state.${state}`)],
          ])
        },
      ),
    )
  objections
    .command('show')
    .description(words('command.objections_show'))
    .argument('<id>', words('argument.objection'))
    .action((id: string) => within(async (app) => terminal.json(await showObjection(app, actor, id))))
}
