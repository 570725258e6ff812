// Lift orders on both databases: issued with the bulletin, answered by units, ended on their last day, and reported to debtors.
// What may be answered is test/features/lifts/rules.test.ts.

import { expect } from 'chai'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import { enqueueBroadcastPortion } from '../../../src/features/bulletins/tasks.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { runDailyTasks } from '../../../src/daily.ts'
import { listLiftOrders, listRetentions, showLiftOrder, type LiftOrderView } from '../../../src/features/lifts/views.ts'
import { answerLift, completeLifts } from '../../../src/features/lifts/commands.ts'
import { acceptRetention } from '../../../src/features/lifts/review.commands.ts'
import { recordTold } from '../../../src/features/lifts/reach.commands.ts'
import { askScreening, reportOutcome } from '../../../src/features/screening/commands.ts'
import { SYSTEM, type Actor } from '../../../src/platform/commands/permissions.ts'
import { searchDeadlines } from '../../../src/features/deadlines/search.store.ts'
import { replaceMeasures, updateUnit } from '../../../src/features/units/store.ts'
import { addStaff, addUnit, at, PAGE, told } from '../../support/deadlines.ts'
import { born, PERSON } from '../../support/drafts.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { APPROVER, CLERK, listed, served } from '../../support/listed.ts'
import { refusal } from '../../support/refusal.ts'
import { publishListings, shieldListings } from '../../../src/features/bulletins/commands.ts'
import { readCatalogue } from '../../../src/features/units/catalogue.tasks.ts'
import { revokeByTwo } from '../../support/proposed.ts'

const liaisonOf = (unitId: string): Actor => ({ id: `liaison:${unitId}`, roles: ['liaison'], unitId })
const BASIS = '《某某条例》第十二条'

