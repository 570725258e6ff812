// Nobody goes on as the liaison after them: each way in which a liaison is changed, removed or bound anew, or their unit closed, against
// everything by which the former one could act. What waits to be sent goes to the present person, or to nobody.

import { expect } from 'chai'
import { followAssistance, confirmAssistance } from '../../../src/features/assistance/linked.commands.ts'
import { sendAssistanceLink } from '../../../src/features/assistance/commands.ts'
import { callerBySession } from '../../../src/features/sessions/access.ts'
import { openUnitSession, openWechatSession, requestUnitCode } from '../../../src/features/sessions/liaisons.commands.ts'
import { liaisonOfBrowser } from '../../../src/features/units/codes.store.ts'
import { addLiaison, changeLiaison, setUnitActive } from '../../../src/features/units/commands.ts'
import { importLiaisons } from '../../../src/features/units/liaison-import.commands.ts'
import { bindLiaison, issueBindingCode, liaisonActor, type WriterAddress } from '../../../src/features/units/subscriptions.commands.ts'
import { bearerHashes } from '../../../src/core/secrets.ts'
import type { AppError } from '../../../src/core/errors.ts'
import { stepsWaiting } from '../../support/waiting.ts'
import { PUBLIC } from '../../../src/platform/commands/permissions.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { addWechatUnit, issued, TODAY, tokensSent } from '../../support/assistance.ts'
import { ADMIN, at, CLERK } from '../../support/deadlines.ts'
import { lastCode } from '../../support/liaison-visit.ts'

const UNIT = 'land'
const PHONE = '13988880001'
const NEW_PHONE = '13988880002'
const OPENID = 'oFormerLiaison000000000001'
const NEW_OPENID = 'oPresentLiaison00000000001'
const CONTACT = 'wxid_former_liaison'
const NEW_CONTACT = 'wxid_present_liaison'
const ORIGIN = { network: '198.51.100.1', browser: null }

/** What a former liaison holds. */
interface Held {
  id: string
  assistance: string
  phoneSession: string
  wechatSession: string
  browser: string
  bindingCode: string
  request: string
  code: string
  link: { token: string; holder: string }
  unusedLink: string
}

type Way = (made: TestApp, held: Held) => Promise<unknown>

const patch =
  (change: Omit<Parameters<typeof changeLiaison>[2], 'id'>): Way =>
  ({ app }, { id }) =>
    changeLiaison(app, ADMIN, { id, ...change })

const bind =
  (account: { wechat: string } | { wechaty: string }): Way =>
  async ({ app }, { id }) => {
    const { code } = await issueBindingCode(app, ADMIN, id)
    await bindLiaison(app, PUBLIC, { code, ...account })
  }

/** Each way, with the former addresses that stay the liaison's own. */
const WAYS: readonly { name: string; way: Way; keeps: readonly ('phone' | 'wechat' | 'wechaty')[] }[] = [
  { name: 'another name', way: patch({ name: '新来的' }), keeps: ['phone'] },
  { name: 'another name and WeChat', way: patch({ name: '新来的', wechat: NEW_OPENID }), keeps: ['phone'] },
  { name: 'another number', way: patch({ phone: NEW_PHONE }), keeps: ['wechat', 'wechaty'] },
  { name: 'another WeChat', way: patch({ wechat: NEW_OPENID }), keeps: ['phone', 'wechaty'] },
  { name: 'WeChat unbound', way: patch({ wechat: '' }), keeps: ['phone', 'wechaty'] },
  { name: 'wechaty unbound', way: patch({ wechaty: '' }), keeps: ['phone', 'wechat'] },
  { name: 'removed', way: patch({ active: false }), keeps: [] },
  { name: 'renamed by a sheet', way: renameBySheet, keeps: ['phone'] },
  { name: 'bound to another WeChat', way: bind({ wechat: NEW_OPENID }), keeps: ['phone', 'wechaty'] },
  { name: 'bound to another contact', way: bind({ wechaty: NEW_CONTACT }), keeps: ['phone', 'wechat'] },
  { name: 'unit closed', way: ({ app }) => setUnitActive(app, ADMIN, { id: UNIT, active: false }), keeps: [] },
]

