// The commands `zxt import`, `put-in-force` and `publish`, which change the list from the terminal, and `shield` and `revoke`, which propose a
// change. What they do is commands.ts and commit.commands.ts here, and features/bulletins.

import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { Option, type Command } from 'commander'
import { commitImport } from './commit.commands.ts'
import { checkImport, earlierImport, getImport, previewOf, receiveImport, rejectsOf } from './commands.ts'
import { overLimit, takesEffect, type SampleEntry } from './rules.ts'
import { fileHash } from './views.ts'
import { findListings } from '../listings/commands.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import { AppError, type Problem } from '../../core/errors.ts'
import { ROW_MODES, type RowMode } from '../debtors/row-reader.rules.ts'
import { STATED_EXIT_GROUNDS, type ExitGround } from '../listings/rules.ts'
import { mustConfirm } from '../../platform/cli/answers.ts'
import type { CliSession } from '../../platform/cli/session.ts'
import { type BulletinOutcome, publishListings, readyToPublish } from '../bulletins/commands.ts'
import { proposeChange } from '../bulletins/proposals.commands.ts'
import type { ProposedTerms } from '../listings/proposals.rules.ts'

interface ImportOptions {
  mode: RowMode
  source?: string
  check?: true
  yes?: true
  rejects?: string
  json?: true
}

/** Adds `import`, `put-in-force`, `publish`, `shield` and `revoke` to the program. */
export function listingCommands(program: Command, session: CliSession): void {
  addImport(program, session)
  addPutInForce(program, session)
  addPublish(program, session)
  addShield(program, session)
  addRevoke(program, session)
}

function addImport(program: Command, session: CliSession): void {
  const { words } = session.terminal
  program
    .command('import')
    .description(words('command.import'))
    .argument('<file>', words('argument.file'))
    .addOption(new Option('--mode <mode>', words('option.mode')).choices(ROW_MODES).default('draft'))
    .option('--source <court>', words('option.source'))
    .option('--check', words('option.check'))
    .option('--yes', words('option.yes'))
    .option('--rejects <path>', words('option.rejects'))
    .option('--json', words('option.json'))
    .action((file: string, options: ImportOptions) => importFile(session, file, options))
}

function addPutInForce(program: Command, session: CliSession): void {
  const { words } = session.terminal
  program
    .command('put-in-force')
    .description(words('command.put_in_force'))
    .argument('<import>', words('argument.import'))
    .option('--yes', words('option.yes'))
    .option('--json', words('option.json'))
    .action((id: string, options: ImportOptions) => session.within((app) => putInForce(session, app, id, options)))
}

function addPublish(program: Command, session: CliSession): void {
  const { words } = session.terminal
  program
    .command('publish')
    .description(words('command.publish'))
    .argument('[listings...]', words('argument.listings'))
    .option('--all', words('option.all'))
    .option('--json', words('option.json'))
    .action((keys: string[], options: { all?: true; json?: true }) =>
      session.within(async (app) => {
        const items = options.all === true ? await readyToPublish(app, session.actor, undefined) : await itemsOf(session, app, keys)
        await runAndReport(session, options, () => publishListings(app, session.actor, { items }))
      }),
    )
}

function addShield(program: Command, session: CliSession): void {
  const { words } = session.terminal
  program
    .command('shield')
    .description(words('command.shield'))
    .argument('<listings...>', words('argument.listings'))
    .addOption(
      new Option('--ground <ground>', words('option.ground'))
        .choices(STATED_EXIT_GROUNDS.filter((ground) => ground !== 'no_assets_found'))
        .makeOptionMandatory(),
    )
    .requiredOption('--reason <reason>', words('option.reason'))
    .option('--decision <number>', words('option.decision'))
    .option('--yes', words('option.yes'))
    .option('--json', words('option.json'))
    .action((keys: string[], options: { ground: ExitGround; reason: string; decision?: string; yes?: true; json?: true }) =>
      session.within(async (app) => {
        const { ground, reason, decision } = options
        await proposeAndReport(session, app, keys, options, { act: 'shield', ground, reason, earlyDecisionNo: decision })
      }),
    )
}

function addRevoke(program: Command, session: CliSession): void {
  const { words } = session.terminal
  program
    .command('revoke')
    .description(words('command.revoke'))
    .argument('<listings...>', words('argument.listings'))
    .requiredOption('--reason <reason>', words('option.reason'))
    .option('--yes', words('option.yes'))
    .option('--json', words('option.json'))
    .action((keys: string[], options: { reason: string; yes?: true; json?: true }) =>
      session.within((app) => proposeAndReport(session, app, keys, options, { act: 'revoke', reason: options.reason })),
    )
}

/** Proposes an act on listings; an approver decides it with their own account. */
async function proposeAndReport(
  session: CliSession,
  app: AppContext,
  keys: readonly string[],
  options: { yes?: true; json?: true },
  terms: ProposedTerms,
): Promise<void> {
  const { terminal, actor } = session
  const items = await itemsOf(session, app, keys)
  await mustConfirm(session, options, terminal.words(`confirm.${terms.act}`, { count: items.length }))
  const proposals = await proposeChange(app, actor, { items, terms })
  if (options.json === true) terminal.json({ proposals })
  else terminal.say('proposed', { count: proposals.length })
}

async function importFile(session: CliSession, file: string, options: ImportOptions): Promise<void> {
  const stats = await stat(file).catch(() => null)
  if (stats?.isFile() !== true) throw new AppError('path_missing', { path: basename(file) })
  await session.within(async (app) => {
    const max = app.config.importLimitBytes
    if (stats.size > max) throw overLimit(max, stats.size)
    const report = await checkFile(session, app, file, options)
    if (report.hasRejects) await saveRejects(session, app, report.id, rejectsPath(file, options), options.json === true)
    if (options.check === true || report.good === 0) return reportImport(session, app, options, report, null)
    if (report.good === report.known && report.removed === 0) return reportImport(session, app, options, report, 'import.nothing')
    if (takesEffect(report.mode)) return reportImport(session, app, options, report, 'import.prepared')
    await mustConfirm(session, options, session.terminal.words('confirm.import', { count: report.good - report.known }))
    reportImport(session, app, options, await commit(session, app, report), 'import.drafted')
  })
}