eachDatabase((_db, make) => {
  /** An application on a Monday with two duty units that have liaisons. */
  async function appWithUnits(units: readonly string[] = ['land', 'water']): Promise<TestApp> {
    const made = await make({ now: at('2026-03-02', 10) })
    for (const unit of units) await addUnit(made.app, unit)
    const measure = { id: '1.1', position: 1, title: '限制某某', detail: '{}' }
    await made.app.store.write((tx) =>
      replaceMeasures(
        tx,
        [measure],
        units.map((unitId) => ({ measureId: '1.1', unitId })),
      ),
    )
    return made
  }

  async function shielded(app: AppContext, ids: readonly string[]): Promise<LiftOrderView[]> {
    await shieldListings(app, CLERK, { items: ids.map((id) => ({ id })), ground: 'fully_performed', reason: '已履行' })
    return (await listLiftOrders(app, CLERK, { filter: { state: 'open' }, page: PAGE })).items
  }

  async function clocks(app: AppContext, code: string): Promise<string[]> {
    const { items } = await app.store.read((db) => searchDeadlines(db, {}, PAGE))
    return items.filter((row) => row.code === code).map((row) => `${row.state} ${row.due}`)
  }

  it('issues an order with a deadline to every unit with a duty, and none for a publication or an undisclosed listing (P13)', async () => {
    const { app } = await appWithUnits()
    const [id = ''] = await listed(app, 1)
    const [hidden = ''] = await listed(app, 1, { disclosure: '否', employer: '某单位' }, 7)
    expect((await listLiftOrders(app, CLERK, { filter: {}, page: PAGE })).total).to.equal(0)
    expect(await shielded(app, [hidden])).to.deep.equal([])
    const orders = await shielded(app, [id])
    expect(
      orders.map(({ unitId, state, toldOn, due, listings, overdue }) => ({ unitId, state, toldOn, due, listings, overdue })),
    ).to.deep.equal(
      ['land', 'water'].map((unitId) => ({ unitId, state: 'open', toldOn: '2026-03-02', due: '2026-03-03', listings: 1, overdue: false })),
    )
    expect(await clocks(app, 'lift.notify')).to.deep.equal(['open 2026-03-05'])
    const { entries } = await showLiftOrder(app, liaisonOf('water'), { id: orders[1]?.id ?? '', page: PAGE })
    expect(entries).to.have.length(1)
    expect(entries[0]).to.include({ listingId: id, state: 'open', exitGround: 'fully_performed' })
    expect(entries[0]?.identifier).to.match(/^\*+\d{3}[\dX]$/)
    expect([orders[1]?.possible, entries[0]?.possible], 'a clerk, the unit').to.deep.equal([
      ['answer', 'record_told'],
      ['lift', 'retain'],
    ])
    const [own] = (await listLiftOrders(app, liaisonOf('water'), { filter: {}, page: PAGE })).items
    const [read] = (await listLiftOrders(app, { id: 'staff:x', roles: ['auditor'] }, { filter: {}, page: PAGE })).items
    expect([own?.possible, read?.possible]).to.deep.equal([['answer'], []])
  })

  it('lists units that recorded a refusal first, with the refused listings first, including a unit that has no duty any more', async () => {
    const { app } = await appWithUnits(['land', 'water', 'trees'])
    const { measures } = await readCatalogue(app.config.templatesFolder)
    const rule = measures.find((each) => each.id === '1.1')
    await app.store.write((tx) => tx.run("update measure set detail = ? where id = '1.1'", [JSON.stringify(rule)]))
    const ids = [...(await listed(app, 1)), ...(await listed(app, 1, { name: '别的人', identifier: born('19900101') }, 2))]
    const refuse = async (unitId: string, name: string, identifier: string): Promise<void> => {
      const asked = await askScreening(app, liaisonOf(unitId), { name, identifier })
      await reportOutcome(app, liaisonOf(unitId), { screeningId: asked.id, outcome: 'refused' })
    }
    await refuse('water', '别的人', born('19900101'))
    await refuse('water', '别的人', born('19900101'))
    await refuse('trees', '别的人', born('19900101'))
    await app.store.write((tx) => tx.run("delete from measure_unit where unit_id = 'trees'"))
    const orders = await shielded(app, ids)
    expect(orders.map(({ unitId, refused }) => ({ unitId, refused }))).to.deep.equal([
      { unitId: 'trees', refused: 1 },
      { unitId: 'water', refused: 1 },
      { unitId: 'land', refused: 0 },
    ])
    const { entries } = await showLiftOrder(app, liaisonOf('water'), { id: orders[1]?.id ?? '', page: PAGE })
    expect(entries.map(({ name, refused }) => ({ name, refused }))).to.deep.equal([
      { name: '别的人', refused: true },
      { name: PERSON['name'], refused: false },
    ])
    while ((await enqueueBroadcastPortion(app, SYSTEM, undefined)) !== null);
    const told = await app.store.read((db) =>
      db.query<{ unit: string }>(
        "select a.unit_id as unit from notice n join liaison a on a.id = substr(n.recipient, 9) where n.audience = 'unit' and n.bulletin_id = ? order by n.id",
        [orders[0]?.bulletinId ?? ''],
      ),
    )
    expect(told.map(({ unit }) => unit)).to.deep.equal(['water', 'trees', 'land'])
  })

  it('issues an order to a unit that was notified before and has no duty now, but not to a class whose members get orders', async () => {
    const { app } = await appWithUnits(['land', 'water', 'banks'])
    const [id = ''] = await served(app, 1)
    await publishListings(app, CLERK, { items: [{ id }] })
    while ((await enqueueBroadcastPortion(app, SYSTEM, undefined)) !== null);
    await app.store.write(async (tx) => {
      await tx.run("delete from measure_unit where unit_id = 'land'")
      await updateUnit(tx, 'water', { classId: 'banks' })
    })
    expect((await shielded(app, [id])).map((order) => order.unitId)).to.deep.equal(['land', 'water'])
  })

  it('refuses an answer that is empty, repeated, of another unit, or retains without basis and last day, and then saves nothing', async () => {
    const { app } = await appWithUnits()
    const [id = '', other = '', foreign = ''] = await listed(app, 3)
    const [land, water] = (await shielded(app, [id, other])) as [LiftOrderView, LiftOrderView]
    const liaison = liaisonOf('water')
    const orderId = water.id
    await refusal('lift_missing', () => answerLift(app, liaison, { orderId: id, lifted: 'rest' }))
    await refusal('unit_other', () => answerLift(app, liaison, { orderId: land.id, lifted: 'rest' }))
    await refusal('unit_other', () => showLiftOrder(app, liaison, { id: land.id, page: PAGE }))
    await refusal('not_allowed', () => answerLift(app, APPROVER, { orderId, lifted: 'rest' }))
    await refusal('request_invalid', () => answerLift(app, liaison, { orderId }))
    await refusal('request_invalid', () => answerLift(app, liaison, { orderId, lifted: [id], retained: [{ listingId: id }] }))
    await refusal('listing_missing', () => answerLift(app, liaison, { orderId, lifted: [foreign] }))
    const incomplete = await refusal('retention_incomplete', () =>
      answerLift(app, liaison, { orderId, lifted: [id], retained: [{ listingId: other, until: '2026-03-02', measureIds: ['9.9'] }] }),
    )
    expect(incomplete.problems.map((each) => each.code)).to.deep.equal(['retention_basis', 'retention_past', 'retention_measure'])
    const { entries } = await showLiftOrder(app, liaison, { id: orderId, page: PAGE })
    expect(entries.map((entry) => entry.state)).to.deep.equal(['open', 'open'])
    await answerLift(app, liaison, { orderId, lifted: 'rest' })
    const again = await refusal('lift_act_impossible', () => answerLift(app, liaison, { orderId, lifted: 'rest' }))
    expect(again.values).to.include({ state: 'lifted', act: 'lift' })
    expect(app.catalog.problem(again.code, again.values)).to.include('已解除')
    await refusal('lift_act_impossible', () =>
      answerLift(app, liaison, { orderId, retained: [{ listingId: id, basis: BASIS, until: '2027-01-04' }] }),
    )
    expect((await verifyAudit(app, { id: 'operator:test', roles: ['operator'] })).faults).to.deep.equal([])
  })

  it('takes a basis from the list, with more words to it or without, and refuses a last day beyond the longest retention', async () => {
    const { app } = await appWithUnits(['water'])
    const [a = '', b = ''] = await listed(app, 2)
    const [order] = (await shielded(app, [a, b])) as [LiftOrderView]
    const keep = (until: string): Parameters<typeof answerLift>[2] => ({
      orderId: order.id,
      retained: [
        { listingId: a, basisCode: 'procurement', until },
        { listingId: b, basisCode: 'tendering', basis: ' 处罚决定书另附 ', until: '2026-06-01' },
      ],
    })
    const over = await refusal('retention_incomplete', () => answerLift(app, liaisonOf('water'), keep('2028-03-03')))
    expect(over.problems.map((each) => app.catalog.check(each)).join()).to.include('2028-03-02')
    const before = await showLiftOrder(app, CLERK, { id: order.id, page: PAGE })
    expect(before.entries.map(({ state }) => state)).to.deep.equal(['open', 'open'])
    await answerLift(app, liaisonOf('water'), keep('2028-03-02'))
    const { entries } = await showLiftOrder(app, CLERK, { id: order.id, page: PAGE })
    const basisOf = (id: string): string => entries.find(({ listingId }) => listingId === id)?.basis ?? ''
    expect(basisOf(a)).to.match(/^《政府采购法》第七十七条（.*）$/)
    expect(basisOf(b)).to.match(/^《招标投标法》第五十四条（.*）；处罚决定书另附$/)
  })

  it('takes answers entry by entry or all at once, and tells the debtor what is kept until when once every unit has answered (P14)', async () => {
    const { app } = await appWithUnits()
    const [a = '', b = ''] = await listed(app, 2, { phone: '13800000033' })
    const [land, water] = (await shielded(app, [a, b])) as [LiftOrderView, LiftOrderView]
    const retained = { listingId: a, basis: BASIS, until: '2026-06-01', measureIds: ['1.1'] }
    expect(await answerLift(app, liaisonOf('water'), { orderId: water.id, retained: [retained] })).to.include({
      state: 'open',
      retained: 1,
    })
    expect(await answerLift(app, CLERK, { orderId: land.id, lifted: [a] })).to.include({ state: 'open', lifted: 1 })
    // Both units have answered for `a`, so its debtor is notified although `b` is open, once the court accepted what is kept.
    await completeLifts(app, SYSTEM)
    expect(await told(app, 'lift.completed')).to.deep.equal([])
    const [kept] = (await listRetentions(app, CLERK, { filter: {}, page: PAGE })).items
    await acceptRetention(app, CLERK, { id: kept?.id ?? '' })
    await completeLifts(app, SYSTEM)
    const first = await told(app, 'lift.completed')
    expect(first.map((each) => each.recipient)).to.deep.equal([`debtor:${a}`])
    expect(first[0]?.text).to.include('已解除的单位1个').and.include(`water局继续保留限制某某，依据${BASIS}，至2026年6月1日止`)

    expect(await answerLift(app, liaisonOf('water'), { orderId: water.id, lifted: 'rest' })).to.include({
      state: 'answered',
      late: false,
    })
    expect(await answerLift(app, CLERK, { orderId: land.id, lifted: [b] })).to.include({ state: 'answered', late: false })
    await runDailyTasks(app, SYSTEM)
    await runDailyTasks(app, SYSTEM)
    const all = await told(app, 'lift.completed')
    expect(all.map((each) => each.recipient).sort()).to.deep.equal([`debtor:${a}`, `debtor:${b}`].sort())
    expect(all.find((each) => each.recipient === `debtor:${b}`)?.text)
      .to.include('已解除的单位2个')
      .and.include('没有单位继续保留')
    expect(await clocks(app, 'lift.carry_out')).to.deep.equal(['closed 2026-03-03', 'closed 2026-03-03'])
    expect(await clocks(app, 'retention.end')).to.deep.equal(['open 2026-06-01'])
  })

  it('reports a missed order to the liaison, the head and the group office, and takes a late answer and marks it', async () => {
    const { app, clock } = await appWithUnits(['water'])
    const office = await addStaff(app, 'group_office', '13800000007')
    await runDailyTasks(app, SYSTEM)
    const [id = ''] = await listed(app, 1)
    const [order] = (await shielded(app, [id])) as [LiftOrderView]
    clock.set(at('2026-03-04'))
    expect(await runDailyTasks(app, SYSTEM)).to.include({ missed: 1 })
    const missed = await told(app, 'deadline.missed')
    expect(missed.map((each) => each.recipient.split(':')[0]).sort()).to.deep.equal(['liaison', 'liaison', 'staff'])
    expect(missed.find((each) => each.recipient === office)?.text).to.include('单位解除惩戒1项')
    const { items } = await listLiftOrders(app, liaisonOf('water'), { filter: { state: 'open' }, page: PAGE })
    expect(items.map((each) => each.overdue)).to.deep.equal([true])
    expect(await answerLift(app, liaisonOf('water'), { orderId: order.id, lifted: 'rest' })).to.include({ late: true, state: 'answered' })
    expect(await clocks(app, 'lift.carry_out')).to.deep.equal(['closed_late 2026-03-03'])
  })

  it('ends a retained measure after its last day, with reminders before, unless it is lifted early (P15)', async () => {
    const { app, clock } = await appWithUnits(['water'])
    await addStaff(app, 'clerk', '13800000009')
    const [a = '', b = ''] = await listed(app, 2)
    const [order] = (await shielded(app, [a, b])) as [LiftOrderView]
    const liaison = liaisonOf('water')
    const keep = (listingId: string): { listingId: string; basis: string; until: string } => ({
      listingId,
      basis: BASIS,
      until: '2026-03-20',
    })
    await answerLift(app, liaison, { orderId: order.id, retained: [keep(a), keep(b)] })
    expect(await answerLift(app, liaison, { orderId: order.id, lifted: [b] })).to.include({ state: 'answered', lifted: 1 })
    expect((await clocks(app, 'retention.end')).sort()).to.deep.equal(['cancelled 2026-03-20', 'open 2026-03-20'])
    await refusal('lift_act_impossible', () => answerLift(app, liaison, { orderId: order.id, retained: [keep(b)] }))
    for (let date = 3; date <= 21; date += 1) {
      clock.set(at(`2026-03-${String(date).padStart(2, '0')}`))
      await runDailyTasks(app, SYSTEM)
      const { entries } = await showLiftOrder(app, liaison, { id: order.id, page: PAGE })
      expect(entries.find((entry) => entry.listingId === a)?.state, String(date)).to.equal(date <= 20 ? 'retained' : 'ended')
      expect(entries.find((entry) => entry.listingId === b)?.state).to.equal('lifted')
    }
    const events = (await told(app))
      .filter(({ text }) => text.includes('继续保留的截止'))
      .map(({ event, recipient }) => `${event} ${recipient.split(':')[0]}`)
    expect(events).to.deep.equal([
      'deadline.missed:2026-03-21 staff',
      'deadline.reminder:2026-03-13 liaison',
      'deadline.reminder:2026-03-19 liaison',
    ])
    expect((await verifyAudit(app, { id: 'operator:test', roles: ['operator'] })).faults).to.deep.equal([])
  })

  it('waits for a clerk to tell a unit without a liaison: the court’s deadline runs, the unit’s does not', async () => {
    const { app, clock } = await appWithUnits(['water'])
    await app.store.write((tx) => tx.run('update liaison set active = ?', [false]))
    const [id = ''] = await listed(app, 1)
    await runDailyTasks(app, SYSTEM)
    await revokeByTwo(app, [id], '列入错误')
    const { items } = await listLiftOrders(app, CLERK, { filter: {}, page: PAGE })
    const [order] = items as [LiftOrderView]
    expect(order).to.include({ toldOn: null, due: null, overdue: false })
    expect([await clocks(app, 'lift.notify'), await clocks(app, 'lift.carry_out')]).to.deep.equal([['open 2026-03-05'], []])
    clock.set(at('2026-03-06'))
    expect(await runDailyTasks(app, SYSTEM)).to.include({ missed: 1 })
    await refusal('request_invalid', () => recordTold(app, CLERK, { orderId: order.id, toldOn: '2026-03-07', manner: '电话' }))
    await refusal('reason_needed', () => recordTold(app, CLERK, { orderId: order.id, toldOn: '2026-03-06', manner: ' ' }))
    await recordTold(app, CLERK, { orderId: order.id, toldOn: '2026-03-06', manner: '电话通知办公室' })
    await refusal('lift_told', () => recordTold(app, CLERK, { orderId: order.id, toldOn: '2026-03-06', manner: '电话' }))
    expect([await clocks(app, 'lift.notify'), await clocks(app, 'lift.carry_out')]).to.deep.equal([
      ['closed_late 2026-03-05'],
      ['open 2026-03-09'],
    ])
  })

  it('stores no answer row per entry when hundreds of entries are answered at once', async () => {
    const { app } = await appWithUnits()
    const ids = await listed(app, 450)
    const orders = await shielded(app, ids)
    for (const order of orders) await answerLift(app, CLERK, { orderId: order.id, lifted: 'rest' })
    expect(await completeLifts(app, SYSTEM)).to.equal(450)
    expect(await completeLifts(app, SYSTEM)).to.equal(0)
    const rows = await app.store.read((db) => db.query<{ n: number }>('select count(*) as n from lift_answer'))
    expect(Number(rows[0]?.n)).to.equal(0)
  })
})
