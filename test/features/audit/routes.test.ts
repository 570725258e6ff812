// The audit at the desk: found by who, when, which command and which subject, each reading recorded; verified in steps that find what was changed.
// That every chain is whole after any work is shown wherever verifyAudit is asked.

import { expect } from 'chai'
import { fileComplaint } from '../../../src/features/complaints/commands.ts'
import { verifyNext } from '../../../src/features/audit/steps.commands.ts'
import { PUBLIC, type Actor } from '../../../src/platform/commands/permissions.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { addTheUnits } from '../../support/complaints.ts'
import { openServer, type Person, type TestServer } from '../../support/http-server.ts'
import { CLERK, listed } from '../../support/listed.ts'

const SEARCH = '/api/v1/audit/search'
const ADMIN: Actor = { id: 'staff:admin', roles: ['admin'] }

eachDatabase((_db, make) => {
  let made: TestApp
  let server: TestServer
  let auditor: Person

  beforeEach(async () => {
    made = await make()
    server = await openServer(made)
    auditor = await server.person('auditor')
  })
  afterEach(() => server.close())

  type Line = Record<string, unknown>
  async function search(json: unknown, who = auditor): Promise<Line[]> {
    const { body, status } = await who.ask('POST', SEARCH, { json })
    expect(status, JSON.stringify(body)).to.equal(200)
    return body['items'] as Line[]
  }

  it('rows are found by who, command and subject, newest first, and by pages that name each row once', async () => {
    const [id = ''] = await listed(made.app, 2)
    const all = await search({ subject: `listing:${id}` })
    expect(all.map((line) => line['act'])).to.include.members(['listing.draft', 'listing.submit', 'listing.approve', 'listing.publish'])
    expect(all.map((line) => Number(line['n']))).to.deep.equal([...all.map((line) => Number(line['n']))].sort((a, b) => b - a))
    const own = await search({ actor: CLERK.id, act: 'listing.draft' })
    expect(own.map((line) => [line['actor'], line['act']])).to.deep.equal([
      [CLERK.id, 'listing.draft'],
      [CLERK.id, 'listing.draft'],
    ])
    const pages: Line[] = []
    for (let after: unknown = undefined; after !== null;) {
      const { body } = await auditor.ask('POST', SEARCH, { json: { actor: CLERK.id, limit: 2, ...(after === undefined ? {} : { after }) } })
      pages.push(...(body['items'] as Line[]))
      after = body['next']
    }
    const whole = await search({ actor: CLERK.id, limit: 200 })
    expect(pages.map((line) => line['hash'])).to.deep.equal(whole.map((line) => line['hash']))
  })

  it('each reading is recorded with what was sought, and found by the name of the account', async () => {
    await search({ act: 'listing.draft' })
    const lines = await search({ login: auditor.login, act: 'audit.read' })
    expect(lines).to.have.length(1)
    expect(lines[0]).to.deep.include({ actorName: auditor.login, subject: `audit:staff:${auditor.id}` })
    expect(lines[0]?.['detail']).to.deep.include({ act: 'listing.draft', rows: 0 })
  })

  it('days bound the search, and a first day after the last is refused', async () => {
    await listed(made.app, 1)
    expect(await search({ actor: CLERK.id, to: '2026-11-21' })).to.deep.equal([])
    expect(await search({ actor: CLERK.id, from: '2026-11-22', to: '2026-11-22' })).to.not.deep.equal([])
    const wrong = await auditor.ask('POST', SEARCH, { json: { from: '2026-11-22', to: '2026-11-01' } })
    expect([wrong.status, wrong.body['code']]).to.deep.equal([400, 'request_invalid'])
  })

  it('complaints that may be about the court are not among the rows, whoever of the court reads', async () => {
    await addTheUnits(made.app)
    const form = { about: 'unit', way: 'web', anonymous: true, text: '交了材料三个月，一直没有办理。' } as const
    await fileComplaint(made.app, PUBLIC, { ...form, unitWords: '执行局' })
    await fileComplaint(made.app, PUBLIC, { ...form, unitId: 'court' })
    await fileComplaint(made.app, PUBLIC, { ...form, unitId: 'land' })
    for (const role of ['auditor', 'admin', 'approver'] as const) {
      const lines = await search({ act: 'complaint.file' }, await server.person(role))
      expect(lines, role).to.have.length(1)
    }
  })

  it('clerks and the group office do not read it', async () => {
    for (const role of ['clerk', 'group_office'] as const)
      expect((await (await server.person(role)).ask('POST', SEARCH, { json: {} })).status, role).to.equal(403)
    expect((await server.ask('POST', SEARCH, { json: {} })).status).to.equal(401)
  })

  it('a verification goes on where its last step ended, finds what was changed, and is recorded', async () => {
    const [id = ''] = await listed(made.app, 1)
    const first = await auditor.ask('POST', '/api/v1/audit/verify', { json: {} })
    expect(first.body).to.deep.include({ faults: [], next: null, listings: 1 })
    expect(Number(first.body['rows'])).to.be.above(4)
    await made.app.store.write((tx) => tx.run('update audit set actor = ? where subject = ? and n = 2', ['staff:x', `listing:${id}`]))
    const whole = await auditor.ask('POST', '/api/v1/audit/verify', { json: {} })
    expect(whole.body['faults']).to.deep.equal([{ subject: `listing:${id}`, n: 2, fault: 'hash' }])
    const rest = await verifyNext(made.app, ADMIN, { phase: 'chains', subject: `listing:${id}`, n: 1 })
    expect(rest.faults).to.deep.equal([{ subject: `listing:${id}`, n: 2, fault: 'hash' }])
    const later = await verifyNext(made.app, ADMIN, { phase: 'chains', subject: `listing:${id}`, n: 3 })
    expect(later.faults).to.deep.equal([])
    expect(await search({ act: 'audit.verify' })).to.have.length(4)
  })
})