/** Shows what a checked list changes, asks, and puts it in force. */
async function putInForce(session: CliSession, app: AppContext, id: string, options: ImportOptions): Promise<void> {
  const { terminal, actor } = session
  const row = await getImport(app, actor, id)
  const preview = previewOf(app, row)
  if (preview === null) throw new AppError('import_state', { state: row.state })
  const changes = { added: row.good - row.known, removed: row.removed }
  if (options.json !== true) {
    terminal.say('import.changes', { file: row.fileName, ...changes, known: row.known, bad: row.bad })
    showSample(session, 'import.added_sample', preview.added)
    showSample(session, 'import.removed_sample', preview.removed)
  }
  await mustConfirm(session, options, terminal.words('confirm.put_in_force', changes))
  reportImport(session, app, options, await commit(session, app, row, preview.confirmation), 'import.listed')
}

function showSample({ terminal }: CliSession, key: string, entries: readonly SampleEntry[]): void {
  if (entries.length === 0) return
  terminal.say(key, { count: entries.length })
  for (const { name, identifier, caseNo } of entries) terminal.line(`  ${name}  ${identifier}  ${caseNo}`)
}

function commit(session: CliSession, app: AppContext, { id }: { id: string }, confirmation?: string): Promise<Report> {
  const bar = session.terminal.progress(session.terminal.words('import.committing'))
  return commitImport(app, session.actor, { id, confirmation }, progressOn(session, bar)).finally(() => bar.stop())
}

type Report = Awaited<ReturnType<typeof checkImport>>

/** Uploads and checks a file, and prints the report unless JSON is asked for. */
async function checkFile(session: CliSession, app: AppContext, file: string, options: ImportOptions): Promise<Report> {
  const { terminal, actor } = session
  const input = { fileName: basename(file), mode: options.mode, source: options.source, content: createReadStream(file) }
  const { id } = await receiveImport(app, actor, input)
  const bar = terminal.progress(terminal.words('import.checking'))
  const report = await checkImport(app, actor, id, progressOn(session, bar)).finally(() => bar.stop())
  if (options.json === true) return report
  const problems = JSON.parse(report.problems) as Problem[]
  terminal.say('import.report', { rows: report.rows, good: report.good, bad: report.bad, warnings: report.warnings, known: report.known })
  for (const problem of problems.slice(0, SHOWN_PROBLEMS)) terminal.line(`  ${problemLine(session, app, problem)}`)
  if (problems.length > SHOWN_PROBLEMS) terminal.say('import.more', { count: problems.length - SHOWN_PROBLEMS })
  const earlier = await earlierImport(app, actor, report)
  if (earlier !== null) terminal.say('import.same', { file: earlier.fileName })
  if (report.removed > 0) terminal.say('import.removed', { count: report.removed })
  return report
}

/** Problems shown on the terminal at most; the file of refused rows has all of them. */
const SHOWN_PROBLEMS = 20

function problemLine({ terminal }: CliSession, app: AppContext, problem: Problem): string {
  const value = problem.value === undefined ? '' : ` (${problem.value})`
  return `${terminal.words('import.row', { row: problem.row ?? 0 })} ${app.catalog.check(problem)}${value}`
}

function progressOn({ terminal }: CliSession, bar: ReturnType<CliSession['terminal']['progress']>): Parameters<typeof checkImport>[3] {
  return (state) => bar.update(state.bytesRead, state.bytes, terminal.words('import.rows', { count: state.rows }))
}

function rejectsPath(file: string, options: ImportOptions): string {
  return options.rejects ?? `${basename(file).replace(/\.\w+$/, '')}.rejected.csv`
}

function reportImport({ terminal }: CliSession, app: AppContext, options: ImportOptions, row: Report, key: string | null): void {
  const { sample: _sample, sha256: _sealed, sha256Index: _index, ...facts } = row
  if (options.json === true) terminal.json({ ...facts, sha256: fileHash(app, row), problems: JSON.parse(row.problems) as Problem[] })
  else if (key !== null) terminal.say(key, { id: row.id, taken: row.taken, known: row.known, removed: row.removed })
}

async function saveRejects(session: CliSession, app: AppContext, importId: string, path: string, quiet: boolean): Promise<void> {
  const { content } = await rejectsOf(app, session.actor, importId)
  await session.save(path, content)
  if (!quiet) session.terminal.say('import.rejects', { path })
}

/** Finds listings by id or case number. @throws `listing_missing`, and `bulletin_empty` without any key. */
async function itemsOf(session: CliSession, app: AppContext, keys: readonly string[]): Promise<{ id: string }[]> {
  if (keys.length === 0) throw new AppError('bulletin_empty', { max: 0 })
  const items: { id: string }[] = []
  for (const key of keys) {
    const listings = await findListings(app, session.actor, key)
    if (listings.length === 0) throw new AppError('listing_missing', { id: key })
    items.push(...listings)
  }
  return items
}

async function runAndReport(session: CliSession, options: { json?: true }, run: () => Promise<BulletinOutcome>): Promise<void> {
  const outcome = await run()
  if (options.json === true) return session.terminal.json(outcome)
  session.terminal.say('bulletin', {
    number: outcome.bulletin.number,
    count: outcome.listings.length,
    version: outcome.bulletin.listVersion,
  })
}
