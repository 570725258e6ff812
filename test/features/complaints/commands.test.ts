// Complaints through their commands, on both databases: refused input, the whole procedure, and who is notified and who never.
// The rules alone are rules.test.ts; evidence is evidence.test.ts.

import { expect } from 'chai'
import {
  acceptComplaint,
  answerComplaint,
  assignComplaint,
  decideComplaint,
  declineComplaint,
  fileComplaint,
  recordInvestigation,
  type FiledComplaint,
} from '../../../src/features/complaints/commands.ts'
import { complaintsOfAccount, listComplaints, showComplaint, statusOfComplaint } from '../../../src/features/complaints/views.ts'
import { listDeadlines } from '../../../src/features/deadlines/views.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import { listDuties } from '../../../src/features/notices/views.ts'
import { addLiaison } from '../../../src/features/units/commands.ts'
import { isAppError } from '../../../src/core/errors.ts'
import type { ComplaintForm } from '../../../src/features/complaints/form.rules.ts'
import type { ComplaintWay } from '../../../src/features/complaints/rules.ts'
import { PUBLIC, type Actor, type Role } from '../../../src/platform/commands/permissions.ts'
import { ADMIN, CLERK, PAGE, theClock, told } from '../../support/deadlines.ts'
import { eachDatabase, type MakeApp } from '../../support/app.ts'
import { refusal } from '../../support/refusal.ts'
import { addTheUnits } from '../../support/complaints.ts'

const OFFICE: Actor = { id: 'staff:office', roles: ['group_office'] }
const APPROVER: Actor = { id: 'staff:approver', roles: ['approver'] }
const AUDITOR: Actor = { id: 'staff:auditor', roles: ['auditor'] }
const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }
const liaison = (unitId: string): Actor => ({ id: `liaison:${unitId}`, roles: ['liaison'], unitId })

const PERSON = { anonymous: false, name: '央宗卓玛', phone: '138 8711 2233', wechat: 'oYangzong_0123456789' }
const ABOUT_DEBTOR: ComplaintForm = {
  ...PERSON,
  about: 'debtor',
  text: '失信被执行人永宗尼玛上周在景区酒店摆酒三十桌，我是他隔壁的住户，亲眼看见。',
  debtorName: '永宗尼玛',
  debtorIdentifier: '533401198709040343',
  happenedOn: '2026-11-15',
}
const ABOUT_UNIT: ComplaintForm = { ...PERSON, about: 'unit', text: '国土局给永宗尼玛办了土地出让手续，没有查名单。', unitId: 'land' }
const PERSONAL_VALUES = ['央宗卓玛', '13887112233', 'oYangzong_0123456789', '隔壁的住户']

async function open(make: MakeApp): Promise<Awaited<ReturnType<MakeApp>>> {
  const made = await make()
  await addTheUnits(made.app)
  return made
}

const file = (app: AppContext, form: ComplaintForm = ABOUT_DEBTOR, way: ComplaintWay = 'web', actor = PUBLIC): Promise<FiledComplaint> =>
  fileComplaint(app, actor, { ...form, way })

async function assigned(app: AppContext, form: ComplaintForm, unitId: string): Promise<FiledComplaint> {
  const filed = await file(app, form)
  await acceptComplaint(app, CLERK, { id: filed.id })
  await assignComplaint(app, CLERK, { id: filed.id, unitId, brief: '请核查有关情况。' })
  return filed
}

