// Circulars through their commands, on both databases: drafted by one person, issued by another, counted together, withdrawn.
// Proposals, interviews and other consequences are commands.test.ts; joint circulars are joint-circulars.test.ts.

import { expect } from 'chai'
import { migrations } from '../../../migrations/index.ts'
import { discardCircular, issueCircular, withdrawCircular } from '../../../src/features/accountability/circulars.commands.ts'
import { decideProposal, registerShortfall } from '../../../src/features/accountability/commands.ts'
import { confirmConsequence, refuseConsequence } from '../../../src/features/accountability/consequences.commands.ts'
import { listCirculars, listConsequences, showCircular, showConsequence, showProposal } from '../../../src/features/accountability/views.ts'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import { runDeadlines } from '../../../src/features/deadlines/tasks.ts'
import { listDeadlines } from '../../../src/features/deadlines/views.ts'
import { showTodo } from '../../../src/features/todo/views.ts'
import { addLiaison } from '../../../src/features/units/commands.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { SYSTEM, type Actor } from '../../../src/platform/commands/permissions.ts'
import { openStore } from '../../../src/platform/database/database.ts'
import { tables } from '../../../src/tables.ts'
import { AUDITOR, circular, drafted, OFFICE, SECOND, theProposal } from '../../support/accountability.ts'
import { eachDatabase } from '../../support/app.ts'
import { addUnit, at, CLERK, PAGE, told } from '../../support/deadlines.ts'
import { APPROVER } from '../../support/listed.ts'
import { TODAY } from '../../support/objections.ts'
import { refusal } from '../../support/refusal.ts'

const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }
const liaisonOf = (unitId: string): Actor => ({ id: `liaison:${unitId}`, roles: ['liaison'], unitId })
const UNKNOWN_ID = '01M81ZJK12XTFTYW6TKHXAKXPJ'
const BODIES = ['civilization_office', 'public_order_office', 'inspection_office', 'organization_dept']
const PERSONS = [
  { name: '和某', post: 'unit_head' },
  { name: '扎西某', post: 'directly_responsible' },
] as const

const standing = async (app: AppContext, unitId = 'u1'): Promise<string[]> =>
  (await listConsequences(app, OFFICE, { filter: { unitId }, page: PAGE })).items.map((each) => `${each.kind} ${each.state}`).sort()
const awardOf = async (app: AppContext): Promise<string> =>
  (await listConsequences(app, OFFICE, { filter: { kind: 'award', state: 'proposed' }, page: PAGE })).items[0]?.id ?? ''

/** Ids of three circulars. */
async function newestFirst(app: AppContext): Promise<[string, string, string]> {
  const { items } = await listCirculars(app, OFFICE, { filter: { unitId: 'u1' }, page: PAGE })
  return items.map((each) => each.id) as [string, string, string]
}

