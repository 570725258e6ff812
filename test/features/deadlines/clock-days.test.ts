// Which reminder of a deadline has come on a day, how a changed calendar moves its last day, and which amount texts may name.
// Counting periods is rules.test.ts.

import { expect } from 'chai'
import { amountOf, dueDay, recount, reminderState, type Due } from '../../../src/features/deadlines/rules.ts'
import { createWorkCalendar, NO_OVERRIDES } from '../../../src/features/deadlines/workdays.rules.ts'

const plain = createWorkCalendar({ overrides: NO_OVERRIDES })
const withRest = (...rest: string[]): typeof plain => createWorkCalendar({ overrides: { rest, work: [], years: [] } })
const review = { openedOn: '2026-09-25', due: '2026-10-10' }

describe('a deadline on a given day', () => {
  it('is at the latest reminder whose day has come, and waits for the next one', () => {
    expect(reminderState('objection.review', review, '2026-09-25', plain)).to.deep.equal({ left: null, next: '2026-09-30' })
    expect(reminderState('objection.review', review, '2026-09-30', plain)).to.deep.equal({ left: 3, next: '2026-10-09' })
    expect(reminderState('objection.review', review, '2026-10-08', plain)).to.deep.equal({ left: 3, next: '2026-10-09' })
    expect(reminderState('objection.review', review, '2026-12-01', plain)).to.deep.equal({ left: 0, next: null })
    expect(reminderState('objection.file', review, '2026-10-10', plain)).to.deep.equal({ left: null, next: null })
  })

  it('moves with the calendar in both directions without becoming missed by the change', () => {
    const stored = dueDay('complaint.accept', '2026-03-03', 'seed', plain) as Due
    expect(stored.due).to.equal('2026-03-05')
    const later = recount(stored, '2026-03-04', withRest('2026-03-04'))
    expect(later.due).to.equal('2026-03-06')
    expect(recount(later, '2026-03-04', plain).due).to.equal('2026-03-05')
    expect(recount(later, '2026-03-06', plain).due).to.equal('2026-03-06')
    expect(recount(stored, '2026-03-09', withRest('2026-03-04')).due, 'already late: the extension counts').to.equal('2026-03-06')
  })

  it('has the configured amount, and 0 where the profile sets no period', () => {
    expect(amountOf('lift.carry_out', 'seed')).to.equal(1)
    expect(amountOf('lift.carry_out', 'statute', { 'lift.carry_out': 2 })).to.equal(2)
    expect(amountOf('objection.review', 'seed', { 'lift.carry_out': 2 })).to.equal(15)
    expect(amountOf('objection.file', 'statute')).to.equal(0)
  })
})
