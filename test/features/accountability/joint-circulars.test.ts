// Joint circulars and meetings of the leading group through their commands, on both databases.
// Circulars about one unit are commands.test.ts.

import { expect } from 'chai'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import {
  callMeeting,
  cancelMeeting,
  discardJoint,
  draftJoint,
  holdMeeting,
  issueJoint,
  withdrawJoint,
} from '../../../src/features/accountability/joint.commands.ts'
import {
  jointFile,
  listJoints,
  listMeetings,
  previewJoint,
  showJoint,
  showMeeting,
} from '../../../src/features/accountability/joint.views.ts'
import { JOINT_BODIES } from '../../../src/features/accountability/joint.rules.ts'
import type { Actor } from '../../../src/platform/commands/permissions.ts'
import { updateUnit } from '../../../src/features/units/store.ts'
import { AUDITOR, circular, missedBy, OFFICE, SECOND } from '../../support/accountability.ts'
import { addUnit, at, CLERK, PAGE, told } from '../../support/deadlines.ts'
import { eachDatabase } from '../../support/app.ts'
import { texts, TODAY } from '../../support/objections.ts'
import { refusal } from '../../support/refusal.ts'
import { tableOf } from '../../platform/sheets/workbook.ts'

const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }
const LIAISON: Actor = { id: 'liaison:u1', roles: ['liaison'], unitId: 'u1' }
const SPAN = { from: '2026-01-01', to: TODAY }

