// The official account's menu and binding codes: comparing and replacing the menu, issuing a code to scan, and the platform's refusals.
// Replies to a click and a scan are tested in chat-routes.test.ts.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect } from 'chai'
import { bindingPicture, BUTTONS, compareMenu, putMenu, wantedMenu } from '../../bot/wechat-menu.ts'
import { loadCatalogue, readCatalogue } from '../../src/features/units/catalogue.tasks.ts'
import { openAccount } from '../../src/messaging/provider-tokens.ts'
import { addLiaison } from '../../src/features/units/commands.ts'
import { PUBLIC, type Actor } from '../../src/platform/commands/permissions.ts'
import { WECHAT_ENV } from '../support/account.ts'
import { makeApp, type TestApp } from '../support/app.ts'
import { listen, readBody, sendJson, type Loopback } from '../support/loopback.ts'
import { refusal } from '../support/refusal.ts'

const ADMIN: Actor = { id: 'staff:admin', roles: ['admin'] }

describe('the account’s menu', () => {
  const seen: { path: string; body: string }[] = []
  const state: { menu: unknown; refuse: number } = { menu: null, refuse: 0 }
  let server: Loopback
  let made: TestApp

  before(async () => {
    server = await listen(async (incoming: IncomingMessage, response: ServerResponse) => {
      const { pathname } = new URL(incoming.url ?? '/', 'http://x')
      const body = await readBody(incoming)
      seen.push({ path: pathname, body })
      if (pathname === '/cgi-bin/stable_token') return sendJson(response, 200, { access_token: 'token', expires_in: 7200 })
      if (state.refuse !== 0) return sendJson(response, 200, { errcode: state.refuse, errmsg: 'no' })
      if (pathname === '/cgi-bin/menu/get')
        return sendJson(response, 200, state.menu === null ? { errcode: 46003 } : { menu: state.menu, conditionalmenu: [] })
      if (pathname === '/cgi-bin/menu/create') state.menu = JSON.parse(body)
      sendJson(response, 200, { errcode: 0, errmsg: 'ok', ...(pathname.includes('qrcode') ? { ticket: 'gQH4+/==' } : {}) })
    }, 0)
    made = await makeApp({ env: { ...WECHAT_ENV, WECHAT_BASE_URL: server.url } })
    await loadCatalogue(made.app, await readCatalogue(made.app.config.templatesFolder))
  })
  after(async () => {
    await server.close()
    await made.close()
  })

  it('keeps the platform’s limits on drawers, buttons and names, and gives every button an intent', () => {
    const menu = wantedMenu(made.app)
    expect(menu.length).to.be.within(1, 3)
    for (const { name, sub_button: inner = [] } of menu) {
      expect(Buffer.byteLength(name), name).to.be.at.most(16)
      expect(inner.length).to.be.at.most(5)
      for (const each of inner) expect(Buffer.byteLength(each.name), each.name).to.be.at.most(60)
    }
    const keys = menu
      .flatMap(({ key, sub_button: inner = [] }) => [key, ...inner.map((each) => each.key)])
      .filter((key) => key !== undefined)
    expect([...keys].sort()).to.deep.equal([...BUTTONS.keys()].sort())
  })

  it('is the same as the templates’ menu after it was replaced, which only an administrator may do', async () => {
    const menu = openAccount(made.app)
    const before = await compareMenu(made.app, ADMIN, menu)
    expect([before.current, before.same]).to.deep.equal([null, false])
    await putMenu(made.app, ADMIN, menu)
    expect(seen.at(-1)?.body).to.include('查名单')
    expect((await compareMenu(made.app, ADMIN, menu)).same).to.equal(true)
    await refusal('not_allowed', () => putMenu(made.app, PUBLIC, menu))
  })

  it('comes with binding codes that a liaison can scan', async () => {
    const { id } = await addLiaison(made.app, ADMIN, { unitId: 'public_security', name: '和某', phone: '13900001111' })
    const { code, picture } = await bindingPicture(made.app, ADMIN, { liaisonId: id, menu: openAccount(made.app) })
    expect(picture).to.match(/ticket=gQH4%2B%2F%3D%3D$/)
    expect(JSON.parse(seen.at(-1)?.body ?? '')).to.deep.equal({
      expire_seconds: 86_400,
      action_name: 'QR_STR_SCENE',
      action_info: { scene: { scene_str: `bind_${code.replaceAll('-', '')}` } },
    })
  })

  it('fails with `account_refused` when the platform refuses, and with `account_missing` without an account', async () => {
    state.refuse = 48001
    await refusal('account_refused', () => compareMenu(made.app, ADMIN, openAccount(made.app)))
    state.refuse = 0
    const { wechat: _none, ...config } = made.app.config
    await refusal('account_missing', () => Promise.resolve(openAccount({ ...made.app, config: { ...config, wechat: undefined } })))
  })
})
