// Who sees what of a complaint: only its handler sees anything of the complainant.

import { expect } from 'chai'
import fc from 'fast-check'
import { accept, answer, assign, decide, investigate, isHandler, type Complaint } from '../../../src/features/complaints/rules.ts'
import { publicView, viewFor, type ComplaintFile, type ComplaintStep } from '../../../src/features/complaints/views.rules.ts'
import type { Actor, Role } from '../../../src/platform/commands/permissions.ts'
import { LEADING_GROUP_OFFICE, OUR_COURT } from '../../../src/features/units/conflicts.rules.ts'

const who = (unitId: string | null, ...roles: Role[]): Actor => ({ id: 'someone', roles, ...(unitId === null ? {} : { unitId }) })
const CLERK = who(null, 'clerk')
const OFFICE = who(null, 'group_office')
const liaison = (unitId: string): Actor => who(unitId, 'liaison')

const RECEIVED: Complaint = {
  id: '01KB0000000000000000000000',
  number: 'TS20261122-0007',
  state: 'received',
  version: 1,
  about: 'unit',
  way: 'web',
  content: { text: '他在银行又贷到了款，银行没有查名单。', debtor: { name: '和志强', identifier: '533421199001011234' } },
  complainant: { name: '扎西次仁', phone: '+8613988712345', wechat: 'oABCDEFGH_1234567890' },
  unitId: 'finance',
  unresolved: false,
  assignedTo: null,
  duplicateOf: null,
  declineReason: null,
  record: {},
  receivedAt: new Date('2026-11-22T02:00:00Z'),
}
const assigned = assign(accept(RECEIVED, null), { unitId: 'leading_group_office', brief: '请核查该笔贷款的审批情况。' })

describe('the view of a complaint', () => {
  const at = RECEIVED.receivedAt
  const file = (complaint: Complaint): ComplaintFile => ({
    complaint,
    unitName: '某某行',
    steps: [
      {
        n: 1,
        at,
        actor: 'public',
        actorName: null,
        act: 'file',
        state: 'received',
        unitId: null,
        told: ['complaint-received-complainant'],
      },
      { n: 2, at, actor: 'staff:x', actorName: null, act: 'assign', state: 'assigned', unitId: 'forestry', told: [] },
    ],
    evidence: [
      { id: 'e1', kind: 'jpeg', bytes: 1, sha256: 'a', at, released: true },
      { id: 'e2', kind: 'jpeg', bytes: 1, sha256: 'b', at, released: false },
    ],
    dueOn: '2026-12-15',
    order: null,
    limits: { files: 10, bytes: 1000 },
  })

  it('is missing for the unit complained of, and for units to which it is not assigned', () => {
    for (const unitId of ['finance', 'forestry', '']) expect(viewFor(file(assigned), liaison(unitId))).to.equal(null)
    expect(viewFor(file({ ...assigned, unitId: OUR_COURT }), CLERK)).to.equal(null)
    expect(viewFor(file({ ...assigned, unitId: LEADING_GROUP_OFFICE }), OFFICE)).to.equal(null)
    // Even where a corrupt row assigns it to the unit complained of.
    expect(viewFor(file({ ...assigned, assignedTo: 'finance' }), liaison('finance'))).to.equal(null)
  })

  it('is complete for the handler, and leaves out the complainant for overseers', () => {
    expect(viewFor(file(assigned), CLERK)).to.include({ view: 'handler' })
    for (const role of ['approver', 'group_office', 'auditor', 'operator'] as const)
      expect(viewFor(file(assigned), who(null, role)), role).to.include({ view: 'overseer' })
  })

  it('shows nobody but the handler anything of the complainant or of what they wrote (property)', () => {
    const letters = fc.string({ unit: fc.constantFrom(...Array.from('扎西次仁卓玛顿珠央宗旺堆')), minLength: 6, maxLength: 8 })
    const person = fc.record({
      name: letters.map((name) => `甲${name}`),
      phone: fc.integer({ min: 13_000_000_000, max: 19_999_999_999 }).map((digits) => `+86${digits}`),
      wechat: fc.string({ unit: fc.constantFrom(...Array.from('abcdefXYZ_-0123')), minLength: 20, maxLength: 28 }),
    })
    const roles = fc.constantFrom<Role[]>(['approver'], ['group_office'], ['auditor'], ['operator'], ['liaison'], ['unit_system'])
    const units = fc.constantFrom('finance', 'forestry', 'leading_group_office', OUR_COURT)
    let checked = 0
    fc.assert(
      fc.property(person, letters, roles, units, units, (complainant, secret, actorRoles, unitId, assignedTo) => {
        const content = { ...RECEIVED.content, text: `乙${secret}`, place: `丙${secret}` }
        const complaint: Complaint = { ...assigned, complainant, content, unitId, assignedTo }
        const actor =
          actorRoles.includes('liaison') || actorRoles.includes('unit_system') ? who(assignedTo, ...actorRoles) : who(null, ...actorRoles)
        if (isHandler(complaint, actor)) return
        checked += 1
        const views = JSON.stringify([viewFor(file(complaint), actor), publicView(file(complaint))])
        for (const value of [complainant.name, complainant.phone.slice(3), complainant.wechat, content.text, content.place])
          expect(views).to.not.include(value)
      }),
      { numRuns: 2_000 },
    )
    expect(checked).to.be.above(1_500)
  })

  it('holds for the assigned unit the brief, the debtor and the released evidence', () => {
    const view = viewFor(file({ ...assigned, assignedTo: 'forestry' }), liaison('forestry'))
    expect(view).to.include({ view: 'unit', brief: '请核查该笔贷款的审批情况。', dueOn: '2026-12-15' })
    expect(view?.evidence.map((each) => each.id)).to.deep.equal(['e1'])
    for (const field of ['content', 'complainant', 'duplicateOf', 'way', 'steps']) expect(view).to.not.have.property(field)
  })

  it('holds for number and code the state, and no finding before the answer', () => {
    const upheld = decide(investigate(assigned, '属实。'), 'upheld', '已收回贷款。')
    expect(publicView(file(upheld))).to.include({ state: 'investigated', finding: null, answer: null })
    const step: ComplaintStep = { n: 5, at, actor: 'x', actorName: null, act: 'uphold', state: 'upheld', unitId: null, told: [] }
    const done = publicView({ ...file(answer(upheld, '已处理。')), steps: [...file(upheld).steps, step] })
    expect(done).to.include({ state: 'answered', finding: 'upheld', answer: '已处理。', open: false })
    expect(JSON.stringify(done)).to.not.match(/finance|forestry|和志强|staff:/)
  })
})