describe('the leading group', () => {
  eachDatabase((_db, make) => {
    it('issues a joint circular that another drafted about chosen units that fell short, and notifies the joint bodies and each unit (P38)', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      for (const unitId of ['u1', 'u2', 'u3', ...JOINT_BODIES]) await addUnit(app, unitId)
      await missedBy(app, { 'lift_order:1': 'u1', 'lift_order:2': 'u2' })
      await circular(app, 'u1')
      const issue = (change: object, actor = OFFICE): Promise<{ id: string; number: string }> =>
        draftJoint(app, actor, { ...SPAN, unitIds: ['u1'], foreword: '第一季度协助执行情况', ...change })
      await refusal('not_allowed', () => issue({}, CLERK))
      await refusal('not_allowed', () => previewJoint(app, LIAISON, SPAN))
      await refusal('request_invalid', () => issue({ to: '2026-03-03' }))
      await refusal('request_invalid', () => issue({ from: '2026-03-02', to: '2026-03-01' }))
      await refusal('joint_units_needed', () => issue({ unitIds: [] }))
      await refusal('joint_unit_blameless', () => issue({ unitIds: ['u1', 'u3'] }))
      await refusal('reason_needed', () => issue({ foreword: '' }))
      const { items } = await previewJoint(app, AUDITOR, SPAN)
      expect(items).to.deep.equal([
        { unitId: 'u1', unit: 'u1局', missed: 1, complaints: 0, circulars: 1, interviews: 0 },
        { unitId: 'u2', unit: 'u2局', missed: 1, complaints: 0, circulars: 0, interviews: 0 },
      ])
      expect((await previewJoint(app, AUDITOR, { from: '2026-01-01', to: '2026-03-01' })).items).to.deep.equal([])
      const { id, number: draftNumber } = await issue({})
      expect(draftNumber).to.equal('LT20260302-0001')
      expect(await texts(app, 'joint.issued')).to.have.length(0)
      await refusal('own_draft', () => issueJoint(app, OFFICE, { id }))
      await refusal('not_allowed', () => issueJoint(app, CLERK, { id }))
      await refusal('joint_version_stale', () => issueJoint(app, SECOND, { id, version: 2 }))
      await refusal('joint_act_impossible', () => withdrawJoint(app, OFFICE, { id, reason: '数字有误' }))
      const other = await issue({})
      await refusal('reason_needed', () => discardJoint(app, SECOND, { id: other.id, reason: '' }))
      await discardJoint(app, SECOND, { id: other.id, reason: '重复拟稿' })
      await refusal('joint_act_impossible', () => issueJoint(app, SECOND, { id: other.id }))
      expect((await issueJoint(app, SECOND, { id })).number).to.equal('执联合通〔2026〕1号')
      await refusal('joint_act_impossible', () => issueJoint(app, SECOND, { id }))
      expect(await texts(app, 'joint.issued')).to.have.length(JOINT_BODIES.length + 2)
      expect((await told(app, 'joint.issued')).filter((each) => each.text.includes('逾期未办1项'))).to.have.length(2)
      const rows = (await tableOf(Buffer.concat((await (await jointFile(app, AUDITOR, id)).content.toArray()) as Buffer[]))) as unknown[][]
      expect(rows.at(-1)).to.deep.equal([5, 'u1局', 1, 0, 1, 0])
      await refusal('joint_version_stale', () => withdrawJoint(app, OFFICE, { id, version: 1, reason: '数字有误' }))
      await withdrawJoint(app, OFFICE, { id, reason: '数字有误' })
      await refusal('joint_act_impossible', () => withdrawJoint(app, OFFICE, { id, reason: '数字有误' }))
      expect(await texts(app, 'joint.withdrawn')).to.have.length(JOINT_BODIES.length + 2)
      expect((await showJoint(app, AUDITOR, id)).record).to.deep.equal({ foreword: '第一季度协助执行情况', withdrawal: '数字有误' })
      expect((await listJoints(app, AUDITOR, { filter: {}, page: PAGE })).items.map((each) => each.state)).to.deep.equal([
        'discarded',
        'withdrawn',
      ])
      expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
    })

    it('calls its members to a meeting, and keeps the minutes (P51)', async () => {
      const { app, clock } = await make({ now: at(TODAY, 10) })
      await addUnit(app, 'u1')
      await addUnit(app, 'u2')
      await app.store.write((tx) => updateUnit(tx, 'u1', { leadingGroupMember: true }))
      const input = { plannedFor: '2026-03-06', agenda: '通报第一季度情况，研究联络机制', place: '市委三楼会议室' }
      await refusal('not_allowed', () => callMeeting(app, CLERK, input))
      const past = await refusal('request_invalid', () => callMeeting(app, OFFICE, { ...input, plannedFor: '2026-03-01' }))
      expect(app.catalog.check(past.problems[0] ?? { code: '' })).to.equal('“通知的日期”早于今天（2026-03-02），请核对日期。')
      await refusal('reason_needed', () => callMeeting(app, OFFICE, { ...input, agenda: '' }))
      const { id, number } = await callMeeting(app, OFFICE, input)
      expect(number).to.equal('HY20260302-0001')
      expect(await texts(app, 'meeting.called')).to.deep.equal(['meeting.called liaison sms', 'meeting.called liaison sms'])
      await refusal('request_invalid', () => holdMeeting(app, OFFICE, { id, heldOn: '2026-03-06', minutes: '议定三项' }))
      clock.set(at('2026-03-06', 17))
      await refusal('meeting_version_stale', () => holdMeeting(app, OFFICE, { id, version: 3, heldOn: '2026-03-06', minutes: '议定三项' }))
      await holdMeeting(app, OFFICE, { id, heldOn: '2026-03-06', minutes: '议定三项' })
      await refusal('meeting_act_impossible', () => cancelMeeting(app, OFFICE, { id, reason: '时间冲突' }))
      expect(await showMeeting(app, AUDITOR, id)).to.deep.include({ state: 'held', heldOn: '2026-03-06', possible: [] })
      const other = await callMeeting(app, OFFICE, { ...input, plannedFor: '2026-03-20' })
      await cancelMeeting(app, OFFICE, { id: other.id, reason: '时间冲突' })
      expect(await texts(app, 'meeting.cancelled')).to.have.length(2)
      expect((await listMeetings(app, AUDITOR, { filter: { state: 'held' }, page: PAGE })).total).to.equal(1)
    })
  })
})
