// What units told the court about many entries, recorded by a clerk in one act: once, without touching what a unit answered itself.

import { expect } from 'chai'
import { addDays, addMonths, dayOf } from '../../../src/core/calendar.ts'
import { newId } from '../../../src/core/ids.ts'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import { deadlinesByKey } from '../../../src/features/deadlines/store.ts'
import { answerLift } from '../../../src/features/lifts/commands.ts'
import { recordReports, type ReportInput } from '../../../src/features/lifts/reports.commands.ts'
import { listLiftOrders, showLiftOrder } from '../../../src/features/lifts/views.ts'
import { replaceMeasures } from '../../../src/features/units/store.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { addUnit, PAGE } from '../../support/deadlines.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { refusal } from '../../support/refusal.ts'

const UNITS = ['power', 'water', 'gas']
const OTHER_CLERK = { id: 'staff:other', roles: ['clerk'] } as const

eachDatabase((_db, make) => {
  async function ordered(count = 2): Promise<TestApp & { ids: string[]; bulletinId: string; orderOf: (unitId: string) => string }> {
    const made = await make()
    const { app } = made
    for (const id of UNITS) await addUnit(app, id)
    const measure = { id: '1.1', position: 1, title: '限制某某', detail: '{}' }
    const holders = UNITS.map((unitId) => ({ measureId: '1.1', unitId }))
    await app.store.write((tx) => replaceMeasures(tx, [measure], holders))
    const ids = (await listed(app, count)).sort()
    await shieldListings(app, CLERK, { items: ids.map((id) => ({ id })), ground: 'fully_performed', reason: '已履行' })
    const { items } = await listLiftOrders(app, CLERK, { filter: {}, page: PAGE })
    const orderOf = (unitId: string): string => items.find((item) => item.unitId === unitId)?.id ?? ''
    return { ...made, ids, bulletinId: items[0]?.bulletinId ?? '', orderOf }
  }

  const results = (orders: Awaited<ReturnType<typeof recordReports>>['orders']): string[] =>
    orders.map(({ state, cells }) => `${state}: ${cells.map(({ result }) => result).join(' ')}`)

  it('records many entries of many units at once, and closes the periods as of the day of the deed', async () => {
    const { app, clock, ids, bulletinId, orderOf } = await ordered()
    const doneOn = dayOf(clock.now())
    clock.advance(5 * 24 * 60 * 60 * 1000)
    const orders = ['power', 'water'].map((unitId) => ({ orderId: orderOf(unitId), listingIds: ids }))
    orders.push({ orderId: orderOf('gas'), listingIds: ids.slice(0, 1) })
    const input: ReportInput = { id: newId(), bulletinId, doneOn, toldBy: '办公室来函', remark: '来函第3号', orders }
    const { orders: done } = await recordReports(app, CLERK, input)
    expect(results(done)).to.deep.equal(['answered: recorded recorded', 'answered: recorded recorded', 'open: recorded'])
    expect(done.map(({ late }) => late)).to.deep.equal([false, false, false])
    const [clockRow] = await app.store.read((db) => deadlinesByKey(db, [`lift.carry_out:lift_order:${orderOf('power')}`]))
    expect([clockRow?.state, dayOf(clockRow?.closedAt ?? new Date(0))]).to.deep.equal(['closed', doneOn])
    const shown = await showLiftOrder(app, CLERK, { id: orderOf('power'), page: PAGE })
    expect(shown.reachedOn).to.equal(doneOn)
    expect(shown.entries[0]?.report).to.deep.equal({ doneOn, toldBy: '办公室来函', remark: '来函第3号' })
    const liaison = { id: 'liaison:test', roles: ['liaison'], unitId: 'power' } as const
    expect((await showLiftOrder(app, liaison, { id: orderOf('power'), page: PAGE })).entries[0]?.report).to.equal(null)
    const [stored] = await app.store.read((db) => db.query<{ told: string }>('select told_by as told from lift_report', []))
    expect(stored?.told).to.not.contain('来函')
  })

  it('does nothing twice for a second click, two at once, or the next portion under the same id', async () => {
    const { app, clock, ids, bulletinId, orderOf } = await ordered()
    const input = { id: newId(), bulletinId, doneOn: dayOf(clock.now()), toldBy: '电话告知' }
    const first = { ...input, orders: [{ orderId: orderOf('power'), listingIds: ids }] }
    const both = await Promise.all([recordReports(app, CLERK, first), recordReports(app, CLERK, first)])
    expect(both.map(({ orders }) => results(orders))).to.deep.equal([['answered: recorded recorded'], ['answered: recorded recorded']])
    const [counted] = await app.store.read((db) => db.query<{ n: number | string }>('select count(*) as n from lift_answer', []))
    expect(Number(counted?.n)).to.equal(2)
    const next = { ...input, orders: [{ orderId: orderOf('water'), listingIds: ids }] }
    expect(results((await recordReports(app, CLERK, next)).orders)).to.deep.equal(['answered: recorded recorded'])
    await refusal('batch_of_another', () => recordReports(app, CLERK, { ...next, toldBy: '另一人告知' }))
    await refusal('batch_of_another', () => recordReports(app, OTHER_CLERK, next))
    const again = await recordReports(app, CLERK, { ...first, id: newId() })
    expect(results(again.orders)).to.deep.equal(['answered: already already'])
  })

  it('leaves what a unit answered since the screen was read, and names it', async () => {
    const { app, clock, ids, bulletinId, orderOf } = await ordered(3)
    const [lifted = '', kept = ''] = ids
    const until = addMonths(dayOf(clock.now()), 3)
    const retained = [{ listingId: kept, basis: '《政府采购法》第七十七条', until }]
    await answerLift(app, CLERK, { orderId: orderOf('power'), lifted: [lifted], retained })
    const input = { id: newId(), bulletinId, doneOn: dayOf(clock.now()), toldBy: '电话告知' }
    const { orders } = await recordReports(app, CLERK, { ...input, orders: [{ orderId: orderOf('power'), listingIds: ids }] })
    expect(results(orders)).to.deep.equal(['answered: already kept recorded'])
    const { entries } = await showLiftOrder(app, CLERK, { id: orderOf('power'), page: PAGE })
    expect(entries.find(({ listingId }) => listingId === kept)?.state).to.equal('retained')
  })

  it('refuses a day outside the order’s life, a missing source, and entries or orders that are not the bulletin’s, and then records nothing', async () => {
    const { app, clock, ids, bulletinId, orderOf } = await ordered()
    const today = dayOf(clock.now())
    const orders = [{ orderId: orderOf('power'), listingIds: ids }]
    const input = { id: newId(), bulletinId, doneOn: today, toldBy: '电话告知', orders }
    await refusal('request_invalid', () => recordReports(app, CLERK, { ...input, doneOn: addDays(today, 1) }))
    await refusal('request_invalid', () => recordReports(app, CLERK, { ...input, doneOn: addDays(today, -1) }))
    await refusal('reason_needed', () => recordReports(app, CLERK, { ...input, toldBy: ' ' }))
    await refusal('request_invalid', () => recordReports(app, CLERK, { ...input, orders: [...orders, ...orders] }))
    await refusal('lift_missing', () => recordReports(app, CLERK, { ...input, bulletinId: newId() }))
    await refusal('lift_missing', () => recordReports(app, CLERK, { ...input, orders: [...orders, { orderId: newId(), listingIds: ids }] }))
    const strange = [...orders, { orderId: orderOf('water'), listingIds: [newId()] }]
    await refusal('listing_missing', () => recordReports(app, CLERK, { ...input, orders: strange }))
    const liaison = { id: 'liaison:test', roles: ['liaison'], unitId: 'power' } as const
    await refusal('not_allowed', () => recordReports(app, liaison, input))
    const { entries } = await showLiftOrder(app, CLERK, { id: orderOf('power'), page: PAGE })
    expect(entries.map(({ state }) => state)).to.deep.equal(['open', 'open'])
  })
})
