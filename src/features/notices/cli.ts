// zxt notices: lists notices and shows one with its deliveries. The queries are features/notices/views.ts.
// Settling what waits for a person is done in the console, by a clerk with a name.

import type { Command } from 'commander'
import { getNotice, listNotices, type NoticeView } from './views.ts'
import { wallTime } from '../../core/calendar.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import type { CliSession } from '../../platform/cli/session.ts'

interface Filter {
  state?: NoticeView['state']
  listing?: string
  limit: string
  json?: true
}

/** Adds `notices` with its subcommands `list` (the default) and `show`. */
export function noticeCommands(program: Command, session: CliSession): void {
  const { words } = session.terminal
  const notices = program.command('notices').description(words('command.notices'))
  notices
    .command('list', { isDefault: true })
    .description(words('command.notices_list'))
    .option('--state <state>', words('option.notice_state'))
    .option('--listing <id>', words('option.notice_listing'))
    .option('--limit <count>', words('option.limit'), '20')
    .option('--json', words('option.json'))
    .action((options: Filter) => session.within((app) => printNotices(app, session, options)))
  notices
    .command('show')
    .description(words('command.notices_show'))
    .argument('<id>', words('argument.notice'))
    .option('--json', words('option.json'))
    .action((id: string, options: { json?: true }) =>
      session.within(async (app) => {
        const notice = await getNotice(app, session.actor, id)
        if (options.json === true) return session.terminal.json(notice)
        printNotice(app, session, notice)
      }),
    )
}

async function printNotices(app: AppContext, { terminal, actor }: CliSession, options: Filter): Promise<void> {
  const { words } = terminal
  const filter = {
    ...(options.state === undefined ? {} : { state: options.state }),
    ...(options.listing === undefined ? {} : { listingId: options.listing }),
  }
  const { items, total } = await listNotices(app, actor, {
    filter,
    page: { limit: Math.min(Number(options.limit) || 20, 200), offset: 0 },
  })
  if (options.json === true) return terminal.json({ items, total })
  const state = (key: string): string => app.catalog.words('states', key)
  terminal.table(
    [words('heading.id'), words('heading.time'), words('heading.audience'), words('heading.template'), words('heading.state')],
    items.map((each) => [
      each.id,
      wallTime(each.createdAt),
      state(`audience.${each.audience}`),
      each.template,
      state(`notice.${each.state}`),
    ]),
  )
  terminal.say('notices.total', { count: total })
}

/** Prints a notice, and under each delivery its attempts, receipts and text. */
function printNotice(app: AppContext, { terminal }: CliSession, notice: NoticeView): void {
  terminal.say('notices.head', {
    addressee: notice.addressee,
    verdict: terminal.words(`verdict.${notice.verdict}`),
    version: notice.listVersion,
    template: notice.template,
    hash: notice.templateHash,
  })
  for (const delivery of notice.deliveries) {
    const medium = app.catalog.words('states', `medium.${delivery.medium}`)
    const state = app.catalog.words('states', `delivery.${delivery.state}`)
    terminal.line(`${delivery.rung + 1}. ${medium} ${delivery.address ?? ''} ${state}`)
    for (const attempt of delivery.attempts)
      terminal.line(`   ${wallTime(attempt.startedAt)} ${attempt.provider} ${attempt.outcome} ${attempt.code ?? ''}`)
    for (const receipt of delivery.receipts) terminal.line(`   ${wallTime(receipt.at)} ${receipt.provider} ${receipt.status}`)
    terminal.line(`   ${(delivery.text ?? '').replaceAll('\n', '\n   ')}`)
  }
}
