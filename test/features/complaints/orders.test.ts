// Orders of upheld complaints about debtors whom a unit left unpunished, on both databases: bad input, who may answer, who is told what.
// The decision itself is commands.test.ts.

import { expect } from 'chai'
import {
  acceptComplaint,
  assignComplaint,
  decideComplaint,
  fileComplaint,
  recordInvestigation,
} from '../../../src/features/complaints/commands.ts'
import { answerComplaintOrder } from '../../../src/features/complaints/orders.commands.ts'
import type { OrderView } from '../../../src/features/complaints/orders.rules.ts'
import { listComplaintOrders, listNamesakes, showComplaintOrder } from '../../../src/features/complaints/orders.views.ts'
import { showComplaint } from '../../../src/features/complaints/views.ts'
import type { ComplaintForm } from '../../../src/features/complaints/form.rules.ts'
import { findListing } from '../../../src/features/listings/search.store.ts'
import { toListing } from '../../../src/features/listings/store.ts'
import { listDeadlines } from '../../../src/features/deadlines/views.ts'
import { runDeadlines } from '../../../src/features/deadlines/tasks.ts'
import { auditTrail, verifyAudit } from '../../../src/features/audit/views.ts'
import { getNotice, listNotices } from '../../../src/features/notices/views.ts'
import { addLiaison } from '../../../src/features/units/commands.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { PUBLIC, SYSTEM, type Actor, type Role } from '../../../src/platform/commands/permissions.ts'
import { addStaff, ADMIN, CLERK, PAGE, theClock, told } from '../../support/deadlines.ts'
import { eachDatabase, type MakeApp } from '../../support/app.ts'
import { listed } from '../../support/listed.ts'
import { refusal } from '../../support/refusal.ts'
import { addTheUnits } from '../../support/complaints.ts'

const OFFICE: Actor = { id: 'staff:office', roles: ['group_office'] }
const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }
const FORESTRY: Actor = { id: 'liaison:forestry', roles: ['liaison'], unitId: 'forestry' }
const LAND: Actor = { id: 'liaison:land', roles: ['liaison'], unitId: 'land' }
const KEY: Actor = { id: 'unit_key:1', roles: ['unit_system'], unitId: 'forestry', scopes: ['complaints'] }

const FORM: ComplaintForm = {
  about: 'debtor',
  text: '失信被执行人永宗尼玛上周在景区酒店摆酒三十桌，我是他隔壁的住户，亲眼看见。',
  debtorName: '永宗尼玛',
  debtorIdentifier: '533401198709040343',
  place: '独克宗古城八号院',
  anonymous: false,
  name: '央宗卓玛',
  phone: '138 8711 2233',
  wechat: 'oYangzong_0123456789',
}
const PERSONAL = ['央宗', '13887112233', '2233', 'oYangzong', '隔壁的住户', '八号院', '三十桌']
const OUTCOME = '应当限制其高消费。'
const upheld = { finding: 'upheld' as const, outcome: OUTCOME }

async function open(make: MakeApp): Promise<Awaited<ReturnType<MakeApp>>> {
  const made = await make()
  await addTheUnits(made.app)
  return made
}

/** A complaint of which the findings are in, so that it can be decided. */
async function investigated(
  app: AppContext,
  form: Partial<ComplaintForm> = {},
  unitId = 'forestry',
): Promise<{ id: string; number: string }> {
  const { id, number } = await fileComplaint(app, PUBLIC, { ...FORM, ...form, way: 'bot' })
  await acceptComplaint(app, CLERK, { id })
  await assignComplaint(app, CLERK, { id, unitId, brief: '请核查。' })
  await recordInvestigation(app, CLERK, { id, findings: '确有其事。' })
  return { id, number }
}

async function orders(app: AppContext, actor = CLERK): Promise<OrderView[]> {
  return (await listComplaintOrders(app, actor, { filter: {}, page: PAGE })).items
}

/** The only order, made by a complaint about a debtor. */
async function ordered(app: AppContext, form: Partial<ComplaintForm> = {}): Promise<OrderView> {
  const { id } = await investigated(app, form)
  await decideComplaint(app, CLERK, { id, ...upheld, orderText: '请限制永宗尼玛的高消费并回复。' })
  const all = await orders(app)
  expect(all).to.have.length(1)
  return all[0] as OrderView
}

const eventsOf = async (app: AppContext): Promise<string[]> =>
  (await told(app, 'complaint.')).map((row) => `${row.event} ${row.recipient.split(':')[0] ?? ''}`)

