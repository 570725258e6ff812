// What waits for whoever asks: counts by permission and role, never of what they may not decide or see, and of the own unit alone.
// That the parts run on both databases is shown by asking with every role.

import { createReadStream } from 'node:fs'
import { expect } from 'chai'
import { addMonths, dayOf } from '../../../src/core/calendar.ts'
import { fileComplaint } from '../../../src/features/complaints/commands.ts'
import { checkImport, receiveImport } from '../../../src/features/imports/commands.ts'
import { answerLift } from '../../../src/features/lifts/commands.ts'
import { listLiftOrders, listRetentions } from '../../../src/features/lifts/views.ts'
import { draftListing, editListing, rejectListings, submitListings, withdrawListings } from '../../../src/features/listings/commands.ts'
import { selectionOf, type AskedSelection } from '../../../src/features/listings/selection.rules.ts'
import { searchRows } from '../../../src/features/listings/selection.views.ts'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import { proposeChange, rejectProposals } from '../../../src/features/bulletins/proposals.commands.ts'
import { COURT_TODO, UNIT_TODO } from '../../../src/features/todo/rules.ts'
import { showTodo } from '../../../src/features/todo/views.ts'
import { replaceMeasures } from '../../../src/features/units/store.ts'
import type { RetentionInput } from '../../../src/features/lifts/rules.ts'
import { PUBLIC, STAFF_ROLES, type Actor } from '../../../src/platform/commands/permissions.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { addTheUnits } from '../../support/complaints.ts'
import { addUnit, at, openClocks, PAGE } from '../../support/deadlines.ts'
import { PERSON } from '../../support/drafts.ts'
import { LISTS, putInForce } from '../../support/entered.ts'
import { openServer } from '../../support/http-server.ts'
import { loggedInLiaison } from '../../support/liaison-visit.ts'
import { APPROVER, CLERK, listed, served, submitted } from '../../support/listed.ts'
import { addKey } from '../../support/screening.ts'
import { say } from '../../support/talk.ts'

const LIAISON: Actor = { id: 'liaison:one', roles: ['liaison'], unitId: 'land' }
const OFFICE: Actor = { id: 'staff:office', roles: ['group_office'] }

