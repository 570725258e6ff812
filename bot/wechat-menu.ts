// The official account's menu: which buttons it has, what each means, and putting it there; and codes by which a liaison binds with one scan.
// What the buttons are called is templates/words/zh-CN/menu.yaml; asking the platform is messaging/channels/wechat-official/menu.

import type { Intent } from '../src/core/understanding.ts'
import type { MenuButton, WechatMenu } from '../src/messaging/channels/wechat-official/menu.ts'
import { authorize, type Actor } from '../src/platform/commands/permissions.ts'
import { command, type AppContext } from '../src/platform/commands/command.ts'
import { issueBindingCode, type BindingCode } from '../src/features/units/subscriptions.commands.ts'

/** What a click on each button means. A button that is not here, of an older menu, gets the help. */
export const BUTTONS: Readonly<Record<string, Intent>> = {
  MENU_ENQUIRY: 'query_list',
  MENU_COMPLAINT: 'complaint_new',
  MENU_PROGRESS: 'complaint_status',
  MENU_REMOVAL: 'removal_info',
  MENU_SUBSCRIBE: 'subscribe',
  MENU_BIND: 'liaison_bind',
  MENU_HUMAN: 'human',
}

/** What stands before the code in the scene of a binding code's picture. */
export const BINDING_SCENE = 'bind_'

const DRAWERS: readonly (readonly [name: string, keys: readonly string[]])[] = [
  ['ask', ['MENU_ENQUIRY', 'MENU_PROGRESS', 'MENU_REMOVAL']],
  ['tell', ['MENU_COMPLAINT']],
  ['more', ['MENU_SUBSCRIBE', 'MENU_BIND', 'MENU_HUMAN']],
]

/** The menu as the templates have it. A drawer with one thing in it is a button. */
export function wantedMenu({ catalog }: Pick<AppContext, 'catalog'>): MenuButton[] {
  return DRAWERS.map(([name, keys]) => {
    const buttons = keys.map((key): MenuButton => ({ name: catalog.words('menu', `button.${key}`), type: 'click', key }))
    const [only] = buttons
    return buttons.length === 1 && only !== undefined ? only : { name: catalog.words('menu', `drawer.${name}`), sub_button: buttons }
  })
}

export interface MenuState {
  /** What people see now; null: no menu. */
  current: MenuButton[] | null
  wanted: MenuButton[]
  same: boolean
}

/** @throws `account_refused`. */
export async function compareMenu(app: AppContext, actor: Actor, menu: WechatMenu): Promise<MenuState> {
  authorize(actor, 'account.manage')
  const wanted = wantedMenu(app)
  const current = await menu.current()
  return { current, wanted, same: JSON.stringify(current) === JSON.stringify(wanted) }
}

/** Puts the templates' menu into the account. @throws `account_refused`. */
export async function putMenu(app: AppContext, actor: Actor, menu: WechatMenu): Promise<void> {
  authorize(actor, 'account.manage')
  const wanted = wantedMenu(app)
  await menu.replace(wanted)
  await recordMenu(app, actor, wanted.length)
}

const recordMenu = command('account.manage', async ({ app, audit }, drawers: number): Promise<void> => {
  await audit({ subject: `account:${app.config.wechat?.appId ?? ''}`.slice(0, 60), detail: { menu: true, drawers } })
})

/** A liaison's one-time code, and the picture that brings it here when it is scanned. @throws `liaison_missing`, `account_refused`. */
export async function bindingPicture(
  app: AppContext,
  actor: Actor,
  input: { liaisonId: string; menu: WechatMenu },
): Promise<BindingCode & { picture: string }> {
  const issued = await issueBindingCode(app, actor, input.liaisonId)
  const seconds = Math.floor((issued.expiresAt.getTime() - app.clock.now().getTime()) / 1000)
  const { picture } = await input.menu.code(`${BINDING_SCENE}${issued.code.replaceAll('-', '')}`, seconds)
  return { ...issued, picture }
}
