// The official account's menu: its buttons and their intents, comparing and replacing it; and the codes that bind a liaison with one scan.
// Button names are in templates/words/zh-CN/menu.yaml; calls to the platform are in src/messaging/channels/wechat-official/menu.ts.

import type { Intent } from '../src/core/understanding.ts'
import type { MenuButton, WechatMenu } from '../src/messaging/channels/wechat-official/menu.ts'
import { authorize, type Actor } from '../src/platform/commands/permissions.ts'
import { command, type AppContext } from '../src/platform/commands/command.ts'
import { issueBindingCode, type BindingCode } from '../src/features/units/subscriptions.commands.ts'

/** The intent of a click on each button, by the button's key. A key that is not listed (of an older menu) means `help`. */
export const BUTTONS: ReadonlyMap<string, Intent> = new Map([
  ['MENU_ENQUIRY', 'query_list'],
  ['MENU_COMPLAINT', 'complaint_new'],
  ['MENU_PROGRESS', 'complaint_status'],
  ['MENU_REMOVAL', 'removal_info'],
  ['MENU_SUBSCRIBE', 'subscribe'],
  ['MENU_BIND', 'liaison_bind'],
  ['MENU_HUMAN', 'human'],
])

/** Prefix of the scene string in the picture of a binding code; the code follows it. */
export const BINDING_SCENE = 'bind_'

const DRAWERS: readonly (readonly [name: string, keys: readonly string[]])[] = [
  ['ask', ['MENU_ENQUIRY', 'MENU_PROGRESS', 'MENU_REMOVAL']],
  ['tell', ['MENU_COMPLAINT']],
  ['more', ['MENU_SUBSCRIBE', 'MENU_BIND', 'MENU_HUMAN']],
]

/** The menu that the account should have. A drawer with a single button becomes that button. */
export function wantedMenu({ catalog }: Pick<AppContext, 'catalog'>): MenuButton[] {
  return DRAWERS.map(([name, keys]) => {
    const buttons = keys.map((key): MenuButton => ({ name: catalog.words('menu', `button.${key}`), type: 'click', key }))
    const [only] = buttons
    return buttons.length === 1 && only !== undefined ? only : { name: catalog.words('menu', `drawer.${name}`), sub_button: buttons }
  })
}

/** The account's menu compared with the menu of the templates. */
export interface MenuState {
  /** The menu that people see now; null when the account has none. */
  current: MenuButton[] | null
  wanted: MenuButton[]
  same: boolean
}

/** Compares the account's menu with the templates' menu. @throws `account_refused`. */
export async function compareMenu(app: AppContext, actor: Actor, menu: WechatMenu): Promise<MenuState> {
  authorize(actor, 'account.manage')
  const wanted = wantedMenu(app)
  const current = await menu.current()
  return { current, wanted, same: JSON.stringify(current) === JSON.stringify(wanted) }
}

/** Replaces the account's menu with the templates' menu and audits it. @throws `account_refused`. */
export async function putMenu(app: AppContext, actor: Actor, menu: WechatMenu): Promise<void> {
  authorize(actor, 'account.manage')
  const wanted = wantedMenu(app)
  await menu.replace(wanted)
  await recordMenu(app, actor, wanted.length)
}

const recordMenu = command('account.manage', async ({ app, audit }, drawers: number): Promise<void> => {
  await audit({ subject: `account:${app.config.wechat?.appId ?? ''}`.slice(0, 60), detail: { menu: true, drawers } })
})

/**
 * Issues a liaison's one-time binding code, with a picture that sends the code when it is scanned.
 * @throws `liaison_missing`, `account_refused`.
 */
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
