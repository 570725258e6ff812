// CLI command `zxt assistance`: the state of assistance notices and judicial suggestions, and sending a unit new links.
// Drafting, issuing and deciding is left to named people in the web console; document texts are not printed.

import type { Command } from 'commander'
import { listAssistance, showAssistance, type AssistanceSummary } from './views.ts'
import { sendAssistanceLink } from './commands.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import { ASSISTANCE_KINDS, ASSISTANCE_STATES, type AssistanceKind, type AssistanceState } from './rules.ts'
import { answer, oneOf, pageOf, showList, type OutputOptions, type ListOptions } from '../../platform/cli/answers.ts'
import type { CliSession } from '../../platform/cli/session.ts'

interface Filter extends ListOptions {
  state?: AssistanceState
  kind?: AssistanceKind
  unit?: string
}

export function assistanceCommands(program: Command, session: CliSession): void {
  const { terminal, actor } = session
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
        session,
        options,
        (app) => {
          const { state, kind, unit: unitId } = options
          return listAssistance(app, actor, { filter: { state, kind, unitId }, page: pageOf(options.limit) })
        },
        (list, app) => showList(terminal, list, ['id', 'document', 'unit', 'due', 'state'], (each) => rowOf(app, each)),
      ),
    )
  assistance
    .command('show')
    .description(words('command.assistance_show'))
    .argument('<id>', words('argument.assistance'))
    .option('--json', words('option.json'))
    .action((id: string, options: OutputOptions) =>
      answer(
        session,
        options,
        async (app) => {
          const { record: _record, ...shown } = await showAssistance(app, actor, id)
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
    .action((id: string, options: OutputOptions) =>
      answer(
        session,
        options,
        (app) => sendAssistanceLink(app, actor, { id }),
        ({ number }) => terminal.say('assistance.linked', { number: number ?? '' }),
      ),
    )
}

function rowOf(app: AppContext, { id, kind, number, unitId, answerBy, state }: AssistanceSummary): string[] {
  const word = (key: string): string => app.catalog.words('assistances', key)
  return [id, number ?? word(`kind.${kind}`), unitId, answerBy, word(`state.${state}`)]
}
