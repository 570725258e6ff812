// Guesses of passwords by the place they come from: nobody is locked out by strangers, and no way around the count.

import { expect } from 'chai'
import { logIn, forgetSessions } from '../../../src/features/sessions/commands.ts'
import type { AppError } from '../../../src/core/errors.ts'
import { PUBLIC, SYSTEM } from '../../../src/platform/commands/permissions.ts'
import { resetPassword, unlockStaff } from '../../../src/features/staff/commands.ts'
import { auditOf } from '../../../src/platform/commands/audit.store.ts'
import { openServer, type Answer, type Person, type TestServer } from '../../support/http-server.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'

const MINUTE = 60_000

eachDatabase((_db, make) => {
  describe('wrong passwords', () => {
    let made: TestApp
    let server: TestServer

    before(async () => {
      made = await make()
      server = await openServer(made)
    })
    after(() => server.close())

    const from = (network: string, login: string, password: string, browser: string | null = null): Promise<string> =>
      logIn(made.app, PUBLIC, { login, password, origin: { network, browser } }).then(
        () => 'in',
        (error: unknown) => (error as AppError).code,
      )

    /** Logs in on the page, and answers what a browser then knows. */
    async function browserOf({ login, password }: Person): Promise<{ answer: Answer; token: string }> {
      const answer = await server.ask('POST', '/api/v1/session', { json: { login, password } })
      return { answer, token: /zxt-browser=([^;]+)/.exec(answer.headers.getSetCookie().join('\n'))?.[1] ?? '' }
    }

    it('from one network lock the login for that network alone', async () => {
      const { login, password } = await server.person('clerk')
      for (let n = 0; n < 5; n++) expect(await from('203.0.113.1', login, 'wrong')).to.equal('login_failed')
      expect(await from('203.0.113.1', login, password)).to.equal('login_locked')
      expect(await from('203.0.113.2', login, password)).to.equal('in')
      expect(await from('203.0.113.1', login, password), 'a success elsewhere forgives nothing').to.equal('login_locked')
    })

    it('from one /48 lock it for that login after twenty-five, however many of its networks they come from', async () => {
      const { login, password } = await server.person('clerk')
      const at = (n: number): string => `2001:db8:5:${n.toString(16)}::/64`
      const many = await Promise.all(Array.from({ length: 40 }, (_, n) => from(at(n), login, 'wrong')))
      expect(many.filter((each) => each === 'login_failed')).to.have.length(25)
      expect(await from(at(99), login, password)).to.equal('login_locked')
      expect(await from('2001:db8:6:1::/64', login, password), 'the next /48').to.equal('in')
      made.clock.advance(61 * MINUTE)
      for (let n = 0; n < 30; n++) expect(await from(at(99), login, password), 'right ones count for nothing').to.equal('in')
    })

    it('from everywhere leave the browsers in which the person has logged in', async () => {
      const person = await server.person('clerk')
      const { answer, token } = await browserOf(person)
      expect(answer.headers.getSetCookie().find((each) => each.startsWith('zxt-browser'))).to.match(/HttpOnly.*SameSite=Strict/i)
      for (let network = 0; network < 20; network++) for (let n = 0; n < 4; n++) await from(`198.51.100.${network}`, person.login, 'wrong')
      expect(await from('192.0.2.7', person.login, person.password)).to.equal('login_locked')
      expect(await from('192.0.2.7', person.login, person.password, token)).to.equal('in')
      expect(await from('192.0.2.7', person.login, person.password, 'A'.repeat(43)), 'an invented cookie').to.equal('login_locked')
      const other = await server.person('clerk')
      for (let n = 0; n < 5; n++) await from('192.0.2.8', other.login, 'wrong')
      expect(await from('192.0.2.8', other.login, other.password, token), 'somebody else’s browser').to.equal('login_locked')
      made.clock.advance(61 * MINUTE)
      expect(await from('192.0.2.7', person.login, person.password)).to.equal('in')
    })

    it('from everywhere leave also the browser in which somebody chose their first password, or another one', async () => {
      const person = await server.person('clerk')
      const password = (await resetPassword(made.app, SYSTEM, { id: person.id })).password ?? ''
      const first = await server.ask('POST', '/api/v1/session', { json: { login: person.login, password } })
      const browserIn = (answer: Answer): string => /zxt-browser=([^;]+)/.exec(answer.headers.getSetCookie().join('\n'))?.[1] ?? ''
      expect([first.body['stage'], browserIn(first)]).to.deep.equal(['password', ''])
      const cookie = (first.headers.getSetCookie()[0] ?? '').split(';', 1)[0] ?? ''
      const headers = { cookie, 'x-csrf-token': String(first.body['csrfToken']) }
      const change = (current: string, next: string, known = ''): Promise<Answer> =>
        server.ask('POST', '/api/v1/session/password', {
          json: { current, next },
          headers: known === '' ? headers : { ...headers, cookie: `${cookie}; zxt-browser=${known}` },
        })
      const [one, two] = ['雪山下的白塔很安静呢你看', '湖边的经幡在风里慢慢地飘']
      const chosen = browserIn(await change(password, one))
      const changed = browserIn(await change(one, two, chosen))
      expect(changed)
        .to.match(/^[\w-]{43}$/)
        .and.not.equal(chosen)
      for (let n = 0; n < 5; n++) await from('192.0.2.60', person.login, 'wrong')
      expect(await from('192.0.2.60', person.login, two, chosen), 'forgotten with the old password').to.equal('login_locked')
      expect(await from('192.0.2.60', person.login, two, changed)).to.equal('in')
    })

    it('in a known browser lock that browser', async () => {
      const person = await server.person('clerk')
      const { token } = await browserOf(person)
      for (let n = 0; n < 5; n++) expect(await from('192.0.2.9', person.login, 'wrong', token)).to.equal('login_failed')
      expect(await from('192.0.2.9', person.login, person.password, token)).to.equal('login_locked')
      expect(await from('192.0.2.9', person.login, person.password)).to.equal('in')
    })

    it('at once are counted before any is checked', async () => {
      for (const login of [(await server.person('clerk')).login, 'nobody.at.all']) {
        const many = await Promise.all(Array.from({ length: 20 }, () => from('192.0.2.20', login, 'wrong')))
        expect([many.filter((each) => each === 'login_failed').length, new Set(many).size], login).to.deep.equal([5, 2])
      }
    })

    it('are forgotten when the operator unlocks the login, and when it gets another password, with the browsers', async () => {
      const person = await server.person('clerk')
      const { token } = await browserOf(person)
      for (let n = 0; n < 5; n++) await from('192.0.2.30', person.login, 'wrong')
      expect(await unlockStaff(made.app, SYSTEM, { login: person.login.toUpperCase() })).to.deep.equal({ failures: 5 })
      expect(await from('192.0.2.30', person.login, person.password)).to.equal('in')
      for (let n = 0; n < 5; n++) await from('192.0.2.30', person.login, 'wrong')
      const { password } = await resetPassword(made.app, SYSTEM, { id: person.id })
      expect(await from('192.0.2.30', person.login, password ?? '')).to.equal('in')
      for (let n = 0; n < 5; n++) await from('192.0.2.30', person.login, 'wrong', token)
      expect(await from('192.0.2.30', person.login, password ?? ''), 'the browser was no longer known').to.equal('login_locked')
    })

    it('leave in the audit each lock, and nothing of tries before it', async () => {
      const { id, login } = await server.person('clerk')
      for (let n = 0; n < 5; n++) await from('192.0.2.40', login, 'wrong')
      for (let n = 0; n < 5; n++) await from('192.0.2.40', 'no.such.login', 'wrong')
      const subjects = [`staff:${id}`, `login:${made.app.secrets.index('login', 'no.such.login')}`]
      for (const subject of subjects) {
        const rows = await made.app.store.read((db) => auditOf(db, subject))
        const locks = rows.filter((row) => row.detail.includes('"failed"'))
        expect(locks.map((row) => (JSON.parse(row.detail) as { failures: number }).failures)).to.deep.equal([5])
      }
    })

    it('do not stay: failures are deleted after two days, and browsers after half a year without use', async () => {
      const person = await server.person('clerk')
      await browserOf(person)
      await from('192.0.2.50', person.login, 'wrong')
      const count = async (table: string): Promise<number> =>
        Number((await made.app.store.read((db) => db.query<{ n: number }>(`select count(*) as n from ${table}`)))[0]?.n)
      made.clock.advance(49 * 60 * MINUTE)
      await forgetSessions(made.app, SYSTEM, undefined)
      expect([await count('login_try'), (await count('staff_browser')) > 0]).to.deep.equal([0, true])
      made.clock.advance(181 * 24 * 60 * MINUTE)
      await forgetSessions(made.app, SYSTEM, undefined)
      expect(await count('staff_browser')).to.equal(0)
    })
  })
})
