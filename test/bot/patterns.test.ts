// Checks that the patterns of the understanding are compiled once, when the program starts, and not in functions that run for a message.

import { expect } from 'chai'
import ts from 'typescript'
import { nodesOf, sourcesUnder, whereIs } from '../support/sources.ts'

/** Functions that make patterns. They are called only while their file is loaded, which the second test checks. */
const MAKERS = ['figureAfter', 'figureFurtherAfter', 'figureBefore', 'figureAfterTotal', 'patternsOf']

const sources = sourcesUnder('bot/understanding')

function isPattern(node: ts.Node): boolean {
  return ts.isRegularExpressionLiteral(node) || (ts.isNewExpression(node) && node.expression.getText() === 'RegExp')
}

/** The functions around a node, innermost first; `?` for one without a name. */
function functionsAround(node: ts.Node): string[] {
  const around: string[] = []
  for (let at = node.parent; !ts.isSourceFile(at); at = at.parent) if (ts.isFunctionLike(at)) around.push(nameOf(at))
  return around
}

function runsForMessages(around: readonly string[]): boolean {
  return around.length > 0 && !around.some((name) => MAKERS.includes(name))
}

function nameOf(node: ts.SignatureDeclaration): string {
  if (node.name !== undefined) return node.name.getText()
  return ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : '?'
}

describe('the patterns of the understanding', () => {
  it('are never made while a message is read', () => {
    const late = sources.flatMap((source) =>
      nodesOf(source)
        .filter(isPattern)
        .filter((node) => runsForMessages(functionsAround(node)))
        .map((node) => `${whereIs(source, node)} ${node.getText().slice(0, 60)}`),
    )
    expect(late).to.deep.equal([])
  })

  it('come from literals and from makers that are called at load time only', () => {
    const calls = sources.flatMap((source) =>
      nodesOf(source)
        .filter((node): node is ts.CallExpression => ts.isCallExpression(node) && MAKERS.includes(node.expression.getText()))
        .map((node) => ({ made: node.expression.getText(), around: functionsAround(node), where: whereIs(source, node) })),
    )
    expect(calls.filter(({ around }) => around.length > 0).map(({ where }) => where)).to.deep.equal([])
    expect(MAKERS.filter((maker) => !calls.some(({ made }) => made === maker))).to.deep.equal([])
  })
})
