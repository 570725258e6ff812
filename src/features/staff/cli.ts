// zxt staff: adds, lists, confirms and unlocks accounts of the court from the terminal. The work is done in commands.ts and
// proposals.commands.ts.
// Logging in and changing passwords are features/sessions/commands.ts.

import type { Command } from 'commander'
import { addStaff, resetFactor, unlockStaff } from './commands.ts'
import { confirmStaff } from './proposals.commands.ts'
import { listStaff } from './views.ts'
import { AppError } from '../../core/errors.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import { STAFF_ROLES, type Actor, type StaffRole } from '../../platform/commands/permissions.ts'
import { answer, showTable, type OutputOptions } from '../../platform/cli/answers.ts'
import type { CliSession } from '../../platform/cli/session.ts'

/** Adds the commands under `zxt staff`. */
export function staffCommands(program: Command, session: CliSession): void {
  const { terminal, actor } = session
  const { words } = terminal
  const staff = program.command('staff').description(words('command.staff'))
  staff
    .command('add')
    .description(words('command.staff_add'))
    .argument('<login>', words('argument.login'))
    .requiredOption('--name <name>', words('option.name'))
    .requiredOption('--role <roles>', words('option.role'))
    .option('--json', words('option.json'))
    .action((login: string, options: OutputOptions & { name: string; role: string }) =>
      answer(
        session,
        options,
        (app) => addStaff(app, actor, { login, name: options.name, roles: rolesOf(options.role) }),
        ({ password }) =>
          password === null ? terminal.say('staff.proposed', { login }) : terminal.say('staff.added', { login, password }),
      ),
    )
  const about = accountCommands(staff, session)
  about('reset-factor', 'staff_reset_factor', resetFactor, (login, { proposal }) =>
    terminal.say(proposal === null ? 'staff.factor_reset' : 'staff.factor_proposed', { login }),
  )
  about('confirm', 'staff_confirm', confirmStaff, (login, { password }) =>
    password === null ? terminal.say('staff.confirmed', { login }) : terminal.say('staff.confirmed_password', { login, password }),
  )
  about('unlock', 'staff_unlock', unlockStaff, (login, { failures }) => terminal.say('staff.unlocked', { login, failures }))
  staff
    .command('list')
    .description(words('command.staff_list'))
    .option('--json', words('option.json'))
    .action((options: OutputOptions) =>
      answer(
        session,
        options,
        async (app) => (await listStaff(app, actor, { limit: 200, offset: 0 })).items,
        (accounts, app) => {
          const role = (name: string): string => app.catalog.words('states', `role.${name}`)
          showTable(terminal, accounts, ['login', 'name', 'roles'], (each) => [each.login, each.name, each.roles.map(role).join('、')])
        },
      ),
    )
}

/** Adds commands about one account, which its login names. */
function accountCommands(staff: Command, session: CliSession) {
  const { words } = session.terminal
  return <Result>(
    name: string,
    description: string,
    act: (app: AppContext, actor: Actor, of: { login: string }) => Promise<Result>,
    say: (login: string, result: Result) => void,
  ): void => {
    staff
      .command(name)
      .description(words(`command.${description}`))
      .argument('<login>', words('argument.login'))
      .option('--json', words('option.json'))
      .action((login: string, options: OutputOptions) =>
        answer(
          session,
          options,
          (app) => act(app, session.actor, { login }),
          (result) => say(login, result),
        ),
      )
  }
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
