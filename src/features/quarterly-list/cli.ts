// zxt push: the quarter's list for the broadcaster and the e-government centre: prepared by hand, approved, saved, sent again.
// The running house prepares it by itself when a quarter is over.

import type { Command } from 'commander'
import { quarterSaid } from './files.views.ts'
import { listPushes, openPushFile, showPush, type PushDetail, type PushSummary } from './views.ts'
import { preparePush, releasePush, sendPushLink } from './commands.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import { wallTime } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { PUSH_FILES, type PushFileKind } from './rules.ts'
import { answer, mustConfirm, oneOf, pageOf, showList, type Asked, type AskedList } from '../../platform/cli/answers.ts'
import type { CliSession } from '../../platform/cli/session.ts'

export function pushCommands(program: Command, desk: CliSession): void {
  const { terminal, actor } = desk
  const { words } = terminal
  const push = program.command('push').description(words('command.push'))
  const command = (name: string): Command =>
    push
      .command(name)
      .description(words(`command.push_${name}`))
      .option('--json', words('option.json'))
  const of = (name: string): Command => command(name).argument('<quarter>', words('argument.quarter'))

  push
    .command('list', { isDefault: true })
    .description(words('command.push_list'))
    .option('--json', words('option.json'))
    .option('--limit <count>', words('option.limit'), '20')
    .action((options: AskedList) =>
      answer(
        desk,
        options,
        (app) => listPushes(app, actor, { filter: {}, page: pageOf(options.limit) }),
        (list, app) => showList(terminal, list, ['quarter', 'edition', 'entries', 'state', 'time'], (each) => rowOf(app, each)),
      ),
    )
  of('show').action((quarter: string, options: Asked) =>
    answer(
      desk,
      options,
      (app) => standing(app, desk, quarter),
      (shown, app) => show(desk, app, shown),
    ),
  )
  command('run')
    .requiredOption('--quarter <quarter>', words('argument.quarter'))
    .option('--anew', words('option.anew'))
    .action((options: Asked & { quarter: string; anew?: true }) =>
      answer(
        desk,
        options,
        (app) => preparePush(app, actor, { quarter: options.quarter, anew: options.anew }),
        ({ quarter, edition, entries }, app) => terminal.say('push.prepared', { quarter: quarterSaid(app, quarter), edition, entries }),
      ),
    )
  of('release')
    .option('--yes', words('option.yes'))
    .action((quarter: string, options: Asked & { yes?: true }) =>
      answer(
        desk,
        options,
        async (app) => {
          const { id, entries } = await standing(app, desk, quarter)
          await mustConfirm(desk, options, words('confirm.push', { quarter: quarterSaid(app, quarter), count: entries }))
          return releasePush(app, actor, { id })
        },
        (released, app) => terminal.say('push.released', { quarter: quarterSaid(app, released.quarter), entries: released.entries }),
      ),
    )
  of('save')
    .addOption(oneOf('--kind <kind>', words('option.push_kind'), PUSH_FILES).default('docx'))
    .requiredOption('--out <file>', words('option.out'))
    .action((quarter: string, options: { kind: PushFileKind; out: string }) =>
      desk.within(async (app) => {
        const { id } = await standing(app, desk, quarter)
        await desk.save(options.out, (await openPushFile(app, actor, { id, kind: options.kind })).content)
        terminal.say('saved', { path: options.out })
      }),
    )
  of('link')
    .requiredOption('--unit <unit>', words('argument.unit'))
    .action((quarter: string, options: Asked & { unit: string }) =>
      answer(
        desk,
        options,
        async (app) => sendPushLink(app, actor, { id: (await standing(app, desk, quarter)).id, unitId: options.unit }),
        () => terminal.say('push.linked', { unit: options.unit }),
      ),
    )
}

/** The edition of a quarter that stands. @throws `push_missing`. */
async function standing(app: AppContext, { actor }: CliSession, quarter: string): Promise<PushDetail> {
  const { items } = await listPushes(app, actor, { filter: { quarter }, page: { limit: 200, offset: 0 } })
  const found = items.find(({ state }) => state !== 'superseded')
  if (found === undefined) throw new AppError('push_missing')
  return showPush(app, actor, found.id)
}

function rowOf(app: AppContext, { quarter, edition, entries, state, preparedAt }: PushSummary): string[] {
  return [quarter, String(edition), String(entries), app.catalog.words('pushes', `state.${state}`), wallTime(preparedAt)]
}

function show({ terminal }: CliSession, app: AppContext, push: PushDetail): void {
  const word = (key: string): string => app.catalog.words('pushes', key)
  terminal.say('push.head', { quarter: quarterSaid(app, push.quarter), state: word(`state.${push.state}`), entries: push.entries })
  for (const { name, bytes, sha256 } of push.files) terminal.say('push.file', { name, bytes, sha256 })
  for (const { due } of push.clocks) terminal.say('push.due', { due })
  for (const { position, fate } of push.changed) terminal.say('push.changed', { position, fate: word(`fate.${fate}`) })
  for (const { unitId, what, at } of push.receipts)
    terminal.say('push.receipt', { unit: unitId, what: word(what === 'published' ? 'what.published' : `file.${what}`), time: wallTime(at) })
}
