// When a unit counts as reached with its lift order, and when the court's period to tell the units closes, on both databases.
// Orders and answers are test/features/lifts/commands.test.ts.

import { expect } from 'chai'
import { enqueueBroadcastPortion } from '../../../src/features/bulletins/tasks.ts'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import { searchDeadlines } from '../../../src/features/deadlines/search.store.ts'
import { answerLift } from '../../../src/features/lifts/commands.ts'
import { markReachedUnits, recordTold } from '../../../src/features/lifts/reach.commands.ts'
import { listLiftOrders, type LiftOrderView } from '../../../src/features/lifts/views.ts'
import { settleDuty } from '../../../src/features/notices/commands.ts'
import { listDuties } from '../../../src/features/notices/views.ts'
import { replaceMeasures } from '../../../src/features/units/store.ts'
import { runDailyTasks } from '../../../src/daily.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { SYSTEM, type Actor } from '../../../src/platform/commands/permissions.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { addUnit, at, PAGE } from '../../support/deadlines.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { refusal } from '../../support/refusal.ts'

const liaisonOf = (unitId: string): Actor => ({ id: `liaison:${unitId}`, roles: ['liaison'], unitId })

eachDatabase((_db, make) => {
  /** Two units with liaisons and one without; a listing has left the list, and its bulletin is enqueued. */
  async function shielded(): Promise<TestApp & { orders: LiftOrderView[] }> {
    const made = await make({ now: at('2026-03-02', 10) })
    const { app } = made
    const units = ['land', 'silent', 'water']
    for (const unit of units) await addUnit(app, unit)
    const measure = { id: '1.1', position: 1, title: '限制某某', direction: 'debtor_only', detail: '{}' }
    await app.store.write(async (tx) => {
      await replaceMeasures(
        tx,
        [measure],
        units.map((unitId) => ({ measureId: '1.1', unitId })),
      )
      await tx.run("update liaison set active = ? where unit_id = 'silent'", [false])
    })
    const [id = ''] = await listed(app, 1)
    await shieldListings(app, CLERK, { items: [{ id }], ground: 'fully_performed', reason: '已履行' })
    while ((await enqueueBroadcastPortion(app, SYSTEM, undefined)) !== null);
    const { items } = await listLiftOrders(app, CLERK, { filter: {}, page: PAGE })
    return { ...made, orders: items.toSorted((a, b) => (a.unitId < b.unitId ? -1 : 1)) }
  }

  async function clock(app: AppContext): Promise<string> {
    const { items } = await app.store.read((db) => searchDeadlines(db, { code: 'lift.notify' }, PAGE))
    return items.map((row) => `${row.state} ${row.due}`).join()
  }

  /** A unit's message about an exit gets a state, as messaging would set it. */
  async function message(app: AppContext, unitId: string, state: string, closedAt: Date | null = app.clock.now()): Promise<void> {
    await app.store.write((tx) =>
      tx.run(
        `update notice set state = ?, closed_at = ? where template = 'bulletin-lifted-unit'
          and substr(recipient, 9) in (select id from liaison where unit_id = ?)`,
        [state, closedAt, unitId],
      ),
    )
  }

  async function unreached(app: AppContext): Promise<string[]> {
    const { items } = await listLiftOrders(app, CLERK, { filter: { reached: 'no' }, page: PAGE })
    return items.map(({ unitId }) => unitId).sort()
  }

  for (const state of ['open', 'accepted', 'undeliverable', 'cancelled'])
    it(`does not count a unit as reached whose message is ${state}`, async () => {
      const { app } = await shielded()
      await message(app, 'land', state)
      await message(app, 'water', state)
      expect(await markReachedUnits(app, SYSTEM)).to.equal(0)
      expect(await unreached(app)).to.deep.equal(['land', 'silent', 'water'])
      expect(await clock(app)).to.equal('open 2026-03-05')
    })

  it('names the units that are not reached yet, and closes the court’s period with the last of them (P13)', async () => {
    const { app, orders } = await shielded()
    const [land, silent, water] = orders as [LiftOrderView, LiftOrderView, LiftOrderView]
    await message(app, 'land', 'delivered')
    expect(await markReachedUnits(app, SYSTEM)).to.equal(1)
    expect(await markReachedUnits(app, SYSTEM)).to.equal(0)
    expect(await unreached(app)).to.deep.equal(['silent', 'water'])
    await refusal('lift_told', () => recordTold(app, CLERK, { orderId: land.id, toldOn: '2026-03-02', manner: '电话' }))
    await recordTold(app, CLERK, { orderId: silent.id, toldOn: '2026-03-02', manner: '专人送达' })
    expect(await clock(app)).to.equal('open 2026-03-05')
    await answerLift(app, liaisonOf('water'), { orderId: water.id, lifted: 'rest' })
    expect([await unreached(app), await clock(app)]).to.deep.equal([[], 'closed 2026-03-05'])
  })

  it('takes a failed message to a clerk, and counts the unit as reached once that clerk has served it', async () => {
    const { app } = await shielded()
    await message(app, 'land', 'delivered')
    // The steps before the clerk's have failed.
    await app.store.write(async (tx) => {
      const rows = await tx.query<{ id: string }>(
        `select d.id from delivery d join notice n on n.id = d.notice_id where n.template = 'bulletin-lifted-unit' and n.state = 'open' order by d.rung`,
      )
      const last = rows.at(-1)?.id ?? ''
      await tx.run("update delivery set state = 'waiting_person', medium = 'clerk' where id = ?", [last])
    })
    const { items } = await listDuties(app, CLERK, PAGE)
    const about = await app.store.read((db) =>
      db.query<{ id: string }>("select id from notice where template in ('bulletin-lifted-unit', 'bulletin-unreached-court')"),
    )
    // The failed message to one unit, and the exit's task that names the units without a liaison; that of the publication is overtaken.
    const duties = items.filter(({ noticeId }) => about.some(({ id }) => id === noticeId))
    expect(duties.map(({ state }) => state)).to.deep.equal(Array(2).fill('waiting_person'))
    for (const { deliveryId } of duties)
      await settleDuty(app, CLERK, { deliveryId, verdict: 'done', note: '电话通知到办公室', on: '2026-03-02' })
    await runDailyTasks(app, SYSTEM)
    expect([await unreached(app), await clock(app)]).to.deep.equal([[], 'closed 2026-03-05'])
  })

  it('keeps the period open when a person could not tell the unit, until it is told by hand, whose day then counts for the unit too', async () => {
    const { app, clock: time, orders } = await shielded()
    const [, silent, water] = orders as [LiftOrderView, LiftOrderView, LiftOrderView]
    await message(app, 'land', 'settled')
    await message(app, 'water', 'undeliverable')
    await runDailyTasks(app, SYSTEM)
    time.set(at('2026-03-06', 9))
    await runDailyTasks(app, SYSTEM)
    expect([await unreached(app), await clock(app)]).to.deep.equal([['silent', 'water'], 'missed 2026-03-05'])
    await refusal('request_invalid', () => recordTold(app, CLERK, { orderId: water.id, toldOn: '2026-03-01', manner: '电话' }))
    await refusal('request_invalid', () => recordTold(app, CLERK, { orderId: water.id, toldOn: '2026-03-07', manner: '电话' }))
    await recordTold(app, CLERK, { orderId: water.id, toldOn: '2026-03-06', manner: '电话' })
    await recordTold(app, CLERK, { orderId: silent.id, toldOn: '2026-03-06', manner: '电话' })
    expect([await unreached(app), await clock(app)]).to.deep.equal([[], 'closed_late 2026-03-05'])
    const { items } = await listLiftOrders(app, CLERK, { filter: { unitId: 'water' }, page: PAGE })
    expect(items[0]).to.include({ due: '2026-03-09', overdue: false, reachedOn: '2026-03-06' })
  })

  it('closes in time by the day of the receipt, and once, when two processes find the last receipts at the same time', async () => {
    const { app, clock: time, orders } = await shielded()
    await recordTold(app, CLERK, { orderId: orders[1]?.id ?? '', toldOn: '2026-03-02', manner: '电话' })
    await message(app, 'land', 'delivered', at('2026-03-05', 23))
    await message(app, 'water', 'delivered', at('2026-03-05', 23))
    time.set(at('2026-03-06', 9))
    await Promise.all([markReachedUnits(app, SYSTEM), markReachedUnits(app, SYSTEM)])
    expect([await unreached(app), await clock(app)]).to.deep.equal([[], 'closed 2026-03-05'])
  })
})
