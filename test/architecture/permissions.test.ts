// Every act has a role, every role's act exists: the names in platform/commands/permissions against those that the acts ask with.
// That an unknown name cannot be asked with is the compiler's part; that each role may do what it should is test/domain.

import { expect } from 'chai'
import ts from 'typescript'
import { PERMISSIONS, rolesOf } from '../../src/platform/commands/permissions.ts'
import { nodesOf, sourcesUnder } from '../support/sources.ts'

/** Functions that ask whether an actor may, with the place of the permission among their arguments. */
const ASKING: Readonly<Record<string, number>> = { command: 0, query: 0, systemCommand: 0, authorize: 1, isAllowed: 1 }

function textsOf(node: ts.Expression | undefined): string[] {
  if (node === undefined) return []
  if (ts.isStringLiteralLike(node)) return [node.text]
  return ts.isConditionalExpression(node) ? [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)] : []
}

const asked = new Set(
  sourcesUnder('src/features', 'src/messaging', 'src/platform/commands', 'src/platform/scheduler', 'bot')
    .filter(({ path }) => !/\bcli\.ts$/.test(path))
    .flatMap(nodesOf)
    .filter(ts.isCallExpression)
    .flatMap((call) => textsOf(call.arguments[ASKING[call.expression.getText()] ?? -1])),
)

describe('the permissions', () => {
  it('are all asked for by name, and no name is kept that nobody asks for', () => {
    expect([...asked].sort()).to.deep.equal([...PERMISSIONS].sort())
  })

  it('can each be done by somebody', () => {
    expect(PERMISSIONS.filter((name) => rolesOf(name).length === 0)).to.deep.equal([])
  })

  it('are named subject.verb', () => {
    expect(PERMISSIONS.filter((name) => !/^[a-z]+\.[a-z]+(?:_[a-z]+)*$/.test(name))).to.deep.equal([])
  })
})
