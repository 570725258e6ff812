// Rules of calling units to account: what counts, what follows, who decides, and that every state and kind has a wording in the catalogue.
// The commands are tested in commands.test.ts.

import { expect } from 'chai'
import fc from 'fast-check'
import {
  addSources,
  DECISIONS,
  decide,
  dismiss,
  openProposal,
  PROPOSAL_LIFE,
  PROPOSAL_STATES,
  SOURCE_KINDS,
  CIRCULAR_LIFE,
  CIRCULAR_STATES,
  INTERVIEW_LIFE,
  INTERVIEW_STATES,
} from '../../../src/features/accountability/rules.ts'
import {
  confirmConsequence,
  CONSEQUENCE_KINDS,
  CONSEQUENCE_LIFE,
  CONSEQUENCE_STATES,
  CONSEQUENCES,
  circularsCounted,
  mustDecideConsequence,
  proposeConsequence,
  isStanding,
  undoConsequence,
} from '../../../src/features/accountability/consequences.rules.ts'
import { JOINT_LIFE, JOINT_STATES, linesOf, MEETING_LIFE, MEETING_STATES } from '../../../src/features/accountability/joint.rules.ts'
import { LEDGER_SECTIONS, ledgerViewFor } from '../../../src/features/ledgers/rules.ts'
import { loadCatalog } from '../../../src/catalog.ts'
import { addDays, addMonths } from '../../../src/core/calendar.ts'

const catalog = loadCatalog('templates')
const TODAY = '2026-11-22'
const opened = openProposal({ id: 'p', number: 'WZ20261122-0001', unitId: 'u1', sources: 1, today: TODAY })
const proposed = proposeConsequence({ id: 'c', number: 'ZC', unitId: 'u1', year: 2026, kind: 'award', cause: 'circular:x', today: TODAY })
const by = { by: 'staff:office', today: TODAY, reason: '情况属实' }

