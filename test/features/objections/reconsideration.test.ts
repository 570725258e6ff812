// Reconsideration of rejected objections by the next higher court, on both databases.
// Objections before it are test/features/objections/commands.test.ts.

import { expect } from 'chai'
import {
  recordObjectionService,
  recordReconsideration,
  recordReconsiderationAsked,
} from '../../../src/features/objections/outcomes.commands.ts'
import { registerObjection, rejectObjection, reviewObjection } from '../../../src/features/objections/commands.ts'
import { at, told } from '../../support/deadlines.ts'
import { eachDatabase } from '../../support/app.ts'
import { APPROVER, CLERK, listed } from '../../support/listed.ts'
import { clocksOf, objectionTo, texts, TODAY } from '../../support/objections.ts'
import { refusal } from '../../support/refusal.ts'

eachDatabase((_db, make) => {
  it('records that the next court overturns or confirms a rejection, whether it was asked in time or late (P07)', async () => {
    const { app, clock } = await make({ now: at(TODAY, 10) })
    const [id = '', other = ''] = await listed(app, 2)
    const rejected = async (listingId: string): Promise<string> => {
      const { id: objection } = await registerObjection(app, CLERK, objectionTo(listingId))
      await reviewObjection(app, CLERK, { id: objection })
      await rejectObjection(app, APPROVER, { id: objection, reason: '列入有依据' })
      return objection
    }
    const first = await rejected(id)
    expect((await told(app, 'objection.rejected'))[0]?.text).to.match(/列入有依据[\s\S]*10日内向迪庆藏族自治州中级人民法院申请复议/)
    await refusal('request_invalid', () => recordObjectionService(app, CLERK, { id: first, servedOn: '2026-03-01' }))
    await recordObjectionService(app, CLERK, { id: first, servedOn: TODAY })
    clock.set(at('2026-03-13', 10))
    await refusal('request_invalid', () => recordReconsiderationAsked(app, CLERK, { id: first, askedOn: '2026-03-14' }))
    expect(await recordReconsiderationAsked(app, CLERK, { id: first, askedOn: '2026-03-13' })).to.include({
      state: 'reconsidering',
      late: true,
    })
    expect(await clocksOf(app, `objection:${first}`)).to.deep.equal([
      'objection.review closed 2026-03-17',
      'reconsideration.decide open 2026-03-30',
      'reconsideration.file closed_late 2026-03-12',
    ])
    const ruling = { decidedOn: '2026-03-13', decisionNo: '（2026）云34执复7号', reason: '原驳回有误' }
    await refusal('request_invalid', () => recordReconsideration(app, CLERK, { id: first, ...ruling, decidedOn: '2026-03-12' }))
    expect(await recordReconsideration(app, CLERK, { id: first, ...ruling, remedy: 'revoke' })).to.include({ state: 'upheld' })
    expect((await clocksOf(app, `objection:${first}`))[0]).to.equal('objection.carry_out open 2026-03-16')
    const second = await rejected(other)
    await refusal('objection_act_impossible', () => recordReconsideration(app, CLERK, { id: second, ...ruling }))
    expect(await recordReconsiderationAsked(app, CLERK, { id: second, askedOn: '2026-03-13' })).to.include({ late: false })
    expect(await recordReconsideration(app, CLERK, { id: second, ...ruling })).to.include({ state: 'confirmed' })
    expect((await texts(app, 'reconsideration.')).sort()).to.deep.equal([
      'reconsideration.received debtor clerk',
      'reconsideration.received debtor clerk',
      'reconsideration.rejected debtor clerk',
      'reconsideration.upheld debtor clerk',
    ])
    // After a rejection the debtor may object anew.
    expect(await registerObjection(app, CLERK, objectionTo(other, { receivedOn: '2026-03-13' }))).to.include({ state: 'registered' })
  })
})
