// The command `zxt calendar`: shows the work calendar, and loads a year from a file with the text of its notice.
// What is loaded and counted again is commands.ts and recount.tasks.ts; the command `zxt clocks` is cli.ts.

import { readFile, stat } from 'node:fs/promises'
import type { Command } from 'commander'
import { daysOfNotice, getCalendar } from './commands.ts'
import { changeAndRecount } from './recount.tasks.ts'
import { listMoves, type MoveView } from './views.ts'
import { AppError } from '../../core/errors.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import { answer, mustConfirm, showTable, type OutputOptions } from '../../platform/cli/answers.ts'
import type { CliSession } from '../../platform/cli/session.ts'

/** A notice has about a thousand characters. */
const MOST_BYTES = 30_000
/** Moved deadlines that are shown; the desk shows the rest. */
const SHOWN = { limit: 200, offset: 0 }

interface LoadOptions extends OutputOptions {
  yes?: true
}

/** Adds `calendar` to the program. */
export function calendarCommands(program: Command, session: CliSession): void {
  const { terminal, actor } = session
  const { words } = terminal
  const calendar = program.command('calendar').description(words('command.calendar'))
  calendar
    .command('show')
    .description(words('command.calendar_show'))
    .option('--json', words('option.json'))
    .action((options: OutputOptions) =>
      answer(
        session,
        options,
        (app) => getCalendar(app, actor, undefined),
        ({ years, missing }) => {
          terminal.say('calendar.known', { from: years[0] ?? '—', to: years.at(-1) ?? '—' })
          if (missing.length > 0) terminal.say('calendar.missing', { years: missing.join('、') })
        },
      ),
    )
  calendar
    .command('load')
    .description(words('command.calendar_load'))
    .argument('<year>', words('argument.calendar_year'))
    .argument('<file>', words('argument.notice_file'))
    .option('--yes', words('option.yes'))
    .option('--json', words('option.json'))
    .action((year: string, file: string, options: LoadOptions) => session.within((app) => loadYear(session, app, { year, file, options })))
}

async function loadYear(
  session: CliSession,
  app: AppContext,
  { year, file, options }: { year: string; file: string; options: LoadOptions },
): Promise<void> {
  const { terminal, actor } = session
  if (!/^20\d\d$/u.test(year)) throw new AppError('request_invalid', {}, [{ code: 'notice_unread', field: 'year', value: year }])
  if ((await stat(file)).size > MOST_BYTES) throw new AppError('request_invalid', {}, [{ code: 'notice_unread', field: 'notice' }])
  const days = await daysOfNotice(app, actor, { year: Number(year), text: await readFile(file, 'utf8') })
  if (options.json !== true) {
    terminal.say('calendar.rest', { days: days.rest.join('、') })
    terminal.say('calendar.work', { days: days.work.join('、') || '—' })
  }
  await mustConfirm(session, options, terminal.words('calendar.confirm', { year }))
  const loaded = await changeAndRecount(app, actor, { ...days, years: [Number(year)] })
  const moves = await listMoves(app, actor, { version: loaded.version, page: SHOWN })
  if (options.json === true) return terminal.json({ ...loaded, moves: moves.items })
  terminal.say('calendar.moved', { ...loaded.moved })
  if (moves.items.length > 0)
    showTable(terminal, moves.items, ['clock', 'subject', 'unit', 'due_before', 'due', 'state'], (move) => rowOf(session, app, move))
}

function rowOf({ terminal }: CliSession, app: AppContext, move: MoveView): string[] {
  const dayOf = (due: string, latest: string | null): string =>
    latest === null ? due : terminal.words('clocks.provisional', { day: due, latest })
  const state = (code: string): string => app.catalog.words('clocks', `deadline.${code}`)
  return [
    ...[move.name, move.title ?? move.subject, move.unitName ?? ''],
    ...[dayOf(move.fromDue, move.fromLatest), dayOf(move.toDue, move.toLatest)],
    move.fromState === move.toState ? state(move.toState) : `${state(move.fromState)} → ${state(move.toState)}`,
  ]
}
