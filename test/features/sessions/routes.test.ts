// Logging in and out over the real server: guessing, forged cookies, CSRF, expiry, and passwords.

import { expect } from 'chai'
import { addStaff, disableStaff, firstAdmin } from '../../../src/features/staff/commands.ts'
import { forgetSessions } from '../../../src/features/sessions/commands.ts'
import { SYSTEM, type StaffRole } from '../../../src/platform/commands/permissions.ts'
import { auditOf } from '../../../src/platform/commands/audit.store.ts'
import { updateStaff } from '../../../src/features/staff/store.ts'
import { asking, openServer, type Answer, type TestServer } from '../../support/http-server.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'

const MINUTE = 60_000

eachDatabase((_db, make) => {
  describe('the session routes', () => {
    let made: TestApp
    let server: TestServer

    before(async () => {
      made = await make({ env: { SESSION_HOURS: '10', SESSION_IDLE_MINUTES: '60' } })
    })
    // Each test has its own server, so that the limit of log-ins per address does not interfere.
    beforeEach(async () => {
      server = await openServer(made)
    })
    afterEach(() => server.close())

    const logIn = (login: string, password: string): Promise<Answer> => server.ask('POST', '/api/v1/session', { json: { login, password } })

    const code = (answer: Answer): unknown => answer.body['code']

    it('answers a wrong password, an unknown login and a disabled account alike', async () => {
      const known = await server.person('clerk')
      const gone = await server.person('clerk')
      await disableStaff(made.app, SYSTEM, { id: gone.id })
      const answers = [await logIn(known.login, 'wrong'), await logIn('nobody.here', 'wrong'), await logIn(gone.login, gone.password)]
      for (const answer of answers) {
        expect(answer.status).to.equal(401)
        expect({ ...answer.body, instance: '' }).to.deep.equal({ ...answers[0]?.body, instance: '' })
        expect(answer.headers.get('set-cookie')).to.equal(null)
      }
      expect(answers.map(code)).to.deep.equal(['login_failed', 'login_failed', 'login_failed'])
    })

    it('locks a login after five failures, whether it exists or not, and each further time twice as long', async () => {
      const known = await server.person('clerk')
      for (const login of [known.login, 'no.such.login']) {
        for (let guess = 1; guess <= 5; guess++) expect(code(await logIn(login, 'wrong')), `${login} ${guess}`).to.equal('login_failed')
        const locked = await logIn(login, login === known.login ? known.password : 'wrong')
        expect(locked.status).to.equal(429)
        expect(code(locked)).to.equal('login_locked')
        expect(Number(locked.headers.get('retry-after'))).to.be.within(899, 900)
      }
      made.clock.advance(15 * MINUTE)
      for (const login of [known.login, 'no.such.login']) {
        expect(code(await logIn(login, 'wrong'))).to.equal('login_failed')
        const again = await logIn(login, 'wrong')
        expect(code(again)).to.equal('login_locked')
        expect(Number(again.headers.get('retry-after'))).to.be.within(1799, 1800)
      }
      made.clock.advance(30 * MINUTE)
      expect((await logIn(known.login, known.password)).status).to.equal(201)
      expect(code(await logIn(known.login, 'wrong')), 'a success resets the count').to.equal('login_failed')
      expect((await logIn(known.login, known.password)).status).to.equal(201)
    })

    it('counts simultaneous guesses, and lets nobody in once the login is locked', async () => {
      const known = await server.person('clerk')
      const guesses = await Promise.all(Array.from({ length: 8 }, () => logIn(known.login, 'wrong')))
      expect(guesses.every((answer) => ['login_failed', 'login_locked'].includes(String(code(answer))))).to.equal(true)
      expect(code(await logIn(known.login, known.password))).to.equal('login_locked')
      const unknown = await Promise.all(Array.from({ length: 8 }, () => logIn('nobody.at.once', 'wrong')))
      expect(unknown.every((answer) => ['login_failed', 'login_locked'].includes(String(code(answer))))).to.equal(true)
      expect(code(await logIn('nobody.at.once', 'wrong'))).to.equal('login_locked')
    })

    it('records every lock in the audit, and never the login that was typed', async () => {
      const known = await server.person('clerk')
      for (let guess = 1; guess <= 5; guess++) {
        await logIn(known.login, 'wrong')
        await logIn('my-secret-as-login', 'wrong')
      }
      const rows = await made.app.store.read((db) => auditOf(db, `staff:${known.id}`))
      expect(rows.map((row) => (JSON.parse(row.detail) as { outcome: string }).outcome)).to.deep.equal(['logged_in', 'failed'])
      const subject = `login:${made.app.secrets.index('login', 'my-secret-as-login')}`
      expect(await made.app.store.read((db) => auditOf(db, subject))).to.have.length(1)
      const all = await made.app.store.read((db) =>
        db.query<{ n: number }>("select count(*) as n from audit where subject like '%my-secret%' or detail like '%my-secret%'"),
      )
      expect(Number(all[0]?.n)).to.equal(0)
    })

    it('opens no session for a request that another site could make: a form, or text that looks like JSON', async () => {
      const { login, password } = await server.person('clerk')
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', '']) {
        const body = JSON.stringify({ login, password })
        const answer = await server.ask('POST', '/api/v1/session', { body, headers: { 'content-type': type } })
        expect(answer.status, type).to.equal(415)
      }
    })

    it('requires a session, and accepts no forged or damaged cookie', async () => {
      const person = await server.person('clerk')
      const token = person.cookie.split('=')[1] ?? ''
      const cookies = [
        '',
        'zxt=',
        'zxt=x',
        `zxt=${'A'.repeat(43)}`,
        `zxt=${token}x`,
        `other=${token}`,
        `zxt="${token}"`,
        'zxt=%00',
        `zxt=${'A'.repeat(6000)}`,
      ]
      for (const cookie of cookies) {
        const answer = await asking(server.url, { cookie })('GET', '/api/v1/session')
        expect(answer.status, cookie.slice(0, 50)).to.equal(401)
        expect(code(answer)).to.equal('login_required')
      }
    })

    it('changes nothing without the CSRF header, with a wrong one, or with that of another session', async () => {
      const person = await server.person('admin')
      const other = await server.person('admin')
      const change = { json: { login: 'should.not.be', name: '某', roles: ['clerk'] } }
      for (const headers of [
        {},
        { 'x-csrf-token': '' },
        { 'x-csrf-token': 'x' },
        { 'x-csrf-token': other.csrf },
        { 'x-csrf': person.csrf },
      ]) {
        const answer = await asking(server.url, { cookie: person.cookie })('POST', '/api/v1/staff', { ...change, headers })
        expect(answer.status, JSON.stringify(headers)).to.equal(403)
        expect(code(answer)).to.equal('csrf_wrong')
      }
      expect((await asking(server.url, { cookie: person.cookie })('DELETE', '/api/v1/session')).status).to.equal(403)
      expect((await asking(server.url, { cookie: person.cookie })('GET', '/api/v1/session')).status, 'reading needs none').to.equal(200)
      const { text } = await person.ask('GET', '/api/v1/staff?limit=200')
      expect(text).not.to.include('should.not.be')
    })

    it('ends a session when idle, at its last hour even in use, and when the account is disabled', async () => {
      const idle = await server.person('clerk')
      made.clock.advance(59 * MINUTE)
      expect((await idle.ask('GET', '/api/v1/session')).status).to.equal(200)
      made.clock.advance(59 * MINUTE)
      expect((await idle.ask('GET', '/api/v1/session')).status, 'using it keeps it open').to.equal(200)
      made.clock.advance(60 * MINUTE)
      expect(code(await idle.ask('GET', '/api/v1/session'))).to.equal('login_required')

      const busy = await server.person('clerk')
      for (let minute = 0; minute < 590; minute += 50) {
        expect((await busy.ask('GET', '/api/v1/session')).status, `minute ${minute}`).to.equal(200)
        made.clock.advance(50 * MINUTE)
      }
      expect(code(await busy.ask('GET', '/api/v1/session'))).to.equal('login_required')

      const dismissed = await server.person('clerk')
      await disableStaff(made.app, SYSTEM, { id: dismissed.id })
      expect(code(await dismissed.ask('GET', '/api/v1/session'))).to.equal('login_required')
    })

    it('is not kept open by a page that asks again by itself, and says when it ends', async () => {
      const person = await server.person('clerk')
      const opened = made.clock.now().getTime()
      const ends = async (headers: Record<string, string> = {}): Promise<number[]> => {
        const { body } = await person.ask('GET', '/api/v1/session', { headers })
        return [body['idleEndsAt'], body['expiresAt']].map((at) => (Date.parse(String(at)) - opened) / MINUTE)
      }
      expect(await ends()).to.deep.equal([60, 600])
      for (let minute = 20; minute < 60; minute += 20) {
        made.clock.advance(20 * MINUTE)
        expect(await ends({ 'x-passive': '1' }), `minute ${minute}`).to.deep.equal([60, 600])
      }
      expect(await ends(), 'work keeps it open').to.deep.equal([100, 600])
      made.clock.advance(59 * MINUTE)
      expect((await person.ask('GET', '/api/v1/listings', { headers: { 'x-passive': '1' } })).status).to.equal(200)
      made.clock.advance(MINUTE)
      expect(code(await person.ask('GET', '/api/v1/listings', { headers: { 'x-passive': '1' } }))).to.equal('login_required')
    })

    it('counts a change as work even if it is called passive, and never ends later than its last hour', async () => {
      const person = await server.person('clerk')
      const opened = made.clock.now().getTime()
      for (let minute = 50; minute <= 550; minute += 50) {
        made.clock.advance(50 * MINUTE)
        const json = { current: 'wrong', next: 'wrong' }
        await person.ask('POST', '/api/v1/session/password', { json, headers: { 'x-passive': '1' } })
      }
      const { body } = await person.ask('GET', '/api/v1/session', { headers: { 'x-passive': '1' } })
      expect((Date.parse(String(body['idleEndsAt'])) - opened) / MINUTE).to.equal(600)
    })

    it('lists what the person may do, and no more before the password is changed', async () => {
      const permissions = async (...roles: StaffRole[]): Promise<unknown> =>
        (await (await server.person(...roles)).ask('GET', '/api/v1/session')).body['permissions']
      expect(await permissions('clerk'))
        .to.include('listing.draft')
        .and.not.include('listing.approve')
        .and.not.include('staff.manage')
      expect(await permissions('clerk', 'approver')).to.include.members(['listing.draft', 'listing.approve'])
      expect(await permissions('admin', 'approver'), 'an older account that mixes')
        .to.include('staff.manage')
        .and.not.include('listing.approve')
      const { staff, password } = await addStaff(made.app, SYSTEM, { login: 'one.time', name: '新人', roles: ['clerk'] })
      const opened = await logIn(staff.login, password ?? '')
      expect(opened.body['permissions']).to.have.members(['staff.change_password', 'staff.log_out', 'staff.see_self'])
      const shown = await asking(server.url, { cookie: cookieOf(opened) })('GET', '/api/v1/session')
      expect(shown.body).to.deep.equal(opened.body)
    })

    it('permits only choosing a new password after logging in with a one-time password', async () => {
      const { staff, password } = await addStaff(made.app, SYSTEM, { login: 'fresh.person', name: '新人', roles: ['auditor'] })
      const opened = await logIn(staff.login, password ?? '')
      expect(opened.body['mustChange']).to.equal(true)
      const ask = asking(server.url, { cookie: cookieOf(opened), 'x-csrf-token': String(opened.body['csrfToken']) })
      for (const [method, path] of [
        ['GET', '/api/v1/staff'],
        ['POST', '/api/v1/staff'],
        ['GET', '/api/v1/listings'],
      ] as const)
        expect(code(await ask(method, path)), path).to.equal('password_change_required')
      expect((await ask('GET', '/api/v1/session')).status).to.equal(200)
      expect((await ask('POST', '/api/v1/session/password', { json: { current: password, next: 'Kuaile-2026-Xueshan' } })).status).to.equal(
        204,
      )
      expect((await ask('GET', '/api/v1/staff')).status).to.equal(200)
    })

    it('refuses weak passwords with every reason, and counts a wrong current password as a failed log-in', async () => {
      const person = await server.person('clerk')
      const change = (next: string, current = person.password): Promise<Answer> =>
        person.ask('POST', '/api/v1/session/password', { json: { current, next } })
      const reasons = async (next: string): Promise<unknown> =>
        ((await change(next)).body['problems'] as { code: string }[]).map((problem) => problem.code)
      expect(await reasons('Ab3$')).to.deep.equal(['password_length', 'password_simple'])
      expect(await reasons(`${person.login}-2026-Xu`)).to.deep.equal(['password_has_login'])
      expect(await reasons('Password2026!!')).to.deep.equal(['password_common'])
      expect(await reasons('aaaaaaaaaaaab')).to.deep.equal(['password_simple'])
      expect(await reasons('abcdefghijklmn')).to.deep.equal(['password_simple'])
      expect(await reasons(person.password)).to.deep.equal(['password_same'])
      const wrong = await change('Kuaile-2026-Xueshan', 'not mine')
      expect(code(wrong)).to.equal('login_failed')
      for (let guess = 2; guess <= 5; guess++) await change('Kuaile-2026-Xueshan', 'not mine')
      expect(code(await change('Kuaile-2026-Xueshan'))).to.equal('login_locked')
    })

    it('ends all other sessions of a person when the password is changed', async () => {
      const person = await server.person('clerk')
      const second = await logIn(person.login, person.password)
      const elsewhere = asking(server.url, { cookie: cookieOf(second) })
      expect((await elsewhere('GET', '/api/v1/session')).status).to.equal(200)
      const next = '雪山下的白塔很安静呢你看'
      expect((await person.ask('POST', '/api/v1/session/password', { json: { current: person.password, next } })).status).to.equal(204)
      expect((await elsewhere('GET', '/api/v1/session')).status).to.equal(401)
      expect((await person.ask('GET', '/api/v1/session')).status).to.equal(200)
      expect((await logIn(person.login, person.password)).status).to.equal(401)
      expect((await logIn(person.login, next)).status).to.equal(201)
    })

    it('shows whose session it is, and ends it on request together with its cookie', async () => {
      const person = await server.person('clerk', 'auditor')
      const shown = await person.ask('GET', '/api/v1/session')
      expect(shown.body['csrfToken']).to.equal(person.csrf)
      expect(shown.body['staff']).to.deep.include({ login: person.login, roles: ['clerk', 'auditor'] })
      expect(shown.headers.get('cache-control')).to.equal('no-store')
      const ended = await person.ask('DELETE', '/api/v1/session')
      expect(ended.status).to.equal(204)
      expect(ended.headers.get('set-cookie')).to.match(/^zxt=; Max-Age=0; /)
      expect((await person.ask('GET', '/api/v1/session')).status).to.equal(401)
    })

    it('hides the cookie from scripts and other sites, and with TLS from plain HTTP', async () => {
      const { login, password } = await server.person('clerk')
      const [session, browser] = (await logIn(login, password)).headers.getSetCookie()
      expect(session).to.match(/^zxt=[\w-]{43}; Max-Age=36000; Path=\/; HttpOnly; SameSite=Strict$/)
      expect(browser).to.match(/^zxt-browser=[\w-]{43}; Max-Age=15552000; Path=\/; HttpOnly; SameSite=Strict$/)
      const secure = await make({ env: { PUBLIC_URL: 'https://court.example' } })
      const other = await openServer(secure)
      const person = await other.person('clerk')
      const opened = await other.ask('POST', '/api/v1/session', { json: { login: person.login, password: person.password } })
      const cookies = opened.headers.getSetCookie()
      expect(cookies[0]).to.match(/^__Host-zxt=[\w-]{43}; Max-Age=36000; Path=\/; HttpOnly; Secure; SameSite=Strict$/)
      expect(cookies[1]).to.match(/^__Host-zxt-browser=[\w-]{43}; Max-Age=15552000; Path=\/; HttpOnly; Secure; SameSite=Strict$/)
      expect(opened.headers.get('strict-transport-security')).to.include('max-age=31536000')
      expect((await person.ask('GET', '/api/v1/session')).status).to.equal(200)
      await other.close()
    })

    it('stores sessions as hashes, and deletes them once they have expired', async () => {
      const person = await server.person('clerk')
      const token = person.cookie.split('=')[1] ?? ''
      const rows = await made.app.store.read((db) => db.query<Record<string, unknown>>('select * from session'))
      expect(JSON.stringify(rows)).not.to.include(token).and.not.to.include(person.csrf)
      made.clock.advance(61 * MINUTE)
      expect(await forgetSessions(made.app, SYSTEM, undefined)).to.equal(rows.length)
      expect(await forgetSessions(made.app, SYSTEM, undefined)).to.equal(0)
    })

    it('limits log-ins from one address', async () => {
      const answers: unknown[] = []
      for (let guess = 0; guess < 31; guess++) answers.push(code(await logIn(`someone${guess}`, 'wrong')))
      expect(answers.slice(0, 30).every((each) => each === 'login_failed')).to.equal(true)
      expect(answers[30]).to.equal('rate_limited')
    })

    it('creates the first administrator when there is no account, and only once', async () => {
      const empty = await make()
      const both = await Promise.all([firstAdmin(empty.app), firstAdmin(empty.app)])
      expect(both.filter((each) => each !== null)).to.have.length(1)
      expect(await firstAdmin(empty.app)).to.equal(null)
      const admin = both.find((each) => each !== null)
      expect(admin?.staff).to.deep.include({ login: 'admin', roles: ['admin'], mustChange: true })
      await empty.app.store.write((tx) => updateStaff(tx, empty.app, admin?.staff.id ?? '', { disabledAt: empty.clock.now() }))
      expect(await firstAdmin(empty.app), 'a disabled account counts as an account').to.equal(null)
    })
  })
})

function cookieOf(answer: Answer): string {
  return (answer.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
}
