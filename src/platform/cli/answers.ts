// Output and options that commands of the CLI share: JSON or words, lists as tables, paging, and the question before what cannot be undone.
// The commands are the cli.ts of each feature.

import { Option } from 'commander'
import type { AppContext } from '../commands/command.ts'
import { AppError } from '../../core/errors.ts'
import type { CliSession } from './session.ts'
import type { Terminal } from './terminal.ts'

/** Options of every command with output. */
export interface OutputOptions {
  json?: true
}

/** Options of every command that lists. */
export interface ListOptions extends OutputOptions {
  limit: string
}

/** Does a piece of work on the application and shows the outcome, as JSON with `--json`. */
export function answer<Outcome>(
  { terminal, within }: Pick<CliSession, 'terminal' | 'within'>,
  options: OutputOptions,
  work: (app: AppContext) => Promise<Outcome>,
  show: (outcome: Outcome, app: AppContext) => void,
): Promise<void> {
  return within(async (app) => {
    const outcome = await work(app)
    if (options.json === true) terminal.json(outcome)
    else show(outcome, app)
  })
}

/** Shows one row for each item. The headings are the words `heading.<name>` of cli.yaml. */
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

/** Shows the items as a table, and how many there are in all. */
export function showList<Item>(terminal: Terminal, list: { items: readonly Item[]; total: number }, ...table: Columns<Item>): void {
  showTable(terminal, list.items, ...table)
  terminal.say('total', { count: list.total })
}

type Columns<Item> = [headings: readonly string[], row: (item: Item) => readonly string[]]

/** An option that takes one of these values. */
export function oneOf(flags: string, description: string, values: readonly string[]): Option {
  return new Option(flags, description).choices(values)
}

/** The first page of `limit` items: 200 at most, and 20 for a limit that is no number. */
export function pageOf(limit: string): { limit: number; offset: number } {
  return { limit: Math.min(Number(limit) || 20, 200), offset: 0 }
}

/**
 * Asks before something that cannot be undone.
 * @throws AppError `cancelled`, and `confirmation_needed` without a terminal and without `--yes`.
 */
export async function mustConfirm({ terminal }: Pick<CliSession, 'terminal'>, options: { yes?: true }, question: string): Promise<void> {
  if (options.yes === true) return
  const answer = await terminal.confirm(`${question} ${terminal.words('confirm.hint')}`)
  if (answer !== true) throw new AppError(answer === null ? 'confirmation_needed' : 'cancelled')
}

/** Options of a list that can be filtered by state. */
export interface StateListOptions<State> extends ListOptions {
  state?: State
}
