// The court's review of retentions on both databases: who may accept, propose and decide, what a refusal reopens, and who is told.
// Orders and answers are commands.test.ts beside it.

import { expect } from 'chai'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { runDailyTasks } from '../../../src/daily.ts'
import { answerLift } from '../../../src/features/lifts/commands.ts'
import { acceptRetention, decideRefusal, proposeRefusal } from '../../../src/features/lifts/review.commands.ts'
import { listLiftOrders, listRetentions, showLiftOrder, type LiftOrderView } from '../../../src/features/lifts/views.ts'
import { searchDeadlines } from '../../../src/features/deadlines/search.store.ts'
import { SYSTEM, type Actor, type StaffRole } from '../../../src/platform/commands/permissions.ts'
import { replaceMeasures } from '../../../src/features/units/store.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { addStaff, addUnit, ADMIN, at, PAGE, told } from '../../support/deadlines.ts'
import { disableStaff } from '../../../src/features/staff/commands.ts'
import { APPROVER, CLERK, listed } from '../../support/listed.ts'
import { refusal } from '../../support/refusal.ts'

const liaisonOf = (unitId: string): Actor => ({ id: `liaison:${unitId}`, roles: ['liaison'], unitId })
const LIAISON = liaisonOf('water')
const BASIS = '《某某条例》第十二条'
const REASON = '该条没有规定限制的期限'
const keep = (listingId: string): { listingId: string; basis: string; until: string } => ({ listingId, basis: BASIS, until: '2026-06-01' })
const as = (id: string, ...roles: StaffRole[]): Actor => ({ id: `staff:${id}`, roles })
/** May do every act: only authorship can stop this person. */
const BOTH = as('both', 'clerk', 'approver')

const ACTS = {
  accept: (app: AppContext, actor: Actor, id: string) => acceptRetention(app, actor, { id }),
  propose: (app: AppContext, actor: Actor, id: string) => proposeRefusal(app, actor, { id, reason: REASON }),
  refuse: (app: AppContext, actor: Actor, id: string) => decideRefusal(app, actor, { id, refuse: true }),
  turn_down: (app: AppContext, actor: Actor, id: string) => decideRefusal(app, actor, { id, refuse: false }),
}
type Act = keyof typeof ACTS