describe('circulars about one unit', () => {
  eachDatabase((_db, make) => {
    it('are issued by another person than the one who drafted them, and until then concern nobody', async () => {
      const { app, clock } = await make({ now: at(TODAY, 10) })
      await addUnit(app, 'u1')
      const id = await drafted(app, 'u1', [...PERSONS, { name: ' 和某 ', post: 'unit_head' }])
      expect(await told(app, 'circular.')).to.deep.equal([])
      expect(await showCircular(app, OFFICE, id)).to.deep.include({
        ...{ number: 'TB20260302-0001', state: 'draft', draftedBy: OFFICE.id, issuedBy: null, possible: ['discard'] },
        record: { reason: '情况属实', rectifyBy: '2026-03-17', persons: [...PERSONS] },
      })
      await refusal('circular_missing', () => showCircular(app, liaisonOf('u1'), id))
      expect((await listCirculars(app, liaisonOf('u1'), { filter: {}, page: PAGE })).total).to.equal(0)
      const own = await refusal('own_draft', () => issueCircular(app, OFFICE, { id }))
      expect(app.catalog.problem(own.code, own.values)).to.include('请由有权办理的另一人办理')
      await refusal('not_allowed', () => issueCircular(app, CLERK, { id }))
      await refusal('not_allowed', () => issueCircular(app, APPROVER, { id }))
      await refusal('circular_missing', () => issueCircular(app, SECOND, { id: UNKNOWN_ID }))
      await refusal('circular_version_stale', () => issueCircular(app, SECOND, { id, version: 2 }))
      await refusal('circular_act_impossible', () => withdrawCircular(app, SECOND, { id, reason: '事实有误' }))
      clock.set(at('2026-03-18', 10))
      const late = await refusal('request_invalid', () => issueCircular(app, SECOND, { id }))
      expect(app.catalog.check(late.problems[0] ?? { code: '' })).to.include('“整改期限”早于今天')
      clock.set(at('2026-03-17', 10))
      expect(await issueCircular(app, SECOND, { id, version: 1 })).to.include({ number: '执联通报〔2026〕1号', state: 'issued' })
      await refusal('circular_act_impossible', () => issueCircular(app, SECOND, { id }))
      const [notice] = await told(app, 'circular.issued')
      expect(notice?.text).to.include('最近12个月第1次').and.include('2026年3月17日').and.not.include('和某')
      const { record, issuedBy } = await showCircular(app, liaisonOf('u1'), id)
      expect([issuedBy, record.persons]).to.deep.equal([SECOND.id, [...PERSONS]])
      for (const actor of [CLERK, APPROVER, { ...liaisonOf('u1'), roles: ['unit_system'] } satisfies Actor])
        expect((await showCircular(app, actor, id)).record.persons).to.equal(undefined)
      expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
    })

    it('are discarded with a reason, which opens the proposal again unless the unit has another one', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      await addUnit(app, 'u1')
      const id = await drafted(app, 'u1')
      await refusal('reason_needed', () => discardCircular(app, SECOND, { id, reason: '' }))
      await refusal('not_allowed', () => discardCircular(app, CLERK, { id, reason: '理由不充分' }))
      const shortfall = { unitId: 'u1', kind: 'not_implemented', happenedOn: TODAY, note: '又一次没有实施' } as const
      const newer = await registerShortfall(app, OFFICE, shortfall)
      const standsInTheWay = await refusal('proposal_open_standing', () => discardCircular(app, SECOND, { id, reason: '理由不充分' }))
      expect(app.catalog.problem(standsInTheWay.code, standsInTheWay.values)).to.include('WZ20260302-0002')
      await decideProposal(app, OFFICE, { id: newer.id, decision: 'dismiss', reason: '已经整改' })
      await discardCircular(app, SECOND, { id, reason: '理由不充分' })
      await refusal('circular_act_impossible', () => issueCircular(app, SECOND, { id }))
      const proposal = await theProposal(app)
      expect(proposal).to.include({ number: 'WZ20260302-0001', version: 3, sources: 1 })
      expect((await showProposal(app, OFFICE, { id: proposal.id, page: PAGE })).possible).to.deep.equal(['dismiss', 'decide'])
      const decision = { id: proposal.id, version: 3, decision: 'circular', reason: '情况属实', rectifyBy: TODAY } as const
      await decideProposal(app, OFFICE, decision)
      expect((await listCirculars(app, OFFICE, { filter: { state: 'draft' }, page: PAGE })).total).to.equal(1)
      expect(await standing(app)).to.deep.equal([])
      expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
    })

    it('lead to award and points with the second within twelve months, also over the turn of the year (P34, P35)', async () => {
      const { app, clock } = await make({ now: at('2026-12-30', 10) })
      for (const unitId of ['u1', 'u2', ...BODIES]) await addUnit(app, unitId)
      await circular(app, 'u1')
      expect(await standing(app)).to.deep.equal([])
      clock.set(at('2027-01-04', 10))
      await circular(app, 'u1')
      expect(await standing(app)).to.deep.equal(['award proposed', 'points proposed'])
      expect((await told(app, 'circular.issued')).at(-1)?.text).to.match(/u1局：[\s\S]*最近12个月第2次/)
      const award = await awardOf(app)
      const { year, record } = await showConsequence(app, AUDITOR, award)
      expect([year, record.circulars?.map((each) => each.number)]).to.deep.equal([2027, ['执联通报〔2026〕1号', '执联通报〔2027〕1号']])
      await circular(app, 'u1')
      expect(await standing(app)).to.have.length(2, 'a third circular proposes nothing twice')
      await refusal('consequence_not_yours', () => confirmConsequence(app, APPROVER, { id: award, reason: '依据充分' }))
      await refusal('consequence_own_cause', () => confirmConsequence(app, SECOND, { id: award, reason: '依据充分' }))
      await refusal('consequence_body_itself', () => confirmConsequence(app, OFFICE, { id: award, reason: '依据充分', bodies: ['u1'] }))
      await refusal('unit_missing', () => confirmConsequence(app, OFFICE, { id: award, reason: '依据充分', bodies: ['nowhere'] }))
      await confirmConsequence(app, OFFICE, { id: award, version: 1, reason: '依据充分', reference: '执联办函〔2027〕1号' })
      await refusal('consequence_act_impossible', () => refuseConsequence(app, OFFICE, { id: award, reason: '不予处理' }))
      const [latest, second, first] = await newestFirst(app)
      await refusal('reason_needed', () => withdrawCircular(app, OFFICE, { id: first, reason: '' }))
      await refusal('not_allowed', () => withdrawCircular(app, CLERK, { id: first, reason: '事实有误' }))
      await refusal('circular_version_stale', () => withdrawCircular(app, OFFICE, { id: first, version: 7, reason: '事实有误' }))
      await withdrawCircular(app, OFFICE, { id: first, reason: '事实有误' })
      expect(await standing(app)).to.deep.equal(['award confirmed', 'points proposed'], 'two are left')
      expect((await showConsequence(app, OFFICE, award)).record.circulars?.map((each) => each.id)).to.deep.equal([second, latest])
      await withdrawCircular(app, OFFICE, { id: second, reason: '事实有误' })
      await refusal('circular_act_impossible', () => withdrawCircular(app, OFFICE, { id: second, reason: '事实有误' }))
      expect(await standing(app)).to.deep.equal(['award cancelled', 'points lapsed'])
      // Six bodies and the unit's two people; nobody had been notified of the points.
      expect(await told(app, 'consequence.cancelled')).to.have.length(8)
      await circular(app, 'u1')
      expect((await standing(app)).filter((each) => each.endsWith('proposed'))).to.have.length(2)
      expect(await showCircular(app, liaisonOf('u1'), first)).to.deep.include({ state: 'withdrawn', audit: [], possible: [] })
      await refusal('circular_missing', () => showCircular(app, liaisonOf('u2'), first))
      await refusal('unit_other', () => listCirculars(app, liaisonOf('u2'), { filter: { unitId: 'u1' }, page: PAGE }))
      expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
    })

    it('the day to put things right is among the periods and the to-do of the unit, until it passes or the circular is withdrawn', async () => {
      const { app, clock } = await make({ now: at('2026-11-02', 10) })
      for (const id of ['u1', 'u2']) await addUnit(app, id)
      const waiting = async (unitId: string): Promise<number | undefined> =>
        (await showTodo(app, liaisonOf(unitId), undefined)).items.find(({ code }) => code === 'unit_circulars')?.count
      const clocks = async (unitId: string): Promise<string[]> => {
        const { items } = await listDeadlines(app, liaisonOf(unitId), { filter: { code: 'circular.rectify' }, page: PAGE })
        return items.map(({ due, state }) => `${due} ${state}`)
      }
      const first = await drafted(app, 'u1')
      expect([await waiting('u1'), await clocks('u1')]).to.deep.equal([0, []])
      await issueCircular(app, SECOND, { id: first })
      expect([await waiting('u1'), await clocks('u1')]).to.deep.equal([1, ['2026-11-17 open']])
      expect([await waiting('u2'), await clocks('u2')]).to.deep.equal([0, []])
      await withdrawCircular(app, SECOND, { id: first, reason: '事实有误' })
      expect([await waiting('u1'), await clocks('u1')]).to.deep.equal([0, ['2026-11-17 cancelled']])
      await circular(app, 'u2')
      clock.set(at('2026-11-18', 10))
      await runDeadlines(app, SYSTEM)
      expect(await waiting('u2')).to.equal(0)
      expect((await clocks('u2')).join()).to.not.include('missed')
    })

    it('do not count together when twelve months and a day apart', async () => {
      const { app, clock } = await make({ now: at('2026-03-02', 10) })
      for (const unitId of ['u1', 'u2']) await addUnit(app, unitId)
      await circular(app, 'u1')
      await circular(app, 'u2')
      clock.set(at('2027-03-02', 10))
      await circular(app, 'u1')
      clock.set(at('2027-03-03', 10))
      await circular(app, 'u2')
      expect(await standing(app, 'u1')).to.deep.equal(['award proposed', 'points proposed'])
      expect(await standing(app, 'u2')).to.deep.equal([])
      expect((await told(app, 'circular.issued')).at(-1)?.text).to.include('最近12个月第1次')
    })

    it('count within their calendar year where the court has set that', async () => {
      const { app, clock } = await make({
        now: at('2026-12-30', 10),
        env: { CIRCULAR_COUNT: 'calendar', GROUP_OFFICE_PHONE: '0887-8222444' },
      })
      await addUnit(app, 'u1')
      await circular(app, 'u1')
      clock.set(at('2027-01-04', 10))
      await circular(app, 'u1')
      expect(await standing(app)).to.deep.equal([])
      await circular(app, 'u1')
      expect(await standing(app)).to.deep.equal(['award proposed', 'points proposed'])
      const { text = '' } = (await told(app, 'circular.issued')).at(-1) ?? {}
      expect(text).to.include('2027年第2次').and.include('0887-8222444')
    })

    it('deduct points once another person confirms, told to the offices that assess and to the unit (P35)', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      for (const unitId of ['u1', ...BODIES]) await addUnit(app, unitId)
      for (let n = 0; n < 2; n += 1) await circular(app, 'u1')
      const filter = { kind: 'points', state: 'proposed' } as const
      const id = (await listConsequences(app, OFFICE, { filter, page: PAGE })).items[0]?.id ?? ''
      await refusal('consequence_own_cause', () => confirmConsequence(app, SECOND, { id, reason: '依据充分' }))
      await confirmConsequence(app, OFFICE, { id, reason: '依据充分' })
      expect((await showConsequence(app, AUDITOR, id)).bodies).to.deep.equal(['public_order_office', 'inspection_office'])
      expect(await told(app, 'consequence.confirmed')).to.have.length(4)
    })

    it('tell each body once which awards are lost, and the persons only to those that decide on honours of persons', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      for (const unitId of ['u1', ...BODIES]) await addUnit(app, unitId)
      await circular(app, 'u1', PERSONS)
      await circular(app, 'u1', [PERSONS[0]])
      const award = await awardOf(app)
      await confirmConsequence(app, OFFICE, { id: award, reason: '依据充分' })
      const sent = await told(app, 'consequence.award_lost')
      const byHand = sent.filter(({ recipient }) => recipient.startsWith('unit:'))
      expect(byHand.map(({ recipient }) => recipient).sort()).to.deep.equal([
        'unit:trade_union',
        'unit:womens_federation',
        'unit:youth_league',
      ])
      expect(sent).to.have.length(6)
      expect(byHand.find(({ recipient }) => recipient === 'unit:womens_federation')?.text)
        .to.include('请向市妇女联合会送达书面材料')
        .and.include('取消该单位的单位负责人和某、直接责任人员扎西某2026年度“三八红旗手”的评选资格')
        .and.include('被领导小组通报2次（执联通报〔2026〕1号、执联通报〔2026〕2号）')
      const ofUnits = sent.filter(({ text }) => /civilization_office|public_order_office/.test(text))
      expect(ofUnits).to.have.length(2)
      expect(JSON.stringify(ofUnits))
        .to.include('文明单位')
        .and.include('平安先进单位')
        .and.not.match(/和某|扎西某/)
      const [unit] = await told(app, 'consequence.confirmed')
      expect(unit?.text).to.include('执联通报〔2026〕1号、执联通报〔2026〕2号').and.include('有不同意见可书面').and.not.include('和某')
    })

    it('reach a body by its liaison once the court has added it as a unit', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      for (const unitId of ['u1', 'trade_union']) await addUnit(app, unitId)
      await addLiaison(app, OPERATOR, { unitId: 'trade_union', name: '联络员', phone: '13988120077' })
      for (let n = 0; n < 2; n += 1) await circular(app, 'u1', PERSONS)
      await confirmConsequence(app, OFFICE, { id: await awardOf(app), reason: '依据充分' })
      const sent = await told(app, 'consequence.award_lost')
      const toUnion = sent.filter(({ text }) => text.includes('trade_union局'))
      expect(toUnion.length).to.be.at.least(1)
      for (const { recipient, text } of toUnion) {
        expect(recipient).to.match(/^liaison:/)
        // A text message names nobody: the written material does.
        expect(text).to.include('劳动模范、先进工作者').and.not.include('和某')
      }
    })

    it('propose the consequences once when two about a unit are issued at the same time, and one draft is issued once', async () => {
      const { app, url } = await make({ now: at(TODAY, 10) })
      await addUnit(app, 'u1')
      const drafts = [await drafted(app, 'u1'), await drafted(app, 'u1')]
      const store = url === undefined ? null : await openStore({ url, sqlitePath: '', log: app.log, tables, migrations, poolSize: 2 })
      const other: AppContext = store === null ? app : { ...app, store }
      const all = [...drafts, ...drafts].map((id, n) => issueCircular(n % 2 === 0 ? app : other, SECOND, { id }))
      const settled = await Promise.allSettled(all)
      await store?.close()
      expect(settled.filter((each) => each.status === 'fulfilled')).to.have.length(2)
      for (const each of settled)
        if (each.status === 'rejected') expect(String(each.reason)).to.match(/circular_act_impossible|circular_version_stale/)
      const { items } = await listCirculars(app, OFFICE, { filter: { state: 'issued' }, page: PAGE })
      expect(items.map((each) => each.number).sort()).to.deep.equal(['执联通报〔2026〕1号', '执联通报〔2026〕2号'])
      expect(await standing(app)).to.deep.equal(['award proposed', 'points proposed'])
    })
  })
})
