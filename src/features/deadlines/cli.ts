// The command `zxt clocks`: lists statutory deadlines, open or missed, with their owners and last days.
// Other features' commands open and close deadlines (commands.ts); reminders and misses are found by the scheduled task (tasks.ts).

import { Option, type Command } from 'commander'
import { listDeadlines, type DeadlineView } from './views.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import { CLOCK_CODES, type ClockCode, CLOCK_OWNERS, type ClockOwner } from './clocks.rules.ts'
import { answer, oneOf, pageOf, showList, type ListOptions } from '../../platform/cli/answers.ts'
import type { CliSession } from '../../platform/cli/session.ts'

interface ClockOptions extends ListOptions {
  open?: true
  overdue?: true
  owner?: ClockOwner
  unit?: string
  code?: ClockCode
}

/** Adds `clocks` with its filters to the program. */
export function clockCommands(program: Command, session: CliSession): void {
  const { terminal, actor } = session
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
    .action((options: ClockOptions) =>
      answer(
        session,
        options,
        (app) => listDeadlines(app, actor, { filter: filterOf(options), page: pageOf(options.limit) }),
        (list, app) =>
          showList(terminal, list, ['clock', 'subject', 'owner', 'unit', 'due', 'state'], (deadline) => rowOf(session, app, deadline)),
      ),
    )
}

function filterOf({ open, overdue, owner, unit, code }: ClockOptions): Parameters<typeof listDeadlines>[2]['filter'] {
  return {
    ...(open === true ? { state: 'open' } : {}),
    ...(overdue === true ? { state: 'missed' } : {}),
    ...(owner === undefined ? {} : { owner }),
    ...(unit === undefined ? {} : { unitId: unit }),
    ...(code === undefined ? {} : { code }),
  }
}

function rowOf({ terminal }: CliSession, app: AppContext, deadline: DeadlineView): string[] {
  const { name, subject, owner, unitId, due, missingYear, latest, state, late } = deadline
  const day = missingYear === null ? due : terminal.words('clocks.provisional', { day: due, latest: latest ?? '—' })
  // After its last day a deadline stays `open` until the next run of the task marks it missed, but it is late already.
  const reached = state === 'open' && late ? 'missed' : state
  const displayedState = reached === 'missed' && missingYear !== null ? 'missed_provisional' : reached
  return [
    name,
    subject,
    app.catalog.words('clocks', `owner.${owner}`),
    unitId ?? '',
    day,
    app.catalog.words('clocks', `deadline.${displayedState}`),
  ]
}
