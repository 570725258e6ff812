// zxt liaisons: the form for all units' liaisons, entering a filled-in sheet, and binding codes to print.
// Single liaisons are `zxt unit liaison` (cli.ts).

import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Command } from 'commander'
import { AppError } from '../../core/errors.ts'
import { mustConfirm } from '../../platform/cli/answers.ts'
import type { CliSession } from '../../platform/cli/session.ts'
import { tooLarge } from '../../platform/sheets/sheet.ts'
import { bindingSheet } from './binding-sheets.commands.ts'
import { importLiaisons, type LiaisonImport } from './liaison-import.commands.ts'
import { SHEET_BYTES } from './liaison-sheet.rules.ts'
import { liaisonForm } from './liaison-sheets.views.ts'

interface ImportOptions {
  check?: true
  yes?: true
  json?: true
}

/** Adds `zxt liaisons form`, `import` and `codes`. */
export function liaisonCommands(program: Command, session: CliSession): void {
  const { terminal, actor } = session
  const { words } = terminal
  const liaisons = program.command('liaisons').description(words('command.liaisons'))
  liaisons
    .command('form')
    .description(words('command.liaisons_form'))
    .argument('<path>', words('argument.path'))
    .action((path: string) =>
      session.within(async (app) => {
        await session.save(path, (await liaisonForm(app, actor, undefined)).content)
        terminal.say('liaisons.saved', { path })
      }),
    )
  liaisons
    .command('import')
    .description(words('command.liaisons_import'))
    .argument('<file>', words('argument.file'))
    .option('--check', words('option.check'))
    .option('--yes', words('option.yes'))
    .option('--json', words('option.json'))
    .action((file: string, options: ImportOptions) => importSheet(session, file, options))
  liaisons
    .command('codes')
    .description(words('command.liaisons_codes'))
    .argument('<path>', words('argument.path'))
    .option('--yes', words('option.yes'))
    .action((path: string, options: { yes?: true }) =>
      session.within(async (app) => {
        await mustConfirm(session, options, words('confirm.codes'))
        await session.save(path, (await bindingSheet(app, actor, { days: CODE_DAYS })).content)
        terminal.say('liaisons.saved', { path })
      }),
    )
}

/** Days for which the codes can be used. */
const CODE_DAYS = 7

async function importSheet(session: CliSession, file: string, options: ImportOptions): Promise<void> {
  const { terminal, actor } = session
  const stats = await stat(file).catch(() => null)
  if (stats?.isFile() !== true) throw new AppError('path_missing', { path: basename(file) })
  if (stats.size > SHEET_BYTES) throw tooLarge(stats.size, SHEET_BYTES)
  const sheet = { fileName: basename(file), bytes: await readFile(file) }
  await session.within(async (app) => {
    const checked = await importLiaisons(app, actor, sheet)
    if (options.json !== true) show(session, checked)
    if (options.check === true || checked.added + checked.changed === 0) return options.json === true ? terminal.json(checked) : undefined
    await mustConfirm(session, options, terminal.words('confirm.liaisons', { added: checked.added, changed: checked.changed }))
    const entered = await importLiaisons(app, actor, { ...sheet, confirmation: checked.confirmation })
    if (options.json === true) terminal.json(entered)
    else terminal.say('liaisons.entered', { added: entered.added, changed: entered.changed })
  })
}

function show({ terminal }: CliSession, { rows, added, changed, known, bad, problems, missing }: LiaisonImport): void {
  terminal.say('liaisons.report', { rows, added, changed, known, bad })
  for (const { row, message, value } of problems)
    terminal.line(`  ${terminal.words('import.row', { row: row ?? 0 })} ${message}${value === undefined ? '' : ` (${value})`}`)
  if (missing.length > 0) terminal.say('liaisons.missing', { count: missing.length, units: missing.map(({ name }) => name).join('、') })
}
