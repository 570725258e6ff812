// zxt feedback: how rounds stand, opening one by hand, reminding, closing, and the report.
// Returns are handed in by units; the running house opens and closes rounds by itself.

import type { Command } from 'commander'
import { closeFeedback, openFeedback, remindFeedback } from './rounds.commands.ts'
import { listRounds, showRound, type RoundView, feedbackReport, feedbackReportFile } from './views.ts'
import type { FeedbackReport } from './report.rules.ts'
import { answer, pageOf, showList, type Asked, type AskedList } from '../../platform/cli/answers.ts'
import type { CliSession } from '../../platform/cli/session.ts'

export function feedbackCommands(program: Command, desk: CliSession): void {
  const { terminal, actor } = desk
  const { words } = terminal
  const feedback = program.command('feedback').description(words('command.feedback'))
  const command = (name: string): Command =>
    feedback
      .command(name)
      .description(words(`command.feedback_${name}`))
      .option('--json', words('option.json'))
  const of = (name: string): Command => command(name).argument('<quarter>', words('argument.quarter'))

  feedback
    .command('status', { isDefault: true })
    .description(words('command.feedback_status'))
    .option('--json', words('option.json'))
    .option('--limit <count>', words('option.limit'), '20')
    .action((options: AskedList) =>
      answer(
        desk,
        options,
        (app) => listRounds(app, actor, { filter: {}, page: pageOf(options.limit) }),
        (list, app) =>
          showList(terminal, list, ['quarter', 'state', 'due', 'units', 'returned', 'late', 'awaited'], (round) => rowOf(app, round)),
      ),
    )
  of('open').action((quarter: string, options: Asked) =>
    answer(
      desk,
      options,
      (app) => openFeedback(app, actor, { quarter }),
      (opened) => terminal.say('feedback.opened', { quarter: opened.quarter, units: opened.units, due: opened.dueOn }),
    ),
  )
  of('remind')
    .option('--unit <unit...>', words('argument.unit'))
    .action((quarter: string, options: Asked & { unit?: string[] }) =>
      answer(
        desk,
        options,
        async (app) => {
          const { id } = await showRound(app, actor, { quarter })
          return remindFeedback(app, actor, { id, unitIds: options.unit })
        },
        ({ awaited, told }) => terminal.say('feedback.reminded', { awaited, told }),
      ),
    )
  of('close').action((quarter: string, options: Asked) =>
    answer(
      desk,
      options,
      async (app) => closeFeedback(app, actor, { id: (await showRound(app, actor, { quarter })).id }),
      (report) => sayTotals(desk, report),
    ),
  )
  of('report')
    .option('--out <file>', words('option.out'))
    .action((quarter: string, options: Asked & { out?: string }) =>
      answer(
        desk,
        options,
        async (app) => {
          const { id } = await showRound(app, actor, { quarter })
          if (options.out !== undefined) await desk.save(options.out, (await feedbackReportFile(app, actor, id)).content)
          return feedbackReport(app, actor, id)
        },
        (report) => {
          sayTotals(desk, report)
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
