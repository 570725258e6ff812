// zxt push: the quarter's list for the broadcaster and the e-government centre: prepared by hand, approved, saved, sent again.
// The running house prepares it by itself when a quarter is over.

import type { Command } from 'commander'
import { quarterSaid } from './files.views.ts'
import { listPushes, openPushFile, showPush, type PushDetail, type PushSummary } from './views.ts'
import { preparePush, releasePush, sendPushLink } from './commands.ts'
import type { House } from '../../platform/commands/command.ts'
import { wallTime } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { PUSH_FILES, type PushFileKind } from './rules.ts'
import { answer, mustConfirm, oneOf, pageOf, showList, type Asked, type AskedList } from '../../platform/cli/answers.ts'
import type { Desk } from '../../platform/cli/session.ts'

export function pushCommands(program: Command, desk: Desk): void {
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
        (house) => listPushes(house, actor, { filter: {}, page: pageOf(options.limit) }),
        (list, house) => showList(terminal, list, ['quarter', 'edition', 'entries', 'state', 'time'], (each) => rowOf(house, each)),
      ),
    )
  of('show').action((quarter: string, options: Asked) =>
    answer(
      desk,
      options,
      (house) => standing(house, desk, quarter),
      (shown, house) => show(desk, house, shown),
    ),
  )
  command('run')
    .requiredOption('--quarter <quarter>', words('argument.quarter'))
    .option('--anew', words('option.anew'))
    .action((options: Asked & { quarter: string; anew?: true }) =>
      answer(
        desk,
        options,
        (house) => preparePush(house, actor, { quarter: options.quarter, anew: options.anew }),
        ({ quarter, edition, entries }, house) => terminal.say('push.prepared', { quarter: quarterSaid(house, quarter), edition, entries }),
      ),
    )
  of('release')
    .option('--yes', words('option.yes'))
    .action((quarter: string, options: Asked & { yes?: true }) =>
      answer(
        desk,
        options,
        async (house) => {
          const { id, entries } = await standing(house, desk, quarter)
          await mustConfirm(desk, options, words('confirm.push', { quarter: quarterSaid(house, quarter), count: entries }))
          return releasePush(house, actor, { id })
        },
        (released, house) => terminal.say('push.released', { quarter: quarterSaid(house, released.quarter), entries: released.entries }),
      ),
    )
  of('save')
    .addOption(oneOf('--kind <kind>', words('option.push_kind'), PUSH_FILES).default('docx'))
    .requiredOption('--out <file>', words('option.out'))
    .action((quarter: string, options: { kind: PushFileKind; out: string }) =>
      desk.within(async (house) => {
        const { id } = await standing(house, desk, quarter)
        await desk.save(options.out, (await openPushFile(house, actor, { id, kind: options.kind })).content)
        terminal.say('saved', { path: options.out })
      }),
    )
  of('link')
    .requiredOption('--unit <unit>', words('argument.unit'))
    .action((quarter: string, options: Asked & { unit: string }) =>
      answer(
        desk,
        options,
        async (house) => sendPushLink(house, actor, { id: (await standing(house, desk, quarter)).id, unitId: options.unit }),
        () => terminal.say('push.linked', { unit: options.unit }),
      ),
    )
}

/** The edition of a quarter that stands. @throws `push_missing`. */
async function standing(house: House, { actor }: Desk, quarter: string): Promise<PushDetail> {
  const { items } = await listPushes(house, actor, { filter: { quarter }, page: { limit: 200, offset: 0 } })
  const found = items.find(({ state }) => state !== 'superseded')
  if (found === undefined) throw new AppError('push_missing')
  return showPush(house, actor, found.id)
}

function rowOf(house: House, { quarter, edition, entries, state, preparedAt }: PushSummary): string[] {
  return [quarter, String(edition), String(entries), house.catalog.words('pushes', `state.${state}`), wallTime(preparedAt)]
}

function show({ terminal }: Desk, house: House, push: PushDetail): void {
  const word = (key: string): string => house.catalog.words('pushes', key)
  terminal.say('push.head', { quarter: quarterSaid(house, push.quarter), state: word(`state.${push.state}`), entries: push.entries })
  for (const { name, bytes, sha256 } of push.files) terminal.say('push.file', { name, bytes, sha256 })
  for (const { due } of push.clocks) terminal.say('push.due', { due })
  for (const { position, fate } of push.changed) terminal.say('push.changed', { position, fate: word(`fate.${fate}`) })
  for (const { unitId, what, at } of push.receipts)
    terminal.say('push.receipt', { unit: unitId, what: word(what === 'published' ? 'what.published' : `file.${what}`), time: wallTime(at) })
}
