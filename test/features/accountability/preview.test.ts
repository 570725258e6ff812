// What an act would tell whom, and who may do it next: shown beforehand, the same as what is then told, on both databases.

import { expect } from 'chai'
import { issueCircular } from '../../../src/features/accountability/circulars.commands.ts'
import { confirmConsequence } from '../../../src/features/accountability/consequences.commands.ts'
import { callMeeting, draftJoint, issueJoint } from '../../../src/features/accountability/joint.commands.ts'
import { showJoint, showMeeting } from '../../../src/features/accountability/joint.views.ts'
import {
  previewCircular,
  previewConsequence,
  previewInterview,
  previewInterviewCall,
  previewJointMessages,
  previewMeeting,
  previewMeetingCall,
  type Preview,
} from '../../../src/features/accountability/preview.views.ts'
import {
  listConsequences,
  listInterviews,
  showCircular,
  showConsequence,
  showInterview,
  showProposal,
} from '../../../src/features/accountability/views.ts'
import { updateUnit } from '../../../src/features/units/store.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { AUDITOR, circular, decided, drafted, missedBy, OFFICE, SECOND } from '../../support/accountability.ts'
import { eachDatabase } from '../../support/app.ts'
import { addUnit, at, CLERK, PAGE, told } from '../../support/deadlines.ts'
import { APPROVER } from '../../support/listed.ts'
import { TODAY } from '../../support/objections.ts'
import { refusal } from '../../support/refusal.ts'

const textsOf = ({ items }: Preview): string[] => items.map(({ text }) => text)
const consequenceOf = async (app: AppContext, kind: 'award' | 'discipline'): Promise<string> =>
  (await listConsequences(app, OFFICE, { filter: { kind }, page: PAGE })).items[0]?.id ?? ''

