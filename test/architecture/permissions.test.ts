// Every permission has a role and is used: the names in platform/commands/permissions against those that commands and queries check.
// Unknown names are refused by the compiler; what each role may do is tested with the features.

import { expect } from 'chai'
import ts from 'typescript'
import { PERMISSIONS, rolesOf } from '../../src/platform/commands/permissions.ts'
import { nodesOf, sourcesUnder } from '../support/sources.ts'

/** Functions that check a permission, with the position of the permission among their arguments. */
const CHECKING: Readonly<Record<string, number>> = { command: 0, query: 0, systemCommand: 0, authorize: 1, isAllowed: 1 }

function textsOf(node: ts.Expression | undefined): string[] {
  if (node === undefined) return []
  if (ts.isStringLiteralLike(node)) return [node.text]
  return ts.isConditionalExpression(node) ? [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)] : []
}

const used = new Set(
  sourcesUnder('src/features', 'src/messaging', 'src/platform/commands', 'src/platform/scheduler', 'bot')
    .filter(({ path }) => !/\bcli\.ts$/.test(path))
    .flatMap(nodesOf)
    .filter(ts.isCallExpression)
    .flatMap((call) => textsOf(call.arguments[CHECKING[call.expression.getText()] ?? -1])),
)

describe('the permissions', () => {
  it('are exactly those that commands and queries check by name', () => {
    expect([...used].sort()).to.deep.equal([...PERMISSIONS].sort())
  })

  it('are each granted to some role', () => {
    expect(PERMISSIONS.filter((name) => rolesOf(name).length === 0)).to.deep.equal([])
  })

  it('are named subject.verb', () => {
    expect(PERMISSIONS.filter((name) => !/^[a-z]+\.[a-z]+(?:_[a-z]+)*$/.test(name))).to.deep.equal([])
  })
})
