// Words of assistance notices and the quarterly list for screens and files: every state, act, outcome, ground and column has one.
// The message templates are test/architecture/templates.test.ts.

import { expect } from 'chai'
import {
  ACKNOWLEDGED_WAYS,
  ASSISTANCE_ACTS,
  ASSISTANCE_KINDS,
  ASSISTANCE_LIFE,
  ASSISTANCE_STATES,
  LIFT_GROUNDS,
  OUTCOMES,
} from '../../../src/features/assistance/rules.ts'
import { PUSH_FILES, PUSH_LIFE, PUSH_STATES, QUARTER_CHANGES } from '../../../src/features/quarterly-list/rules.ts'
import { loadCatalog } from '../../../src/catalog.ts'

const catalog = loadCatalog('templates')
const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort()
const keysOf = (sections: Readonly<Record<string, readonly string[]>>): string[] =>
  Object.entries(sections).flatMap(([section, names]) => names.map((name) => `${section}.${name}`))

/** States of a listing, which the error about an impossible assistance notice names. */
const OF_LISTINGS = ['draft', 'pending', 'decided', 'served', 'listed', 'shielded', 'revoked', 'withdrawn']
const PARTS = ['to', 'opening', 'debtor', 'facts', 'request', 'basis', 'duty', 'answer']

describe('the words for assistance notices', () => {
  it('exist for every value, and for nothing else', () => {
    const expected = keysOf({
      state: sorted([...ASSISTANCE_STATES, ...OF_LISTINGS]),
      act: [...ASSISTANCE_ACTS, 'send_link'],
      kind: ASSISTANCE_KINDS,
      outcome: OUTCOMES,
      way: ACKNOWLEDGED_WAYS,
      ground: LIFT_GROUNDS,
      number: ASSISTANCE_KINDS,
      document: [...ASSISTANCE_KINDS.flatMap((kind) => PARTS.map((part) => `${kind}.${part}`)), 'signed', 'dated'],
      field: ['answerBy', 'servedOn'],
    })
    expect(sorted(catalog.keys('assistances'))).to.deep.equal(sorted(expected))
  })

  it('cover every state and act of the state machine', () => {
    expect(sorted(ASSISTANCE_LIFE.states)).to.deep.equal(sorted(ASSISTANCE_STATES))
    expect(sorted(ASSISTANCE_STATES.flatMap((state) => ASSISTANCE_LIFE.possible(state)))).to.deep.equal(sorted(ASSISTANCE_ACTS))
  })

  it('offer a unit no refusal: it may answer, and suggest a review', () => {
    for (const state of ['issued', 'served', 'acknowledged', 'answered'] as const)
      expect(ASSISTANCE_LIFE.possible(state)).to.include.members(['answer', 'suggest_review'])
    expect(OUTCOMES).to.deep.equal(['carried_out', 'could_not'])
  })
})

describe('the words for the quarterly list', () => {
  it('exist for every state, act and file', () => {
    const keys = catalog.keys('pushes')
    const names = {
      state: PUSH_STATES,
      act: ['release', 'supersede'],
      file: PUSH_FILES,
      name: PUSH_FILES,
      fate: ['gone', 'corrected'],
      change: QUARTER_CHANGES,
    }
    for (const [section, expected] of Object.entries(names))
      expect(sorted(keys.filter((key) => key.startsWith(`${section}.`))), section).to.deep.equal(
        sorted(expected.map((name) => `${section}.${name}`)),
      )
    expect(sorted(PUSH_LIFE.states)).to.deep.equal(sorted(PUSH_STATES))
  })

  it('have a character for every digit and every power that is read aloud', () => {
    expect([...catalog.words('pushes', 'spoken.digits')]).to.have.length(10)
    expect([...catalog.words('pushes', 'spoken.units'), ...catalog.words('pushes', 'spoken.groups')]).to.have.length(5)
  })
})
