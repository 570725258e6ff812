// Proposals, circulars, interviews and consequences through their commands and the nightly task, on both databases.
// Joint circulars and meetings are joint-circulars.test.ts; the rules alone are rules.test.ts.

import { expect } from 'chai'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import { cancelConsequence, confirmConsequence, recordTransfer } from '../../../src/features/accountability/consequences.commands.ts'
import { cancelInterview, concludeInterview, holdInterview } from '../../../src/features/accountability/steps.commands.ts'
import {
  listCirculars,
  listConsequences,
  listInterviews,
  showConsequence,
  showInterview,
  showProposal,
} from '../../../src/features/accountability/views.ts'
import { decideProposal, registerShortfall } from '../../../src/features/accountability/commands.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import type { Actor } from '../../../src/platform/commands/permissions.ts'
import { AUDITOR, decided, draw, missedBy, OFFICE, SECOND, theProposal } from '../../support/accountability.ts'
import { addUnit, at, CLERK, PAGE, told } from '../../support/deadlines.ts'
import { eachDatabase } from '../../support/app.ts'
import { APPROVER } from '../../support/listed.ts'
import { texts, TODAY } from '../../support/objections.ts'
import { refusal } from '../../support/refusal.ts'

const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }
const liaisonOf = (unitId: string): Actor => ({ id: `liaison:${unitId}`, roles: ['liaison'], unitId })
const UNKNOWN_ID = '01M81ZJK12XTFTYW6TKHXAKXPJ'
const BODIES = ['civilization_office', 'public_order_office', 'inspection_office', 'discipline_commission', 'supervision_bureau']

const standing = async (app: AppContext, unitId = 'u1'): Promise<string[]> =>
  (await listConsequences(app, OFFICE, { filter: { unitId }, page: PAGE })).items.map((each) => `${each.kind} ${each.state}`).sort()
const consequenceOf = async (app: AppContext, kind: 'award' | 'discipline' | 'judicial_suggestion' | 'referral'): Promise<string> =>
  (await listConsequences(app, OFFICE, { filter: { kind, state: 'proposed' }, page: PAGE })).items[0]?.id ?? ''

