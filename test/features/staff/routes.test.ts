// Accounts of the court over the real server: permissions, refusals, and what an administrator does.

import { expect } from 'chai'
import { STAFF_ROLES } from '../../../src/platform/commands/permissions.ts'
import { auditOf } from '../../../src/platform/commands/audit.store.ts'
import { openServer, type Answer, type TestServer, type Person } from '../../support/http-server.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'

eachDatabase((_db, make) => {
  describe('the staff routes', () => {
    let made: TestApp
    let server: TestServer
    let admin: Person

    before(async () => {
      made = await make()
      server = await openServer(made)
      admin = await server.person('admin')
    })
    after(() => server.close())

    const add = (change: Record<string, unknown>): Promise<Answer> =>
      admin.ask('POST', '/api/v1/staff', { json: { login: 'new.person', name: '卓玛', roles: ['clerk'], ...change } })

    const code = (answer: Answer): unknown => answer.body['code']

    it('shows accounts to administrators and auditors, and lets only administrators change them', async () => {
      for (const role of STAFF_ROLES) {
        const person = await server.person(role)
        expect((await person.ask('GET', '/api/v1/staff')).status, role).to.equal(['admin', 'auditor'].includes(role) ? 200 : 403)
        if (role === 'admin') continue
        for (const path of ['', `/${admin.id}/disable`, `/${admin.id}/enable`, `/${admin.id}/reset-password`, `/${admin.id}/roles`]) {
          const json = path === '' ? { login: 'x.y', name: '某某', roles: ['admin'] } : { roles: ['admin'] }
          expect(code(await person.ask('POST', `/api/v1/staff${path}`, { json })), `${role} ${path}`).to.equal('not_allowed')
        }
      }
    })

    it('refuses a new account with every wrong field named in Chinese', async () => {
      const problems = async (change: Record<string, unknown>): Promise<string[]> => {
        const answer = await add(change)
        expect(answer.status).to.equal(400)
        return (answer.body['problems'] as { code: string; field: string; message: string }[]).map((each) => {
          expect(each.message).to.match(/\p{Script=Han}/u)
          return `${each.field} ${each.code}`
        })
      }
      expect(await problems({ login: undefined, name: 5, roles: [] })).to.deep.equal([
        'login required',
        'name type_string',
        'roles least_count',
      ])
      expect(await problems({ login: '王', name: ' ' })).to.deep.equal(['login login_form', 'name most_length'])
      expect(await problems({ login: 'a b' })).to.deep.equal(['login login_form'])
      expect(await problems({ roles: ['clerk', 'king'] })).to.deep.equal(['roles.1 one_of'])
      expect(await problems({ password: 'mine' })).to.deep.equal(['password field_unknown'])
    })

    it('refuses a second account with the same login, in whatever case', async () => {
      expect((await add({ login: 'Dolma' })).status).to.equal(201)
      expect(code(await add({ login: ' dolma ' }))).to.equal('staff_exists')
      const both = await Promise.all([add({ login: 'at.once' }), add({ login: 'at.once' })])
      expect(both.map(({ status }) => status).sort()).to.deep.equal([201, 409])
    })

    it('keeps the last administrator: neither disabled nor without the role, even when two act at once', async () => {
      const alone = await make()
      const other = await openServer(alone)
      const [first, second] = [await other.person('admin'), await other.person('admin')]
      const answers = await Promise.all([
        first.ask('POST', `/api/v1/staff/${second.id}/disable`),
        second.ask('POST', `/api/v1/staff/${first.id}/roles`, { json: { roles: ['clerk'] } }),
      ])
      expect(answers.filter(({ status }) => status === 200)).to.have.length(1)
      const [left, gone] = answers[0].status === 200 ? [first, second] : [second, first]
      expect(code(await left.ask('POST', `/api/v1/staff/${left.id}/disable`))).to.equal('last_admin')
      expect(code(await left.ask('POST', `/api/v1/staff/${left.id}/roles`, { json: { roles: ['auditor'] } }))).to.equal('last_admin')
      expect((await left.ask('GET', '/api/v1/session')).status).to.equal(200)
      expect((await left.ask('POST', `/api/v1/staff/${gone.id}/enable`)).status).to.equal(200)
      await other.close()
    })

    it('answers that an unknown account is missing, and refuses text that is no id', async () => {
      for (const action of ['disable', 'enable', 'reset-password']) {
        expect(code(await admin.ask('POST', `/api/v1/staff/01ARZ3NDEKTSV4RRFFQ69G5FAV/${action}`))).to.equal('staff_missing')
        expect(code(await admin.ask('POST', `/api/v1/staff/1'%20or%201=1/${action}`))).to.equal('request_invalid')
      }
    })

    it('adds an account with a one-time password that is shown once', async () => {
      const added = await add({ login: 'once.only' })
      expect(added.status).to.equal(201)
      expect(added.body['password']).to.match(/^[A-Za-z2-9]{20}$/)
      expect(added.body['staff']).to.deep.include({ login: 'once.only', mustChange: true, roles: ['clerk'], lastLoginAt: null })
      const list = await admin.ask('GET', '/api/v1/staff?limit=200')
      expect(list.text).to.include('once.only').and.not.to.include('argon2').and.not.to.include(String(added.body['password']))
      expect(JSON.stringify(made.logged)).not.to.include(String(added.body['password']))
    })

    it('ends sessions when an account is disabled, and removes the lock with a new password', async () => {
      const person = await server.person('clerk')
      expect((await admin.ask('POST', `/api/v1/staff/${person.id}/disable`)).body['disabledAt']).to.equal(made.clock.now().toISOString())
      expect((await person.ask('GET', '/api/v1/session')).status).to.equal(401)
      expect((await admin.ask('POST', `/api/v1/staff/${person.id}/enable`)).body['disabledAt']).to.equal(null)
      const logIn = (password: string): Promise<Answer> =>
        server.ask('POST', '/api/v1/session', { json: { login: person.login, password } })
      for (let guess = 0; guess < 6; guess++) await logIn('wrong')
      expect(code(await logIn(person.password))).to.equal('login_locked')
      const reset = await admin.ask('POST', `/api/v1/staff/${person.id}/reset-password`)
      expect((await logIn(person.password)).status).to.equal(401)
      const opened = await logIn(String(reset.body['password']))
      expect(opened.status).to.equal(201)
      expect(opened.body['mustChange']).to.equal(true)
    })

    it('applies new roles from the next request on', async () => {
      const person = await server.person('clerk')
      expect((await person.ask('GET', '/api/v1/staff')).status).to.equal(403)
      await admin.ask('POST', `/api/v1/staff/${person.id}/roles`, { json: { roles: ['auditor', 'clerk', 'clerk'] } })
      expect((await person.ask('GET', '/api/v1/staff')).status).to.equal(200)
      const rows = await made.app.store.read((db) => auditOf(db, `staff:${person.id}`))
      expect(rows.at(-1)).to.deep.include({ act: 'staff.manage', actor: `staff:${admin.id}` })
      expect(JSON.parse(rows.at(-1)?.detail ?? '')).to.deep.equal({ outcome: 'roles_set', roles: 'clerk,auditor' })
    })

    it('lists accounts page by page', async () => {
      const { body } = await admin.ask('GET', '/api/v1/staff?limit=2&offset=1')
      expect(body).to.deep.include({ limit: 2, offset: 1 })
      expect(body['items']).to.have.length(2)
      expect(body['total']).to.be.above(5)
      for (const query of ['limit=0', 'limit=201', 'limit=x', 'offset=-1', 'limit=2&limit=3', 'sort=login'])
        expect((await admin.ask('GET', `/api/v1/staff?${query}`)).status, query).to.equal(400)
    })
  })
})
