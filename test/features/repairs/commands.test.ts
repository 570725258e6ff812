// Credit repair through the commands that people use: applied for, put to units, decided and exported, on both databases.
// How a listing leaves the list is test/features/listings/commands.test.ts.

import { expect } from 'chai'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { exportRepairs, exportRepairsFile, listRepairs, showRepair } from '../../../src/features/repairs/views.ts'
import {
  answerOnRepair,
  applyForRepair,
  approveRepair,
  consultOnRepair,
  refuseRepair,
  withdrawRepair,
} from '../../../src/features/repairs/commands.ts'
import type { RawContent } from '../../../src/features/debtors/row-reader.rules.ts'
import type { Actor } from '../../../src/platform/commands/permissions.ts'
import { auditOf } from '../../../src/platform/commands/audit.store.ts'
import { addUnit, at, PAGE, told } from '../../support/deadlines.ts'
import { PERSON } from '../../support/drafts.ts'
import { eachDatabase } from '../../support/app.ts'
import { APPROVER, CLERK, listed } from '../../support/listed.ts'
import { clocksOf, texts, TODAY } from '../../support/objections.ts'
import { refusal } from '../../support/refusal.ts'
import { revokeByTwo } from '../../support/proposed.ts'

const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }
const BOTH: Actor = { id: 'staff:both', roles: ['clerk', 'approver'] }
const liaisonOf = (unitId: string): Actor => ({ id: `liaison:${unitId}`, roles: ['liaison'], unitId })
const NOBODY = '01M81ZJK12XTFTYW6TKHXAKXPJ'
const SPAN = { from: TODAY, to: TODAY }

/** Lists debtors and revokes the listings again. */
async function delisted(app: AppContext, count: number, change: RawContent = {}, first = 1): Promise<string[]> {
  const ids = await listed(app, count, change, first)
  await revokeByTwo(app, ids, '列入有误')
  return ids
}

const applyFor = (app: AppContext, listingId: string, actor = CLERK): Promise<{ id: string; number: string; version: number }> =>
  applyForRepair(app, actor, { listingId, receivedOn: TODAY, statement: '义务已经全部履行' })

/** An application to which every unit asked agrees. */
async function agreed(app: AppContext, listingId: string): Promise<string> {
  const { id } = await applyFor(app, listingId)
  await consultOnRepair(app, CLERK, { id, unitIds: ['u1'] })
  await answerOnRepair(app, liaisonOf('u1'), { id, unitId: 'u1', opinion: 'agree' })
  return id
}

