// The court desk's search over HTTP on both databases: conditions, orders, totals, and what each caller may do with a row.

import { expect } from 'chai'
import { answerExclusions, approveListings, draftListing, submitListings } from '../../../src/features/listings/commands.ts'
import { proposeChange } from '../../../src/features/bulletins/proposals.commands.ts'
import { readSought } from '../../../src/features/listings/selection.rules.ts'
import type { ListingSearchRow } from '../../../src/features/listings/selection.views.ts'
import type { Actor } from '../../../src/platform/commands/permissions.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { PERSON } from '../../support/drafts.ts'
import { openServer, type Person, type TestServer } from '../../support/http-server.ts'
import { APPROVER, CLERK, NONE_APPLIES, listed, served } from '../../support/listed.ts'

interface Found {
  items: ListingSearchRow[]
  total: number
}

async function search(person: Person, json: object): Promise<Found> {
  const answer = await person.ask('POST', '/api/v1/listings/search', { json })
  expect(answer.status, answer.text).to.equal(200)
  return answer.body as unknown as Found
}

describe('a text sought at the desk', () => {
  it('is a whole identifier, a whole case number, the beginning of one, or else the beginning of a name', () => {
    expect(readSought('53342119841014 0222')).to.deep.equal({ kind: 'identifier', identifier: '533421198410140222' })
    expect(readSought('(2026)云3401执007号')).to.deep.equal({ kind: 'caseNo', caseNo: '（2026）云3401执7号' })
    expect(readSought('[2026]云34')).to.deep.equal({ kind: 'casePrefix', prefix: '（2026）云34' })
    expect(readSought(' 次仁 ')).to.deep.equal({ kind: 'name', prefix: '次仁' })
  })
})

