// The table of statutory periods: which faults it refuses, and that docs/clocks.md shows the same table.
// Counting periods is rules.test.ts.

import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import {
  CLOCK_CODES,
  CLOCKS,
  ruleOf,
  checkClocks,
  type Clock,
  type ClockRecipient,
  type ClockOwner,
  type ClockStart,
  type MissEffect,
  type PeriodUnit,
  type RuleCell,
} from '../../../src/features/deadlines/clocks.rules.ts'

describe('the table of statutory periods', () => {
  const good = CLOCKS['objection.file']
  const faulty = (clock: Partial<Clock>): string[] => checkClocks({ 'some.clock': { ...good, ...clock } }, [])

  it('is refused with a missing citation, an impossible amount, or two profiles that refer to each other', () => {
    const rule = { amount: 3, unit: 'calendar_day', rolls: true, citation: '第一条', house: false } as const
    expect(faulty({})).to.deep.equal([])
    expect(faulty({ rules: { seed: { ...rule, citation: ' ' }, statute: rule } })).to.deep.equal(['some.clock: no citation'])
    expect(faulty({ rules: { seed: rule, statute: { none: '' } } })).to.deep.equal(['some.clock: no citation'])
    for (const amount of [0, 1.5, -3, 1000])
      expect(faulty({ rules: { seed: { ...rule, amount }, statute: rule } }), String(amount)).to.have.length(1)
    expect(faulty({ rules: { seed: { ...rule, amount: 0, unit: 'stated_day' }, statute: rule } })).to.have.length(1)
    expect(faulty({ rules: { seed: { as: 'statute' }, statute: { as: 'seed' } } })).to.have.length(1)
    expect(faulty({ rules: { seed: { ...rule, house: true }, statute: rule } })).to.have.length(1)
  })

  it('is refused with reminders out of order, an escalation without recipients, or reminders without an owner', () => {
    for (const reminders of [[1, 3], [1, 1], [-1], [0.5]])
      expect(faulty({ reminders }), String(reminders)).to.deep.equal(['some.clock: reminders must fall'])
    expect(faulty({ miss: { effect: 'escalate', notify: [] } })).to.have.length(1)
    expect(faulty({ owner: 'none', reminders: [1] })).to.have.length(1)
  })
})

describe('docs/clocks.md', () => {
  const UNITS: Record<PeriodUnit, string> = { calendar_day: '日', working_day: '个工作日', month: '个月', stated_day: '载明之日' }
  const STARTS: Record<ClockStart, string> = {
    decision_served: '纳入决定送达',
    objection_received: '收到纠正申请',
    objection_upheld: '认定理由成立',
    rejection_served: '驳回决定送达',
    reconsideration_received: '收到复议申请',
    error_found: '发现或获知错误',
    exit_ground_met: '符合退出情形',
    term_ran_out: '纳入期限届满',
    listing_exited: '屏蔽或撤销',
    lift_order_received: '收到解除通知',
    retention_stated: '单位载明的截止日',
    retention_answered: '收到继续保留的答复',
    listing_applied_for: '收到纳入申请',
    clue_received: '收到财产线索',
    exit_objected_to: '收到对退出的异议',
    deleted_for_creditor: '依申请删除',
    quarter_ended: '季度末日',
    feedback_asked: '季末或开启之日',
    complaint_received: '收到投诉举报',
    complaint_accepted: '受理投诉举报',
    complaint_upheld: '认定投诉属实',
    repair_applied_for: '收到修复申请',
    payment_claimed: '收到已履行的说明',
    answer_stated: '文书载明的答复日',
    rectification_stated: '通报载明的整改日',
    assistance_served: '通知书送达',
  }
  const OWNERS: Record<ClockOwner, string> = { clerk: '书记员', liaison: '单位联络员', debtor: '被执行人', none: '—' }
  const EFFECTS: Record<MissEffect, string> = { escalate: '上报', accept_late: '逾期仍收并标注', ends: '到期终止' }
  const RECIPIENTS: Record<ClockRecipient, string> = {
    clerk: '书记员',
    approver: '审批人',
    unit_head: '单位负责人',
    group_office: '领导小组办公室',
  }

  function periodCell(cell: RuleCell): string {
    if ('as' in cell) return `同 ${cell.as}`
    if ('none' in cell) return '不设期限'
    return `${cell.unit === 'stated_day' ? '' : `${cell.amount} `}${UNITS[cell.unit]}${cell.house ? ' ◇' : ''}`
  }

  function citationCell(cell: RuleCell): string {
    if ('as' in cell) return '—'
    return 'none' in cell ? cell.none : cell.citation
  }

  function rowOf(code: string, clock: Clock): string[] {
    const { seed, statute } = clock.rules
    const rule = [seed, statute].find((cell) => 'rolls' in cell)
    const recipients = clock.miss.notify.map((each) => RECIPIENTS[each]).join('、')
    return [
      `\`${code}\``,
      STARTS[clock.starts],
      periodCell(seed),
      citationCell(seed),
      periodCell(statute),
      citationCell(statute),
      rule?.rolls === true ? '是' : '否',
      clock.reminders.join('、') || '—',
      OWNERS[clock.owner],
      recipients === '' ? EFFECTS[clock.miss.effect] : `${EFFECTS[clock.miss.effect]}：${recipients}`,
    ]
  }

  it('shows every period as in the table and in the same order', () => {
    const lines = readFileSync(new URL('../../../docs/clocks.md', import.meta.url), 'utf8').split('\n')
    const rows = lines.filter((line) => line.startsWith('| `')).map((line) => line.split('|').map((cell) => cell.trim()))
    const shown = rows.map(([, code, , ...rest]) => [code, ...rest.slice(0, -1)])
    expect(shown).to.deep.equal(CLOCK_CODES.map((code) => rowOf(code, CLOCKS[code])))
  })

  it('shows for a profile without an own period that of the other profile', () => {
    expect(ruleOf('relist.bar', 'seed')).to.equal(ruleOf('relist.bar', 'statute'))
    expect(ruleOf('lift.notify', 'statute')).to.include({ amount: 3, unit: 'calendar_day', citation: '实施意见 四(二)5' })
    expect(ruleOf('objection.file', 'statute')).to.have.property('none')
  })
})
