// zxt objections and zxt repairs: looking at them, and handing granted repairs to the public credit system.
// Registering and deciding is done in the console, by people with names.

import type { Command } from 'commander'
import { listObjections, showObjection } from '../actions/objection-views.ts'
import { exportRepairsFile, listRepairs } from '../actions/repair-views.ts'
import { isDay } from '../core/calendar.ts'
import { AppError } from '../core/errors.ts'
import { OBJECTION_STATES, type ObjectionState } from '../domain/objection.ts'
import { REPAIR_STATES, type RepairState } from '../domain/repair.ts'
import type { Desk } from './desk.ts'

interface Listing<State> {
  state?: State
  limit: string
  json?: true
}

export function objectionCommands(program: Command, desk: Desk): void {
  addObjections(program, desk)
  addRepairs(program, desk)
}

function addObjections(program: Command, { terminal, actor, within }: Desk): void {
  const { words } = terminal
  const objections = program.command('objections').description(words('command.objections'))
  objections
    .command('list', { isDefault: true })
    .description(words('command.objections_list'))
    .option('--state <state>', words('option.state', { states: OBJECTION_STATES.join('、') }))
    .option('--limit <count>', words('option.limit'), '20')
    .option('--json', words('option.json'))
    .action((options: Listing<ObjectionState>) =>
      within(async (house) => {
        const filter = { state: known(OBJECTION_STATES, options.state) }
        const { items, total } = await listObjections(house, actor, { filter, page: pageOf(options.limit) })
        if (options.json === true) return terminal.json({ items, total })
        const word = (key: string): string => house.catalog.words('objections', key)
        terminal.table(
          [words('heading.id'), words('heading.number'), words('heading.time'), words('heading.about'), words('heading.state')],
          items.map((each) => [each.id, each.number, each.receivedOn, word(`about.${each.about}`), word(`state.${each.state}`)]),
        )
        terminal.say('total', { count: total })
      }),
    )
  objections
    .command('show')
    .description(words('command.objections_show'))
    .argument('<id>', words('argument.objection'))
    .action((id: string) => within(async (house) => terminal.json(await showObjection(house, actor, id))))
}

function addRepairs(program: Command, desk: Desk): void {
  const { terminal, actor, within } = desk
  const { words } = terminal
  const repairs = program.command('repairs').description(words('command.repairs'))
  repairs
    .command('list', { isDefault: true })
    .description(words('command.repairs_list'))
    .option('--state <state>', words('option.state', { states: REPAIR_STATES.join('、') }))
    .option('--limit <count>', words('option.limit'), '20')
    .option('--json', words('option.json'))
    .action((options: Listing<RepairState>) =>
      within(async (house) => {
        const filter = { state: known(REPAIR_STATES, options.state) }
        const { items, total } = await listRepairs(house, actor, { filter, page: pageOf(options.limit) })
        if (options.json === true) return terminal.json({ items, total })
        terminal.table(
          [words('heading.id'), words('heading.number'), words('heading.time'), words('heading.state')],
          items.map((each) => [each.id, each.number, each.receivedOn, house.catalog.words('repairs', `state.${each.state}`)]),
        )
        terminal.say('total', { count: total })
      }),
    )
  repairs
    .command('export')
    .description(words('command.repairs_export'))
    .requiredOption('--from <day>', words('option.from'))
    .requiredOption('--to <day>', words('option.to'))
    .requiredOption('--out <file>', words('option.out'))
    .action((options: { from: string; to: string; out: string }) =>
      within(async (house) => {
        if (!isDay(options.from) || !isDay(options.to)) throw new AppError('request_invalid')
        const { content } = await exportRepairsFile(house, actor, { from: options.from, to: options.to })
        await desk.save(options.out, content)
        terminal.say('saved', { path: options.out })
      }),
    )
}

/** @throws `request_invalid` for a state there is not. */
function known<State extends string>(states: readonly State[], state: State | undefined): State | undefined {
  if (state !== undefined && !states.includes(state)) throw new AppError('request_invalid')
  return state
}

function pageOf(limit: string): { limit: number; offset: number } {
  return { limit: Math.min(Number(limit) || 20, 200), offset: 0 }
}
