// Liaisons log in by a code: the same answer for every phone, limits that hold at once, from many addresses and after a restart; and the
// session is the liaison's own, for one unit, and ends with the liaison or the unit. A code is entered where it was asked for, and what strangers
// try keeps no liaison out.

import { expect } from 'chai'
import { addLiaison, changeLiaison } from '../../../src/features/units/commands.ts'
import { updateUnit } from '../../../src/features/units/store.ts'
import { bindLiaison, issueBindingCode } from '../../../src/features/units/subscriptions.commands.ts'
import { forgetSessions } from '../../../src/features/sessions/commands.ts'
import { auditOf } from '../../../src/platform/commands/audit.store.ts'
import { PUBLIC, SYSTEM, type Actor } from '../../../src/platform/commands/permissions.ts'
import { addUnit } from '../../support/deadlines.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { codesSent } from '../../support/codes.ts'
import { asking, openServer, type Answer, type Ask, type TestServer } from '../../support/http-server.ts'

const MINUTE = 60_000
const ADMIN: Actor = { id: 'staff:admin', roles: ['admin'] }
const PHONE = '13988880001'
const UNKNOWN = '13988880009'

eachDatabase((_db, make) => {
  describe('a liaison who logs in', () => {
    let made: TestApp
    let server: TestServer
    let liaisonId: string

    beforeEach(async () => {
      made = await make({ env: { TRUSTED_PROXIES: '1' } })
      server = await openServer(made)
      await addUnit(made.app, 'bank_a')
      liaisonId = (await addLiaison(made.app, ADMIN, { unitId: 'bank_a', name: '和联络', phone: PHONE })).id
    })
    afterEach(() => server.close())

    const code = (answer: Answer): unknown => answer.body['code']
    let callers = 0
    /** Asks from a network address of its own, unless one is given, so that the limit in memory does not interfere. */
    const from = (address = `10.0.${(callers += 1) >> 8}.${callers & 255}`): Record<string, string> => ({ 'x-forwarded-for': address })
    /** The cookies of one browser by name. */
    type Browser = Map<string, string>
    let own: Browser
    beforeEach(() => void (own = new Map()))
    async function post(
      path: string,
      json: object,
      { at, browser = own }: { at?: string | undefined; browser?: Browser },
    ): Promise<Answer> {
      const cookie = [...browser].filter(([name]) => name !== 'zxt-unit').map((pair) => pair.join('='))
      const answer = await server.ask('POST', path, { json, headers: { ...from(at), cookie: cookie.join('; ') } })
      for (const set of answer.headers.getSetCookie()) {
        const [name = '', value = ''] = (set.split(';', 1)[0] ?? '').split('=')
        browser.set(name, value)
      }
      return answer
    }
    const request = (phone: string, at?: string, browser?: Browser): Promise<Answer> =>
      post('/api/v1/unit-session/code', { phone }, { at, ...(browser === undefined ? {} : { browser }) })
    const enter = (phone: string, given: string, unitId?: string, from: { at?: string; browser?: Browser } = {}): Promise<Answer> =>
      post('/api/v1/unit-session', { phone, code: given, ...(unitId === undefined ? {} : { unitId }) }, from)
    const lastCode = async (): Promise<string> => (await codesSent(made.app)).at(-1)?.code ?? ''
    const cookieOf = (answer: Answer): string => (answer.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''

    /** Logs in with a code that is sent to the phone. */
    async function logIn(phone = PHONE, unitId?: string): Promise<{ opened: Answer; ask: Ask }> {
      await request(phone)
      const opened = await enter(phone, await lastCode(), unitId)
      expect(opened.status, opened.text).to.equal(201)
      return { opened, ask: asking(server.url, { cookie: cookieOf(opened), 'x-csrf-token': String(opened.body['csrfToken']) }) }
    }

    /** Sets a counter to what others would have counted. */
    const fill = (subject: string, hits: number): Promise<void> =>
      made.app.store.write(async (tx) => {
        await tx.run('delete from chat_limit where subject = ?', [subject])
        await tx.run('insert into chat_limit (subject, since, hits) values (?, ?, ?)', [subject, made.clock.now(), hits])
      })

    it('gets a code by SMS, and acts for their own unit as over a bound account', async () => {
      const asked = await request(' +86 139 8888 0001 ')
      expect([asked.status, asked.body]).to.deep.equal([200, { minutes: 10, digits: 6 }])
      const [sent] = await codesSent(made.app)
      expect(sent).to.deep.include({ recipient: `liaison:${liaisonId}`, medium: 'sms', address: `+86${PHONE}` })
      const opened = await enter(PHONE, sent?.code ?? '')
      expect(asked.headers.get('set-cookie')).to.match(/^zxt-unit-code=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Strict$/)
      const [session, browser] = opened.headers.getSetCookie()
      expect(session).to.match(/^zxt-unit=[\w-]{43}; Max-Age=36000; Path=\/; HttpOnly; SameSite=Strict$/)
      expect(browser).to.match(/^zxt-unit-browser=[\w-]{43}; Max-Age=15552000; Path=\/; HttpOnly; SameSite=Strict$/)
      expect(opened.body).to.deep.include({
        liaison: { id: liaisonId, name: '和联络', head: false },
        unit: { id: 'bank_a', name: 'bank_a局' },
        units: [{ id: 'bank_a', name: 'bank_a局' }],
      })
      expect(opened.body['permissions'])
        .to.include.members(['screening.ask', 'lift.answer', 'liaison.log_out'])
        .and.not.include('listing.read')
      const ask = asking(server.url, { cookie: cookieOf(opened), 'x-csrf-token': String(opened.body['csrfToken']) })
      expect((await ask('GET', '/api/v1/unit-session')).body).to.deep.equal(opened.body)
      expect((await ask('GET', '/api/v1/lift-orders')).status).to.equal(200)
      expect(code(await ask('GET', '/api/v1/listings')), 'not the court’s').to.equal('login_required')
      const rows = await made.app.store.read((db) => auditOf(db, `liaison:${liaisonId}`))
      expect(rows.map(({ detail }) => (JSON.parse(detail) as { outcome?: string }).outcome).at(-1)).to.equal('logged_in')
    })

    it('hears the same whether the phone is a liaison’s or not, and nothing is sent to a stranger', async () => {
      const [known, unknown] = [await request(PHONE), await request(UNKNOWN)]
      expect([unknown.status, unknown.text]).to.deep.equal([known.status, known.text])
      expect(await codesSent(made.app)).to.have.length(1)
      const wrong = [await enter(PHONE, '000000'), await enter(UNKNOWN, '000000'), await enter('13988880008', '000000')]
      for (const answer of wrong) expect({ ...answer.body, instance: '' }).to.deep.equal({ ...wrong[0]?.body, instance: '' })
      expect(wrong.map(code)).to.deep.equal(['unit_code_wrong', 'unit_code_wrong', 'unit_code_wrong'])
      for (let more = 2; more <= 5; more++)
        expect([(await request(PHONE)).status, (await request(UNKNOWN)).status]).to.deep.equal([200, 200])
      const limited = [await request(PHONE), await request(UNKNOWN)]
      expect(limited.map(code)).to.deep.equal(['code_limited', 'code_limited'])
      for (const browser of [own, new Map<string, string>()])
        for (const phone of [PHONE, UNKNOWN, '13988880008']) {
          const at = `10.8.${browser.size}.${phone.slice(-1)}`
          const answers: unknown[] = []
          for (let guess = 1; guess <= 6; guess++) answers.push(code(await enter(phone, '000000', undefined, { at, browser })))
          expect(answers, phone).to.deep.equal([...Array<string>(5).fill('unit_code_wrong'), 'login_locked'])
        }
      expect(code(await request('12345'))).to.equal('address_invalid')
    })

    it('uses a code once, in time, and not after five wrong tries, at once and after a restart', async () => {
      await request(PHONE)
      const first = await lastCode()
      const both = await Promise.all([enter(PHONE, first), enter(PHONE, first), enter(PHONE, first)])
      expect(both.filter(({ status }) => status === 201)).to.have.length(1)
      await request(PHONE)
      made.clock.advance(10 * MINUTE)
      expect(code(await enter(PHONE, await lastCode())), 'too late').to.equal('unit_code_wrong')
      own = new Map()
      await request(PHONE)
      await Promise.all(['1', '2', '3'].map((digit) => enter(PHONE, digit.repeat(6))))
      await server.close()
      server = await openServer(made)
      for (const digit of ['4', '5']) await enter(PHONE, digit.repeat(6))
      expect(code(await enter(PHONE, await lastCode())), 'spent').to.equal('unit_code_wrong')
      await request(PHONE)
      expect((await enter(PHONE, await lastCode())).status).to.equal(201)
    })

    it('enters a code in the browser that asked for it alone: a stranger tries their own request, and spends nobody’s', async () => {
      const stranger: Browser = new Map()
      await request(PHONE)
      const mine = await lastCode()
      await request(PHONE, undefined, stranger)
      expect(code(await enter(PHONE, mine, undefined, { browser: stranger }))).to.equal('unit_code_wrong')
      expect(code(await enter(PHONE, mine, undefined, { browser: new Map() })), 'no request').to.equal('unit_code_wrong')
      await Promise.all(Array.from({ length: 20 }, () => enter(PHONE, '000000', undefined, { browser: stranger })))
      await Promise.all(Array.from({ length: 20 }, () => enter(PHONE, '000000', undefined, { browser: new Map() })))
      await server.close()
      server = await openServer(made)
      expect((await enter(PHONE, mine)).status).to.equal(201)
      expect(code(await enter(PHONE, mine)), 'once').to.equal('unit_code_wrong')
      await request(UNKNOWN)
      expect(code(await enter(PHONE, await lastCode())), 'asked for another phone').to.equal('unit_code_wrong')
    })

    it('is locked for the network that guessed, not for others, and not in a browser in which they logged in', async () => {
      const known: Browser = new Map()
      const stranger: Browser = new Map()
      await request(PHONE, undefined, known)
      expect((await enter(PHONE, await lastCode(), undefined, { browser: known })).status).to.equal(201)
      const at = '203.0.113.5'
      await request(PHONE, at, stranger)
      const both = [server, await openServer(made)]
      const guesses = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          asking(both[n % 2]?.url ?? '', { ...from(at), cookie: `zxt-unit-code=${stranger.get('zxt-unit-code')}` })(
            'POST',
            '/api/v1/unit-session',
            { json: { phone: PHONE, code: '000000' } },
          ),
        ),
      )
      expect(
        guesses.filter((answer) => code(answer) === 'unit_code_wrong'),
        'over two processes at once',
      ).to.have.length(5)
      await both[1]?.close()
      await request(PHONE, '198.51.100.77')
      const mine = await lastCode()
      const locked = await enter(PHONE, mine, undefined, { at })
      expect([locked.status, code(locked), Number(locked.headers.get('retry-after')) > 800]).to.deep.equal([429, 'login_locked', true])
      expect((await enter(PHONE, mine, undefined, { at: '198.51.100.77' })).status, 'elsewhere').to.equal(201)
      await request(PHONE, at, known)
      expect((await enter(PHONE, await lastCode(), undefined, { at, browser: known })).status, 'known').to.equal(201)
      await changeLiaison(made.app, ADMIN, { id: liaisonId, name: '新来的' })
      await request(PHONE, at, known)
      expect(code(await enter(PHONE, await lastCode(), undefined, { at, browser: known })), 'somebody new').to.equal('login_locked')
    })

    it('gets a code in a known browser whatever strangers asked for, and counted for itself', async () => {
      const known: Browser = new Map()
      await request(PHONE, undefined, known)
      expect((await enter(PHONE, await lastCode(), undefined, { browser: known })).status).to.equal(201)
      made.clock.advance(24 * 60 * MINUTE)
      for (let hour = 0; hour < 2; hour++) {
        for (let n = 0; n < 5; n++) await request(PHONE, undefined, new Map())
        made.clock.advance(60 * MINUTE)
      }
      expect(code(await request(PHONE, undefined, new Map()))).to.equal('code_limited')
      await made.app.store.write((tx) =>
        tx.run("update chat_limit set hits = 500, since = ? where subject = 'unit_code:sent'", [made.clock.now()]),
      )
      const many = await Promise.all(Array.from({ length: 7 }, () => request(PHONE, '10.7.7.7', new Map(known))))
      expect(
        many.filter(({ status }) => status === 200),
        'five an hour of its own',
      ).to.have.length(5)
      made.clock.advance(60 * MINUTE)
      await request(PHONE, undefined, known)
      expect((await enter(PHONE, await lastCode(), undefined, { browser: known })).status).to.equal(201)
      made.clock.advance(60 * MINUTE)
      const rest = await Promise.all(Array.from({ length: 5 }, () => request(PHONE, undefined, new Map(known))))
      expect(
        rest.filter(({ status }) => status === 200),
        'eight a day',
      ).to.have.length(2)
    })

    it('gets a clear answer however many codes are given at once, from wherever', async () => {
      await request(PHONE)
      const mine = await lastCode()
      const both = [server, await openServer(made)]
      const cookie = `zxt-unit-code=${own.get('zxt-unit-code')}`
      const many = await Promise.all(
        Array.from({ length: 60 }, (_, n) =>
          asking(both[n % 2]?.url ?? '', { ...from(), ...(n % 3 === 0 ? { cookie } : {}) })('POST', '/api/v1/unit-session', {
            json: { phone: PHONE, code: n % 3 === 0 ? mine : '000000' },
          }),
        ),
      )
      await both[1]?.close()
      const statuses = many.map(({ status }) => status)
      expect([statuses.filter((status) => status >= 500), statuses.filter((status) => status === 201)]).to.deep.equal([[], [201]])
    })

    it('is counted for the /48 of IPv6, whichever of its networks asks or gives codes', async () => {
      const at = (n: number): string => `2001:db8:5:${n.toString(16)}::1`
      for (let hour = 0; hour < 2; hour++) {
        for (let n = 0; n < 3; n++) await request(PHONE, at(hour * 3 + n))
        made.clock.advance(60 * MINUTE)
      }
      expect(await codesSent(made.app), 'half of the day’s codes').to.have.length(4)
      const around = made.app.secrets.index('code', 'from:2001:db8:5::/48')
      await fill(`unit_code:${around}`, 300)
      expect(code(await request(UNKNOWN, at(70)))).to.equal('code_limited')
      await fill(`unit_miss:${around}`, 300)
      expect(code(await enter(UNKNOWN, '000000', undefined, { at: at(71) }))).to.equal('code_limited')
      expect(code(await enter(UNKNOWN, '000000', undefined, { at: '2001:db8:6::1' })), 'the next /48').to.equal('unit_code_wrong')
    })

    it('leaves half of the codes of a day to other networks', async () => {
      for (let hour = 0; hour < 3; hour++) {
        for (let n = 0; n < 3; n++) await request(PHONE, '203.0.113.5')
        made.clock.advance(60 * MINUTE)
      }
      expect(await codesSent(made.app)).to.have.length(4)
      await request(PHONE, '198.51.100.77')
      expect((await enter(PHONE, await lastCode())).status).to.equal(201)
    })

    it('is known in ten browsers for half a year, and leaves no request behind', async () => {
      const count = async (table: string): Promise<number> =>
        Number((await made.app.store.read((db) => db.query<{ n: number }>(`select count(*) as n from ${table}`)))[0]?.n)
      for (let n = 0; n < 12; n++) {
        await request(PHONE, undefined, new Map())
        made.clock.advance(24 * 60 * MINUTE)
        const browser: Browser = new Map()
        await request(PHONE, undefined, browser)
        await enter(PHONE, await lastCode(), undefined, { browser })
      }
      expect(await count('unit_browser')).to.equal(10)
      made.clock.advance(2 * 24 * 60 * MINUTE)
      await forgetSessions(made.app, SYSTEM, undefined)
      expect([await count('unit_code_request'), await count('unit_browser')]).to.deep.equal([0, 10])
      made.clock.advance(180 * 24 * 60 * MINUTE)
      await forgetSessions(made.app, SYSTEM, undefined)
      expect(await count('unit_browser')).to.equal(0)
    })

    it('gets eight codes a day at most, however long a stranger goes on', async () => {
      const outcomes: unknown[] = []
      for (let hour = 0; hour < 3; hour++) {
        for (let n = 0; n < 5; n++) outcomes.push((await request(PHONE)).status)
        made.clock.advance(60 * MINUTE)
      }
      expect(outcomes.filter((status) => status === 200)).to.have.length(8)
      expect(await codesSent(made.app)).to.have.length(8)
      made.clock.advance(24 * 60 * MINUTE)
      expect((await request(PHONE)).status).to.equal(200)
    })

    it('is limited by phone, by address and in total, at once and in another process', async () => {
      const many = await Promise.all(Array.from({ length: 9 }, () => request(PHONE)))
      expect(many.filter(({ status }) => status === 200)).to.have.length(5)
      const other = await openServer(made)
      const again = await other.ask('POST', '/api/v1/unit-session/code', { json: { phone: PHONE }, headers: from() })
      expect([code(again), Number(again.headers.get('retry-after')) > 3000]).to.deep.equal(['code_limited', true])
      await other.close()
      await fill(`unit_code:${made.app.secrets.index('code', 'from:10.9.9.9')}`, 60)
      expect(code(await request(UNKNOWN, '10.9.9.9'))).to.equal('code_limited')
      await fill(`unit_miss:${made.app.secrets.index('code', 'from:10.9.9.9')}`, 60)
      const miss = await server.ask('POST', '/api/v1/unit-session', {
        json: { phone: UNKNOWN, code: '000000' },
        headers: from('10.9.9.9'),
      })
      expect(code(miss)).to.equal('code_limited')
      await fill('unit_code:sent', 500)
      expect(code(await request(UNKNOWN)), 'for everybody alike').to.equal('code_limited')
      made.clock.advance(60 * MINUTE)
      expect((await request(PHONE)).status).to.equal(200)
    })

    it('gets the code on a bound WeChat as well', async () => {
      const { code: binding } = await issueBindingCode(made.app, ADMIN, liaisonId)
      await bindLiaison(made.app, PUBLIC, { code: binding, wechat: 'oLiaisonAccount0000000000001' })
      await request(PHONE)
      const sent = await codesSent(made.app)
      expect(sent.map(({ medium }) => medium).sort()).to.deep.equal(['sms', 'wechat'])
      expect(new Set(sent.map((each) => each.code)).size).to.equal(1)
    })

    it('of several units chooses one, and switches only between their own', async () => {
      for (const unit of ['bank_b', 'bank_c']) await addUnit(made.app, unit)
      const second = await addLiaison(made.app, ADMIN, { unitId: 'bank_b', name: '和联络', phone: PHONE })
      await addLiaison(made.app, ADMIN, { unitId: 'bank_c', name: '别人', phone: UNKNOWN })
      const { opened, ask } = await logIn()
      expect(opened.body['units']).to.deep.equal([
        { id: 'bank_a', name: 'bank_a局' },
        { id: 'bank_b', name: 'bank_b局' },
      ])
      const switched = await ask('PUT', '/api/v1/unit-session/unit', { json: { unitId: 'bank_b' } })
      expect(switched.body).to.deep.include({
        liaison: { id: second.id, name: '和联络', head: false },
        unit: { id: 'bank_b', name: 'bank_b局' },
      })
      expect((await ask('GET', '/api/v1/unit-session')).body['unit']).to.deep.equal({ id: 'bank_b', name: 'bank_b局' })
      expect(code(await ask('PUT', '/api/v1/unit-session/unit', { json: { unitId: 'bank_c' } }))).to.equal('unit_other')
      await request(PHONE)
      expect(code(await enter(PHONE, await lastCode(), 'bank_c'))).to.equal('unit_other')
      expect((await enter(PHONE, await lastCode(), 'bank_b')).body['unit'], 'the code was not used up').to.deep.include({ id: 'bank_b' })
    })

    it('loses the session at once when removed, replaced, or when the unit is closed', async () => {
      for (const change of [{ active: false }, { phone: '13988880002' }, { name: '新来的' }]) {
        const phone = '13988880003'
        const { id } = await addLiaison(made.app, ADMIN, { unitId: 'bank_a', name: '李联络', phone })
        const { ask } = await logIn(phone)
        expect((await ask('GET', '/api/v1/unit-session')).status).to.equal(200)
        await changeLiaison(made.app, ADMIN, { id, ...change })
        expect(code(await ask('GET', '/api/v1/unit-session')), JSON.stringify(change)).to.equal('login_required')
        await changeLiaison(made.app, ADMIN, { id, active: false })
        made.clock.advance(60 * MINUTE)
      }
      const { ask } = await logIn()
      await made.app.store.write((tx) => updateUnit(tx, 'bank_a', { active: false }))
      expect(code(await ask('GET', '/api/v1/lift-orders'))).to.equal('login_required')
      await request(PHONE)
      expect(code(await enter(PHONE, await lastCode())), 'and gets no new one').to.equal('unit_code_wrong')
    })

    it('has a session that ends when idle, and needs the CSRF header for changes', async () => {
      const { ask, opened } = await logIn()
      const bare = asking(server.url, { cookie: cookieOf(opened) })
      expect(code(await bare('DELETE', '/api/v1/unit-session'))).to.equal('csrf_wrong')
      made.clock.advance(59 * MINUTE)
      expect((await ask('GET', '/api/v1/unit-session', { headers: { 'x-passive': '1' } })).status).to.equal(200)
      made.clock.advance(MINUTE)
      expect(code(await ask('GET', '/api/v1/unit-session'))).to.equal('login_required')
      expect(await forgetSessions(made.app, SYSTEM, undefined)).to.equal(1)
      const next = await logIn()
      const ended = await next.ask('DELETE', '/api/v1/unit-session')
      expect([ended.status, ended.headers.get('set-cookie')?.split(';')[0]]).to.deep.equal([204, 'zxt-unit='])
      expect((await next.ask('GET', '/api/v1/unit-session')).status).to.equal(401)
    })

    it('and a member of staff in one browser do not disturb each other', async () => {
      const clerk = await server.person('clerk')
      const { ask, opened } = await logIn()
      const cookie = `${clerk.cookie}; ${cookieOf(opened)}`
      const both = asking(server.url, { cookie })
      const unit = asking(server.url, { cookie, 'x-session': 'unit' })
      expect((await both('GET', '/api/v1/session')).status).to.equal(200)
      expect((await both('GET', '/api/v1/unit-session')).status).to.equal(200)
      const asStaff = { json: { orderId: 'x' }, headers: { 'x-csrf-token': clerk.csrf } }
      expect(code(await unit('PUT', '/api/v1/unit-session/unit', asStaff)), 'each with its own header').to.equal('csrf_wrong')
      await clerk.ask('DELETE', '/api/v1/session')
      expect((await both('GET', '/api/v1/lift-orders')).status, 'the liaison’s stays when the other ended').to.equal(200)
      expect((await unit('GET', '/api/v1/lift-orders')).status).to.equal(200)
      expect((await ask('GET', '/api/v1/lift-orders')).status).to.equal(200)
    })
  })
})