eachDatabase((_db, make) => {
  describe('an impossible complaint or act', () => {
    it('is refused with every problem, named by the form’s labels, and nothing is stored', async () => {
      const { app } = await open(make)
      const error = await refusal('complaint_incomplete', () => file(app, { about: 'unit', text: '?', anonymous: false, phone: '12' }))
      expect(error.problems.map((each) => each.column)).to.deep.equal(['投诉举报内容', '被投诉单位', '您的姓名', '您的手机号码'])
      await refusal('unit_missing', () => file(app, { ...ABOUT_UNIT, unitId: 'nowhere' }))
      await refusal('not_allowed', () => file(app, ABOUT_DEBTOR, 'phone'))
      await refusal('not_allowed', () => file(app, ABOUT_DEBTOR, 'web', CLERK))
      await refusal('not_allowed', () => file(app, ABOUT_DEBTOR, 'web', liaison('land')))
      expect((await listComplaints(app, CLERK, { filter: {}, page: PAGE })).total).to.equal(0)
      expect(await told(app, 'complaint.')).to.deep.equal([])
    })

    it('is refused alike for a wrong number, a wrong code and the code of another complaint', async () => {
      const { app } = await open(make)
      const [filed, other] = [await file(app), await file(app, { ...ABOUT_DEBTOR, text: '另一件完全不同的事情。' })]
      const tries = [
        { number: filed.number, code: 'AAAA-AAAA-AAAA' },
        { number: filed.number, code: other.code },
        { number: 'TS20261122-9999', code: filed.code },
        { number: '', code: '' },
        { number: filed.number, code: '' },
        { number: "' or 1=1 --".repeat(20), code: 'x'.repeat(10_000) },
      ]
      const errors = await Promise.all(tries.map((key) => refusal('complaint_missing', () => statusOfComplaint(app, PUBLIC, key))))
      expect(new Set(errors.map((error) => app.catalog.problem(error.code, error.values))).size).to.equal(1)
      const typed = { number: ` ${filed.number.toLowerCase()} `, code: filed.code.toLowerCase().replaceAll('-', ' ') }
      expect((await statusOfComplaint(app, PUBLIC, typed)).number).to.equal(filed.number)
    })

    it('is refused in the wrong state, for a second time, on a stale version and for the wrong role', async () => {
      const { app } = await open(make)
      const { id } = await file(app)
      const error = await refusal('complaint_act_impossible', () => answerComplaint(app, CLERK, { id, answer: '已处理。' }))
      expect(app.catalog.problem(error.code, error.values)).to.match(
        /“已收到”，不能答复，现在可以：受理、不予受理、补充材料、撤回、认定被投诉的单位。/,
      )
      await refusal('complaint_version_stale', () => acceptComplaint(app, CLERK, { id, version: 7 }))
      await refusal('complaint_missing', () => acceptComplaint(app, CLERK, { id: 'x' }))
      for (const role of ['approver', 'admin', 'auditor', 'operator', 'liaison', 'public'] as Role[])
        await refusal('not_allowed', () => acceptComplaint(app, { id: 'x', roles: [role] }, { id }))
      await refusal('complaint_not_yours', () => acceptComplaint(app, OFFICE, { id }))
      await acceptComplaint(app, CLERK, { id, version: 1 })
      await refusal('complaint_act_impossible', () => acceptComplaint(app, CLERK, { id }))
      await refusal('complaint_version_stale', () => declineComplaint(app, CLERK, { id, version: 1, reason: 'no_facts' }))
      await refusal('complaint_unit_needed', () => assignComplaint(app, CLERK, { id, brief: '请核查。' }))
      await refusal('unit_missing', () => assignComplaint(app, CLERK, { id, unitId: 'nowhere', brief: '请核查。' }))
      await refusal('unit_class', () => assignComplaint(app, CLERK, { id, unitId: 'banks', brief: '请核查。' }))
      await refusal('evidence_missing', () => assignComplaint(app, CLERK, { id, unitId: 'forestry', brief: '请核查。', evidence: ['x'] }))
      await refusal('complaint_names_complainant', () =>
        assignComplaint(app, CLERK, { id, unitId: 'forestry', brief: '央宗卓玛说，请核查。' }),
      )
      expect(await showComplaint(app, CLERK, id)).to.include({ state: 'accepted', version: 2, assignedTo: null })
    })

    it('is refused to all but one when several act at the same time', async () => {
      const { app } = await open(make)
      const { id } = await file(app)
      const both = await Promise.allSettled([
        acceptComplaint(app, CLERK, { id }),
        declineComplaint(app, CLERK, { id, reason: 'no_facts' }),
        acceptComplaint(app, CLERK, { id }),
      ])
      expect(both.filter((each) => each.status === 'fulfilled')).to.have.length(1)
      for (const each of both)
        if (each.status === 'rejected')
          expect(isAppError(each.reason, 'complaint_act_impossible') || isAppError(each.reason, 'complaint_version_stale')).to.equal(true)
      expect((await told(app, 'complaint.')).length).to.equal(2)
    })
  })

  describe('a complaint about a debtor', () => {
    it('goes from filing to the answer, with notices by the complainant’s channel and its deadlines tracked (P20, P21)', async () => {
      const { app, clock } = await open(make)
      await addLiaison(app, ADMIN, { unitId: 'forestry', name: '和晓', phone: '13988712345' })
      const filed = await file(app, ABOUT_DEBTOR, 'bot')
      const { id, number, code } = filed
      expect(number).to.equal('TS20261122-0001')
      expect(code).to.match(/^[2-9A-HJKMNP-Z]{4}(-[2-9A-HJKMNP-Z]{4}){2}$/)
      expect((await theClock(app, `complaint:${id}`)).due).to.equal('2026-11-24')
      await acceptComplaint(app, CLERK, { id, version: 1 })
      await assignComplaint(app, CLERK, { id, unitId: 'forestry', brief: '请核查其消费情况。', version: 2 })
      const view = await showComplaint(app, liaison('forestry'), id)
      expect(view.view === 'unit' && view.possible).to.deep.equal(['investigate'])
      expect(view).to.include({ view: 'unit', brief: '请核查其消费情况。', dueOn: '2026-12-11' })
      await recordInvestigation(app, liaison('forestry'), { id, findings: '已核实，确有其事。', version: 3 })
      await refusal('complaint_names_complainant', () =>
        decideComplaint(app, CLERK, { id, finding: 'upheld', outcome: '经央宗卓玛指认属实。' }),
      )
      await decideComplaint(app, CLERK, { id, finding: 'upheld', outcome: '已限制高消费并约谈。' })
      clock.set(new Date('2026-12-14T02:00:00Z'))
      await answerComplaint(app, CLERK, { id, answer: '经查属实，已对其限制高消费。' })
      const status = await statusOfComplaint(app, PUBLIC, { number, code })
      expect(status).to.include({ state: 'answered', finding: 'upheld', answer: '经查属实，已对其限制高消费。' })
      expect(status.steps.map((step) => step.state)).to.deep.equal(['received', 'accepted', 'assigned', 'answered'])
      expect(await complaintsOfAccount(app, PUBLIC, { wechat: PERSON.wechat })).to.deep.equal([status])
      const rows = await told(app, 'complaint.')
      expect(rows.map((row) => `${row.event.split(':')[0]} ${row.recipient.split(':')[0]} ${row.media}`)).to.deep.equal([
        'complaint.accepted complainant wechat',
        'complaint.answered complainant wechat',
        'complaint.assigned complainant wechat',
        'complaint.assigned liaison sms',
        'complaint.ordered liaison sms',
        'complaint.received complainant wechat',
      ])
      for (const row of rows) {
        expect(row.text)
          .to.include(row.event.startsWith('complaint.ordered:') ? 'BC20261122-0001' : number)
          .and.to.not.match(/永宗尼玛|限制高消费|三十桌/)
        for (const word of [...PERSONAL_VALUES, code, code.replaceAll('-', '')]) expect(row.text).to.not.include(word)
      }
      const clocks = await app.store.read((each) =>
        each.query<{ code: string; state: string }>('select code, state from deadline where subject = ? order by code', [
          `complaint:${id}`,
        ]),
      )
      expect(clocks.map((each) => `${each.code} ${each.state}`)).to.deep.equal(['complaint.accept closed', 'complaint.resolve closed_late'])
      expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
    })

    it('ends when it is declined, with a reason of the list that the notice states without the clerk’s note', async () => {
      const { app } = await open(make)
      const { id, number, code } = await file(app, { ...ABOUT_DEBTOR, wechat: undefined, phone: '0887-8222333' }, 'phone', CLERK)
      await declineComplaint(app, CLERK, { id, reason: 'other_procedure', note: '请向执行法官提出。' })
      const status = await statusOfComplaint(app, PUBLIC, { number, code })
      expect(status).to.include({ state: 'declined', declineReason: 'other_procedure', declineNote: '请向执行法官提出。', open: false })
      const last = (await told(app, 'complaint.declined'))[0]
      expect(last?.text).to.include('应当通过执行异议').and.to.not.include('执行法官')
      expect((await theClock(app, `complaint:${id}`)).state).to.equal('closed')
    })

    it('sends no notice when it is anonymous, and still shows its state for number and code', async () => {
      const { app } = await open(make)
      const { id, number, code } = await file(app, {
        about: 'debtor',
        text: '他坐了飞机去昆明。',
        debtorName: '永宗尼玛',
        anonymous: true,
      })
      await declineComplaint(app, CLERK, { id, reason: 'no_facts' })
      expect(await told(app, 'complaint.')).to.deep.equal([])
      expect((await listDuties(app, CLERK, PAGE)).total).to.equal(0)
      expect(await statusOfComplaint(app, PUBLIC, { number, code })).to.include({ state: 'declined' })
    })

    it('can be reassigned: the first unit no longer sees it, and the deadline becomes the second unit’s', async () => {
      const { app } = await open(make)
      const { id } = await assigned(app, ABOUT_DEBTOR, 'forestry')
      await assignComplaint(app, CLERK, { id, unitId: 'land', brief: '请核查土地情况。' })
      await refusal('complaint_missing', () => showComplaint(app, liaison('forestry'), id))
      await refusal('complaint_not_yours', () => recordInvestigation(app, liaison('forestry'), { id, findings: '已核查。' }))
      expect((await showComplaint(app, liaison('land'), id)).state).to.equal('assigned')
      const own = { filter: { code: 'complaint.resolve' as const }, page: PAGE }
      expect((await listDeadlines(app, liaison('land'), own)).total).to.equal(1)
      expect((await listDeadlines(app, liaison('forestry'), own)).total).to.equal(0)
      expect((await told(app, 'complaint.assigned')).map((row) => row.recipient).sort()).to.deep.equal([
        `complainant:${id}`,
        'unit:forestry',
        'unit:land',
      ])
    })
  })

  describe('a complaint about a unit', () => {
    it('goes to the group office, never to the unit, whose liaison does not learn that it exists', async () => {
      const { app } = await open(make)
      const own = liaison('land')
      const { id, number, code } = await file(app, ABOUT_UNIT)
      await refusal('complaint_own_unit', async () => {
        await acceptComplaint(app, CLERK, { id })
        return assignComplaint(app, CLERK, { id, unitId: 'land', brief: '请核查。' })
      })
      await assignComplaint(app, CLERK, { id, brief: '请核查国土局的审批。' })
      expect(await showComplaint(app, OFFICE, number)).to.include({ assignedTo: 'leading_group_office', view: 'overseer' })
      await refusal('complaint_missing', () => showComplaint(app, own, id))
      await refusal('complaint_missing', () => showComplaint(app, own, number))
      await refusal('complaint_not_yours', () => recordInvestigation(app, own, { id, findings: '没有此事。' }))
      expect(await listComplaints(app, own, { filter: { unitId: 'land' }, page: PAGE })).to.deep.equal({ items: [], total: 0 })
      await recordInvestigation(app, OFFICE, { id, findings: '审批时没有查名单。' })
      await decideComplaint(app, CLERK, { id, finding: 'upheld', outcome: '已撤销审批。' })
      await answerComplaint(app, CLERK, { id, answer: '已撤销审批。' })
      expect(await statusOfComplaint(app, PUBLIC, { number, code })).to.include({ finding: 'upheld' })
    })

    it('is accepted from the unit’s own liaison too, and the unit does not learn of it', async () => {
      const { app } = await open(make)
      const { id: liaisonId } = await addLiaison(app, ADMIN, { unitId: 'land', name: '央宗卓玛', phone: PERSON.phone })
      const { id } = await file(app, ABOUT_UNIT)
      await acceptComplaint(app, CLERK, { id })
      await assignComplaint(app, CLERK, { id, brief: '请核查。' })
      const unitTold = (await told(app, 'complaint.')).filter((row) => !row.recipient.startsWith('complainant:'))
      expect(unitTold.map((row) => row.recipient)).to.deep.equal(['unit:leading_group_office'])
      await refusal('complaint_missing', () => showComplaint(app, { id: `liaison:${liaisonId}`, roles: ['liaison'], unitId: 'land' }, id))
    })

    it('is handled by the group office when it is about the court; no clerk and no approver finds it', async () => {
      const { app } = await open(make)
      const { id, number } = await file(app, { ...ABOUT_UNIT, unitId: 'court', text: '执行局收了材料，半年没有人理。' })
      for (const actor of [CLERK, APPROVER]) {
        await refusal('complaint_missing', () => showComplaint(app, actor, number))
        expect((await listComplaints(app, actor, { filter: {}, page: PAGE })).total).to.equal(0)
      }
      await refusal('complaint_not_yours', () => acceptComplaint(app, CLERK, { id }))
      await refusal('complaint_not_yours', () => acceptComplaint(app, { id: 'x', roles: ['clerk', 'group_office'] }, { id }))
      await acceptComplaint(app, OFFICE, { id })
      await refusal('complaint_own_unit', () => assignComplaint(app, OFFICE, { id, unitId: 'court', brief: '请核查。' }))
      await assignComplaint(app, OFFICE, { id, brief: '请核查。' })
      expect(await showComplaint(app, OFFICE, id)).to.include({ view: 'handler' })
      await refusal('complaint_missing', () => showComplaint(app, AUDITOR, id))
    })
  })
})
