// zxt clocks: which periods run, which were missed, and whose they are.
// They are opened and closed by the acts they belong to; the day's reminders are the running house's.

import { Option, type Command } from 'commander'
import { listDeadlines, type DeadlineView } from './commands.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import { CLOCK_CODES, type ClockCode, CLOCK_OWNERS, type ClockOwner } from './clocks.rules.ts'
import { answer, oneOf, pageOf, showList, type AskedList } from '../../platform/cli/answers.ts'
import type { CliSession } from '../../platform/cli/session.ts'

interface Filter extends AskedList {
  open?: true
  overdue?: true
  owner?: ClockOwner
  unit?: string
  code?: ClockCode
}

export function clockCommands(program: Command, desk: CliSession): void {
  const { terminal, actor } = desk
  const { words } = terminal
  program
    .command('clocks')
    .description(words('command.clocks'))
    .addOption(new Option('--open', words('option.clock_open')).conflicts('overdue'))
    .option('--overdue', words('option.clock_overdue'))
    .addOption(oneOf('--owner <owner>', words('option.clock_owner'), CLOCK_OWNERS))
    .option('--unit <unit>', words('argument.unit'))
    .addOption(oneOf('--code <code>', words('option.clock_code'), CLOCK_CODES))
    .option('--limit <count>', words('option.limit'), '20')
    .option('--json', words('option.json'))
    .action((options: Filter) =>
      answer(
        desk,
        options,
        (app) => listDeadlines(app, actor, { filter: filterOf(options), page: pageOf(options.limit) }),
        (list, app) => showList(terminal, list, ['clock', 'subject', 'owner', 'unit', 'due', 'state'], (clock) => rowOf(desk, app, clock)),
      ),
    )
}

function filterOf({ open, overdue, owner, unit, code }: Filter): Parameters<typeof listDeadlines>[2]['filter'] {
  return {
    ...(open === true ? { state: 'open' } : {}),
    ...(overdue === true ? { state: 'missed' } : {}),
    ...(owner === undefined ? {} : { owner }),
    ...(unit === undefined ? {} : { unitId: unit }),
    ...(code === undefined ? {} : { code }),
  }
}

function rowOf({ terminal }: CliSession, app: AppContext, clock: DeadlineView): string[] {
  const { name, subject, owner, unitId, due, missingYear, state, late } = clock
  const day = missingYear === null ? due : terminal.words('clocks.not_before', { day: due })
  // Between the last day and the next look of the running house, an open one is late already.
  const shown = state === 'open' && late ? 'missed' : state
  return [name, subject, app.catalog.words('clocks', `owner.${owner}`), unitId ?? '', day, app.catalog.words('clocks', `deadline.${shown}`)]
}
