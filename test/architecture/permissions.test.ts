// Every act has a role, every role's act exists: the names in domain/roles against those that the acts ask with.
// That an unknown name cannot be asked with is the compiler's part; that each role may do what it should is test/domain.

import { expect } from 'chai'
import ts from 'typescript'
import { PERMISSIONS, rolesOf } from '../../src/platform/commands/permissions.ts'
import { nodesOf, sourcesUnder } from '../support/sources.ts'

/** Functions that ask whether an actor may, with the place of the act's name among their arguments. */
const ASKING: Readonly<Record<string, number>> = { act: 0, view: 0, errand: 0, must: 1, may: 1 }

function textsOf(node: ts.Expression | undefined): string[] {
  if (node === undefined) return []
  if (ts.isStringLiteralLike(node)) return [node.text]
  return ts.isConditionalExpression(node) ? [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)] : []
}

const asked = new Set(
  sourcesUnder('src/actions', 'bot')
    .flatMap(nodesOf)
    .filter(ts.isCallExpression)
    .flatMap((call) => textsOf(call.arguments[ASKING[call.expression.getText()] ?? -1])),
)

describe('the acts', () => {
  it('are all asked for by name, and no name is kept for an act that is not there', () => {
    expect([...asked].sort()).to.deep.equal([...PERMISSIONS].sort())
  })

  it('can each be done by somebody', () => {
    expect(PERMISSIONS.filter((name) => rolesOf(name).length === 0)).to.deep.equal([])
  })

  it('are named subject.verb', () => {
    expect(PERMISSIONS.filter((name) => !/^[a-z]+\.[a-z]+(?:_[a-z]+)*$/.test(name))).to.deep.equal([])
  })
})
