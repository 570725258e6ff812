// The lift orders of a bulletin as a matrix: what each unit answered about each entry, by page, for the court alone.

import { expect } from 'chai'
import { addMonths, dayOf } from '../../../src/core/calendar.ts'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import { answerLift } from '../../../src/features/lifts/commands.ts'
import { showLiftMatrix } from '../../../src/features/lifts/matrix.views.ts'
import { listLiftOrders } from '../../../src/features/lifts/views.ts'
import { replaceMeasures } from '../../../src/features/units/store.ts'
import { eachDatabase } from '../../support/app.ts'
import { addUnit, PAGE } from '../../support/deadlines.ts'
import { APPROVER, CLERK, listed } from '../../support/listed.ts'
import { refusal } from '../../support/refusal.ts'

eachDatabase((_db, make) => {
  it('shows for every unit the state of each entry, and only that page of entries', async () => {
    const { app, clock } = await make()
    for (const id of ['power', 'water']) await addUnit(app, id)
    const measure = { id: '1.1', position: 1, title: '限制某某', detail: '{}' }
    const holders = ['power', 'water'].map((unitId) => ({ measureId: '1.1', unitId }))
    await app.store.write((tx) => replaceMeasures(tx, [measure], holders))
    const ids = (await listed(app, 3)).sort()
    const [first = '', second = ''] = ids
    await shieldListings(app, CLERK, { items: ids.map((id) => ({ id })), ground: 'fully_performed', reason: '已履行' })
    const { items } = await listLiftOrders(app, CLERK, { filter: {}, page: PAGE })
    const bulletinId = items[0]?.bulletinId ?? ''
    const until = addMonths(dayOf(clock.now()), 3)
    const water = items.find(({ unitId }) => unitId === 'water')?.id ?? ''
    await answerLift(app, CLERK, {
      orderId: water,
      lifted: [first],
      retained: [{ listingId: second, basis: '《政府采购法》第七十七条', until }],
    })
    const cellsOf = async (limit: number, offset: number): Promise<string[]> => {
      const { units, total } = await showLiftMatrix(app, APPROVER, { bulletinId, page: { limit, offset } })
      expect(total).to.equal(3)
      return units.map(({ unitId, cells }) => `${unitId} ${cells.map((cell) => cell.state).join(' ')}`)
    }
    expect(await cellsOf(50, 0)).to.deep.equal(['power open open open', 'water lifted retained open'])
    expect(await cellsOf(1, 1)).to.deep.equal(['power open', 'water retained'])
    const { entries, units } = await showLiftMatrix(app, CLERK, { bulletinId, page: PAGE })
    expect(entries.map(({ listingId }) => listingId)).to.deep.equal(ids)
    expect(units[1]?.cells[1]).to.deep.equal({ state: 'retained', until })
    await answerLift(app, CLERK, { orderId: water, lifted: 'rest' })
    expect((await cellsOf(50, 0))[1]).to.equal('water lifted retained lifted')
    await refusal('lift_missing', () => showLiftMatrix(app, CLERK, { bulletinId: first, page: PAGE }))
    const liaison = { id: 'liaison:test', roles: ['liaison'], unitId: 'water' } as const
    await refusal('not_allowed', () => showLiftMatrix(app, liaison, { bulletinId, page: PAGE }))
  })
})
