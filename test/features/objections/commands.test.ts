// Objections through the commands that people use, with their deadlines, suspensions and notices, on both databases.
// Shielding, revoking and correcting are test/features/listings/commands.test.ts.

import { expect } from 'chai'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import { enqueueBroadcastPortion } from '../../../src/features/bulletins/tasks.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { rotateKeys } from '../../../src/platform/commands/key-rotation.ts'
import { carryOutObjection } from '../../../src/features/objections/outcomes.commands.ts'
import { listObjections, showObjection } from '../../../src/features/objections/views.ts'
import {
  registerObjection,
  rejectObjection,
  reviewObjection,
  suspendForObjection,
  upholdObjection,
  withdrawObjection,
  type NewObjection,
} from '../../../src/features/objections/commands.ts'
import { enquire } from '../../../src/features/enquiry/views.ts'
import { isAppError } from '../../../src/core/errors.ts'
import { createSecrets } from '../../../src/core/secrets.ts'
import { SYSTEM, PUBLIC, type Actor } from '../../../src/platform/commands/permissions.ts'
import { journalOfListing } from '../../../src/features/journal/store.ts'
import { addUnit, at, PAGE, told } from '../../support/deadlines.ts'
import { PERSON } from '../../support/drafts.ts'
import { eachDatabase, TEST_KEY } from '../../support/app.ts'
import { APPROVER, CLERK, listed, served } from '../../support/listed.ts'
import { clocksOf, objectionTo, texts, TODAY } from '../../support/objections.ts'
import { refusal } from '../../support/refusal.ts'
import { suspendedAmong, type Resting } from '../../../src/features/listings/suspensions.store.ts'
import { correctByTwo, revokeByTwo } from '../../support/proposed.ts'

const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }
const BOTH: Actor = { id: 'staff:both', roles: ['clerk', 'approver'] }
const AUDITOR: Actor = { id: 'staff:auditor', roles: ['auditor'] }
const NOBODY = '01M81ZJK12XTFTYW6TKHXAKXPJ'

async function eventsOf(app: AppContext, listingId: string): Promise<string[]> {
  const rows = await app.store.read((db) => journalOfListing(db, listingId))
  return rows.map((row) => row.event.replace('listing.', '')).slice(5)
}

const isSuspended = (app: AppContext, listingId: string): Promise<boolean> =>
  app.store.read(async (db) => (await suspendedAmong(db, [listingId])).has(listingId))
const restingOf = (app: AppContext, listingId: string): Promise<Resting[]> =>
  app.store.read(async (db) => (await suspendedAmong(db, [listingId])).get(listingId) ?? [])

async function spreadBulletins(app: AppContext): Promise<void> {
  for (let done = false; !done;) done = (await enqueueBroadcastPortion(app, SYSTEM, undefined)) === null
}