describe('before a unit is called to account', () => {
  eachDatabase((_db, make) => {
    it('the message of a circular is shown as it will be told, to whoever may issue it', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      await addUnit(app, 'u1')
      await circular(app, 'u1')
      const id = await drafted(app, 'u1')
      const shown = await previewCircular(app, OFFICE, { id, act: 'issue' })
      expect(shown.items[0]).to.include({ to: 'u1局', title: '领导小组通报' })
      expect(shown.items[0]?.people).to.be.greaterThan(0)
      expect(textsOf(shown)[0]).to.include('执联通报〔2026〕…号').and.include('最近12个月第2次')
      expect((await told(app, 'circular.')).length, 'the two people of the unit heard of the first circular alone').to.equal(2)
      await refusal('not_allowed', () => previewCircular(app, CLERK, { id, act: 'issue' }))
      const acts = async (actor: typeof OFFICE): Promise<string[]> => (await showCircular(app, actor, id)).possible
      expect([await acts(OFFICE), await acts(SECOND), await acts(AUDITOR)]).to.deep.equal([['discard'], ['issue', 'discard'], []])
      await issueCircular(app, SECOND, { id })
      expect((await told(app, 'circular.')).at(-1)?.text)
        .to.include('执联通报〔2026〕2号')
        .and.include('最近12个月第2次')
      expect(textsOf(await previewCircular(app, OFFICE, { id, act: 'withdraw' }))[0]).to.include('已于2026年3月2日撤销')
    })

    it('the loss of awards names persons to the bodies in the preview only for whoever decides it', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      for (const unitId of ['u1', 'u2', 'organization_dept']) await addUnit(app, unitId)
      await circular(app, 'u1', [{ name: '和某', post: 'unit_head' }])
      await circular(app, 'u1')
      const id = await consequenceOf(app, 'award')
      const shown = await previewConsequence(app, OFFICE, { id, act: 'confirm' })
      expect(shown.items.map(({ to }) => to))
        .to.include('u1局')
        .and.include('市妇女联合会')
      expect(shown.items.find(({ to }) => to === 'organization_dept局')?.text).to.include('和某')
      expect(shown.items.find(({ to }) => to === '市妇女联合会')?.people).to.equal(0)
      expect((await previewConsequence(app, OFFICE, { id, act: 'confirm', bodies: ['u2'] })).items.map(({ to }) => to)).to.deep.equal([
        'u2局',
        'u1局',
      ])
      await refusal('consequence_not_yours', () => previewConsequence(app, APPROVER, { id, act: 'confirm' }))
      await refusal('not_allowed', () => previewConsequence(app, AUDITOR, { id, act: 'confirm' }))
      const acts = async (actor: typeof OFFICE): Promise<string[]> => (await showConsequence(app, actor, id)).possible
      expect([await acts(OFFICE), await acts(SECOND), await acts(APPROVER)]).to.deep.equal([['confirm', 'refuse'], ['refuse'], []])
      await confirmConsequence(app, OFFICE, { id, reason: '依据充分' })
      expect(await told(app, 'consequence.award_lost')).to.have.length(shown.items.length - 1)
      expect(textsOf(await previewConsequence(app, OFFICE, { id, act: 'cancel' }))).to.have.length(shown.items.length)
    })

    it('an interview is shown when it is called, cancelled and concluded', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      await addUnit(app, 'u1')
      const id = await decided(app, 'u1', 'interview', TODAY)
      expect(textsOf(await previewInterviewCall(app, OFFICE, { id, calledFor: '2026-03-09' }))[0]).to.include('2026年3月9日约谈')
      const [interview] = (await listInterviews(app, OFFICE, { filter: {}, page: PAGE })).items
      const of = interview?.id ?? ''
      expect(textsOf(await previewInterview(app, OFFICE, { id: of, act: 'cancel' }))[0]).to.include('取消')
      expect(textsOf(await previewInterview(app, OFFICE, { id: of, act: 'find_unchanged' }))[0]).to.include('约谈后仍未实施')
      expect((await showInterview(app, OFFICE, of)).possible).to.deep.equal(['hold', 'cancel'])
      expect((await showInterview(app, CLERK, of)).possible).to.deep.equal([])
      const { followed } = await showProposal(app, CLERK, { id, page: PAGE })
      expect(followed).to.deep.equal([{ subject: `interview:${of}`, number: interview?.number }])
    })

    it('a joint circular and a meeting show every unit its own message', async () => {
      const { app } = await make({ now: at(TODAY, 10) })
      await addUnit(app, 'u1')
      await addUnit(app, 'u2')
      await app.store.write((tx) => updateUnit(tx, 'u2', { leadingGroupMember: true }))
      await missedBy(app, { 'lift_order:1': 'u1' })
      const span = { from: '2026-01-01', to: TODAY }
      const { id } = await draftJoint(app, OFFICE, { ...span, unitIds: ['u1'], foreword: '第一季度' })
      const shown = await previewJointMessages(app, OFFICE, { id, act: 'issue' })
      expect(shown.items).to.have.length(9)
      expect(shown.items.at(-1)).to.include({ to: 'u1局' })
      expect(shown.items.at(-1)?.text).to.include('逾期未办1项').and.include('执联合通〔2026〕…号')
      expect((await showJoint(app, OFFICE, id)).possible).to.deep.equal(['discard'])
      await issueJoint(app, SECOND, { id })
      expect((await showJoint(app, OFFICE, id)).audit.map(({ act }) => act)).to.deep.equal(['accountability.joint', 'accountability.joint'])
      expect(textsOf(await previewJointMessages(app, OFFICE, { id, act: 'withdraw' }))).to.have.length(9)
      const call = { plannedFor: '2026-03-09', place: '三楼会议室' }
      const [message] = (await previewMeetingCall(app, OFFICE, call)).items
      expect([message?.to, message?.text]).to.satisfy(([to, text]: string[]) => to === 'u2局' && text?.includes('三楼会议室'))
      const meeting = await callMeeting(app, OFFICE, { ...call, agenda: '通报情况' })
      expect((await previewMeeting(app, OFFICE, { id: meeting.id, act: 'cancel' })).items.map(({ to }) => to)).to.deep.equal(['u2局'])
      expect((await showMeeting(app, CLERK, meeting.id)).possible).to.deep.equal([])
    })
  })
})