describe('calling units to account', () => {
  eachDatabase((_db, make) => {
    it('adds each source once to the one open proposal of its unit, and notifies the group office (P33)', async () => {
      const { app, clock } = await make({ now: at(TODAY, 10) })
      for (const unitId of ['u1', 'leading_group_office']) await addUnit(app, unitId)
      await missedBy(app, { 'lift_order:1': 'u1', 'lift_order:2': 'leading_group_office' })
      expect(await draw(app)).to.deep.equal({ sources: 1, units: 1 })
      expect(await draw(app)).to.deep.equal({ sources: 0, units: 0 })
      const first = await theProposal(app)
      expect(first).to.include({ number: 'WZ20260302-0001', unitId: 'u1', version: 1, sources: 1 })
      clock.set(at('2026-03-03', 10))
      await missedBy(app, { 'lift_order:3': 'u1' })
      await draw(app)
      const { counts, evidence, possible, audit } = await showProposal(app, AUDITOR, { id: first.id, page: PAGE })
      expect(counts).to.deep.equal([{ kind: 'missed_clock', count: 2 }])
      expect(evidence.items[0]).to.include({
        kind: 'missed_clock',
        happenedOn: TODAY,
        detail: 'lift.carry_out',
        note: null,
        addedBy: 'house',
      })
      expect(evidence.items[0]?.key).to.match(/^deadline:/)
      expect(possible).to.deep.equal([], 'an auditor decides nothing')
      expect((await showProposal(app, OFFICE, { id: first.id, page: PAGE })).possible).to.deep.equal(['dismiss', 'decide'])
      expect(audit.map((row) => row.act)).to.deep.equal(['accountability.draw', 'accountability.draw'])
      expect((await told(app, 'accountability.')).map((each) => `${each.event} ${each.recipient}`)).to.deep.equal([
        'accountability.proposed:2026-03-02 role:group_office',
        'accountability.proposed:2026-03-03 role:group_office',
      ])
      // A decision based on version 1, which had one source, is refused once there are two.
      const stale = await refusal('proposal_version_stale', () =>
        decideProposal(app, OFFICE, { id: first.id, version: 1, decision: 'dismiss', reason: '系统故障所致' }),
      )
      expect(app.catalog.problem(stale.code, stale.values)).to.include('“待决定”')
      await decideProposal(app, OFFICE, { id: first.id, version: 2, decision: 'dismiss', reason: '系统故障所致' })
      expect(await draw(app)).to.deep.equal({ sources: 0, units: 0 })
      expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
    })

    it('refuses the wrong roles, unknown units, future days, empty texts, and a second decision', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      for (const unitId of ['u1', 'leading_group']) await addUnit(app, unitId)
      const input = { unitId: 'u1', kind: 'procedure_skipped' as const, happenedOn: TODAY, note: '没有核查就办理了变更登记' }
      const register = (change: Partial<typeof input> = {}, actor = CLERK): Promise<unknown> =>
        registerShortfall(app, actor, { ...input, ...change })
      await refusal('not_allowed', () => register({}, liaisonOf('u1')))
      await refusal('not_allowed', () => register({}, AUDITOR))
      await refusal('unit_missing', () => register({ unitId: 'nowhere' }))
      await refusal('proposal_unit_above', () => register({ unitId: 'leading_group' }))
      await refusal('request_invalid', () => register({ happenedOn: '2026-03-03' }))
      await refusal('reason_needed', () => register({ note: ' ' }))
      await refusal('request_invalid', () => register({ note: '长'.repeat(2001) }))
      await register()
      const { id } = await theProposal(app)
      expect((await showProposal(app, OFFICE, { id, page: PAGE })).evidence.items[0]).to.include({ note: input.note, addedBy: CLERK.id })
      const decide = (change: Partial<Parameters<typeof decideProposal>[2]> = {}, actor = OFFICE): Promise<unknown> =>
        decideProposal(app, actor, { id, decision: 'circular', reason: '情况属实', rectifyBy: '2026-03-20', ...change })
      await refusal('not_allowed', () => decide({}, CLERK))
      await refusal('not_allowed', () => decide({}, liaisonOf('u1')))
      await refusal('proposal_missing', () => decide({ id: UNKNOWN_ID }))
      await refusal('reason_needed', () => decide({ reason: '' }))
      await refusal('interview_day_needed', () => decide({ decision: 'interview' }))
      await refusal('circular_day_needed', () => decide({ rectifyBy: undefined }))
      const late = await refusal('request_invalid', () => decide({ rectifyBy: '2026-03-01' }))
      expect(app.catalog.check(late.problems[0] ?? { code: '' })).to.include('“整改期限”早于今天')
      await refusal('reason_needed', () => decide({ persons: [{ name: ' ', post: 'unit_head' }] }))
      await refusal('request_invalid', () => decide({ decision: 'interview', calledFor: '2026-03-01' }))
      await decide()
      const twice = await refusal('proposal_act_impossible', () => decide())
      expect(app.catalog.problem(twice.code, twice.values)).to.match(/^该问责建议现为“已决定”，不能“决定问责”/)
      expect((await listCirculars(app, OFFICE, { filter: {}, page: PAGE })).total).to.equal(1)
      await refusal('not_allowed', () => showProposal(app, liaisonOf('u1'), { id, page: PAGE }))
    })

    it('proposes a referral to the discipline bodies after an interview without change, and does not notify the unit (P36)', async () => {
      const { app, clock } = await make({ now: at(TODAY, 10) })
      for (const unitId of ['u1', ...BODIES]) await addUnit(app, unitId)
      await decided(app, 'u1', 'interview', '2026-03-05')
      const [called] = (await listInterviews(app, liaisonOf('u1'), { filter: {}, page: PAGE })).items
      const id = called?.id ?? ''
      expect(called).to.include({ number: 'YT20260302-0001', state: 'called', calledFor: '2026-03-05' })
      const conclude = (result: 'changed' | 'unchanged', version?: number): Promise<unknown> =>
        concludeInterview(app, OFFICE, { id, version, result, finding: '仍未实施' })
      const early = await refusal('interview_act_impossible', () => conclude('unchanged'))
      expect(app.catalog.problem(early.code, early.values)).to.equal(
        '该次约谈现为“已通知”，不能“认定仍未实施”。现在可以做的操作：登记约谈、取消约谈。',
      )
      await refusal('request_invalid', () => holdInterview(app, OFFICE, { id, heldOn: '2026-03-05', minutes: '已说明要求' }))
      clock.set(at('2026-03-05', 16))
      await refusal('not_allowed', () => holdInterview(app, liaisonOf('u1'), { id, heldOn: '2026-03-05', minutes: '已说明要求' }))
      await holdInterview(app, OFFICE, { id, heldOn: '2026-03-05', minutes: '已说明要求' })
      await refusal('interview_act_impossible', () => cancelInterview(app, OFFICE, { id, reason: '时间冲突' }))
      await refusal('interview_version_stale', () => conclude('unchanged', 1))
      await conclude('unchanged', 2)
      expect(await standing(app)).to.deep.equal(['discipline proposed'])
      const file = await consequenceOf(app, 'discipline')
      await refusal('consequence_own_cause', () => confirmConsequence(app, OFFICE, { id: file, reason: '约谈后仍未实施' }))
      expect((await showConsequence(app, AUDITOR, file)).state).to.equal('proposed')
      await confirmConsequence(app, SECOND, { id: file, reason: '约谈后仍未实施' })
      expect((await texts(app, 'consequence.')).sort()).to.deep.equal([
        'consequence.confirmed liaison sms',
        'consequence.confirmed liaison sms',
        'consequence.proposed role clerk',
      ])
      await refusal('not_allowed', () => showConsequence(app, liaisonOf('u1'), file))
      expect((await showConsequence(app, AUDITOR, file)).bodies).to.deep.equal(['discipline_commission', 'supervision_bureau'])
      await cancelConsequence(app, OFFICE, { id: file, reason: '单位已经整改' })
      expect((await texts(app, 'consequence.cancelled')).length).to.equal(2)
      expect((await showInterview(app, OFFICE, id)).record).to.deep.equal({
        reason: '情况属实',
        minutes: '已说明要求',
        finding: '仍未实施',
      })
    })

    it('leaves measures of the court to an approver, and asks for bodies where the policy names none (P33, P37, P52)', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      for (const unitId of ['u1', ...BODIES]) await addUnit(app, unitId)
      const police = await addUnit(app, 'public_security')
      await decided(app, 'u1', 'judicial_suggestion')
      await decided(app, 'u1', 'civil_procedure')
      await decided(app, 'u1', 'refer')
      const suggestion = await consequenceOf(app, 'judicial_suggestion')
      await refusal('consequence_not_yours', () => confirmConsequence(app, OFFICE, { id: suggestion, reason: '依据充分' }))
      await confirmConsequence(app, APPROVER, { id: suggestion, reason: '依据充分', reference: '（2026）云3401司建1号' })
      const referral = await consequenceOf(app, 'referral')
      await refusal('consequence_bodies_needed', () => confirmConsequence(app, SECOND, { id: referral, reason: '依据充分' }))
      await confirmConsequence(app, SECOND, { id: referral, reason: '依据充分', bodies: ['supervision_bureau'] })
      await refusal('not_allowed', () => recordTransfer(app, CLERK, { unitId: 'u1', note: '涉嫌拒不执行判决' }))
      const transfer = await recordTransfer(app, OFFICE, { unitId: 'u1', note: '涉嫌拒不执行判决' })
      await refusal('consequence_own_cause', () =>
        confirmConsequence(app, OFFICE, { id: transfer.id, reason: '应当移送', bodies: ['public_security'] }),
      )
      await refusal('consequence_bodies_needed', () => confirmConsequence(app, SECOND, { id: transfer.id, reason: '应当移送' }))
      await confirmConsequence(app, SECOND, { id: transfer.id, reason: '应当移送', bodies: ['public_security'] })
      expect((await showConsequence(app, OFFICE, transfer.id)).record.note).to.equal('涉嫌拒不执行判决')
      expect(await standing(app)).to.deep.equal([
        'civil_procedure proposed',
        'crime confirmed',
        'judicial_suggestion confirmed',
        'referral confirmed',
      ])
      const text = (await told(app, 'consequence.')).map((each) => each.text).join()
      expect(text).to.not.include('涉嫌拒不执行判决')
      for (const [id, body] of [
        [suggestion, 'supervision_bureau'],
        [referral, 'supervision_bureau'],
        [transfer.id, 'public_security'],
      ] as const)
        expect((await showConsequence(app, AUDITOR, id)).bodies).to.deep.equal([body])
      expect(await showConsequence(app, AUDITOR, suggestion)).to.include({ decidedBy: APPROVER.id, reference: '（2026）云3401司建1号' })
      const sent = (await told(app, 'consequence.confirmed')).map(({ recipient }) => recipient)
      expect([sent.length, sent.filter((each) => each === police.liaison).length]).to.deep.equal([3, 1])
    })
  })
})