eachDatabase((_db, make) => {
  describe('an order that cannot be made', () => {
    it('refuses the decision, which then changes nothing', async () => {
      const { app } = await open(make)
      const { id } = await investigated(app)
      const before = await eventsOf(app)
      const refused = (code: Parameters<typeof refusal>[0], wish: object): Promise<unknown> =>
        refusal(code, () => decideComplaint(app, CLERK, { id, ...upheld, ...wish }))
      for (const orderUnitId of ['court', 'leading_group', 'leading_group_office', 'banks'])
        await refused('complaint_order_unit_needed', { orderUnitId })
      await refused('unit_missing', { orderUnitId: 'nowhere' })
      await refused('reason_needed', { orderText: ' ' })
      await refused('complaint_incomplete', { orderText: '补'.repeat(2001) })
      await refused('complaint_names_complainant', { orderText: '央宗 卓玛指认，请惩戒。' })
      await refused('complaint_names_complainant', { orderText: '请联系138-8711-2233。' })
      await refused('complaint_order_impossible', { finding: 'not_upheld', orderUnitId: 'land' })
      await refused('complaint_order_impossible', { finding: 'not_upheld', orderText: '请惩戒。' })
      expect(await orders(app)).to.deep.equal([])
      expect(await showComplaint(app, CLERK, id)).to.include({ state: 'investigated' })
      expect(await eventsOf(app)).to.deep.equal(before)
    })

    it('asks for the unit where only the group’s office looked into it', async () => {
      const { app } = await open(make)
      const { id } = await investigated(app, {}, 'leading_group_office')
      const error = await refusal('complaint_order_unit_needed', () => decideComplaint(app, CLERK, { id, ...upheld }))
      expect(app.catalog.problem(error.code, error.values)).to.include('请选择应当补惩的单位')
      await decideComplaint(app, CLERK, { id, ...upheld, orderUnitId: 'land' })
      expect((await orders(app)).map((each) => [each.unitId, each.order])).to.deep.equal([['land', OUTCOME]])
    })

    it('is none for a complaint that is not upheld, one about a unit without a unit named, and one about the court', async () => {
      const { app } = await open(make)
      const first = await investigated(app)
      await decideComplaint(app, CLERK, { id: first.id, finding: 'not_upheld', outcome: '查无此事。' })
      const second = await investigated(app, { about: 'unit', unitId: 'land' })
      await decideComplaint(app, CLERK, { id: second.id, ...upheld })
      const { id } = await fileComplaint(app, PUBLIC, { ...FORM, text: '执行法官包庇永宗尼玛，不限制他。', unitId: 'court', way: 'web' })
      await acceptComplaint(app, OFFICE, { id })
      await assignComplaint(app, OFFICE, { id, unitId: 'leading_group_office', brief: '请核查。' })
      await recordInvestigation(app, OFFICE, { id, findings: '属实。' })
      await refusal('complaint_order_impossible', () => decideComplaint(app, OFFICE, { id, ...upheld, orderUnitId: 'land' }))
      await decideComplaint(app, OFFICE, { id, ...upheld })
      expect(await orders(app)).to.deep.equal([])
    })
  })

  describe('an order', () => {
    it('is answered by its unit, its unit’s key or a clerk, and by nobody else, once', async () => {
      const { app } = await open(make)
      const { id, number } = await ordered(app)
      const answer = { id, result: 'carried_out' as const, text: '已限制其高消费。' }
      for (const role of ['approver', 'group_office', 'admin', 'auditor', 'operator', 'public', 'house'] as Role[])
        await refusal('not_allowed', () => answerComplaintOrder(app, { id: 'x', roles: [role] }, answer))
      await refusal('complaint_order_missing', () => answerComplaintOrder(app, LAND, answer))
      await refusal('complaint_order_missing', () => showComplaintOrder(app, LAND, id))
      expect(await showComplaintOrder(app, FORESTRY, id)).to.include({ id, complaintId: null, dueOn: '2026-11-27' })
      await refusal('scope_missing', () => answerComplaintOrder(app, { ...KEY, scopes: ['feed'] }, answer))
      await refusal('complaint_order_missing', () => answerComplaintOrder(app, CLERK, { ...answer, id: 'x' }))
      await refusal('reason_needed', () => answerComplaintOrder(app, FORESTRY, { ...answer, result: 'could_not', text: ' ' }))
      await refusal('complaint_incomplete', () => answerComplaintOrder(app, FORESTRY, { ...answer, text: '补'.repeat(2001) }))
      expect((await orders(app))[0]).to.include({ state: 'open', version: 1, answer: null })
      const both = await Promise.allSettled([answerComplaintOrder(app, KEY, answer), answerComplaintOrder(app, FORESTRY, answer)])
      expect(both.map((each) => each.status).sort()).to.deep.equal(['fulfilled', 'rejected'])
      const error = await refusal('complaint_order_closed', () => answerComplaintOrder(app, CLERK, answer))
      expect(app.catalog.problem(error.code, error.values)).to.include(number)
    })

    it('is carried out: the complainant is told without a word of what, and the clock closes (P21)', async () => {
      const { app } = await open(make)
      await addLiaison(app, ADMIN, { unitId: 'forestry', name: '和晓', phone: '13988712345' })
      const { id, number, complaintId, orderedOn, dueOn } = await ordered(app)
      expect(number).to.match(/^BC\d{8}-0001$/)
      expect([orderedOn, dueOn]).to.deep.equal(['2026-11-22', '2026-11-27'])
      expect(await theClock(app, `complaint_order:${id}`)).to.include({ code: 'complaint.carry_out', state: 'open', unitId: 'forestry' })
      const notice = (await told(app, 'complaint.ordered'))[0]
      expect(notice?.recipient).to.match(/^liaison:/)
      expect(notice?.text).to.include(number).and.to.include('2026年11月27日')
      expect(notice?.text).to.not.match(/TS2026|永宗|投诉|举报/)
      await answerComplaintOrder(app, FORESTRY, { id, result: 'carried_out', text: '已限制其高消费。' })
      expect((await orders(app))[0]).to.include({ state: 'carried_out', answer: '已限制其高消费。', answeredOn: '2026-11-22', dueOn: null })
      expect(await theClock(app, `complaint_order:${id}`)).to.include({ state: 'closed' })
      const news = await told(app, 'complaint.carried_out')
      expect(news.map((row) => row.recipient)).to.deep.equal([`complainant:${complaintId ?? ''}`])
      expect(news[0]?.text)
        .to.include('TS20261122-0001')
        .and.to.not.match(/永宗|高消费|惩戒|失信|forestry/)
      expect(await told(app, 'complaint.order_failed')).to.deep.equal([])
      expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
    })

    it('could not be carried out: the group office is told, and the complainant is not', async () => {
      const { app } = await open(make)
      const office = await addStaff(app, 'group_office', '13800000009')
      const { id, number } = await ordered(app)
      await answerComplaintOrder(app, CLERK, { id, result: 'could_not', text: '其名下没有许可。' })
      const news = await told(app, 'complaint.order_failed')
      expect(news.map((row) => row.recipient)).to.deep.equal([office])
      expect(news[0]?.text).to.include(number).and.to.not.include('许可')
      expect(await told(app, 'complaint.carried_out')).to.deep.equal([])
      expect((await orders(app, OFFICE))[0]).to.include({ state: 'could_not', answer: '其名下没有许可。', debtor: null, complaintId: null })
    })

    it('is missed: the unit’s head and the group office hear of it', async () => {
      const { app, clock } = await open(make)
      const head = await addLiaison(app, ADMIN, { unitId: 'forestry', name: '乙', head: true, phone: '13800000002' })
      const office = await addStaff(app, 'group_office', '13800000009')
      await ordered(app)
      clock.set(new Date('2026-11-30T02:00:00Z'))
      await runDeadlines(app, SYSTEM)
      const missed = (await told(app, 'deadline.missed')).filter((row) => row.text.includes('应惩未惩的补惩'))
      expect(missed.map((row) => row.recipient)).to.include.members([`liaison:${head.id}`, office])
    })

    it('tells nobody where the complainant left no address', async () => {
      const { app } = await open(make)
      const { id } = await ordered(app, { anonymous: true, name: undefined, phone: undefined, wechat: undefined })
      await answerComplaintOrder(app, FORESTRY, { id, result: 'carried_out', text: '已限制。' })
      expect(await told(app, 'complaint.carried_out')).to.deep.equal([])
    })

    it('shows its unit nothing of the complaint or the complainant, and other units nothing at all', async () => {
      const { app, logged } = await open(make)
      await addLiaison(app, ADMIN, { unitId: 'land', name: '甲', phone: '13988712345' })
      const complaint = await investigated(app)
      await decideComplaint(app, CLERK, { id: complaint.id, ...upheld, orderUnitId: 'land', orderText: '请限制其高消费。' })
      const [order] = await orders(app, LAND)
      expect(order).to.include({ unitId: 'land', order: '请限制其高消费。', complaintId: null })
      expect(order?.debtor).to.deep.equal({ name: '永宗尼玛', identifier: '533401198709040343' })
      expect(await orders(app, FORESTRY)).to.deep.equal([])
      expect((await listComplaintOrders(app, FORESTRY, { filter: { unitId: 'land' }, page: PAGE })).total).to.equal(0)
      const clocks = await listDeadlines(app, LAND, { filter: {}, page: PAGE })
      const notices = await listNotices(app, CLERK, { filter: {}, page: PAGE })
      const toUnit = notices.items.filter((notice) => notice.event.startsWith('complaint.ordered:'))
      expect(toUnit).to.have.length(1)
      const sent = await getNotice(app, CLERK, toUnit[0]?.id ?? '')
      const texts = (await told(app, 'complaint.ordered')).map((row) => row.text)
      const trail = await auditTrail(app, OPERATOR, `complaint_order:${order?.id ?? ''}`)
      await refusal('complaint_missing', () => showComplaint(app, LAND, complaint.id))
      const seen = { order: [order, clocks.items, texts], kept: [sent, trail, logged] }
      for (const word of PERSONAL) expect(JSON.stringify(seen), word).to.not.include(word)
      for (const word of [complaint.id, complaint.number]) expect(JSON.stringify(seen.order), word).to.not.include(word)
      const rows = await app.store.read((each) => each.query<object>('select * from complaint_order'))
      for (const word of ['永宗尼玛', '533401198709040343', '限制其高消费']) expect(JSON.stringify(rows)).to.not.include(word)
    })

    it('names nobody by a name alone: the decision chooses an entry among namesakes, or states the number', async () => {
      const { app } = await open(make)
      const [first = '', second = ''] = await listed(app, 2)
      const row = await app.store.read((db) => findListing(db, second))
      const { debtor, caseNo } = toListing(app.secrets, row as NonNullable<typeof row>).content
      const { id } = await investigated(app, { debtorName: debtor.name, debtorIdentifier: undefined, text: '他又办了酒席。' })
      const namesakes = await listNamesakes(app, CLERK, id)
      expect(namesakes.map(({ listingId }) => listingId).sort()).to.deep.equal([first, second].sort())
      expect(JSON.stringify(namesakes)).to.not.include(debtor.identifier)
      const error = await refusal('complaint_order_debtor_needed', () => decideComplaint(app, CLERK, { id, ...upheld }))
      expect(app.catalog.problem(error.code, error.values)).to.include('同名')
      await refusal('request_invalid', () => decideComplaint(app, CLERK, { id, ...upheld, orderIdentifier: '533421' }))
      await refusal('listing_missing', () => decideComplaint(app, CLERK, { id, ...upheld, orderListingId: id }))
      await refusal('complaint_not_yours', () => listNamesakes(app, FORESTRY, id))
      expect(await orders(app)).to.deep.equal([])
      await decideComplaint(app, CLERK, { id, ...upheld, orderListingId: second })
      expect((await orders(app, FORESTRY))[0]?.debtor).to.deep.equal({ name: debtor.name, identifier: debtor.identifier, caseNo })
    })

    it('takes the number that the court found out for somebody who is not on the list', async () => {
      const { app } = await open(make)
      const { id } = await investigated(app, { debtorIdentifier: undefined })
      expect(await listNamesakes(app, CLERK, id)).to.deep.equal([])
      await decideComplaint(app, CLERK, { id, ...upheld, orderIdentifier: '533401 1987 0904 0343' })
      expect((await orders(app, FORESTRY))[0]?.debtor).to.deep.equal({ name: '永宗尼玛', identifier: '533401198709040343' })
      const other = await investigated(app, { debtorIdentifier: undefined })
      await decideComplaint(app, CLERK, { id: other.id, ...upheld, orderIdentifier: 'g1234 5678' })
      const numbers = (await orders(app, FORESTRY)).map(({ debtor }) => debtor?.identifier)
      expect(numbers, 'a passport').to.include('G12345678')
    })

    it('leaves out a debtor by the complainant’s name', async () => {
      const { app } = await open(make)
      expect(await ordered(app, { debtorName: '央宗卓玛', debtorIdentifier: undefined })).to.include({ debtor: null })
    })
  })
})
