// `zxt wechat menu` compares and replaces the official account's menu, `zxt wechat code` issues a binding code to scan.
// Both call bot/wechat-menu.ts.

import type { Command } from 'commander'
import { bindingPicture, compareMenu, putMenu, type MenuState } from '../wechat-menu.ts'
import { openAccount } from '../../src/messaging/provider-tokens.ts'
import { wallTime } from '../../src/core/calendar.ts'
import { mustConfirm } from '../../src/platform/cli/answers.ts'
import type { CliSession } from '../../src/platform/cli/session.ts'

/** Adds `zxt wechat` to the program. */
export function wechatCommands(program: Command, session: CliSession): void {
  const { terminal, actor } = session
  const { words } = terminal
  const wechat = program.command('wechat').description(words('command.wechat'))
  wechat
    .command('menu')
    .description(words('command.wechat_menu'))
    .option('--yes', words('option.menu_yes'))
    .option('--json', words('option.json'))
    .action((options: { yes?: true; json?: true }) =>
      session.within(async (app) => {
        const menu = openAccount(app)
        const state = await compareMenu(app, actor, menu)
        if (options.json === true && (state.same || options.yes !== true)) return terminal.json(state)
        if (options.json !== true) {
          terminal.say('wechat.now')
          show(state.current ?? [])
          terminal.say('wechat.wanted')
          show(state.wanted)
        }
        if (state.same) return terminal.say('wechat.same')
        await mustConfirm(session, options, words('confirm.menu'))
        await putMenu(app, actor, menu)
        if (options.json === true) return terminal.json({ ...state, put: true })
        terminal.say('wechat.put')
      }),
    )
  wechat
    .command('code')
    .description(words('command.wechat_code'))
    .argument('<liaison>', words('argument.liaison'))
    .option('--json', words('option.json'))
    .action((liaisonId: string, options: { json?: true }) =>
      session.within(async (app) => {
        const code = await bindingPicture(app, actor, { liaisonId, menu: openAccount(app) })
        if (options.json === true) return terminal.json(code)
        terminal.say('wechat.code', { code: code.code, until: wallTime(code.expiresAt), picture: code.picture })
      }),
    )

  function show(buttons: MenuState['wanted'], indent = ''): void {
    if (buttons.length === 0) terminal.say('wechat.none')
    for (const { name, key = '', url = '', sub_button: inner = [] } of buttons) {
      terminal.line(`${indent}- ${[name, key, url].filter((part) => part !== '').join(' ')}`)
      if (inner.length > 0) show(inner, `${indent}  `)
    }
  }
}
