// CLI command `zxt complaints`: what was complained of and the state of each. Nothing that a complainant wrote or is reaches the terminal.
// Accepting, assigning and deciding is left to named people in the web console.

import type { Command } from 'commander'
import { listComplaints, showComplaint } from './views.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import { wallTime } from '../../core/calendar.ts'
import { COMPLAINT_LIFE, COMPLAINT_SUBJECTS, type ComplaintState, type ComplaintSubject } from './rules.ts'
import type { ComplaintView } from './views.rules.ts'
import { answer, oneOf, pageOf, showList, type OutputOptions, type ListOptions } from '../../platform/cli/answers.ts'
import type { CliSession } from '../../platform/cli/session.ts'
import type { Terminal } from '../../platform/cli/terminal.ts'

interface Filter extends ListOptions {
  state?: ComplaintState
  about?: ComplaintSubject
  unit?: string
}

export function complaintCommands(program: Command, session: CliSession): void {
  const { terminal, actor } = session
  const { words } = terminal
  const complaints = program.command('complaints').description(words('command.complaints'))
  complaints
    .command('list', { isDefault: true })
    .description(words('command.complaints_list'))
    .addOption(oneOf('--state <state>', words('option.complaint_state'), COMPLAINT_LIFE.states))
    .addOption(oneOf('--about <subject>', words('option.complaint_about'), COMPLAINT_SUBJECTS))
    .option('--unit <unit>', words('option.complaint_unit'))
    .option('--limit <count>', words('option.limit'), '20')
    .option('--json', words('option.json'))
    .action((options: Filter) =>
      answer(
        session,
        options,
        (app) => {
          const { state, about, unit: assignedTo } = options
          return listComplaints(app, actor, {
            filter: { ...(state === undefined ? {} : { states: [state] }), about, assignedTo },
            page: pageOf(options.limit),
          })
        },
        (list, app) => showList(terminal, list, ['complaint', 'about', 'assigned', 'due', 'state'], (each) => rowOf(app, each)),
      ),
    )
  complaints
    .command('show')
    .description(words('command.complaints_show'))
    .argument('<number>', words('argument.complaint'))
    .option('--json', words('option.json'))
    .action((number: string, options: OutputOptions) =>
      answer(
        session,
        options,
        (app) => showComplaint(app, actor, number),
        (complaint, app) => printComplaint(terminal, app, complaint),
      ),
    )
}

function rowOf(app: AppContext, complaint: ComplaintView): string[] {
  const word = (key: string): string => app.catalog.words('complaints', key)
  const { number, about, dueOn, state } = complaint
  const assigned = complaint.view === 'unit' ? '' : (complaint.assignedTo ?? '')
  return [number, word(`about.${about}`), assigned, dueOn ?? '', word(`state.${state}`)]
}

function printComplaint(terminal: Terminal, app: AppContext, complaint: ComplaintView): void {
  terminal.line(rowOf(app, complaint).join('  '))
  if (complaint.view === 'unit') return
  for (const step of complaint.steps)
    terminal.line(`  ${wallTime(step.at)} ${app.catalog.words('complaints', `act.${step.act}`)} ${step.unitId ?? ''}`.trimEnd())
  for (const [key, text] of [
    ['brief', complaint.brief],
    ['findings', complaint.findings],
    ['outcome', complaint.outcome],
  ] as const)
    if (text !== null) terminal.say(`complaints.${key}`, { text })
}
