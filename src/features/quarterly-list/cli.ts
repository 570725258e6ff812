// zxt push: the quarterly list for the broadcaster and the e-government centre: prepare, show, approve, save files, send links again.
// The running application prepares the list by itself when a quarter is over (tasks.ts).

import type { Command } from 'commander'
import { contentsInWords, quarterInWords } from './files.views.ts'
import { listPushes, openPushFile, showPush, type PushDetail, type PushSummary } from './views.ts'
import { preparePush, releasePush, sendPushLink } from './commands.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import { wallTime } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { PUSH_FORMATS, PUSH_FORMS, pushFile, type PushForm, type PushFormat } from './rules.ts'
import { answer, mustConfirm, oneOf, pageOf, showList, type OutputOptions, type ListOptions } from '../../platform/cli/answers.ts'
import type { CliSession } from '../../platform/cli/session.ts'

/** Adds `push` with its subcommands `list` (the default), `show`, `run`, `release`, `save` and `link`. */
export function pushCommands(program: Command, session: CliSession): void {
  const { words } = session.terminal
  const push = program.command('push').description(words('command.push'))
  const subcommand = (name: string, description: string): Command =>
    push.command(name).description(words(description)).option('--json', words('option.json'))
  const ofQuarter = (name: string, description: string): Command =>
    subcommand(name, description).argument('<quarter>', words('argument.quarter'))

  listCommand(push.command('list', { isDefault: true }), session)
  showCommand(ofQuarter('show', 'command.push_show'), session)
  runCommand(subcommand('run', 'command.push_run'), session)
  releaseCommand(ofQuarter('release', 'command.push_release'), session)
  saveCommand(ofQuarter('save', 'command.push_save'), session)
  linkCommand(ofQuarter('link', 'command.push_link'), session)
}

function listCommand(command: Command, session: CliSession): void {
  const { terminal, actor } = session
  command
    .description(terminal.words('command.push_list'))
    .option('--json', terminal.words('option.json'))
    .option('--limit <count>', terminal.words('option.limit'), '20')
    .action((options: ListOptions) =>
      answer(
        session,
        options,
        (app) => listPushes(app, actor, { filter: {}, page: pageOf(options.limit) }),
        (list, app) => showList(terminal, list, ['quarter', 'edition', 'entries', 'state', 'time'], (each) => rowOf(app, each)),
      ),
    )
}

function showCommand(command: Command, session: CliSession): void {
  command.action((quarter: string, options: OutputOptions) =>
    answer(
      session,
      options,
      (app) => standingEdition(app, session, quarter),
      (push, app) => printPush(session, app, push),
    ),
  )
}

function runCommand(command: Command, session: CliSession): void {
  const { terminal, actor } = session
  command
    .requiredOption('--quarter <quarter>', terminal.words('argument.quarter'))
    .option('--anew', terminal.words('option.anew'))
    .action((options: OutputOptions & { quarter: string; anew?: true }) =>
      answer(
        session,
        options,
        (app) => preparePush(app, actor, { quarter: options.quarter, anew: options.anew }),
        (prepared, app) =>
          terminal.say('push.prepared', {
            quarter: quarterInWords(app, prepared.quarter),
            edition: prepared.edition,
            contents: contentsInWords(app, prepared),
          }),
      ),
    )
}

function releaseCommand(command: Command, session: CliSession): void {
  const { terminal, actor } = session
  command.option('--yes', terminal.words('option.yes')).action((quarter: string, options: OutputOptions & { yes?: true }) =>
    answer(
      session,
      options,
      async (app) => {
        const push = await standingEdition(app, session, quarter)
        const values = { quarter: quarterInWords(app, quarter), contents: contentsInWords(app, push) }
        await mustConfirm(session, options, terminal.words('confirm.push', values))
        return releasePush(app, actor, { id: push.id })
      },
      (released, app) =>
        terminal.say('push.released', { quarter: quarterInWords(app, released.quarter), contents: contentsInWords(app, released) }),
    ),
  )
}

function saveCommand(command: Command, session: CliSession): void {
  const { terminal, actor } = session
  command
    .addOption(oneOf('--form <form>', terminal.words('option.push_form'), PUSH_FORMS).default('in_force'))
    .addOption(oneOf('--kind <kind>', terminal.words('option.push_kind'), PUSH_FORMATS).default('docx'))
    .requiredOption('--out <file>', terminal.words('option.out'))
    .action((quarter: string, options: { form: PushForm; kind: PushFormat; out: string }) =>
      session.within(async (app) => {
        const { id } = await standingEdition(app, session, quarter)
        await session.save(options.out, (await openPushFile(app, actor, { id, kind: pushFile(options.form, options.kind) })).content)
        terminal.say('saved', { path: options.out })
      }),
    )
}

function linkCommand(command: Command, session: CliSession): void {
  const { terminal, actor } = session
  command
    .requiredOption('--unit <unit>', terminal.words('argument.unit'))
    .action((quarter: string, options: OutputOptions & { unit: string }) =>
      answer(
        session,
        options,
        async (app) => sendPushLink(app, actor, { id: (await standingEdition(app, session, quarter)).id, unitId: options.unit }),
        () => terminal.say('push.linked', { unit: options.unit }),
      ),
    )
}

/** The edition of a quarter that has not been superseded. @throws `push_missing`. */
async function standingEdition(app: AppContext, { actor }: CliSession, quarter: string): Promise<PushDetail> {
  const { items } = await listPushes(app, actor, { filter: { quarter }, page: { limit: 200, offset: 0 } })
  const standing = items.find(({ state }) => state !== 'superseded')
  if (standing === undefined) throw new AppError('push_missing')
  return showPush(app, actor, standing.id)
}

function rowOf(app: AppContext, { quarter, edition, entries, state, preparedAt }: PushSummary): string[] {
  return [quarter, String(edition), String(entries), app.catalog.words('pushes', `state.${state}`), wallTime(preparedAt)]
}

function printPush({ terminal }: CliSession, app: AppContext, push: PushDetail): void {
  const word = (key: string): string => app.catalog.words('pushes', key)
  terminal.say('push.head', {
    quarter: quarterInWords(app, push.quarter),
    state: word(`state.${push.state}`),
    contents: contentsInWords(app, push),
  })
  for (const { name, bytes, sha256 } of push.files) terminal.say('push.file', { name, bytes, sha256 })
  for (const { due } of push.clocks) terminal.say('push.due', { due })
  for (const { position, fate } of push.changed) terminal.say('push.changed', { position, fate: word(`fate.${fate}`) })
  for (const { unitId, what, at } of push.receipts)
    terminal.say('push.receipt', { unit: unitId, what: word(what === 'published' ? 'what.published' : `file.${what}`), time: wallTime(at) })
}
