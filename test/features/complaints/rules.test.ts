// The rules of complaints: states, who handles one and who never may, what a form must state, and which two are likely the same.

import { expect } from 'chai'
import fc from 'fast-check'
import { isAppError, type Code } from '../../../src/core/errors.ts'
import {
  accept,
  answer,
  assign,
  COMPLAINT_LIFE,
  complaintNumber,
  decide,
  decline,
  defaultAssignee,
  investigate,
  isHandler,
  isLikelySame,
  likeness,
  mustHandle,
  mustInvestigate,
  addEvidenceTo,
  addTextTo,
  resolve,
  withdraw,
  type Complaint,
  type ComplaintAct,
} from '../../../src/features/complaints/rules.ts'
import { readComplaint, type ComplaintForm } from '../../../src/features/complaints/form.rules.ts'
import type { Actor, Role } from '../../../src/platform/commands/permissions.ts'
import { LEADING_GROUP, LEADING_GROUP_OFFICE, OUR_COURT } from '../../../src/features/units/conflicts.rules.ts'

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

function refusal(code: Code, run: () => unknown): void {
  try {
    run()
  } catch (error) {
    if (!isAppError(error)) throw error
    expect(error.code).to.equal(code)
    return
  }
  expect.fail(`expected ${code}`)
}

describe('a complaint', () => {
  const acts: Record<ComplaintAct, (complaint: Complaint) => Complaint> = {
    resolve: (complaint) => resolve(complaint, null),
    accept: (complaint) => accept(complaint, null),
    decline: (complaint) => decline(complaint, { reason: 'no_facts' }),
    assign: (complaint) => assign(complaint, { unitId: 'leading_group_office', brief: '请核查。' }),
    investigate: (complaint) => investigate(complaint, '已核查。'),
    uphold: (complaint) => decide(complaint, 'upheld', '已收回贷款。'),
    dismiss: (complaint) => decide(complaint, 'not_upheld', '贷款在列入之前。'),
    answer: (complaint) => answer(complaint, '已处理。'),
    add_evidence: addEvidenceTo,
    withdraw,
  }

  for (const state of COMPLAINT_LIFE.states)
    it(`allows in the state ${state} only the possible acts, each raising the version, and names them when it refuses another`, () => {
      for (const [name, run] of Object.entries(acts)) {
        const complaint = { ...RECEIVED, state }
        const possible = COMPLAINT_LIFE.possible(state)
        if (possible.includes(name as ComplaintAct)) expect(run(complaint).version).to.equal(2)
        else
          expect(() => run(complaint), name)
            .to.throw()
            .that.deep.includes({ code: 'complaint_act_impossible', values: { state, act: name, possible: possible.join(' ') } })
      }
    })

  it('goes from received to answered, also through a second unit', () => {
    const again = assign(investigate(assigned, '无法查实。'), { unitId: 'discipline_commission', brief: '请再核查。' })
    const done = answer(decide(investigate(again, '属实。'), 'upheld', '已收回贷款。'), '已收回贷款，谢谢您的监督。')
    expect(done).to.include({ state: 'answered', assignedTo: 'discipline_commission', version: 8 })
    expect(done.record).to.include({ findings: '属实。', outcome: '已收回贷款。', answer: '已收回贷款，谢谢您的监督。' })
  })

  it('needs a text for findings and outcome, of at most 2000 characters', () => {
    refusal('reason_needed', () => investigate(assigned, ' '))
    refusal('reason_needed', () => decide(investigate(assigned, '属实。'), 'upheld', '。'))
    refusal('complaint_incomplete', () => investigate(assigned, '很'.repeat(2001)))
  })

  it('takes added texts with their day, and refuses words against the court where the court handles it', () => {
    const added = addTextTo(RECEIVED, { on: '2026-11-23', text: '他昨天又坐了飞机。', accusesCourt: false })
    expect(added.content.additions).to.deep.equal([{ on: '2026-11-23', text: '他昨天又坐了飞机。' }])
    expect(added.state).to.equal('received')
    const against = { on: '2026-11-23', text: '执行局不管。', accusesCourt: true }
    refusal('complaint_accuses_court', () => addTextTo(RECEIVED, against))
    expect(addTextTo({ ...RECEIVED, unresolved: true }, against).version).to.equal(2)
    refusal('reason_needed', () => addTextTo(RECEIVED, { ...against, text: ' ', accusesCourt: false }))
    const full = { ...RECEIVED, content: { ...RECEIVED.content, additions: Array.from({ length: 20 }, () => against) } }
    refusal('complaint_additions_full', () => addTextTo(full, { ...against, accusesCourt: false }))
  })

  it('is numbered per day', () => {
    expect(complaintNumber('2026-11-22', 7)).to.equal('TS20261122-0007')
    expect(complaintNumber('2026-11-22', 12345)).to.equal('TS20261122-12345')
  })
})

