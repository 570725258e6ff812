// zxt staff and zxt unit: accounts, units and their liaisons from the terminal. What they do is actions/staff and actions/units.
// Logging in and passwords are actions/sessions.

import type { Command } from 'commander'
import { addStaff, listStaff } from '../actions/staff.ts'
import { addLiaison, listUnits, showUnit } from '../actions/units.ts'
import { AppError } from '../core/errors.ts'
import { STAFF_ROLES, type StaffRole } from '../domain/roles.ts'
import { answer, showTable, type Asked } from './answers.ts'
import type { Desk } from './desk.ts'
import { unitKeyCommands } from './unit-keys.ts'

export function staffCommands(program: Command, desk: Desk): void {
  const { terminal, actor } = desk
  const { words } = terminal
  const staff = program.command('staff').description(words('command.staff'))
  staff
    .command('add')
    .description(words('command.staff_add'))
    .argument('<login>', words('argument.login'))
    .requiredOption('--name <name>', words('option.name'))
    .requiredOption('--role <roles>', words('option.role'))
    .option('--json', words('option.json'))
    .action((login: string, options: Asked & { name: string; role: string }) =>
      answer(
        desk,
        options,
        (house) => addStaff(house, actor, { login, name: options.name, roles: rolesOf(options.role) }),
        ({ password }) => terminal.say('staff.added', { login, password }),
      ),
    )
  staff
    .command('list')
    .description(words('command.staff_list'))
    .option('--json', words('option.json'))
    .action((options: Asked) =>
      answer(
        desk,
        options,
        async (house) => (await listStaff(house, actor, { limit: 200, offset: 0 })).items,
        (all, house) => {
          const role = (name: string): string => house.catalog.words('states', `role.${name}`)
          showTable(terminal, all, ['login', 'name', 'roles'], (each) => [each.login, each.name, each.roles.map(role).join('、')])
        },
      ),
    )
}

function rolesOf(text: string): StaffRole[] {
  const given = text.split(',').map((role) => role.trim())
  const unknown = given.find((role) => !(STAFF_ROLES as readonly string[]).includes(role))
  if (unknown !== undefined)
    throw new AppError('request_invalid', {}, [
      { code: 'role_unknown', field: 'role', value: unknown.slice(0, 20), values: { roles: STAFF_ROLES.join(', ') } },
    ])
  return given as StaffRole[]
}

export function unitCommands(program: Command, desk: Desk): void {
  const { terminal, actor } = desk
  const { words } = terminal
  const unit = program.command('unit').description(words('command.unit'))
  unitKeyCommands(unit, desk)
  unit
    .command('list')
    .description(words('command.unit_list'))
    .argument('[text]', words('argument.unit_text'))
    .option('--json', words('option.json'))
    .action((text: string | undefined, options: Asked) =>
      answer(
        desk,
        options,
        (house) => listUnits(house, actor, { filter: text === undefined ? {} : { text }, page: { limit: 500, offset: 0 } }),
        ({ items, total }) => {
          showTable(terminal, items, ['id', 'name'], (each) => [each.id, each.name])
          terminal.say('unit.total', { count: total })
        },
      ),
    )
  unit
    .command('show')
    .description(words('command.unit_show'))
    .argument('<unit>', words('argument.unit'))
    .action((id: string) => desk.within(async (house) => terminal.json(await showUnit(house, actor, id))))
  unit
    .command('liaison')
    .description(words('command.unit_liaison'))
    .argument('<unit>', words('argument.unit'))
    .requiredOption('--name <name>', words('option.name'))
    .option('--phone <phone>', words('option.phone'))
    .option('--wechat <openid>', words('option.wechat'))
    .option('--head', words('option.head'))
    .option('--json', words('option.json'))
    .action((unitId: string, options: Asked & { name: string; phone?: string; wechat?: string; head?: true }) => {
      const { json: _, ...given } = options
      return answer(
        desk,
        options,
        (house) => addLiaison(house, actor, { unitId, ...given }),
        ({ name }) => terminal.say('unit.liaison_added', { name }),
      )
    })
}
