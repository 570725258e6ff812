// Words of objections and credit repair for screens and messages: every state, act, subject, way and remedy has one, and none is unused.
// The message templates are test/architecture/templates.test.ts.

import { expect } from 'chai'
import {
  OBJECTION_LIFE,
  OBJECTION_STATES,
  OBJECTION_SUBJECTS,
  OBJECTION_WAYS,
  REMEDIES,
  type ObjectionAct,
} from '../../../src/features/objections/rules.ts'
import { OPINIONS, REPAIR_LIFE, REPAIR_STATES, type RepairAct } from '../../../src/features/repairs/rules.ts'
import { loadCatalog } from '../../../src/catalog.ts'

const catalog = loadCatalog('templates')
const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort()

const ACT: Record<ObjectionAct, true> = {
  review: true,
  suspend: true,
  withdraw: true,
  uphold: true,
  reject: true,
  carry_out: true,
  record_service: true,
  ask_reconsideration: true,
  overturn: true,
  confirm: true,
}
/** States of a listing, which the error about an impossible objection names. */
const OF_LISTINGS = ['draft', 'pending', 'decided', 'served', 'listed', 'shielded', 'revoked']
const FIELDS = ['receivedOn', 'postedOn', 'servedOn', 'askedOn', 'decidedOn']

describe('the words for objections', () => {
  it('exist for every value, and for nothing else', () => {
    const expected = {
      state: [...OBJECTION_STATES, ...OF_LISTINGS],
      act: Object.keys(ACT),
      about: OBJECTION_SUBJECTS,
      way: OBJECTION_WAYS,
      remedy: REMEDIES,
      timing: ['in_time', 'late'],
      measures: ['all'],
      decision: ['number'],
      field: FIELDS,
    }
    const keys = Object.entries(expected).flatMap(([section, names]) => names.map((name) => `${section}.${name}`))
    expect(sorted(catalog.keys('objections'))).to.deep.equal(sorted(keys))
  })

  it('cover every state of the state machine', () => {
    expect(sorted(OBJECTION_LIFE.states)).to.deep.equal(sorted(OBJECTION_STATES))
  })

  it('are used in errors of an objection before the words for listings and complaints', () => {
    const sentence = catalog.problem('objection_act_impossible', { state: 'upheld', act: 'confirm', possible: 'carry_out' })
    expect(sentence).to.equal('该纠正申请现为“已认定成立”，不能“登记复议维持”。现在可以做的操作：登记已经落实。')
    expect(catalog.problem('listing_act_impossible', { state: 'listed', act: 'withdraw', possible: 'correct' })).to.include('“撤回”')
  })
})

const REPAIR_ACT: Record<RepairAct, true> = { consult: true, answer: true, approve: true, refuse: true, withdraw: true }
const COLUMNS = ['number', 'decisionNo', 'decidedOn', 'kind', 'name', 'identifier', 'caseNo', 'court', 'exit', 'exitedOn', 'units']

describe('the words for credit repair', () => {
  it('exist for every value, and for nothing else', () => {
    const expected = {
      state: [...REPAIR_STATES, 'draft', 'pending', 'decided', 'served', 'listed'],
      act: Object.keys(REPAIR_ACT),
      opinion: OPINIONS,
      decision: ['number'],
      field: ['receivedOn'],
      kind: ['person', 'organisation'],
      exit: ['shielded', 'revoked'],
      column: COLUMNS,
    }
    const keys = Object.entries(expected).flatMap(([section, names]) => names.map((name) => `${section}.${name}`))
    expect(sorted(catalog.keys('repairs'))).to.deep.equal(sorted([...keys, 'file']))
  })

  it('cover every state of the state machine', () => {
    expect(sorted(REPAIR_LIFE.states)).to.deep.equal(sorted(REPAIR_STATES))
  })
})