describe('the rules of accountability', () => {
  it('count circulars together up to twelve months apart, or within a calendar year, and need two', () => {
    const counted = (days: string[], year: number, count: 'rolling' | 'calendar'): string[] =>
      circularsCounted(
        days.map((issuedOn) => ({ issuedOn })),
        year,
        count,
      ).map((each) => each.issuedOn)
    expect(counted(['2026-03-02', '2027-03-02'], 2027, 'rolling')).to.have.length(2)
    expect(counted(['2026-03-02', '2027-03-03'], 2027, 'rolling')).to.deep.equal([])
    expect(counted(['2027-02-28', '2028-02-29'], 2028, 'rolling')).to.have.length(2)
    expect(counted(['2026-12-31', '2027-01-01'], 2027, 'rolling')).to.have.length(2)
    expect(counted(['2026-12-31', '2027-01-01'], 2026, 'rolling')).to.deep.equal([], 'the later one is not of that year')
    expect(counted(['2026-12-31', '2027-01-01'], 2027, 'calendar')).to.deep.equal([])
    expect(counted(['2027-01-01', '2027-12-31'], 2027, 'calendar')).to.have.length(2)
    const days = fc.array(fc.integer({ min: 0, max: 1100 }).map((n) => addDays('2025-01-01', n)))
    fc.assert(
      fc.property(days, fc.constantFrom('rolling' as const, 'calendar' as const), (list, count) => {
        const sorted = list.toSorted()
        const found = counted(sorted, 2026, count)
        expect(found.length).to.not.equal(1)
        if (sorted.filter((day) => day.startsWith('2026-')).length >= 2) expect(found.length).to.be.at.least(2)
        for (const day of found) expect(addMonths(day, 12) >= (found.at(-1) ?? ''), day).to.equal(true)
      }),
    )
  })

  it('raise the version of a proposal with every added source, and refuse acts on a closed one', () => {
    const joined = addSources(opened, 3)
    expect(joined).to.include({ version: 2, sources: 4, state: 'open' })
    expect(decide(joined, 'circular', by)).to.include({ state: 'decided', version: 3, decision: 'circular' })
    expect(() => addSources(dismiss(opened, by), 1)).to.throw(/proposal_act_impossible/)
    expect(() => openProposal({ ...opened, unitId: 'leading_group_office', today: TODAY })).to.throw(/proposal_unit_above/)
  })

  it('let a proposed consequence lapse and a confirmed one be cancelled; neither stands afterwards', () => {
    const confirmed = confirmConsequence(proposed, by)
    const six = ['civilization_office', 'public_order_office', 'organization_dept', 'trade_union', 'womens_federation', 'youth_league']
    expect(confirmed.bodies).to.deep.equal(six)
    expect([undoConsequence(proposed, '撤销').state, undoConsequence(confirmed, '撤销').state]).to.deep.equal(['lapsed', 'cancelled'])
    expect(CONSEQUENCE_STATES.filter(isStanding)).to.deep.equal(['proposed', 'confirmed'])
    // A body of the policy that is itself the unit concerned is left out.
    expect(confirmConsequence({ ...proposed, unitId: 'public_order_office' }, by).bodies).to.deep.equal(
      six.filter((body) => body !== 'public_order_office'),
    )
  })

  it('leave measures of the court to an approver, and everything else to the group office', () => {
    for (const kind of CONSEQUENCE_KINDS) {
      const court = kind === 'judicial_suggestion' || kind === 'civil_procedure'
      expect(CONSEQUENCES[kind].decider, kind).to.equal(court ? 'approver' : 'group_office')
      expect(() => mustDecideConsequence({ kind }, ['clerk', 'auditor'])).to.throw(/consequence_not_yours/)
      expect(CONSEQUENCES[kind].citation, kind).to.match(/意见|法/)
    }
  })

  it('name in a joint circular only units that fell short in its period', () => {
    const line = { unitId: 'u1', missed: 1, complaints: 0, circulars: 0, interviews: 0 }
    expect(linesOf([line], ['u1', 'u1'])).to.deep.equal([line])
    expect(() => linesOf([line], ['u2'])).to.throw(/joint_unit_blameless/)
  })

  it('show a ledger as the unit sees it to whoever belongs to the unit', () => {
    expect(ledgerViewFor({ id: 'x', roles: ['auditor'] }, 'u1')).to.equal('whole')
    expect(ledgerViewFor({ id: 'x', roles: ['liaison'], unitId: 'u1' }, 'u1')).to.equal('own')
    expect(ledgerViewFor({ id: 'x', roles: ['clerk'] }, 'court')).to.equal('own')
    expect(ledgerViewFor({ id: 'x', roles: ['group_office'] }, 'leading_group_office')).to.equal('own')
  })

  it('have wording for every state, act, source, decision, kind and section, and for nothing else', () => {
    const keys = (file: string, section: string): string[] =>
      catalog
        .keys(file)
        .filter((key) => key.startsWith(`${section}.`))
        .map((key) => key.slice(section.length + 1))
        .sort()
    const lives = {
      proposals: [PROPOSAL_LIFE, PROPOSAL_STATES],
      circulars: [CIRCULAR_LIFE, CIRCULAR_STATES],
      interviews: [INTERVIEW_LIFE, INTERVIEW_STATES],
      consequences: [CONSEQUENCE_LIFE, CONSEQUENCE_STATES],
      joints: [JOINT_LIFE, JOINT_STATES],
      meetings: [MEETING_LIFE, MEETING_STATES],
    } as const
    for (const [file, [life, states]] of Object.entries(lives)) {
      const possible = (state: string): string[] => (life.possible as (from: string) => string[])(state)
      expect(keys(file, 'state'), file).to.deep.equal([...states].sort())
      expect([...life.states].sort(), file).to.deep.equal([...states].sort())
      expect(keys(file, 'act'), file).to.deep.equal([...new Set(states.flatMap(possible))].sort())
    }
    expect(keys('proposals', 'source')).to.deep.equal([...SOURCE_KINDS].sort())
    expect(keys('proposals', 'decision')).to.deep.equal([...DECISIONS].sort())
    expect(keys('consequences', 'kind')).to.deep.equal([...CONSEQUENCE_KINDS].sort())
    expect(keys('ledgers', 'section')).to.deep.equal([...LEDGER_SECTIONS].sort())
    expect(keys('ledgers', 'figure')).to.include.members([...LEDGER_SECTIONS])
  })
})