async function renameBySheet({ app }: TestApp): Promise<void> {
  const bytes = Buffer.from(`单位,姓名,手机号码\n${UNIT}局,新来的,${PHONE}\n`)
  const { confirmation } = await importLiaisons(app, ADMIN, { fileName: 'x.csv', bytes })
  const { changed } = await importLiaisons(app, ADMIN, { fileName: 'x.csv', bytes, confirmation })
  expect(changed).to.equal(1)
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'open',
    (error: unknown) => (error as AppError).code,
  )

eachDatabase((_db, make) => {
  /** A liaison with every address and every access, and two messages that wait. */
  async function liaisonWithAll(made: TestApp): Promise<Held> {
    const { app } = made
    await addWechatUnit(app, UNIT, 0)
    const { id } = await addLiaison(app, ADMIN, { unitId: UNIT, name: '和联络', phone: PHONE, wechat: OPENID })
    await bind({ wechaty: CONTACT })(made, { id } as Held)
    const logIn = async () => {
      const { token } = await requestUnitCode(app, PUBLIC, { phone: PHONE, origin: ORIGIN })
      return { request: token, code: await lastCode(made) }
    }
    const session = await openUnitSession(app, PUBLIC, { phone: PHONE, origin: ORIGIN, ...(await logIn()) })
    const assistance = await issued(app, UNIT)
    await issued(app, UNIT)
    const [token = '', unusedLink = ''] = await tokensSent(app, 'assistance')
    const { holder } = await confirmAssistance(app, PUBLIC, { token, holder: null })
    return {
      id,
      assistance,
      phoneSession: session.token,
      wechatSession: (await openWechatSession(app, PUBLIC, { openid: OPENID })).token,
      browser: session.browser.token,
      bindingCode: (await issueBindingCode(app, ADMIN, id)).code,
      ...(await logIn()),
      link: { token, holder },
      unusedLink,
    }
  }

  /** How each access of the former liaison is answered. */
  async function tried({ app }: TestApp, held: Held): Promise<Record<string, string>> {
    const { request, code } = held
    const known = await app.store.read((db) => liaisonOfBrowser(db, bearerHashes(app.secrets, 'unit_browser', held.browser)))
    const link = (shown: { token: string; holder: string | null }): Promise<string> =>
      followAssistance(app, PUBLIC, shown).then(
        ({ state }) => state,
        (error: unknown) => (error as AppError).code,
      )
    return {
      phoneSession: await codeOf(callerBySession(app, 'unit', held.phoneSession, true)),
      wechatSession: await codeOf(callerBySession(app, 'unit', held.wechatSession, true)),
      browser: known === null ? 'unknown' : 'known',
      heldLink: await link(held.link),
      unusedLink: await link({ token: held.unusedLink, holder: null }),
      logInCode: await codeOf(openUnitSession(app, PUBLIC, { phone: PHONE, code, request, origin: ORIGIN })),
      bindingCode: await codeOf(bindLiaison(app, PUBLIC, { code: held.bindingCode, wechat: 'oFormerLiaisonAgain0000001' })),
    }
  }

  it('everything opens before', async () => {
    const made = await make({ now: at(TODAY, 10) })
    expect(await tried(made, await liaisonWithAll(made))).to.deep.equal({
      phoneSession: 'open',
      wechatSession: 'open',
      browser: 'known',
      heldLink: 'held',
      unusedLink: 'fresh',
      logInCode: 'open',
      bindingCode: 'open',
    })
  })

  for (const { name, way, keeps } of WAYS)
    it(`opens nothing for the former liaison: ${name}`, async () => {
      const made = await make({ now: at(TODAY, 10) })
      const { app } = made
      const held = await liaisonWithAll(made)
      await way(made, held)
      const left = name === 'removed' || name === 'unit closed' ? 'link_wrong' : 'ended'
      expect(await tried(made, held)).to.deep.equal({
        phoneSession: 'login_required',
        wechatSession: 'login_required',
        browser: 'unknown',
        heldLink: left,
        unusedLink: left,
        logInCode: 'unit_code_wrong',
        bindingCode: 'binding_code_wrong',
      })
      const acts = (address: WriterAddress): Promise<boolean> =>
        app.store.read(async (db) => (await liaisonActor(app, db, address)) !== null)
      expect({ wechat: await acts({ wechat: OPENID }), wechaty: await acts({ wechaty: CONTACT }) }).to.deep.equal({
        wechat: keeps.includes('wechat'),
        wechaty: keeps.includes('wechaty'),
      })
      const former = { phone: `+86${PHONE}`, wechat: OPENID, wechaty: CONTACT }
      const waiting = await stepsWaiting(app, `liaison:${held.id}`)
      for (const [address, text] of Object.entries(former))
        if (!keeps.includes(address as 'phone')) expect(waiting.map((each) => each.address)).not.to.include(text)
      expect(
        waiting.filter(({ template }) => template === 'session-code-talker'),
        'codes were for whoever asked',
      ).to.deep.equal([])
    })

  it('sends what waits to the present person, with a link of their own', async () => {
    const made = await make({ now: at(TODAY, 10) })
    const { app } = made
    const held = await liaisonWithAll(made)
    await changeLiaison(app, ADMIN, { id: held.id, name: '新来的', phone: NEW_PHONE, wechat: NEW_OPENID })
    const waiting = await stepsWaiting(app, `liaison:${held.id}`)
    expect(new Set(waiting.flatMap(({ address }) => address ?? []))).to.deep.equal(new Set([`+86${NEW_PHONE}`, NEW_OPENID]))
    const urls = waiting.flatMap(({ medium, state, url }) => (medium === 'wechat' && state === 'queued' ? [url ?? ''] : []))
    expect(urls).to.have.length(2)
    const tokens = urls.map((url) => url.split('/').at(-1) ?? '')
    expect(tokens).not.to.include(held.unusedLink)
    for (const token of tokens) expect((await followAssistance(app, PUBLIC, { token, holder: null })).state).to.equal('fresh')
  })

  it('gives a clerk what the law demands and nobody else of the unit was told, and cancels the rest', async () => {
    const made = await make({ now: at(TODAY, 10) })
    const { app } = made
    const held = await liaisonWithAll(made)
    await changeLiaison(app, ADMIN, { id: held.id, active: false })
    expect((await stepsWaiting(app, `liaison:${held.id}`)).map(({ medium, state }) => [medium, state])).to.deep.equal([
      ['clerk', 'waiting_person'],
      ['clerk', 'waiting_person'],
    ])
    const second = await make({ now: at(TODAY, 10) })
    await addWechatUnit(second.app, UNIT, 2)
    await issued(second.app, UNIT)
    const [gone] = await second.app.store.read((db) => db.query<{ id: string }>('select id from liaison order by id'))
    await changeLiaison(second.app, ADMIN, { id: gone?.id ?? '', active: false })
    expect(await stepsWaiting(second.app, `liaison:${gone?.id ?? ''}`), 'a colleague is told').to.deep.equal([])
  })

  it('leaves everything to a liaison of whom only the place changes, and lets nobody be left without an address', async () => {
    const made = await make({ now: at(TODAY, 10) })
    const held = await liaisonWithAll(made)
    await changeLiaison(made.app, ADMIN, { id: held.id, head: true, name: '和联络', phone: PHONE })
    expect(await codeOf(changeLiaison(made.app, ADMIN, { id: held.id, phone: '', wechat: '', wechaty: '' }))).to.equal('address_needed')
    expect((await tried(made, held))['heldLink']).to.equal('held')
  })

  it('tells the account that was bound before, and keeps an account from acting for two units', async () => {
    const made = await make({ now: at(TODAY, 10) })
    const { app } = made
    const held = await liaisonWithAll(made)
    await bind({ wechat: NEW_OPENID })(made, held)
    const [told] = await app.store.read((db) =>
      db.query<{ recipient: string }>("select recipient from notice where event like 'chat.replied:rebound:%'"),
    )
    expect((await stepsWaiting(app, told?.recipient ?? '')).map(({ medium, address }) => [medium, address])).to.deep.equal([
      ['wechat', OPENID],
    ])
    await addWechatUnit(app, 'forestry', 0)
    const { id } = await addLiaison(app, ADMIN, { unitId: 'forestry', name: '乙', phone: NEW_PHONE })
    expect(await codeOf(bind({ wechat: NEW_OPENID })(made, { ...held, id }))).to.equal('binding_taken')
    expect(await codeOf(bind({ wechat: OPENID })(made, { ...held, id })), 'the former account is free').to.equal('open')
  })

  it('ends a link that a browser holds when a new one is sent', async () => {
    const made = await make({ now: at(TODAY, 10) })
    const held = await liaisonWithAll(made)
    await sendAssistanceLink(made.app, CLERK, { id: held.assistance })
    expect((await tried(made, held))['heldLink']).to.equal('ended')
  })
})
