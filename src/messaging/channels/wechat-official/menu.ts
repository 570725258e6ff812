// Reads and replaces the official account's menu, and creates codes to scan (guide: "custom menu", "account codes"), for the terminal.
// The menu's texts are in templates/words/zh-CN/menu.yaml; clicks are handled in bot/doors/webhooks.

import { AppError } from '../../../core/errors.ts'
import { errcodeOf, TOKEN_REFUSED, tokenHolder, type AccountOptions } from './account.ts'
import { getJson, LIMITS, postJson, type Exchange } from '../fetch.ts'

/** One button: a click is reported to us; with `sub_button` it opens a submenu. Names as the platform has them. */
export interface MenuButton {
  name: string
  type?: 'click' | 'view'
  key?: string
  url?: string
  sub_button?: MenuButton[]
}

export interface WechatMenu {
  /** The current buttons; null: the account has no menu. */
  current(): Promise<MenuButton[] | null>
  replace(buttons: readonly MenuButton[]): Promise<void>
  /** Creates a code whose scan reports `scene` to us, and returns the URL of its picture. @param seconds how long it can be scanned. */
  code(scene: string, seconds: number): Promise<{ picture: string }>
}

/** Errcode: the account has no menu yet. */
const NO_MENU = 46003
const PICTURES = 'https://mp.weixin.qq.com/cgi-bin/showqrcode'

/** Every method throws `account_refused` with the platform's code when the platform refuses. */
export function createWechatMenu(options: AccountOptions): WechatMenu {
  const { baseUrl, limits = LIMITS } = options
  const tokens = tokenHolder(options)

  async function request(call: (token: string) => Promise<Exchange>): Promise<Readonly<Record<string, unknown>>> {
    const grant = await tokens.obtain(null)
    if ('kind' in grant) throw new AppError('account_refused', { code: grant.code })
    let answer = await call(grant.token)
    if (TOKEN_REFUSED.has(errcodeOf(answer) ?? 0)) {
      const second = await tokens.obtain(grant.token)
      if ('kind' in second) throw new AppError('account_refused', { code: second.code })
      answer = await call(second.token)
    }
    if (answer.kind !== 'answered' || typeof answer.json !== 'object' || answer.json === null)
      throw new AppError('account_refused', { code: answer.kind === 'answered' ? `http_${answer.status}` : answer.reason })
    return answer.json as Readonly<Record<string, unknown>>
  }
  const urlOf = (path: string, token: string): string => `${baseUrl}${path}?access_token=${encodeURIComponent(token)}`

  return {
    async current() {
      const json = await request((token) => getJson(urlOf('/cgi-bin/menu/get', token), limits))
      if (json['errcode'] === NO_MENU) return null
      assertNoError(json)
      const menu = json['menu'] as { button?: MenuButton[] } | undefined
      return (menu?.button ?? []).map(comparable)
    },
    async replace(buttons) {
      assertNoError(await request((token) => postJson(urlOf('/cgi-bin/menu/create', token), { button: buttons }, limits)))
    },
    async code(scene, seconds) {
      const order = { expire_seconds: seconds, action_name: 'QR_STR_SCENE', action_info: { scene: { scene_str: scene } } }
      const json = await request((token) => postJson(urlOf('/cgi-bin/qrcode/create', token), order, limits))
      assertNoError(json)
      const ticket = json['ticket']
      if (typeof ticket !== 'string') throw new AppError('account_refused', { code: 'no_ticket' })
      return { picture: `${PICTURES}?ticket=${encodeURIComponent(ticket)}` }
    },
  }
}

function assertNoError(json: Readonly<Record<string, unknown>>): void {
  const code = json['errcode'] ?? 0
  if (code !== 0) throw new AppError('account_refused', { code: typeof code === 'number' ? code : 'unreadable' })
}

/** A button with only its own properties, in a fixed order, so that two menus can be compared. */
function comparable({ name, type, key, url, sub_button: inner = [] }: MenuButton): MenuButton {
  if (inner.length > 0) return { name, sub_button: inner.map(comparable) }
  return { name, ...(type === undefined ? {} : { type }), ...(key === undefined ? {} : { key }), ...(url === undefined ? {} : { url }) }
}
