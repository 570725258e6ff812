// zxt unit key: adds, lists and revokes the API keys of units' systems. The work is done in keys.commands.ts.
// Units themselves are cli.ts.

import type { Command } from 'commander'
import { addUnitKey, listUnitKeys, revokeUnitKey } from './keys.commands.ts'
import { dayOf, isDay } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { SCOPES, type Scope } from '../../platform/commands/scopes.ts'
import type { CliSession } from '../../platform/cli/session.ts'

/** Adds `key add`, `list` and `revoke`. @param unit the `zxt unit` command. */
export function unitKeyCommands(unit: Command, { terminal, actor, within }: CliSession): void {
  const { words } = terminal
  const key = unit.command('key').description(words('command.unit_key'))
  key
    .command('add')
    .description(words('command.unit_key_add'))
    .argument('<unit>', words('argument.unit'))
    .requiredOption('--label <text>', words('option.label'))
    .requiredOption('--scope <scopes>', words('option.scope', { scopes: SCOPES.join(',') }))
    .option('--expires <day>', words('option.expires'))
    .option('--json', words('option.json'))
    .action((unitId: string, options: { label: string; scope: string; expires?: string; json?: true }) =>
      within(async (app) => {
        const expiresOn = options.expires
        if (expiresOn !== undefined && !isDay(expiresOn))
          throw new AppError('request_invalid', {}, [{ code: 'key_expiry', field: 'expires' }])
        const added = await addUnitKey(app, actor, { unitId, label: options.label, scopes: scopesOf(options.scope), expiresOn })
        if (options.json === true) return terminal.json(added)
        terminal.say('unit.key_added', { id: added.id, key: added.key, expiresOn: dayOf(added.expiresAt) })
      }),
    )
  key
    .command('list')
    .description(words('command.unit_key_list'))
    .argument('<unit>', words('argument.unit'))
    .option('--json', words('option.json'))
    .action((unitId: string, options: { json?: true }) =>
      within(async (app) => {
        const items = await listUnitKeys(app, actor, unitId)
        if (options.json === true) return terminal.json({ items })
        const scope = (name: string): string => app.catalog.words('states', `scope.${name}`)
        terminal.table(
          [words('heading.id'), words('heading.label'), words('heading.scopes'), words('heading.expires'), words('heading.used')],
          items.map((each) => [
            each.id,
            each.label,
            each.scopes.map(scope).join('、'),
            each.revokedAt === null ? each.expiresAt.toISOString() : words('unit.key_ended'),
            each.lastUsedAt?.toISOString() ?? '—',
          ]),
        )
      }),
    )
  key
    .command('revoke')
    .description(words('command.unit_key_revoke'))
    .argument('<unit>', words('argument.unit'))
    .argument('<key>', words('argument.unit_key'))
    .action((unitId: string, id: string) =>
      within(async (app) => {
        await revokeUnitKey(app, actor, { unitId, id })
        terminal.say('unit.key_revoked', { id })
      }),
    )
}

function scopesOf(text: string): Scope[] {
  const given = text.split(',').map((each) => each.trim())
  const unknown = given.find((each) => !(SCOPES as readonly string[]).includes(each))
  if (unknown !== undefined)
    throw new AppError('request_invalid', {}, [
      { code: 'scope_unknown', field: 'scope', value: unknown.slice(0, 20), values: { scopes: SCOPES.join(',') } },
    ])
  return given as Scope[]
}
