// The one search box: hits of every kind that the caller may read, by name, identifier, case number or number, and never of what they may not see.

import { expect } from 'chai'
import { fileComplaint } from '../../../src/features/complaints/commands.ts'
import { registerObjection } from '../../../src/features/objections/commands.ts'
import { PUBLIC } from '../../../src/platform/commands/permissions.ts'
import { dayOf } from '../../../src/core/calendar.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { addTheUnits } from '../../support/complaints.ts'
import { PERSON } from '../../support/drafts.ts'
import { openServer, type Person, type TestServer } from '../../support/http-server.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { objectionTo } from '../../support/objections.ts'

eachDatabase((_db, make) => {
  let made: TestApp
  let server: TestServer
  let clerk: Person

  beforeEach(async () => {
    made = await make()
    await addTheUnits(made.app)
    server = await openServer(made)
    clerk = await server.person('clerk')
  })
  afterEach(() => server.close())

  type Hit = { kind: string; id: string; title: string; path: string }
  async function find(text: string, who = clerk): Promise<Hit[]> {
    const { body, status } = await who.ask('POST', '/api/v1/search', { json: { text } })
    expect(status, JSON.stringify(body)).to.equal(200)
    return body['items'] as Hit[]
  }
  const kinds = async (text: string, who = clerk): Promise<string[]> => [...new Set((await find(text, who)).map(({ kind }) => kind))].sort()

  it('a debtor is found by the beginning of the name, the identifier and the case number, with the matters and notices about the listing', async () => {
    const [id = ''] = await listed(made.app, 1)
    const { number } = await registerObjection(made.app, CLERK, objectionTo(id, { receivedOn: dayOf(made.app.clock.now()) }))
    for (const text of [String(PERSON['name']), String(PERSON['identifier']), '（2026）云3401执1号', '(2026)云3401执1号'])
      expect(await kinds(text), text).to.include.members(['listing', 'notice', 'objection'])
    const [hit] = await find(number)
    expect(hit).to.deep.include({ kind: 'objection', title: number, stateName: '已登记' })
    const told = (await find(String(PERSON['name']))).filter(({ kind }) => kind === 'notice').map(({ title }) => title)
    expect(told, 'notices are named in words').to.include('纳入失信被执行人名单决定通知')
    expect(hit?.path).to.equal(`/desk/objections/${hit?.id ?? ''}`)
    expect(JSON.stringify(await find(String(PERSON['identifier'])))).to.not.include(String(PERSON['identifier']))
  })

  it('a complaint is found by number or debtor, and one that may be about the court by the group office alone', async () => {
    const form = { about: 'unit', way: 'web', anonymous: true, text: '交了材料三个月，一直没有办理。' } as const
    const open = await fileComplaint(made.app, PUBLIC, { ...form, unitId: 'land' })
    const hidden = await fileComplaint(made.app, PUBLIC, { ...form, unitWords: '执行局' })
    const office = await server.person('group_office')
    expect(await kinds(open.number)).to.deep.equal(['complaint'])
    expect(await kinds(hidden.number)).to.deep.equal([])
    expect(await kinds(hidden.number.toLowerCase(), office)).to.deep.equal(['complaint'])
    for (const role of ['approver', 'auditor'] as const)
      expect(await find(hidden.number, await server.person(role)), role).to.deep.equal([])
  })

  it('a unit is found by a part of its name, and an administrator finds units and nothing of cases', async () => {
    await listed(made.app, 1)
    const admin = await server.person('admin')
    expect(await kinds('fores', admin)).to.deep.equal(['unit'])
    expect(await find(String(PERSON['name']), admin)).to.deep.equal([])
  })

  it('wildcards find nothing by themselves, and a text that is too short is refused', async () => {
    await listed(made.app, 1)
    expect(await find('%%')).to.deep.equal([])
    expect(await find('__')).to.deep.equal([])
    expect((await clerk.ask('POST', '/api/v1/search', { json: { text: ' 张 ' } })).status).to.equal(400)
    expect((await server.ask('POST', '/api/v1/search', { json: { text: '张三' } })).status).to.equal(401)
  })
})
