// Whoever can write to the database and has not the data key changes rows that open a door: accounts, sessions, units' keys, checks of identity.
// Such a row opens nothing, with the same answer as one that is not there, the log says so, and the verification names it.

import { expect } from 'chai'
import { newPassword } from '../../../src/core/ids.ts'
import { fromBase32, totpCode, totpStep } from '../../../src/core/totp.ts'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import { hashPassword } from '../../../src/features/staff/passwords.commands.ts'
import { setRoles } from '../../../src/features/staff/commands.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { rotateKeys } from '../../../src/platform/commands/key-rotation.ts'
import { proveRows } from '../../../src/platform/commands/proofs.ts'
import type { Actor } from '../../../src/platform/commands/permissions.ts'
import { createSecrets, type DataKey } from '../../../src/core/secrets.ts'
import { eachDatabase, TEST_KEY, type TestApp } from '../../support/app.ts'
import { ADMIN, addUnit } from '../../support/deadlines.ts'
import { openServer, type Answer, type Person, type TestServer } from '../../support/http-server.ts'
import { lastCode as lastIdentityCode } from '../../support/identity.ts'
import { loggedInLiaison } from '../../support/liaison-visit.ts'
import { listed } from '../../support/listed.ts'
import { unproved } from '../../support/proofs.ts'
import { addKey } from '../../support/screening.ts'
import { say, talk, wechatUser } from '../../support/talk.ts'

const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }
const NEXT: DataKey = { id: 't2', bytes: Buffer.alloc(32, 9) }
const OWN = '533421198410140222'

const code = ({ status, body }: Answer): unknown[] => [status, body['code']]

