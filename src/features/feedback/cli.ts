// The command `zxt feedback`: shows the rounds, opens one, reminds units, closes one, and prints or saves its report.
// Units hand in returns by other ways (commands.ts); the scheduled task opens and closes rounds by itself (tasks.ts).

import type { Command } from 'commander'
import { closeFeedback, openFeedback, remindFeedback } from './rounds.commands.ts'
import { listRounds, showRound, type RoundView, feedbackReport, feedbackReportFile } from './views.ts'
import type { FeedbackReport } from './report.rules.ts'
import { answer, pageOf, showList, type OutputOptions, type ListOptions } from '../../platform/cli/answers.ts'
import type { CliSession } from '../../platform/cli/session.ts'

/** Adds `feedback` with its subcommands to the program. */
export function feedbackCommands(program: Command, session: CliSession): void {
  const feedback = program.command('feedback').description(session.terminal.words('command.feedback'))
  addStatus(feedback, session)
  addOpen(feedback, session)
  addRemind(feedback, session)
  addClose(feedback, session)
  addReport(feedback, session)
}

function addStatus(feedback: Command, session: CliSession): void {
  const { terminal, actor } = session
  const { words } = terminal
  feedback
    .command('status', { isDefault: true })
    .description(words('command.feedback_status'))
    .option('--json', words('option.json'))
    .option('--limit <count>', words('option.limit'), '20')
    .action((options: ListOptions) =>
      answer(
        session,
        options,
        (app) => listRounds(app, actor, { filter: {}, page: pageOf(options.limit) }),
        (list, app) =>
          showList(terminal, list, ['quarter', 'state', 'due', 'units', 'returned', 'late', 'awaited'], (round) => rowOf(app, round)),
      ),
    )
}

/** A subcommand with the quarter as its argument. */
function quarterCommand(feedback: Command, { terminal }: CliSession, name: string, description: string): Command {
  const { words } = terminal
  return feedback
    .command(name)
    .description(words(description))
    .option('--json', words('option.json'))
    .argument('<quarter>', words('argument.quarter'))
}

function addOpen(feedback: Command, session: CliSession): void {
  const { terminal, actor } = session
  quarterCommand(feedback, session, 'open', 'command.feedback_open').action((quarter: string, options: OutputOptions) =>
    answer(
      session,
      options,
      (app) => openFeedback(app, actor, { quarter }),
      (opened) => terminal.say('feedback.opened', { quarter: opened.quarter, units: opened.units, due: opened.dueOn }),
    ),
  )
}

function addRemind(feedback: Command, session: CliSession): void {
  const { terminal, actor } = session
  quarterCommand(feedback, session, 'remind', 'command.feedback_remind')
    .option('--unit <unit...>', terminal.words('argument.unit'))
    .action((quarter: string, options: OutputOptions & { unit?: string[] }) =>
      answer(
        session,
        options,
        async (app) => {
          const { id } = await showRound(app, actor, { quarter })
          return remindFeedback(app, actor, { id, unitIds: options.unit })
        },
        ({ awaited, told }) => terminal.say('feedback.reminded', { awaited, told }),
      ),
    )
}

function addClose(feedback: Command, session: CliSession): void {
  const { actor } = session
  quarterCommand(feedback, session, 'close', 'command.feedback_close').action((quarter: string, options: OutputOptions) =>
    answer(
      session,
      options,
      async (app) => closeFeedback(app, actor, { id: (await showRound(app, actor, { quarter })).id }),
      (report) => sayTotals(session, report),
    ),
  )
}

function addReport(feedback: Command, session: CliSession): void {
  const { terminal, actor } = session
  quarterCommand(feedback, session, 'report', 'command.feedback_report')
    .option('--out <file>', terminal.words('option.out'))
    .action((quarter: string, options: OutputOptions & { out?: string }) =>
      answer(
        session,
        options,
        async (app) => {
          const { id } = await showRound(app, actor, { quarter })
          if (options.out !== undefined) await session.save(options.out, (await feedbackReportFile(app, actor, id)).content)
          return feedbackReport(app, actor, id)
        },
        (report) => {
          sayTotals(session, report)
          for (const { unitId, unitName } of report.notReturned) terminal.say('feedback.missing', { unitId, unitName })
          if (options.out !== undefined) terminal.say('saved', { path: options.out })
        },
      ),
    )
}

function rowOf({ catalog }: Pick<CliSession, 'catalog'>, round: RoundView): string[] {
  const { quarter, state, dueOn, units, returned, late, awaited } = round
  return [quarter, catalog.words('feedbacks', `round.${state}`), dueOn, ...[units, returned, late, awaited].map(String)]
}

function sayTotals({ terminal }: CliSession, { quarter, totals }: FeedbackReport): void {
  terminal.say('feedback.totals', { quarter, ...totals })
}