eachDatabase((_db, make) => {
  let made: TestApp

  beforeEach(async () => {
    made = await make({ now: at('2026-03-02', 10) })
    await addTheUnits(made.app)
  })

  async function counts(actor: Actor, list: 'items' | 'mine' = 'items'): Promise<Record<string, number>> {
    const todo = await showTodo(made.app, actor, undefined)
    return Object.fromEntries(todo[list].filter(({ count }) => count > 0).map(({ code, count }) => [code, count]))
  }

  it('every role of staff is shown what its permissions allow, and nothing else', async () => {
    for (const role of STAFF_ROLES) {
      const { items } = await showTodo(made.app, { id: `staff:${role}`, roles: [role] }, undefined)
      expect(
        items.map(({ count }) => count).filter((count) => count > 0),
        role,
      ).to.deep.equal([])
    }
    const codes = async (actor: Actor): Promise<string[]> => (await showTodo(made.app, actor, undefined)).items.map(({ code }) => code)
    expect(await codes(CLERK))
      .to.include('listings_to_submit')
      .and.not.include('listings_to_approve')
    expect(await codes(APPROVER))
      .to.include('listings_to_approve')
      .and.not.include('listings_to_submit')
    expect(await codes({ id: 'staff:admin', roles: ['admin'] })).to.deep.equal(['staff_proposals'])
    expect(await codes(LIAISON)).to.deep.equal(Object.keys(UNIT_TODO))
  })

  it('each kind has a name and the address of a screen of the desk or of the portal', async () => {
    const everybody: Actor = { id: 'staff:all', roles: STAFF_ROLES }
    const { items } = await showTodo(made.app, everybody, undefined)
    expect(items.map(({ code }) => code)).to.deep.equal(Object.keys(COURT_TODO))
    expect(items.filter(({ path, title }) => !path.startsWith('/desk/') || !/\p{Script=Han}/u.test(title))).to.deep.equal([])
    const { items: ofUnit } = await showTodo(made.app, LIAISON, undefined)
    expect(ofUnit.filter(({ path }) => !path.startsWith('/unit/'))).to.deep.equal([])
  })

  it('listings are counted at each step, and what somebody wrote does not wait for them', async () => {
    const both: Actor = { id: CLERK.id, roles: ['clerk', 'approver'] }
    const { id } = await draftListing(made.app, CLERK, { content: { ...PERSON, caseNo: '（2026）云3401执901号' } })
    await served(made.app, 2)
    expect(await counts(CLERK)).to.include({ listings_to_submit: 1, listings_to_publish: 2 })
    expect(await counts(CLERK, 'mine')).to.include({ my_listings: 3 })
    await submitted(made.app, { id: 'staff:helper', roles: ['clerk'] }, [{ id }])
    expect(await counts(APPROVER)).to.include({ listings_to_approve: 1 })
    expect(await counts(both)).to.not.have.property('listings_to_approve')
    expect(await counts({ id: 'staff:helper', roles: ['approver'] })).to.not.have.property('listings_to_approve')
  })

  it('a proposal and a checked list wait for another person than whoever made them', async () => {
    const [id = ''] = await listed(made.app, 1)
    await proposeChange(made.app, APPROVER, { items: [{ id }], terms: { act: 'revoke', reason: '列入有误' } })
    expect(await counts({ id: 'staff:other', roles: ['approver'] })).to.include({ proposals_to_approve: 1 })
    expect(await counts(APPROVER)).to.not.have.property('proposals_to_approve')
    expect(await counts(APPROVER, 'mine')).to.include({ my_proposals: 1 })
  })

  it('what an approver sent back waits for the clerk until it is submitted again, as many as the list shows', async () => {
    const shown = async (actor: Actor, asked: AskedSelection): Promise<number> => {
      const filter = selectionOf({ id: actor.id, now: made.clock.now() }, asked)
      const page = { limit: 50, offset: 0 }
      return (await searchRows(made.app, actor, { filter, sort: { by: 'newest', direction: 'desc' }, page })).total
    }
    const ids: string[] = []
    for (const n of [1, 2, 3])
      ids.push((await draftListing(made.app, CLERK, { content: { ...PERSON, caseNo: `（2026）云3401执93${n}号` } })).id)
    await submitted(
      made.app,
      CLERK,
      ids.slice(0, 2).map((id) => ({ id })),
    )
    expect(await counts(CLERK)).to.not.have.property('listings_returned')
    await rejectListings(made.app, APPROVER, { items: ids.slice(0, 2).map((id) => ({ id })), reason: '请补充送达地址' })
    expect(await counts(CLERK)).to.include({ listings_returned: 2, listings_to_submit: 3 })
    expect(await shown(CLERK, { returned: true })).to.equal(2)
    expect(await shown(CLERK, { returned: false })).to.equal(1)
    expect(await counts(APPROVER)).to.not.have.property('listings_returned')
    await editListing(made.app, CLERK, {
      id: ids[0] ?? '',
      content: { ...PERSON, caseNo: '（2026）云3401执931号', performance: '部分未履行' },
    })
    expect(await counts(CLERK)).to.include({ listings_returned: 2 })
    await submitListings(made.app, CLERK, { items: [{ id: ids[0] ?? '' }] })
    await withdrawListings(made.app, CLERK, { items: [{ id: ids[1] ?? '' }], reason: '不再列入' })
    expect(await counts(CLERK)).to.not.have.property('listings_returned')
    expect(await shown(CLERK, { returned: true })).to.equal(0)
  })

  it('a rejected proposal waits for its proposer alone, until another is made, the listing leaves or a month is over', async () => {
    const shown = async (actor: Actor): Promise<number> => {
      const filter = selectionOf({ id: actor.id, now: made.clock.now() }, { refusedMine: true })
      return (await searchRows(made.app, actor, { filter, sort: { by: 'newest', direction: 'desc' }, page: { limit: 50, offset: 0 } }))
        .total
    }
    const agrees = async (actor: Actor, count: number): Promise<void> => {
      expect([(await counts(actor))['proposals_refused'] ?? 0, await shown(actor)]).to.deep.equal([count, count])
    }
    const ids = await listed(made.app, 3)
    const propose = async (id: string): Promise<string> => {
      const [proposed] = await proposeChange(made.app, CLERK, { items: [{ id }], terms: { act: 'revoke', reason: '列入有误' } })
      return proposed?.id ?? ''
    }
    const proposals = [await propose(ids[0] ?? ''), await propose(ids[1] ?? ''), await propose(ids[2] ?? '')]
    await agrees(CLERK, 0)
    await rejectProposals(made.app, APPROVER, { ids: proposals, reason: '理由不充分' })
    await agrees(CLERK, 3)
    await agrees(APPROVER, 0)
    await propose(ids[0] ?? '')
    await agrees(CLERK, 2)
    await shieldListings(made.app, CLERK, { items: [{ id: ids[1] ?? '' }], ground: 'fully_performed', reason: '已全部履行' })
    await agrees(CLERK, 1)
    made.clock.advance(31 * 86_400_000)
    await agrees(CLERK, 0)
  })

  it('a card and what it says of others make up the list that it leads to', async () => {
    const cardOf = async (actor: Actor, code: string): Promise<[number, number]> => {
      const { items } = await showTodo(made.app, actor, undefined)
      const card = items.find((each) => each.code === code)
      return [card?.count ?? -1, card?.others ?? -1]
    }
    const both: Actor = { id: CLERK.id, roles: ['clerk', 'approver'] }
    const ids = await listed(made.app, 3)
    const { id } = await draftListing(made.app, CLERK, { content: { ...PERSON, caseNo: '（2026）云3401执901号' } })
    await submitted(made.app, CLERK, [{ id }])
    expect(await cardOf(APPROVER, 'listings_to_approve')).to.deep.equal([1, 0])
    expect(await cardOf(both, 'listings_to_approve')).to.deep.equal([0, 1])
    await addUnit(made.app, 'water')
    const measure = { id: '1.1', position: 1, title: '限制某某', detail: '{}' }
    await made.app.store.write((tx) => replaceMeasures(tx, [measure], [{ measureId: '1.1', unitId: 'water' }]))
    await shieldListings(made.app, CLERK, { items: ids.map((each) => ({ id: each })), ground: 'fully_performed', reason: '已履行' })
    const { items: orders } = await listLiftOrders(made.app, CLERK, { filter: { unitId: 'water' }, page: PAGE })
    const until = addMonths(dayOf(made.app.clock.now()), 3)
    const retained = (listingId = ''): RetentionInput[] => [{ listingId, basis: '《某某条例》第十二条', until }]
    const orderId = orders[0]?.id ?? ''
    await answerLift(made.app, CLERK, { orderId, retained: retained(ids[0]) })
    await answerLift(made.app, { id: 'liaison:water', roles: ['liaison'], unitId: 'water' }, { orderId, retained: retained(ids[1]) })
    const { total } = await listRetentions(made.app, CLERK, { filter: { review: 'pending' }, page: PAGE })
    const card = await cardOf(CLERK, 'retentions_to_review')
    expect([card, total]).to.deep.equal([[1, 1], 2])
    expect(await cardOf({ id: 'staff:other', roles: ['clerk'] }, 'retentions_to_review')).to.deep.equal([2, 0])
  })

  it('a list that takes effect waits, after its check, for an approver who neither uploaded nor checked it', async () => {
    const both: Actor = { id: CLERK.id, roles: ['clerk', 'approver'] }
    const content = createReadStream(`${LISTS}list.utf8.csv`)
    const { id } = await receiveImport(made.app, CLERK, { fileName: 'list.csv', mode: 'takeover', content })
    expect(await counts(CLERK, 'mine')).to.include({ my_imports: 1 })
    await checkImport(made.app, CLERK, id)
    expect(await counts(APPROVER)).to.include({ imports_to_put_in_force: 1 })
    expect(await counts(both)).to.not.have.property('imports_to_put_in_force')
    await putInForce(made.app, id)
    expect(await counts(APPROVER)).to.not.have.property('imports_to_put_in_force')
  })

  it('complaints about the court wait for the group office alone, and a unit sees those assigned to it', async () => {
    const form = { about: 'unit', way: 'web', anonymous: true, text: '交了材料三个月，一直没有办理。' } as const
    await fileComplaint(made.app, PUBLIC, { ...form, unitId: 'land' })
    await fileComplaint(made.app, PUBLIC, { ...form, unitWords: '执行局' })
    expect(await counts(CLERK)).to.include({ complaints_new: 1 })
    expect(await counts(OFFICE)).to.include({ complaints_new: 2 })
    expect(await counts(LIAISON)).to.not.have.property('unit_complaints')
  })

  it('deadlines are red after their last day and yellow in the three working days before, for those who look after them', async () => {
    await openClocks(made.app, [
      { code: 'objection.review', subject: 'objection:1', start: '2026-03-02' },
      { code: 'lift.carry_out', subject: 'lift:1', start: '2026-03-02', unitId: 'land' },
    ])
    expect(await counts(CLERK)).to.not.have.property('clocks_yellow')
    made.clock.set(at('2026-03-12', 10))
    expect(await counts(CLERK)).to.include({ clocks_yellow: 1 })
    made.clock.set(at('2026-03-18', 10))
    expect(await counts(CLERK)).to.include({ clocks_red: 1 })
    expect(await counts(APPROVER)).to.include({ clocks_red: 2 })
    expect(await counts(LIAISON)).to.include({ unit_clocks_red: 1 })
    expect(await counts({ ...LIAISON, unitId: 'forestry' })).to.deep.equal({})
  })

  it('a handover waits for whoever may answer it', async () => {
    await say(made.app, { channel: 'web', from: 'a-visitor' }, '人工')
    await say(made.app, { channel: 'web', from: 'another-visitor' }, '我不想活了')
    expect(await counts(CLERK)).to.include({ handoffs_waiting: 2, handoffs_urgent: 1 })
    expect(await counts({ id: 'staff:auditor', roles: ['auditor'] })).to.not.have.property('handoffs_waiting')
  })

  it('the route answers staff and liaisons who logged in, and no key', async () => {
    const server = await openServer(made)
    try {
      expect((await server.ask('GET', '/api/v1/todo')).status).to.equal(401)
      const clerk = await server.person('clerk')
      const answer = await clerk.ask('GET', '/api/v1/todo')
      expect(answer.status).to.equal(200)
      expect((answer.body['items'] as { code: string }[]).map(({ code }) => code)).to.include('duties_open')
      await addUnit(made.app, 'shop')
      const { cookie } = await loggedInLiaison(made, 'shop')
      const own = await server.ask('GET', '/api/v1/todo', { headers: { cookie } })
      expect((own.body['items'] as { code: string }[]).map(({ code }) => code))
        .to.include('unit_lifts')
        .and.not.include('duties_open')
      const key = await addKey(made.app, 'shop', ['ledger'])
      const refused = await server.ask('GET', '/api/v1/todo', { headers: { authorization: `Bearer ${key}` } })
      expect(refused.body['code']).to.equal('route_staff_only')
    } finally {
      await server.close()
    }
  })
})
