// The states that counts of todo name are states that their tables can have, so that a renamed state is not counted as nothing.

import { expect } from 'chai'
import { CIRCULAR_STATES, INTERVIEW_STATES, PROPOSAL_STATES } from '../../../src/features/accountability/rules.ts'
import { ASSISTANCE_STATES } from '../../../src/features/assistance/rules.ts'
import { COMPLAINT_LIFE } from '../../../src/features/complaints/rules.ts'
import { MATTER_STATES } from '../../../src/features/creditors/rules.ts'
import { RETURN_STATES, ROUND_STATES } from '../../../src/features/feedback/rules.ts'
import { INTAKE_STATES } from '../../../src/features/intakes/rules.ts'
import { LISTING_PROPOSAL_STATES } from '../../../src/features/listings/proposals.rules.ts'
import { LISTING_STATES } from '../../../src/features/listings/rules.ts'
import { OBJECTION_STATES } from '../../../src/features/objections/rules.ts'
import { PUSH_STATES } from '../../../src/features/quarterly-list/rules.ts'
import { REPAIR_STATES } from '../../../src/features/repairs/rules.ts'
import { COURT_COUNTS } from '../../../src/features/todo/court.store.ts'
import { COURT_LISTS } from '../../../src/features/todo/court-lists.store.ts'
import type { Asker, Part } from '../../../src/features/todo/counts.store.ts'
import { STARTED_COUNTS } from '../../../src/features/todo/started.store.ts'
import { UNIT_COUNTS } from '../../../src/features/todo/units.store.ts'

const STATES: Readonly<Record<string, readonly string[]>> = {
  accountability_proposal: PROPOSAL_STATES,
  assistance: ASSISTANCE_STATES,
  circular: CIRCULAR_STATES,
  complaint: ['received', 'accepted', 'declined', 'assigned', 'investigated', 'upheld', 'not_upheld', 'answered'],
  creditor_matter: MATTER_STATES,
  feedback_return: RETURN_STATES,
  feedback_round: ROUND_STATES,
  intake: INTAKE_STATES,
  interview: INTERVIEW_STATES,
  listing: LISTING_STATES,
  listing_proposal: LISTING_PROPOSAL_STATES,
  objection: OBJECTION_STATES,
  push: PUSH_STATES,
  repair: REPAIR_STATES,
}

const ASKER: Asker = {
  id: 'staff:one',
  roles: ['clerk'],
  unitId: 'land',
  sqlite: true,
  now: new Date('2026-03-02T02:00:00Z'),
  today: '2026-03-02',
  days: { today: '2026-03-02', yellowUntil: '2026-03-05' },
  owners: ['clerk'],
  hiddenAbout: [],
  speaksFor: ['court'],
  consequences: ['award'],
  screenedSince: new Date(0),
}

const counts: Readonly<Record<string, (asker: Asker) => Part>> = {
  ...COURT_COUNTS,
  ...UNIT_COUNTS,
  ...STARTED_COUNTS,
  ...Object.fromEntries(Object.entries(COURT_LISTS).map(([code, part]) => [`${code} list`, part])),
}

/** `table state` for each state that a part names of its first table. */
function statesIn({ from }: Part): string[] {
  const [, table = '', alias = ''] = /from `?(\w+)`? (\w+)/.exec(from) ?? []
  const named = [...from.matchAll(new RegExp(`\\b${alias}\\.state (?:=|in) \\(?((?:'\\w+'(?:, )?)+)`, 'g'))]
  return named.flatMap(([, list = '']) => [...list.matchAll(/'(\w+)'/g)].map(([, state = '']) => `${table} ${state}`))
}

describe('the counts of todo', () => {
  const named = Object.values(counts).flatMap((count) => statesIn(count(ASKER)))

  it('name only states that exist', () => {
    expect(named).to.include('listing pending').and.to.have.length.above(30)
    const unknown = named.filter((each) => {
      const [table = '', state = ''] = each.split(' ')
      return STATES[table] !== undefined && !STATES[table].includes(state)
    })
    expect(unknown).to.deep.equal([])
    expect(COMPLAINT_LIFE.possible('received')).to.include('accept')
  })
})
