// How commands answer: as JSON when that was asked for, in words when not; and what commands that list things take.
// What is listed is each subject's own file.

import { Option } from 'commander'
import type { AppContext } from '../commands/command.ts'
import { AppError } from '../../core/errors.ts'
import type { CliSession } from './session.ts'
import type { Terminal } from './terminal.ts'

/** What every command that answers takes. */
export interface Asked {
  json?: true
}

/** What every command that lists takes. */
export interface AskedList extends Asked {
  limit: string
}

/** Does a piece of work on the house and says what came of it. */
export function answer<Outcome>(
  { terminal, within }: Pick<CliSession, 'terminal' | 'within'>,
  options: Asked,
  work: (app: AppContext) => Promise<Outcome>,
  show: (outcome: Outcome, app: AppContext) => void,
): Promise<void> {
  return within(async (app) => {
    const outcome = await work(app)
    if (options.json === true) terminal.json(outcome)
    else show(outcome, app)
  })
}

/** A row an item under headings, which are `heading.<name>` of the terminal's words. */
export function showTable<Item>(
  terminal: Terminal,
  items: readonly Item[],
  headings: readonly string[],
  row: (item: Item) => readonly string[],
): void {
  terminal.table(
    headings.map((name) => terminal.words(`heading.${name}`)),
    items.map(row),
  )
}

/** The same, and how many there are in all. */
export function showList<Item>(terminal: Terminal, list: { items: readonly Item[]; total: number }, ...table: Columns<Item>): void {
  showTable(terminal, list.items, ...table)
  terminal.say('total', { count: list.total })
}

type Columns<Item> = [headings: readonly string[], row: (item: Item) => readonly string[]]

/** A filter by one of the values there are. */
export function oneOf(flags: string, description: string, values: readonly string[]): Option {
  return new Option(flags, description).choices(values)
}

/** The first so many; what cannot be read as a number is 20. */
export function pageOf(limit: string): { limit: number; offset: number } {
  return { limit: Math.min(Number(limit) || 20, 200), offset: 0 }
}

/** Asks before what cannot be undone; without a terminal, `--yes` must have been said. */
export async function mustConfirm(desk: Pick<CliSession, 'terminal'>, options: { yes?: true }, question: string): Promise<void> {
  if (options.yes === true) return
  const answer = await desk.terminal.confirm(`${question} ${desk.terminal.words('confirm.hint')}`)
  if (answer !== true) throw new AppError(answer === null ? 'confirmation_needed' : 'cancelled')
}

/** Options of a list that can be narrowed by state. */
export interface AskedByState<State> extends AskedList {
  state?: State
}