eachDatabase((_db, make) => {
  /** Two entries left the list; the unit keeps the first and has lifted the second. */
  async function retained(recordedBy: Actor = LIAISON): Promise<TestApp & { a: string; b: string; order: LiftOrderView; id: string }> {
    const made = await make({ now: at('2026-03-02', 10) })
    const { app } = made
    await addUnit(app, 'water')
    const measure = { id: '1.1', position: 1, title: '限制某某', detail: '{}' }
    await app.store.write((tx) => replaceMeasures(tx, [measure], [{ measureId: '1.1', unitId: 'water' }]))
    const [a = '', b = ''] = await listed(app, 2, { phone: '13800000033' })
    await shieldListings(app, CLERK, { items: [{ id: a }, { id: b }], ground: 'fully_performed', reason: '已履行' })
    const [order] = (await listLiftOrders(app, CLERK, { filter: {}, page: PAGE })).items as [LiftOrderView]
    await answerLift(app, recordedBy, { orderId: order.id, retained: [keep(a)], lifted: 'rest' })
    const { items } = await listRetentions(app, APPROVER, { filter: {}, page: PAGE })
    return { ...made, a, b, order, id: items[0]?.id ?? '' }
  }

  async function clocks(app: AppContext, code: string): Promise<string[]> {
    const { items } = await app.store.read((db) => searchDeadlines(db, {}, PAGE))
    return items.filter((row) => row.code === code).map((row) => `${row.state} ${row.due}`)
  }

  const statesOf = async (app: AppContext, id: string): Promise<Record<string, string>> =>
    Object.fromEntries((await showLiftOrder(app, CLERK, { id, page: PAGE })).entries.map((entry) => [entry.listingId, entry.state]))

  async function reviewOf(app: AppContext, actor: Actor, id: string, listingId: string): Promise<(string | null)[]> {
    const { entries } = await showLiftOrder(app, actor, { id, page: PAGE })
    return entries.filter((entry) => entry.listingId === listingId).flatMap(({ review, refusalReason }) => [review, refusalReason])
  }

  it('refuses a proposal without a reason, an unknown retention, an answer that lifts, and changes nothing', async () => {
    const { app, a, b, order, id } = await retained()
    await refusal('reason_needed', () => proposeRefusal(app, CLERK, { id, reason: ' ' }))
    await refusal('lift_retention_missing', () => acceptRetention(app, CLERK, { id: a }))
    await refusal('lift_retention_missing', () => proposeRefusal(app, CLERK, { id: b, reason: REASON }))
    await refusal('lift_retention_missing', () => decideRefusal(app, APPROVER, { id: order.id, refuse: true }))
    expect((await listRetentions(app, CLERK, { filter: { review: 'pending', unitId: 'water' }, page: PAGE })).items).to.have.length(1)
    expect((await listRetentions(app, CLERK, { filter: { review: 'proposed' }, page: PAGE })).total).to.equal(0)
    expect(await clocks(app, 'retention.review')).to.deep.equal(['open 2026-03-09'])
    await answerLift(app, LIAISON, { orderId: order.id, lifted: [a] })
    for (const act of Object.values(ACTS)) await refusal('lift_retention_over', () => act(app, BOTH, id))
    expect(await clocks(app, 'retention.review')).to.deep.equal(['cancelled 2026-03-09'])
  })

  const NOT_ALLOWED: readonly (readonly [who: Actor, acts: readonly Act[]])[] = [
    [LIAISON, ['accept', 'propose', 'refuse', 'turn_down']],
    [as('office', 'group_office'), ['accept', 'propose', 'refuse', 'turn_down']],
    [as('auditor', 'auditor'), ['accept', 'propose', 'refuse', 'turn_down']],
    [as('admin', 'admin'), ['accept', 'propose', 'refuse', 'turn_down']],
    [CLERK, ['refuse', 'turn_down']],
    [APPROVER, ['propose']],
  ]
  it('allows accepting to clerks and approvers, proposing to clerks, deciding to approvers, and nothing to others', async () => {
    const { app, id } = await retained()
    for (const [who, acts] of NOT_ALLOWED) for (const act of acts) await refusal('not_allowed', () => ACTS[act](app, who, id))
    await refusal('not_allowed', () => listRetentions(app, LIAISON, { filter: {}, page: PAGE }))
    expect(await clocks(app, 'retention.review')).to.deep.equal(['open 2026-03-09'])
  })

  /** Who recorded the answer, who proposed, who acts: only another person decides. */
  const AUTHORS: readonly (readonly [recordedBy: Actor, proposedBy: Actor | null, act: Act, by: Actor, refused: boolean])[] = [
    [LIAISON, null, 'accept', CLERK, false],
    [LIAISON, null, 'accept', APPROVER, false],
    [CLERK, null, 'accept', CLERK, true],
    [CLERK, null, 'accept', APPROVER, false],
    [LIAISON, BOTH, 'refuse', BOTH, true],
    [LIAISON, BOTH, 'turn_down', BOTH, true],
    [BOTH, CLERK, 'refuse', BOTH, true],
    [CLERK, CLERK, 'refuse', BOTH, false],
    [LIAISON, CLERK, 'turn_down', APPROVER, false],
  ]
  for (const [index, [recordedBy, proposedBy, act, by, refused]] of AUTHORS.entries())
    it(`${refused ? 'refuses' : 'lets'} ${by.id} to ${act} what ${recordedBy.id} recorded and ${proposedBy?.id ?? 'nobody'} proposed to refuse (${String(index + 1)})`, async () => {
      const { app, order, id } = await retained(recordedBy)
      if (proposedBy !== null) await proposeRefusal(app, proposedBy, { id, reason: REASON })
      if (refused) {
        await refusal('own_draft', () => ACTS[act](app, by, id))
        expect(await clocks(app, 'retention.review')).to.deep.equal(['open 2026-03-09'])
      } else {
        expect(await ACTS[act](app, by, id)).to.deep.equal({ id, review: act === 'refuse' ? 'refused' : 'accepted' })
        expect(await clocks(app, 'retention.review')).to.deep.equal(['closed 2026-03-09'])
        expect((await listLiftOrders(app, CLERK, { filter: {}, page: PAGE })).items[0]?.state).to.equal(
          act === 'refuse' ? 'open' : 'answered',
        )
      }
      expect(order.state).to.equal('open')
    })

  /** Acts before, and the acts that are impossible then. */
  const IMPOSSIBLE: readonly (readonly [before: readonly Act[], acts: readonly Act[]])[] = [
    [[], ['refuse', 'turn_down']],
    [['propose'], ['accept', 'propose']],
    [['accept'], ['accept', 'propose', 'refuse', 'turn_down']],
    [
      ['propose', 'refuse'],
      ['accept', 'propose', 'refuse', 'turn_down'],
    ],
    [
      ['propose', 'turn_down'],
      ['accept', 'propose', 'refuse', 'turn_down'],
    ],
  ]
  for (const [before, acts] of IMPOSSIBLE)
    it(`makes ${acts.join(', ')} impossible after ${before.join(', ') || 'the answer'}`, async () => {
      const { app, id } = await retained()
      for (const act of before) await ACTS[act](app, act === 'propose' ? CLERK : APPROVER, id)
      for (const act of acts) {
        const error = await refusal('lift_review_impossible', () => ACTS[act](app, BOTH, id))
        expect(app.catalog.problem(error.code, error.values))
          .to.match(/[“”].*[“”]/)
          .and.not.match(/[a-z]/)
      }
    })

  it('tells the clerks of a new retention and the debtor only after it is accepted (P15)', async () => {
    const { app, a, b, id } = await retained()
    const [notice] = await told(app, 'lift.retained')
    expect(notice?.text).to.include('water局').and.include('1条').and.include('2026年3月9日')
    await runDailyTasks(app, SYSTEM)
    expect((await told(app, 'lift.completed')).map((each) => each.recipient)).to.deep.equal([`debtor:${b}`])
    await acceptRetention(app, CLERK, { id })
    await runDailyTasks(app, SYSTEM)
    const completed = await told(app, 'lift.completed')
    expect(completed.map((each) => each.recipient).sort()).to.deep.equal([`debtor:${a}`, `debtor:${b}`].sort())
    expect(completed.find((each) => each.recipient === `debtor:${a}`)?.text).to.include(`依据${BASIS}，至2026年6月1日止`)
  })

  it('is not refused on the proposal of an account that was closed, until another clerk proposes it', async () => {
    const { app, id } = await retained()
    const leaver = await addStaff(app, 'clerk')
    await proposeRefusal(app, { id: leaver, roles: ['clerk'] }, { id, reason: REASON })
    const ceased = async (): Promise<unknown> =>
      (await listRetentions(app, APPROVER, { filter: { review: 'proposed' }, page: PAGE })).items.map(
        ({ proposerCeased }) => proposerCeased,
      )
    expect(await ceased()).to.deep.equal([false])
    await refusal('lift_review_impossible', () => proposeRefusal(app, CLERK, { id, reason: REASON }))
    await disableStaff(app, ADMIN, { id: leaver.slice('staff:'.length) })
    expect(await ceased()).to.deep.equal([true])
    await refusal('proposer_ceased', () => decideRefusal(app, APPROVER, { id, refuse: true }))
    await proposeRefusal(app, CLERK, { id, reason: REASON })
    expect(await ceased()).to.deep.equal([false])
    expect(await decideRefusal(app, APPROVER, { id, refuse: true })).to.include({ review: 'refused' })
  })

  it('reopens the order when a retention is refused, tells the unit why, and takes a new answer to it', async () => {
    const { app, clock, a, b, order, id } = await retained()
    await proposeRefusal(app, CLERK, { id, reason: REASON })
    expect((await told(app, 'lift.refusal_proposed'))[0]?.text).to.include('water局')
    const [proposed] = (await listRetentions(app, APPROVER, { filter: { review: 'proposed' }, page: PAGE })).items
    expect(proposed).to.include({ reason: REASON, proposedBy: CLERK.id, basis: BASIS, due: '2026-03-09' })
    expect(await reviewOf(app, LIAISON, order.id, a)).to.deep.equal(['pending', null])
    expect(await reviewOf(app, CLERK, order.id, a)).to.deep.equal(['proposed', null])
    clock.set(at('2026-03-04'))
    await decideRefusal(app, APPROVER, { id, refuse: true })
    expect(await clocks(app, 'retention.end')).to.deep.equal(['cancelled 2026-06-01'])
    expect(await clocks(app, 'lift.carry_out')).to.deep.equal(['open 2026-03-05'])
    const refused = await told(app, 'lift.retention_refused')
    expect(refused[0]?.recipient).to.match(/^liaison:/)
    expect(refused[0]?.text).to.include('不同意').and.include('2026年3月5日').and.not.include(REASON)
    expect(await reviewOf(app, LIAISON, order.id, a)).to.deep.equal(['refused', REASON])
    expect(await statesOf(app, order.id)).to.deep.equal({ [a]: 'open', [b]: 'lifted' })
    await runDailyTasks(app, SYSTEM)
    expect((await told(app, 'lift.completed')).map((each) => each.recipient)).to.deep.equal([`debtor:${b}`])

    // The unit corrects the basis: a new review, and the same entry may be refused again.
    await refusal('lift_act_impossible', () => answerLift(app, LIAISON, { orderId: order.id, lifted: [b] }))
    const anew = { ...keep(a), basis: `${BASIS}第二款` }
    expect(await answerLift(app, LIAISON, { orderId: order.id, retained: [anew] })).to.include({ state: 'answered', late: false })
    const [again] = (await listRetentions(app, APPROVER, { filter: {}, page: PAGE })).items
    expect(again).to.include({ review: 'pending', basis: anew.basis, reason: null, proposedBy: null, due: '2026-03-11' })
    expect(await clocks(app, 'retention.end')).to.deep.equal(['open 2026-06-01'])
    await proposeRefusal(app, CLERK, { id: again?.id ?? '', reason: REASON })
    await decideRefusal(app, APPROVER, { id: again?.id ?? '', refuse: true })

    expect(await answerLift(app, LIAISON, { orderId: order.id, lifted: 'rest' })).to.include({ state: 'answered', lifted: 1 })
    expect(await statesOf(app, order.id)).to.deep.equal({ [a]: 'lifted', [b]: 'lifted' })
    expect(await clocks(app, 'lift.carry_out')).to.deep.equal(['closed 2026-03-05'])
    await runDailyTasks(app, SYSTEM)
    const completed = await told(app, 'lift.completed')
    expect(completed.find((each) => each.recipient === `debtor:${a}`)?.text).to.include('没有单位继续保留')
    expect((await verifyAudit(app, { id: 'operator:test', roles: ['operator'] })).faults).to.deep.equal([])
  })

  it('reports a review that is not done in time, and cancels it when the retention ends by itself', async () => {
    const { app, clock, a, order, id } = await retained()
    await runDailyTasks(app, SYSTEM)
    clock.set(at('2026-03-10'))
    await runDailyTasks(app, SYSTEM)
    expect((await told(app)).filter(({ text }) => text.includes('审查继续保留1项，最早应于')).length).to.be.greaterThan(0)
    clock.set(at('2026-06-02'))
    await runDailyTasks(app, SYSTEM)
    expect(await statesOf(app, order.id)).to.include({ [a]: 'ended' })
    expect((await told(app, 'lift.completed')).map((each) => each.recipient)).to.include(`debtor:${a}`)
    await refusal('lift_retention_over', () => acceptRetention(app, CLERK, { id }))
  })

  it('counts a retention of the time before the review as accepted', async () => {
    const { app, a, id } = await retained()
    await app.store.write((tx) => tx.run('update lift_answer set review = null'))
    expect((await listRetentions(app, CLERK, { filter: {}, page: PAGE })).total).to.equal(0)
    await refusal('lift_review_impossible', () => proposeRefusal(app, CLERK, { id, reason: REASON }))
    await runDailyTasks(app, SYSTEM)
    expect((await told(app, 'lift.completed')).map((each) => each.recipient)).to.include(`debtor:${a}`)
  })
})