eachDatabase((_db, make) => {
  describe('a row that somebody has changed in the database', () => {
    let made: TestApp
    let server: TestServer

    beforeEach(async () => {
      made = await make()
      server = await openServer(made)
    })
    afterEach(() => server.close())

    const write = (sql: string, params: readonly (string | number | Date | null)[] = []): Promise<number> =>
      made.app.store.write((tx) => tx.run(sql, params))
    const read = async (sql: string, params: readonly string[] = []): Promise<Record<string, string>> =>
      (await made.app.store.read((db) => db.query<Record<string, string>>(sql, params)))[0] ?? {}
    const later = (): Date => new Date(made.clock.now().getTime() + 3_600_000)
    const unproven = (): string[] => made.logged.filter(({ event }) => event === 'rows.unproven').map(({ facts }) => String(facts['table']))
    const faults = async (): Promise<string[]> =>
      (await verifyAudit(made.app, OPERATOR)).faults.map(({ subject, fault }) => `${fault} ${subject}`)
    const see = ({ cookie }: Pick<Person, 'cookie'>): Promise<Answer> => server.ask('GET', '/api/v1/session', { headers: { cookie } })
    const logIn = (login: string, password: string): Promise<Answer> => server.ask('POST', '/api/v1/session', { json: { login, password } })

    it('is no account with other roles, another password or without its second factor, and none that was disabled', async () => {
      const person = await server.person('clerk')
      const wrong = code(await logIn(person.login, newPassword()))
      const own = newPassword()
      const changes: [string, string, string | null][] = [
        ['roles', 'approver', person.password],
        ['password_hash', await hashPassword(own), own],
        ['login', 'somebody.else', null],
        ['must_change', '1', null],
        ['failures', '3', null],
      ]
      for (const [column, value, password] of changes) {
        const before = await read(`select ${column} as value from staff where id = ?`, [person.id])
        await write(`update staff set ${column} = ? where id = ?`, [value, person.id])
        expect(code(await see(person)), column).to.deep.equal([401, 'login_required'])
        if (password !== null) expect(code(await logIn(person.login, password)), column).to.deep.equal(wrong)
        expect(await faults(), column).to.deep.equal([`proof staff:${person.id}`])
        await write(`update staff set ${column} = ? where id = ?`, [before['value'] ?? null, person.id])
      }
      expect((await see(person)).status).to.equal(200)
      expect(await faults()).to.deep.equal([])
      expect(new Set(unproven())).to.deep.equal(new Set(['staff']))

      await write('update staff set disabled_at = ? where id = ?', [made.clock.now(), person.id])
      expect(code(await logIn(person.login, person.password))).to.deep.equal(wrong)
    })

    it('stays shut when an administrator changes it later: that would approve of what somebody else wrote', async () => {
      const person = await server.person('clerk')
      const own = newPassword()
      await write('update staff set password_hash = ? where id = ?', [await hashPassword(own), person.id])
      await setRoles(made.app, ADMIN, { id: person.id, roles: ['mediator'] }).catch(() => undefined)
      await setRoles(made.app, ADMIN, { id: person.id, roles: ['clerk'] }).catch(() => undefined)
      expect((await logIn(person.login, own)).status).to.equal(401)
      expect(await faults()).to.deep.equal([`proof staff:${person.id}`])
    })

    it('is no second factor: neither one that was taken away nor one whose last code is forgotten', async () => {
      const person = await server.person('approver')
      const begun = await person.ask('POST', '/api/v1/session/factor/enrolment', { json: { way: 'totp' } })
      const now = (): string => totpCode(fromBase32(String(begun.body['secret'])), totpStep(made.clock.now()))
      expect((await person.ask('POST', '/api/v1/session/factor/enrolment/confirm', { json: { code: now() } })).status).to.equal(200)
      expect((await see(person)).body).to.deep.include({ stage: 'open' })
      await write('update staff_factor set last_step = 0 where staff_id = ?', [person.id])
      const again = await logIn(person.login, person.password)
      expect(again.body).to.deep.include({ stage: 'factor' })
      await write('update staff set factor_way = null where id = ?', [person.id])
      expect(code(await see(person))).to.deep.equal([401, 'login_required'])
      expect((await faults()).sort()).to.deep.equal([`proof staff:${person.id}`, `proof staff_factor:${person.id}`])
    })

    it('is no session: of another account, with a second factor that was not given, or one that lasts longer', async () => {
      const [person, other] = [await server.person('clerk'), await server.person('approver')]
      const mine = await read('select id, expires_at as ends from session where staff_id = ?', [person.id])
      const changes: [string, string | Date, string | null][] = [
        ['staff_id', other.id, person.id],
        ['factor_at', made.clock.now(), null],
      ]
      for (const [column, value, before] of changes) {
        await write(`update session set ${column} = ? where id = ?`, [value, mine['id'] ?? ''])
        expect(code(await see(person)), column).to.deep.equal([401, 'login_required'])
        expect(await faults(), column).to.deep.equal([`proof session:${mine['id'] ?? ''}`])
        await write(`update session set ${column} = ? where id = ?`, [before, mine['id'] ?? ''])
        expect((await see(person)).status, column).to.equal(200)
      }
      await write('update session set expires_at = ? where id = ?', [later(), mine['id'] ?? ''])
      expect(code(await see(person))).to.deep.equal([401, 'login_required'])
      expect(unproven()).to.deep.equal(['session', 'session', 'session'])
    })

    it('is no session of another liaison', async () => {
      await addUnit(made.app, 'u1')
      const [mine, other] = [await loggedInLiaison(made, 'u1'), await loggedInLiaison(made, 'u1', '杨另')]
      const ask = (): Promise<Answer> => server.ask('GET', '/api/v1/unit-session', { headers: { cookie: mine.cookie } })
      expect((await ask()).status).to.equal(200)
      await write('update unit_session set liaison_id = ? where liaison_id = ?', [other.id, mine.id])
      expect(code(await ask())).to.deep.equal([401, 'login_required'])
      expect(unproven()).to.deep.equal(['unit_session'])
    })

    it('is no key of another unit, with more scopes, a later end, or one that was revoked', async () => {
      await addUnit(made.app, 'u1')
      await addUnit(made.app, 'u2')
      const key = await addKey(made.app, 'u1', ['lifts'])
      const use = (): Promise<Answer> => server.ask('GET', '/api/v1/lift-orders', { headers: { authorization: `Bearer ${key}` } })
      const wrong = code(await server.ask('GET', '/api/v1/lift-orders', { headers: { authorization: `Bearer ${key.slice(0, -1)}` } }))
      expect((await use()).status).to.equal(200)
      const changes: [string, string | Date, string | null][] = [
        ['unit_id', 'u2', 'u1'],
        ['scopes', 'lifts,screening', 'lifts'],
        ['revoked_at', made.clock.now(), null],
        ['expires_at', later(), null],
      ]
      for (const [column, value, before] of changes) {
        await write(`update unit_key set ${column} = ?`, [value])
        expect(code(await use()), column).to.deep.equal(wrong)
        if (column === 'expires_at') continue
        await write(`update unit_key set ${column} = ?`, [before])
        expect((await use()).status, column).to.equal(200)
      }
      expect(await faults()).to.deep.equal([`proof unit_key:${key.slice(4, 30)}`])
    })

    it('is no confirmed identity, and no try that was not made', async () => {
      await listed(made.app, 1, { name: '扎西次仁', phone: '13900001111' })
      const person = wechatUser(1)
      await talk(made.app, person, ['查我的案件', OWN])
      const right = await lastIdentityCode(made.app)
      await write('update identity_check set confirmed_at = ?, expires_at = ?', [made.clock.now(), later()])
      const asked = await talk(made.app, person, ['取消', '查我的案件', OWN])
      expect(asked[1]).to.match(/要先核对身份/)
      await say(made.app, person, right === '111111' ? '222222' : '111111')
      await write('update identity_check set tries = 0')
      expect((await say(made.app, person, await lastIdentityCode(made.app))).text).not.to.match(/身份已核对/)
      expect((await faults()).map((fault) => fault.split(':')[0])).to.deep.equal(['proof identity_check'])
    })

    it('that an earlier version wrote is proved once, at the first start; one that is planted later is refused, and the log says so', async () => {
      const person = await server.person('clerk')
      await unproved(made.app)
      expect(code(await see(person))).to.deep.equal([401, 'login_required'])
      await proveRows(made.app)
      expect((await see(person)).status).to.equal(200)
      expect(await faults()).to.deep.equal([])

      const other = await server.person('clerk')
      await write("update staff set roles = 'approver', proof = null where id = ?", [person.id])
      await proveRows(made.app)
      await write("insert into counter (name, value) values ('proofs.missing', 1)")
      await proveRows(made.app)
      expect(code(await see(person))).to.deep.equal([401, 'login_required'])
      expect((await see(other)).status).to.equal(200)
      expect(made.logged.filter(({ event }) => event.startsWith('proofs.')).map(({ event }) => event)).to.deep.equal([
        'proofs.made',
        'proofs.refused',
      ])
    })

    it('is not approved of where every proof was taken away, as long as a listing was signed by this version', async () => {
      await listed(made.app, 1, { name: '扎西次仁' })
      const person = await server.person('clerk')
      for (const { name, protection } of made.app.store.tables)
        if (protection.proof !== null) await write(`update \`${name}\` set proof = null`)
      await write("update staff set roles = 'approver' where id = ?", [person.id])
      await write("delete from counter where name = 'proofs.missing'")
      await write("insert into counter (name, value) values ('proofs.missing', 1)")
      await proveRows(made.app)
      expect(code(await see(person))).to.deep.equal([401, 'login_required'])
    })

    it('is left as it is when the key is replaced, and counted; all others open under the new key alone', async () => {
      const under = (...keys: [DataKey, ...DataKey[]]): AppContext => ({ ...made.app, secrets: createSecrets(keys) })
      const [good, bad] = [await server.person('clerk'), await server.person('clerk')]
      await addUnit(made.app, 'u1')
      const key = await addKey(made.app, 'u1', ['lifts'])
      await write("update staff set roles = 'approver' where id = ?", [bad.id])
      expect(await rotateKeys(under(NEXT, TEST_KEY), OPERATOR)).to.include({ damaged: 1 })
      const after = under(NEXT)
      const found = (await verifyAudit(after, OPERATOR)).faults.map(({ subject }) => subject)
      expect(found).to.deep.equal([`staff:${bad.id}`])
      const other = await openServer({ ...made, app: after })
      try {
        const use = await other.ask('GET', '/api/v1/lift-orders', { headers: { authorization: `Bearer ${key}` } })
        const enter = (login: string, password: string): Promise<Answer> =>
          other.ask('POST', '/api/v1/session', { json: { login, password } })
        expect([use.status, (await enter(good.login, good.password)).status]).to.deep.equal([200, 201])
        expect((await enter(bad.login, bad.password)).status).to.equal(401)
      } finally {
        await other.close()
      }
    })
  })
})
