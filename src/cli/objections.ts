// zxt objections and zxt repairs: looking at them, and handing granted repairs to the public credit system.
// Registering and deciding is done in the console, by people with names.

import type { Command } from 'commander'
import { listObjections, showObjection } from '../actions/objection-views.ts'
import { exportRepairsFile, listRepairs } from '../actions/repair-views.ts'
import { isDay } from '../core/calendar.ts'
import { AppError } from '../core/errors.ts'
import { OBJECTION_STATES, type ObjectionState } from '../domain/objection.ts'
import { REPAIR_STATES, type RepairState } from '../domain/repair.ts'
import { answer, oneOf, pageOf, showList, type AskedList } from './answers.ts'
import type { Desk } from './desk.ts'

interface Listing<State> extends AskedList {
  state?: State
}

export function objectionCommands(program: Command, desk: Desk): void {
  const { terminal, actor, within } = desk
  const { words } = terminal
  const objections = program.command('objections').description(words('command.objections'))
  objections
    .command('list', { isDefault: true })
    .description(words('command.objections_list'))
    .addOption(oneOf('--state <state>', words('option.state'), OBJECTION_STATES))
    .option('--limit <count>', words('option.limit'), '20')
    .option('--json', words('option.json'))
    .action((options: Listing<ObjectionState>) =>
      answer(
        desk,
        options,
        (house) => listObjections(house, actor, { filter: { state: options.state }, page: pageOf(options.limit) }),
        (list, house) => {
          const word = (key: string): string => house.catalog.words('objections', key)
          showList(terminal, list, ['id', 'number', 'time', 'about', 'state'], ({ id, number, receivedOn, about, state }) => [
            ...[id, number, receivedOn],
            ...[word(`about.${about}`), word(`state.${state}`)],
          ])
        },
      ),
    )
  objections
    .command('show')
    .description(words('command.objections_show'))
    .argument('<id>', words('argument.objection'))
    .action((id: string) => within(async (house) => terminal.json(await showObjection(house, actor, id))))
}

export function repairCommands(program: Command, desk: Desk): void {
  const { terminal, actor, within } = desk
  const { words } = terminal
  const repairs = program.command('repairs').description(words('command.repairs'))
  repairs
    .command('list', { isDefault: true })
    .description(words('command.repairs_list'))
    .addOption(oneOf('--state <state>', words('option.state'), REPAIR_STATES))
    .option('--limit <count>', words('option.limit'), '20')
    .option('--json', words('option.json'))
    .action((options: Listing<RepairState>) =>
      answer(
        desk,
        options,
        (house) => listRepairs(house, actor, { filter: { state: options.state }, page: pageOf(options.limit) }),
        (list, house) =>
          showList(terminal, list, ['id', 'number', 'time', 'state'], ({ id, number, receivedOn, state }) => [
            ...[id, number, receivedOn],
            house.catalog.words('repairs', `state.${state}`),
          ]),
      ),
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