describe('responsibility for a complaint', () => {
  it('never goes to the unit complained of', () => {
    refusal('complaint_own_unit', () => assign(accept(RECEIVED, null), { unitId: 'finance', brief: '请核查。' }))
    refusal('complaint_own_unit', () =>
      assign(accept({ ...RECEIVED, unitId: null }, 'forestry'), { unitId: 'forestry', brief: '请核查。' }),
    )
  })

  it('goes by default to the next higher body when the complaint is about a unit', () => {
    expect(defaultAssignee(RECEIVED)).to.equal(LEADING_GROUP_OFFICE)
    expect(defaultAssignee({ unitId: LEADING_GROUP_OFFICE })).to.equal(LEADING_GROUP)
    expect(defaultAssignee({ unitId: null })).to.equal(null)
  })

  it('lies with clerks, or with the group office when the court is complained of, and never with somebody who is both', () => {
    const aboutCourt = { ...RECEIVED, unitId: OUR_COURT }
    mustHandle(RECEIVED, CLERK)
    mustHandle(aboutCourt, OFFICE)
    refusal('complaint_not_yours', () => mustHandle(RECEIVED, OFFICE))
    refusal('complaint_not_yours', () => mustHandle(aboutCourt, CLERK))
    refusal('complaint_not_yours', () => mustHandle(aboutCourt, who(null, 'clerk', 'group_office')))
    expect(isHandler({ unitId: LEADING_GROUP_OFFICE, unresolved: false }, who(null, 'clerk', 'group_office'))).to.equal(false)
  })

  it('lets the assigned unit or the handler record findings, never the unit complained of', () => {
    mustInvestigate(assigned, OFFICE)
    mustInvestigate(assigned, CLERK)
    mustInvestigate(assigned, liaison('leading_group_office'))
    refusal('complaint_not_yours', () => mustInvestigate(assigned, liaison('finance')))
    refusal('complaint_not_yours', () => mustInvestigate(assigned, liaison('forestry')))
    refusal('complaint_not_yours', () => mustInvestigate(assigned, who('finance', 'liaison', 'clerk')))
  })

  for (const brief of [
    '投诉人扎西次仁反映',
    '扎 西·次 仁 说',
    '电话 139-8871-2345',
    '电话１３９８８７１２３４５',
    '+86 13988712345',
    'OABCDEFGH_1234567890',
  ])
    it(`refuses a brief that names the complainant: ${brief}`, () => {
      refusal('complaint_names_complainant', () => assign(accept(RECEIVED, null), { unitId: 'forestry', brief }))
    })
})

describe('a complaint form', () => {
  const FORM: ComplaintForm = { about: 'debtor', text: '他昨天坐了飞机去昆明。', debtorName: '和志强', anonymous: true }
  const problemsOf = (form: Partial<ComplaintForm>): string[] => {
    try {
      readComplaint({ ...FORM, ...form }, '2026-11-22')
      return []
    } catch (error) {
      if (!isAppError(error, 'complaint_incomplete')) throw error
      return error.problems.map((each) => `${each.field} ${each.code}`)
    }
  }

  const wrong: [Partial<ComplaintForm>, string[]][] = [
    [{ text: ' 他\u200b ' }, ['text field_short']],
    [{ text: '很'.repeat(2001) }, ['text field_too_long']],
    [{ debtorName: ' ' }, ['debtorName field_missing']],
    [{ debtorIdentifier: '533421199001011' }, ['debtorIdentifier identifier_form']],
    [{ about: 'unit' }, ['unitId field_missing']],
    [{ happenedOn: '2026-11-23' }, ['happenedOn date_future']],
    [{ phone: '139' }, ['phone phone_invalid']],
    [{ wechat: '<script>' }, ['wechat openid_invalid']],
    [{ anonymous: false }, ['complainantName field_missing']],
    [{ place: '店'.repeat(101) }, ['place field_too_long']],
    [
      { text: '', phone: '1', happenedOn: '?', anonymous: false },
      ['text field_missing', 'complainantName field_missing', 'phone phone_invalid'],
    ],
  ]
  for (const [form, problems] of wrong)
    it(`is refused with every problem: ${problems.join(', ')}`, () => {
      expect(problemsOf(form)).to.deep.equal(problems)
    })

  it('is read in various spellings of dates, phones and names', () => {
    const read = readComplaint(
      { ...FORM, happenedOn: '2026年9月30日', phone: '139 8871 2345', name: ' 扎西 ', anonymous: false, debtorName: '和 志强' },
      '2026-11-22',
    )
    expect(read.complainant).to.deep.equal({ name: '扎西', phone: '+8613988712345' })
    expect(read.content).to.include({ happenedOn: '2026-09-30' })
    expect(read.content.debtor).to.deep.equal({ name: '和志强' })
  })

  it('keeps no name of a complainant who wants to stay anonymous', () => {
    const phone = '13988712345'
    expect(readComplaint({ ...FORM, name: '扎西', phone }, '2026-11-22').complainant).to.deep.equal({ phone: '+8613988712345' })
    expect(readComplaint({ ...FORM, name: '扎西' }, '2026-11-22').complainant).to.deep.equal({})
  })
})

describe('two complaints', () => {
  const text = '失信被执行人和志强昨天在市里的酒店摆了三十桌酒席，没有人管。'

  it('are likely the same when their texts are nearly equal', () => {
    expect(isLikelySame(text, '和志强昨天在市里的酒店摆了三十桌酒席，没有人管！')).to.equal(true)
    expect(isLikelySame(text, '失信被执行人和志强 昨天在市里的酒店,摆了３０桌酒席,没有人管')).to.equal(true)
  })

  it('are different when they tell of different things', () => {
    expect(isLikelySame(text, '失信被执行人和志强上个月买了一辆新车，登记在妻子名下。')).to.equal(false)
    expect(isLikelySame(text, '')).to.equal(false)
    expect(isLikelySame('', '')).to.equal(false)
  })

  it('have a likeness of 0 to 1, the same both ways, and 1 with themselves (property)', () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 60 })
    fc.assert(
      fc.property(texts, texts, (left, right) => {
        expect(likeness(left, right)).to.equal(likeness(right, left)).and.to.be.within(0, 1)
        expect([0, 1]).to.include(likeness(left, left))
      }),
    )
  })
})