eachDatabase((_db, make) => {
  it('refuses an objection to the wrong listing, by the wrong person or on impossible days, and saves nothing', async () => {
    const { app } = await make({ now: at(TODAY, 10) })
    const [id = ''] = await listed(app, 1)
    await addUnit(app, 'u1')
    const register = (change: Partial<NewObjection>, actor = CLERK): Promise<unknown> =>
      registerObjection(app, actor, objectionTo(id, change))
    await refusal('not_allowed', () => register({}, AUDITOR))
    await refusal('listing_missing', () => register({ listingId: NOBODY }))
    await refusal('objection_unit_needed', () => register({ about: 'measure' }))
    await refusal('objection_unit_needed', () => register({ unitId: 'u1' }))
    await refusal('unit_missing', () => register({ about: 'measure', unitId: 'nowhere' }))
    await refusal('reason_needed', () => register({ claim: ' ' }))
    const late = await refusal('request_invalid', () => register({ receivedOn: '2026-03-03' }))
    expect(app.catalog.check(late.problems[0] ?? { code: '' })).to.equal('“收到日期”晚于今天（2026-03-02），请核对日期。')
    await refusal('request_invalid', () => register({ receivedOn: '2026-03-01' }))
    await refusal('request_invalid', () => register({ way: 'post', postedOn: '2026-03-03' }))
    await revokeByTwo(app, [id], '列入有误')
    const gone = await refusal('objection_impossible', () => register({}))
    expect(app.catalog.problem(gone.code, gone.values)).to.include('“已撤销”')
    expect((await listObjections(app, CLERK, { filter: {}, page: PAGE })).total).to.equal(0)
    expect(await told(app, 'objection.')).to.deep.equal([])
  })

  it('accepts and marks a late objection, counts a posted one by its postmark, and accepts one of a kind at a time (P04)', async () => {
    const { app, clock } = await make({ now: at(TODAY, 10) })
    const [id = '', posted = ''] = await served(app, 2)
    clock.set(at('2026-03-13', 10))
    const late = await registerObjection(app, CLERK, objectionTo(id, { receivedOn: '2026-03-13' }))
    expect(late).to.include({ number: 'JZ20260313-0001', state: 'registered', late: true })
    await refusal('objection_pending', () => registerObjection(app, CLERK, objectionTo(id, { receivedOn: '2026-03-13' })))
    await registerObjection(app, CLERK, objectionTo(id, { receivedOn: '2026-03-13', about: 'content' }))
    const inTime = await registerObjection(
      app,
      CLERK,
      objectionTo(posted, { receivedOn: '2026-03-13', way: 'post', postedOn: '2026-03-12' }),
    )
    expect(inTime.late).to.equal(false)
    expect(await clocksOf(app, `listing:${id}`)).to.deep.equal(['objection.file closed_late 2026-03-12'])
    expect(await clocksOf(app, `listing:${posted}`)).to.deep.equal(['objection.file closed 2026-03-12'])
    expect(await clocksOf(app, `objection:${late.id}`)).to.deep.equal(['objection.review open 2026-03-30'])
    expect((await told(app, 'objection.registered'))[0]?.text).to.match(/提出时已超过期限，本院仍予审查.*2026年3月30日前/s)
    const statute = await make({ now: at(TODAY, 10), env: { CLOCK_PROFILE: 'statute' } })
    const [free = ''] = await served(statute.app, 1)
    statute.clock.set(at('2026-06-01', 10))
    expect((await registerObjection(statute.app, CLERK, objectionTo(free, { receivedOn: '2026-06-01' }))).late).to.equal(false)
  })

  it('lets only another person than the reviewer decide, once, in order and on the current version (P05)', async () => {
    const { app } = await make({ now: at(TODAY, 10) })
    const [id = ''] = await listed(app, 1)
    const { id: objection } = await registerObjection(app, CLERK, objectionTo(id))
    expect(await clocksOf(app, `objection:${objection}`)).to.deep.equal(['objection.review open 2026-03-17'])
    const decide = (actor: Actor, version?: number): Promise<unknown> =>
      upholdObjection(app, actor, { id: objection, version, remedy: 'revoke', reason: '理由成立' })
    const early = await refusal('objection_act_impossible', () => decide(APPROVER))
    expect(app.catalog.problem(early.code, early.values)).to.equal(
      '该纠正申请现为“已登记”，不能“认定成立”。现在可以做的操作：开始审查、登记撤回。',
    )
    await refusal('objection_missing', () => reviewObjection(app, CLERK, { id: NOBODY }))
    await reviewObjection(app, BOTH, { id: objection, version: 1 })
    await refusal('objection_act_impossible', () => reviewObjection(app, BOTH, { id: objection }))
    await refusal('objection_own_review', () => decide(BOTH))
    await refusal('not_allowed', () => decide(CLERK))
    await refusal('own_draft', () => decide({ id: CLERK.id, roles: ['approver'] }))
    await refusal('objection_version_stale', () => decide(APPROVER, 1))
    await refusal('reason_needed', () => rejectObjection(app, APPROVER, { id: objection, reason: '' }))
    const unfit = await refusal('objection_remedy_unfit', () =>
      upholdObjection(app, APPROVER, { id: objection, remedy: 'lift_measure', reason: '理由成立' }),
    )
    expect(app.catalog.problem(unfit.code, unfit.values)).to.include('撤回列入决定、撤销失信名单信息、屏蔽失信信息')
    await decide(APPROVER, 2)
    await refusal('objection_act_impossible', () => decide(APPROVER))
    expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
  })

  it('carries out an upheld objection within three days by revoking the listing, and notifies everybody concerned (P06)', async () => {
    const { app, clock } = await make({ now: at(TODAY, 10) })
    const [id = ''] = await listed(app, 1)
    const { id: objection } = await registerObjection(app, CLERK, objectionTo(id))
    await reviewObjection(app, CLERK, { id: objection })
    expect(await isSuspended(app, id)).to.equal(false)
    await upholdObjection(app, APPROVER, { id: objection, remedy: 'revoke', reason: '理由成立' })
    expect(await clocksOf(app, `objection:${objection}`)).to.deep.equal([
      'objection.carry_out open 2026-03-05',
      'objection.review closed 2026-03-17',
    ])
    const done = (): Promise<unknown> => carryOutObjection(app, CLERK, { id: objection, note: '已撤销' })
    const undone = await refusal('objection_not_carried_out', done)
    expect(app.catalog.problem(undone.code, undone.values)).to.include('“撤销失信名单信息”')
    await revokeByTwo(app, [id], '列入有误')
    clock.set(at('2026-03-06', 10))
    await done()
    expect((await clocksOf(app, `objection:${objection}`))[0]).to.equal('objection.carry_out closed_late 2026-03-05')
    expect(await texts(app, 'objection.')).to.have.members([
      'objection.registered debtor clerk',
      'objection.reviewing role clerk',
      'objection.upheld debtor clerk',
      'objection.upheld role clerk',
      'objection.carried_out debtor clerk',
    ])
    const shown = await showObjection(app, AUDITOR, objection)
    expect(shown).to.include({ state: 'carried_out', decisionNo: '（2026）失纠字第1号', reviewedBy: CLERK.id, decidedBy: APPROVER.id })
    expect(shown.possible).to.deep.equal([])
    expect(shown.audit.map((row) => row.act)).to.deep.equal([
      'objection.register',
      'objection.review',
      'objection.decide',
      'objection.carry_out',
    ])
    expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
  })

  it('takes an objection about the content as carried out only after the wording objected to was corrected', async () => {
    const { app } = await make({ now: at(TODAY, 10) })
    const [id = ''] = await listed(app, 1)
    const { id: objection } = await registerObjection(app, CLERK, objectionTo(id, { about: 'content' }))
    await reviewObjection(app, CLERK, { id: objection })
    await upholdObjection(app, APPROVER, { id: objection, remedy: 'correct', reason: '金额有误', decisionNo: '（2026）纠9号' })
    await refusal('objection_not_carried_out', () => carryOutObjection(app, CLERK, { id: objection, note: '已更正' }))
    await correctByTwo(app, id, { obligation: '支付货款7100元' }, '金额录入有误')
    expect(await carryOutObjection(app, CLERK, { id: objection, note: '已更正' })).to.include({ state: 'carried_out' })
  })

  it('lets the measures objected to rest from the registration, tells their unit and the debtor at both ends, and no other unit (P08, P09)', async () => {
    const { app } = await make({ now: at(TODAY, 10) })
    const [id = ''] = await listed(app, 1, { phone: '13900000001' })
    const { liaison } = await addUnit(app, 'u1')
    await addUnit(app, 'u2')
    await app.store.write((tx) => tx.run("insert into measure (id, position, title, detail) values ('m1', 1, '某项措施', '{}')"))
    for (const unit of ['u1', 'u2'])
      await app.store.write((tx) => tx.run('insert into measure_unit (measure_id, unit_id) values (?, ?)', ['m1', unit]))
    await spreadBulletins(app)
    const before = await enquire(app, PUBLIC, { identifier: String(PERSON.identifier) })
    const measure = objectionTo(id, { about: 'measure', unitId: 'u1', measureIds: ['m1'] })
    await refusal('screening_measure_other', () => registerObjection(app, CLERK, { ...measure, measureIds: ['m2'] }))
    expect(await isSuspended(app, id)).to.equal(false)
    const { id: objection } = await registerObjection(app, CLERK, measure)
    expect(await restingOf(app, id)).to.deep.equal([{ unitId: 'u1', measureIds: 'm1' }])
    const asked = await told(app, 'measure.suspended')
    expect(asked.find((each) => each.recipient === liaison)?.text).to.match(/某项措施.*核实期间请暂不执行该措施/s)
    expect(await texts(app, 'measure.suspended')).to.have.members(['measure.suspended liaison sms', 'measure.suspended debtor sms'])
    await reviewObjection(app, CLERK, { id: objection })
    await refusal('objection_suspends', () => suspendForObjection(app, APPROVER, { id: objection }))
    expect(await restingOf(app, id)).to.have.length(1)
    await spreadBulletins(app)
    const during = await enquire(app, PUBLIC, { identifier: String(PERSON.identifier) })
    expect(during.entries).to.deep.equal(before.entries)
    expect(during.entries).to.have.length(1)
    expect(await texts(app, 'bulletin.suspended'), 'other units').to.deep.equal([])
    // An approver may let the whole listing rest for another objection: then every unit is told.
    const second = await registerObjection(app, CLERK, objectionTo(id, { claim: '不应列入' }))
    await reviewObjection(app, CLERK, { id: second.id })
    await refusal('own_draft', () => suspendForObjection(app, { id: CLERK.id, roles: ['clerk', 'approver'] }, { id: second.id }))
    await suspendForObjection(app, APPROVER, { id: second.id })
    await spreadBulletins(app)
    expect(await texts(app, 'bulletin.suspended')).to.deep.equal(['bulletin.suspended liaison sms', 'bulletin.suspended liaison sms'])
    await rejectObjection(app, APPROVER, { id: objection, reason: '措施有依据' })
    expect(await texts(app, 'measure.resumed'), 'the whole still rests').to.deep.equal([])
    expect(await isSuspended(app, id)).to.equal(true)
    await withdrawObjection(app, CLERK, { id: second.id, reason: '本人撤回' })
    expect(await isSuspended(app, id)).to.equal(false)
    expect((await eventsOf(app, id)).slice(-3)).to.deep.equal(['suspended', 'suspended', 'resumed'])
    await spreadBulletins(app)
    expect(await texts(app, 'bulletin.resumed')).to.have.length(2)
    const third = await registerObjection(app, CLERK, measure)
    await reviewObjection(app, CLERK, { id: third.id })
    await rejectObjection(app, APPROVER, { id: third.id, reason: '措施有依据' })
    expect(await texts(app, 'measure.resumed')).to.have.members(['measure.resumed liaison sms', 'measure.resumed debtor sms'])
    expect(await isSuspended(app, id)).to.equal(false)
    expect(await clocksOf(app, `objection:${second.id}`)).to.deep.equal(['objection.review cancelled 2026-03-17'])
    expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
  })

  it('keeps measures suspended until an upheld objection is carried out, and sends no resumption after an exit', async () => {
    const { app } = await make({ now: at(TODAY, 10) })
    const [id = '', other = ''] = await listed(app, 2)
    await addUnit(app, 'u1')
    const start = async (listingId: string): Promise<string> => {
      const { id: objection } = await registerObjection(app, CLERK, objectionTo(listingId, { about: 'measure', unitId: 'u1' }))
      await reviewObjection(app, CLERK, { id: objection })
      return objection
    }
    const lifted = await start(id)
    await upholdObjection(app, APPROVER, { id: lifted, remedy: 'lift_measure', reason: '措施超出范围' })
    expect(await isSuspended(app, id)).to.equal(true)
    expect((await texts(app, 'objection.upheld')).sort()).to.deep.equal([
      'objection.upheld debtor clerk',
      'objection.upheld liaison sms',
      'objection.upheld role clerk',
    ])
    await carryOutObjection(app, CLERK, { id: lifted, note: '单位已解除' })
    expect((await eventsOf(app, id)).slice(-2)).to.deep.equal(['suspended', 'resumed'])
    const revoked = await start(other)
    await upholdObjection(app, APPROVER, { id: revoked, remedy: 'revoke', reason: '列入有误' })
    await revokeByTwo(app, [other], '列入有误')
    await carryOutObjection(app, CLERK, { id: revoked, note: '已撤销' })
    expect((await eventsOf(app, other)).slice(-2)).to.deep.equal(['suspended', 'revoked'])
    expect(await isSuspended(app, other)).to.equal(false)
  })

  it('lets one of two simultaneous commands succeed, and refuses the other with a reason', async () => {
    const { app } = await make({ now: at(TODAY, 10) })
    const [id = ''] = await listed(app, 1)
    await addUnit(app, 'u1')
    const measure = objectionTo(id, { about: 'measure', unitId: 'u1' })
    const outcomesOf = async (runs: readonly (() => Promise<unknown>)[]): Promise<string[]> =>
      (await Promise.allSettled(runs.map((run) => run())))
        .map((each) => (each.status === 'fulfilled' ? 'done' : isAppError(each.reason) ? each.reason.code : String(each.reason)))
        .sort()
    const register = (): Promise<unknown> => registerObjection(app, CLERK, measure)
    expect(await outcomesOf([register, register])).to.deep.equal(['done', 'objection_pending'])
    const { items } = await listObjections(app, CLERK, { filter: { listingId: id }, page: PAGE })
    expect(items).to.have.length(1)
    const objection = items[0]?.id ?? ''
    await reviewObjection(app, CLERK, { id: objection })
    const uphold = (): Promise<unknown> => upholdObjection(app, APPROVER, { id: objection, remedy: 'lift_measure', reason: '措施超出范围' })
    const rejected = (): Promise<unknown> => rejectObjection(app, BOTH, { id: objection, reason: '措施有依据' })
    const [won, lost] = await outcomesOf([uphold, rejected])
    expect(won).to.equal('done')
    expect(lost).to.be.oneOf(['objection_act_impossible', 'objection_version_stale'])
    const { state } = await showObjection(app, CLERK, objection)
    expect(await isSuspended(app, id)).to.equal(state === 'upheld')
    expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
  })

  it('keeps objections readable after a key rotation', async () => {
    const { app } = await make({ now: at(TODAY, 10) })
    const [id = ''] = await listed(app, 1)
    const { id: objection } = await registerObjection(app, CLERK, objectionTo(id))
    const next = { id: 'k2', bytes: Buffer.alloc(32, 9) }
    await rotateKeys({ ...app, secrets: createSecrets([next, TEST_KEY]) }, OPERATOR)
    const shown = await showObjection({ ...app, secrets: createSecrets([next]) }, CLERK, objection)
    expect(shown.record.claim).to.equal('已经履行完毕，请求撤销')
  })
})
