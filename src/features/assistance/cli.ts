// zxt assistance: how far assistance notices and judicial suggestions are, and sending a unit new links.
// Drafting, issuing and deciding is done in the console, by people with names; what the documents say does not reach the terminal.

import type { Command } from 'commander'
import { listAssistance, showAssistance, type AssistanceSummary } from './views.ts'
import { sendAssistanceLink } from './commands.ts'
import type { House } from '../../platform/commands/command.ts'
import { ASSISTANCE_KINDS, ASSISTANCE_STATES, type AssistanceKind, type AssistanceState } from './rules.ts'
import { answer, oneOf, pageOf, showList, type Asked, type AskedList } from '../../platform/cli/answers.ts'
import type { Desk } from '../../platform/cli/session.ts'

interface Filter extends AskedList {
  state?: AssistanceState
  kind?: AssistanceKind
  unit?: string
}

export function assistanceCommands(program: Command, desk: Desk): void {
  const { terminal, actor } = desk
  const { words } = terminal
  const assistance = program.command('assistance').description(words('command.assistance'))
  assistance
    .command('list', { isDefault: true })
    .description(words('command.assistance_list'))
    .addOption(oneOf('--state <state>', words('heading.state'), ASSISTANCE_STATES))
    .addOption(oneOf('--kind <kind>', words('option.assistance_kind'), ASSISTANCE_KINDS))
    .option('--unit <unit>', words('argument.unit'))
    .option('--limit <count>', words('option.limit'), '20')
    .option('--json', words('option.json'))
    .action((options: Filter) =>
      answer(
        desk,
        options,
        (house) => {
          const { state, kind, unit: unitId } = options
          return listAssistance(house, actor, { filter: { state, kind, unitId }, page: pageOf(options.limit) })
        },
        (list, house) => showList(terminal, list, ['id', 'document', 'unit', 'due', 'state'], (each) => rowOf(house, each)),
      ),
    )
  assistance
    .command('show')
    .description(words('command.assistance_show'))
    .argument('<id>', words('argument.assistance'))
    .option('--json', words('option.json'))
    .action((id: string, options: Asked) =>
      answer(
        desk,
        options,
        async (house) => {
          const { record: _record, ...shown } = await showAssistance(house, actor, id)
          return shown
        },
        (shown) => terminal.json(shown),
      ),
    )
  assistance
    .command('link')
    .description(words('command.assistance_link'))
    .argument('<id>', words('argument.assistance'))
    .option('--json', words('option.json'))
    .action((id: string, options: Asked) =>
      answer(
        desk,
        options,
        (house) => sendAssistanceLink(house, actor, { id }),
        ({ number }) => terminal.say('assistance.linked', { number: number ?? '' }),
      ),
    )
}

function rowOf(house: House, { id, kind, number, unitId, answerBy, state }: AssistanceSummary): string[] {
  const word = (key: string): string => house.catalog.words('assistances', key)
  return [id, number ?? word(`kind.${kind}`), unitId, answerBy, word(`state.${state}`)]
}