eachDatabase((_db, make) => {
  it('refuses an application for a listing in force, on impossible days, without text, twice, or by the wrong person', async () => {
    const { app } = await make({ now: at(TODAY, 10) })
    const [inForce = ''] = await listed(app, 1, {}, 9)
    const [id = ''] = await delisted(app, 1)
    const early = await refusal('repair_not_delisted', () => applyFor(app, inForce))
    expect(app.catalog.problem(early.code, early.values)).to.include('“已公布”')
    await refusal('listing_missing', () => applyFor(app, NOBODY))
    await refusal('not_allowed', () => applyFor(app, id, APPROVER))
    const input = { listingId: id, statement: '义务已经全部履行' }
    await refusal('request_invalid', () => applyForRepair(app, CLERK, { ...input, receivedOn: '2026-03-03' }))
    const before = await refusal('request_invalid', () => applyForRepair(app, CLERK, { ...input, receivedOn: '2026-03-01' }))
    expect(app.catalog.check(before.problems[0] ?? { code: '' })).to.match(/^“收到日期”早于/)
    await refusal('reason_needed', () => applyForRepair(app, CLERK, { ...input, receivedOn: TODAY, statement: ' ' }))
    expect(await applyFor(app, id)).to.include({ number: 'XF20260302-0001', state: 'received', version: 1 })
    await refusal('repair_pending', () => applyFor(app, id))
    expect((await listRepairs(app, CLERK, { filter: {}, page: PAGE })).total).to.equal(1)
    expect(await texts(app, 'repair.')).to.deep.equal(['repair.received debtor clerk'])
  })

  it('asks each unit once, lets each answer for itself, and grants nothing to which one of them has not agreed (P16, P17)', async () => {
    const { app } = await make({ now: at(TODAY, 10) })
    const [listingId = ''] = await delisted(app, 1)
    for (const unitId of ['u1', 'u2', 'u3']) await addUnit(app, unitId)
    const { id } = await applyFor(app, listingId)
    const grant = (actor = APPROVER, version?: number): Promise<unknown> => approveRepair(app, actor, { id, version, reason: '均已同意' })
    const soon = await refusal('repair_act_impossible', () => grant())
    expect(app.catalog.problem(soon.code, soon.values)).to.equal(
      '该信用修复申请现为“已收到”，不能“准予信用修复”。现在可以做的操作：征求单位意见、不予信用修复、登记撤回。',
    )
    await refusal('repair_missing', () => consultOnRepair(app, CLERK, { id: NOBODY, unitIds: ['u1'] }))
    await refusal('request_invalid', () => consultOnRepair(app, CLERK, { id, unitIds: [] }))
    await refusal('unit_missing', () => consultOnRepair(app, CLERK, { id, unitIds: ['u1', 'nowhere'] }))
    await consultOnRepair(app, CLERK, { id, unitIds: ['u1', 'u2'], version: 1 })
    await refusal('repair_unit_asked', () => consultOnRepair(app, CLERK, { id, unitIds: ['u2', 'u3'] }))
    await refusal('repair_version_stale', () => consultOnRepair(app, CLERK, { id, unitIds: ['u3'], version: 1 }))
    const answer = (actor: Actor, unitId: string, opinion: 'agree' | 'object', reason?: string): Promise<unknown> =>
      answerOnRepair(app, actor, { id, unitId, opinion, reason })
    const ofUnit = (await listRepairs(app, liaisonOf('u2'), { filter: {}, page: PAGE })).items[0]
    expect([ofUnit?.possible, (await showRepair(app, CLERK, id)).possible]).to.deep.equal([['answer'], ['consult', 'answer', 'withdraw']])
    await refusal('unit_other', () => answer(liaisonOf('u2'), 'u1', 'agree'))
    await refusal('repair_unit_unasked', () => answer(liaisonOf('u3'), 'u3', 'agree'))
    await refusal('reason_needed', () => answer(liaisonOf('u1'), 'u1', 'object'))
    await answer(liaisonOf('u1'), 'u1', 'agree')
    await refusal('repair_opinions_missing', () => grant())
    await answer(CLERK, 'u2', 'object', '仍有欠费')
    await refusal('repair_opposed', () => grant())
    await answer({ id: 'staff:paper', roles: ['clerk', 'approver'] }, 'u2', 'agree')
    await refusal('repair_own_registration', () => grant({ id: 'staff:paper', roles: ['clerk', 'approver'] }))
    await refusal('not_allowed', () => grant(CLERK))
    await refusal('repair_own_registration', () => grant({ id: CLERK.id, roles: ['approver'] }))
    await grant(BOTH)
    await refusal('repair_act_impossible', () => grant())
    await refusal('repair_pending', () => applyFor(app, listingId))
    // A unit sees only its own opinion, and only of applications about which it was asked.
    expect((await showRepair(app, liaisonOf('u1'), id)).opinions.map((each) => each.unitId)).to.deep.equal(['u1'])
    expect((await showRepair(app, liaisonOf('u1'), id)).audit).to.deep.equal([])
    await refusal('repair_missing', () => showRepair(app, liaisonOf('u3'), id))
    expect((await listRepairs(app, liaisonOf('u3'), { filter: {}, page: PAGE })).total).to.equal(0)
    expect((await listRepairs(app, liaisonOf('u2'), { filter: { unitId: 'u1' }, page: PAGE })).total).to.equal(1)
    const shown = await showRepair(app, CLERK, id)
    expect(shown).to.include({ state: 'approved', decisionNo: '（2026）信修字第1号', name: PERSON.name, version: 6 })
    expect(shown.audit).to.have.length(6)
    expect(await clocksOf(app, `repair:${id}`)).to.deep.equal(['repair.decide closed 2026-03-23'])
    expect((await texts(app, 'repair.')).sort()).to.deep.equal([
      'repair.answered role clerk',
      'repair.answered role clerk',
      'repair.approved debtor clerk',
      'repair.approved liaison sms',
      'repair.approved liaison sms',
      'repair.consulting liaison sms',
      'repair.consulting liaison sms',
      'repair.received debtor clerk',
    ])
    expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
  })

  it('allows a new application after one was refused with a reason or withdrawn', async () => {
    const { app, clock } = await make({ now: at(TODAY, 10) })
    const [listingId = ''] = await delisted(app, 1)
    const first = await applyFor(app, listingId)
    await refusal('reason_needed', () => refuseRepair(app, APPROVER, { id: first.id, reason: '' }))
    clock.set(at('2026-03-24', 10))
    await refuseRepair(app, APPROVER, { id: first.id, reason: '尚有义务未履行', decisionNo: '（2026）信修9号' })
    expect(await clocksOf(app, `repair:${first.id}`)).to.deep.equal(['repair.decide closed_late 2026-03-23'])
    expect((await told(app, 'repair.refused'))[0]?.text).to.match(/（2026）信修9号[\s\S]*尚有义务未履行/)
    const second = await applyFor(app, listingId)
    await withdrawRepair(app, CLERK, { id: second.id, reason: '本人撤回' })
    await refusal('repair_act_impossible', () => refuseRepair(app, APPROVER, { id: second.id, reason: '尚有义务未履行' }))
    expect((await clocksOf(app, `repair:${second.id}`))[0]).to.match(/^repair.decide cancelled/)
    expect(await applyFor(app, listingId)).to.include({ state: 'received' })
  })

  it('exports granted repairs of a span with complete identifiers and an audit row, without undisclosed listings (P18)', async () => {
    const { app } = await make({ now: at(TODAY, 10) })
    await addUnit(app, 'u1')
    const [open = '', pending = ''] = await delisted(app, 2)
    const [hidden = ''] = await delisted(app, 1, { disclosure: '不宜公开', employer: '某某局' }, 5)
    for (const listingId of [open, hidden]) await approveRepair(app, BOTH, { id: await agreed(app, listingId), reason: '均已同意' })
    await agreed(app, pending)
    await refusal('request_invalid', () => exportRepairs(app, CLERK, { from: '2026-03-03', to: TODAY }))
    await refusal('not_allowed', () => exportRepairs(app, liaisonOf('u1'), SPAN))
    expect((await exportRepairs(app, CLERK, { from: '2026-03-01', to: '2026-03-01' })).items).to.deep.equal([])
    const { items } = await exportRepairs(app, CLERK, SPAN)
    expect(items).to.have.length(1)
    expect(items[0]).to.deep.include({
      decisionNo: '（2026）信修字第1号',
      decidedOn: TODAY,
      name: PERSON.name,
      identifier: PERSON.identifier,
      exit: 'revoked',
      units: ['u1局'],
    })
    const file = await exportRepairsFile(app, OPERATOR, SPAN)
    expect(file.fileName).to.equal('信用修复信息-2026-03-02-2026-03-02.csv')
    const lines = Buffer.concat((await file.content.toArray()) as Buffer[])
      .toString('utf8')
      .split('\r\n')
    expect(lines[0]).to.match(/^\uFEFF申请编号,决定书编号/)
    expect(lines[1]).to.match(/自然人.*"=""533421198410140222""".*撤销,2026-03-02,u1局$/)
    const trail = await app.store.read((db) => auditOf(db, 'repairs'))
    expect(trail.map((row) => [row.actor, (JSON.parse(row.detail) as { count: number }).count])).to.deep.equal([
      [CLERK.id, 0],
      [CLERK.id, 1],
      [OPERATOR.id, 1],
    ])
  })
})