eachDatabase((_db, make) => {
  describe('the search of listings', () => {
    let testApp: TestApp
    let server: TestServer
    let clerk: Person
    let approver: Person

    beforeEach(async () => {
      testApp = await make()
      server = await openServer(testApp)
      clerk = await server.person('clerk')
      approver = await server.person('approver')
    })
    afterEach(() => server.close())

    const draft = async (n: number, by: Actor = CLERK): Promise<string> =>
      (await draftListing(testApp.app, by, { content: { ...PERSON, caseNo: `（2026）云3401执${n}号` } })).id

    it('finds by name, identifier and case number in the body, and by state, ground, days and deadline', async () => {
      const [first, second] = await listed(testApp.app, 2)
      const drafted = await draft(9)
      const ids = async (json: object): Promise<string[]> => (await search(clerk, json)).items.map(({ id }) => id)
      expect(await ids({})).to.deep.equal([drafted, second, first])
      const name = String(PERSON['name'])
      expect(await ids({ text: name.slice(0, 1), states: ['listed'] })).to.deep.equal([second, first])
      expect(await ids({ text: name.slice(1) })).to.deep.equal([])
      expect(await ids({ text: '%' })).to.deep.equal([])
      expect(await ids({ text: String(PERSON['identifier']) })).to.have.length(3)
      expect(await ids({ text: '(2026)云3401执2号' })).to.deep.equal([second])
      expect(await ids({ text: '（2026）云3401执' })).to.have.length(3)
      expect(await ids({ listed: { from: '2026-11-22', until: '2026-11-22' }, sort: { by: 'listedOn', direction: 'asc' } })).to.deep.equal([
        first,
        second,
      ])
      expect(await ids({ listed: { until: '2026-11-21' } })).to.deep.equal([])
      expect(await ids({ grounds: [6] })).to.deep.equal([])
      expect(await ids({ kind: 'person', source: 'court', sort: { by: 'caseNo', direction: 'asc' } })).to.deep.equal([
        first,
        second,
        drafted,
      ])
      expect(await ids({ source: 'supreme_court' })).to.deep.equal([])
      const due = await search(clerk, { due: { from: '2026-11-01' }, sort: { by: 'due', direction: 'asc' } })
      expect(due.items.map(({ id }) => id)).to.deep.equal([first, second])
      expect(due.items[0]?.due).to.deep.include({ code: 'objection.file', due: '2026-12-02', provisional: false })
    })

    it('pages over states in one order, with the total of all and a total that follows every change', async () => {
      const ids = [...(await listed(testApp.app, 2)), await draft(7), await draft(8)].toReversed()
      const states = ['draft', 'listed', 'pending']
      const pages = await Promise.all([0, 2].map((offset) => search(clerk, { states, limit: 2, offset })))
      expect(pages.flatMap(({ items }) => items.map(({ id }) => id))).to.deep.equal(ids)
      expect(pages.map(({ total }) => total)).to.deep.equal([4, 4])
      await draft(10)
      expect((await search(clerk, { states, limit: 2 })).total).to.equal(5)
    })

    it('says of drafts whether answers are missing, and offers their submission only when they are there', async () => {
      const [asked, answered] = [await draft(1), await draft(2)]
      await answerExclusions(testApp.app, CLERK, { items: [{ id: answered }], answers: NONE_APPLIES })
      const missing = await search(clerk, { needsExclusions: true })
      expect(missing.items.map(({ id }) => id)).to.deep.equal([asked])
      expect(missing.items[0]).to.deep.include({ needsExclusions: true, possible: ['edit', 'answer_exclusions', 'withdraw'] })
      const others = await search(clerk, { needsExclusions: false })
      expect(others.items[0]).to.deep.include({
        id: answered,
        needsExclusions: false,
        possible: ['edit', 'answer_exclusions', 'submit', 'withdraw'],
      })
    })

    it('offers what this caller may do: nobody their own draft, and no second proposal beside one that waits', async () => {
      const { app } = testApp
      const both = await server.person('clerk', 'approver')
      const [own, others] = [await draft(1, { id: `staff:${both.id}`, roles: ['clerk'] }), await draft(2)]
      const items = [{ id: own }, { id: others }]
      await answerExclusions(app, CLERK, { items, answers: NONE_APPLIES })
      await submitListings(app, CLERK, { items })
      const offered = async (person: Person, id: string): Promise<readonly string[] | undefined> =>
        (await search(person, {})).items.find((row) => row.id === id)?.possible
      expect(await offered(both, own)).to.deep.equal([])
      expect(await offered(both, others)).to.deep.equal(['approve', 'reject'])
      expect(await offered(clerk, others)).to.deep.equal([])
      expect(await offered(approver, own)).to.deep.equal(['approve', 'reject'])
      const shown = await both.ask('GET', `/api/v1/listings/${own}`)
      expect(shown.body['possible']).to.deep.equal([])

      const [published = ''] = await listed(app, 1, {}, 20)
      expect(await offered(approver, published)).to.include.members(['correct', 'shield', 'revoke', 'propose_shield'])
      await proposeChange(app, CLERK, { items: [{ id: published }], terms: { act: 'revoke', reason: '列入有误' } })
      expect(await offered(approver, published)).to.deep.equal(['note_error', 'note_exit', 'shield', 'approve_proposal', 'reject_proposal'])
      expect(await offered(clerk, published)).to.deep.equal(['note_error', 'note_exit', 'shield'])
      const [row] = (await search(clerk, { proposed: true })).items
      expect(row?.proposal).to.deep.include({ act: 'revoke', own: false })
    })

    it('offers readers nothing, and refuses whoever may not read listings', async () => {
      await served(testApp.app, 1)
      const auditor = await server.person('auditor')
      expect((await search(auditor, {})).items.map(({ possible }) => possible)).to.deep.equal([[]])
      const admin = await server.person('admin')
      expect((await admin.ask('POST', '/api/v1/listings/search', { json: {} })).status).to.equal(403)
    })

    it('refuses the order of deadlines without a range of them, and conditions that it does not know', async () => {
      const sorted = await clerk.ask('POST', '/api/v1/listings/search', { json: { sort: { by: 'due', direction: 'asc' } } })
      expect([sorted.status, sorted.text.includes('sort_needs_due')]).to.deep.equal([400, true])
      const unknown = await clerk.ask('POST', '/api/v1/listings/search', { json: { name: 'x' } })
      expect(unknown.status).to.equal(400)
    })

    it('narrows the lists of bulletins and imports by kind, number and days', async () => {
      await listed(testApp.app, 1)
      const count = async (path: string): Promise<unknown> => (await clerk.ask('GET', `/api/v1/${path}`)).body['total']
      expect(await count('bulletins?kind=publish&number=2026-&from=2026-11-22&until=2026-11-22')).to.equal(1)
      expect(await count('bulletins?until=2026-11-21')).to.equal(0)
      expect(await count('bulletins?kind=shield')).to.equal(0)
      const file = { body: '姓名\n', headers: { 'Content-Type': 'text/csv' } }
      await clerk.ask('POST', '/api/v1/imports?fileName=list.csv', file)
      expect(await count('imports?state=refused&mode=draft&from=2026-11-22')).to.equal(1)
      expect(await count('imports?state=committed')).to.equal(0)
    })

    it('lets an approver approve what it offers', async () => {
      const [id] = [await draft(1)]
      await answerExclusions(testApp.app, CLERK, { items: [{ id }], answers: NONE_APPLIES })
      await submitListings(testApp.app, CLERK, { items: [{ id }] })
      await approveListings(testApp.app, APPROVER, { items: [{ id }] })
      expect((await search(clerk, {})).items[0]?.possible).to.deep.equal(['record_service', 'withdraw'])
    })
  })
})
