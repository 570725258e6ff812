// Every placeholder of the texts against those who fill it: words, lines of the terminal, texts of dialogs, notices. What a caller gives is read
// from the types, so that a value that is forgotten, or may be absent, is found before somebody reads a text with a hole.

import { expect } from 'chai'
import ts from 'typescript'
import { EXPECTED_TEXTS } from '../../../bot/dialogs/texts.ts'
import { loadCatalog } from '../../../src/catalog.ts'
import { NOTICE_EVENTS, noticesOf, type NoticeEvent } from '../../../src/messaging/notices.rules.ts'
import { sourcesUnder } from '../../support/sources.ts'

/** What an expression gives: the names that are always there; null when its type does not say. */
type Given = ReadonlySet<string> | null

/** A text that somebody fills, with the names that it needs. */
interface Use {
  kind: 'words' | 'dialogs' | 'notices'
  where: string
  text: string
  needs: readonly string[]
  given: Given
}

describe('the placeholders of all texts', () => {
  let uses: Use[] = []

  before(function () {
    this.timeout(180_000)
    uses = collect()
  })

  for (const [kind, least] of [
    ['words', 500],
    ['dialogs', 60],
    ['notices', 10],
  ] as const)
    it(`are given by whoever uses ${kind}`, () => {
      const read = uses.filter((use) => use.kind === kind && use.given !== null)
      expect(read.length).to.be.at.least(least)
      const holes = read.flatMap(({ where, text, needs, given }) => {
        const missing = needs.filter((name) => given?.has(name) === false)
        return missing.length === 0 ? [] : [`${where}: ${text} lacks ${missing.join(', ')}`]
      })
      expect(holes.join('\n')).to.equal('')
    })
})

/** The event of a notice; none where one place serves several, whose values come from elsewhere. */
function oneEvent(events: readonly string[] | null): NoticeEvent[] {
  return events?.length === 1 ? NOTICE_EVENTS.filter((event) => event === events[0]) : []
}

/** All uses of texts in the program. */
function collect(): Use[] {
  const { config } = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path)) as { config: unknown }
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.')
  const paths = sourcesUnder('src', 'bot').map(({ path }) => path)
  const program = ts.createProgram(paths, { ...options, noEmit: true })
  const checker = program.getTypeChecker()
  const uses: Use[] = []
  const missing: string[] = []
  const catalog = loadCatalog('templates', (text, value) => missing.push(`${text} ${value}`))
  const needs = (file: string, key: string): string[] => {
    missing.length = 0
    catalog.words(file, key)
    return missing.map((line) => line.split(' ').at(-1) ?? '')
  }

  /** The strings that an expression may be; null when its type does not say. */
  const stringsOf = (node: ts.Expression): string[] | null => {
    if (ts.isTemplateExpression(node)) {
      let all: string[] = [node.head.text]
      for (const { expression, literal } of node.templateSpans) {
        const inner = stringsOf(expression)
        if (inner === null) return null
        all = all.flatMap((begin) => inner.map((middle) => `${begin}${middle}${literal.text}`))
      }
      return all
    }
    if (ts.isConditionalExpression(node)) {
      const [one, other] = [stringsOf(node.whenTrue), stringsOf(node.whenFalse)]
      return one === null || other === null ? null : [...one, ...other]
    }
    const type = checker.getTypeAtLocation(node)
    const parts = type.isUnion() ? type.types : [type]
    const strings = parts.map((part) => (part.isStringLiteral() || part.isNumberLiteral() ? String(part.value) : null))
    return strings.every((each) => each !== null) ? strings : null
  }

  const given = (node: ts.Expression | undefined): Given => {
    if (node === undefined) return new Set()
    // What is spread from a map of any names may be there or not: the type of the whole forgets it.
    if (
      ts.isObjectLiteralExpression(node) &&
      node.properties.some((each) => ts.isSpreadAssignment(each) && given(each.expression) === null)
    )
      return null
    const type = checker.getTypeAtLocation(node)
    const sets = (type.isUnion() ? type.types : [type]).map((part): Given => {
      if (part.flags & (ts.TypeFlags.Any | ts.TypeFlags.Undefined) || checker.getIndexInfosOfType(part).length > 0) return null
      return new Set(
        checker
          .getPropertiesOfType(part)
          .filter(
            (property) => !(property.flags & ts.SymbolFlags.Optional) && !mayBeAbsent(checker.getTypeOfSymbolAtLocation(property, node)),
          )
          .map(({ name }) => name),
      )
    })
    const [first, ...others] = sets
    if (first === undefined || first === null || others.includes(null)) return null
    return new Set([...first].filter((name) => others.every((other) => other?.has(name) === true)))
  }
  const mayBeAbsent = (type: ts.Type): boolean =>
    (type.isUnion() ? type.types : [type]).some(({ flags }) => flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null))

  const property = (node: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined => {
    for (const each of node.properties) {
      if (ts.isPropertyAssignment(each) && each.name.getText() === name) return each.initializer
      if (ts.isShorthandPropertyAssignment(each) && each.name.text === name) return each.name
    }
    return undefined
  }

  const whereIs = (node: ts.Node): string => {
    const { line } = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart())
    return `${node.getSourceFile().fileName}:${line + 1}`
  }
  /** File, key and values of a call of the catalog's words, or of the terminal's, which are of the file `cli`. */
  const wordsCall = (node: ts.CallExpression): (ts.Expression | 'cli' | undefined)[] => {
    const called = ts.isPropertyAccessExpression(node.expression) ? node.expression.name : node.expression
    const name = ts.isIdentifier(called) ? called.text : ''
    if (name !== 'words' && name !== 'say') return []
    const parameters =
      checker
        .getResolvedSignature(node)
        ?.parameters.map((each) => each.name)
        .join() ?? ''
    if (name === 'words' && parameters === 'file,key,values') return [...node.arguments]
    return parameters === 'key,values' && whereIs(node).includes('cli') ? ['cli', ...node.arguments] : []
  }
  const visitCall = (node: ts.CallExpression): void => {
    const [file, key, values] = wordsCall(node)
    if (file === undefined || key === undefined || key === 'cli' || values === 'cli') return
    for (const named of file === 'cli' ? [file] : (stringsOf(file) ?? [])) {
      // The type of a composed key also allows what never comes; one that is written out must exist.
      const keys = (stringsOf(key) ?? []).filter((each) => !ts.isTemplateExpression(key) || catalog.keys(named).includes(each))
      for (const text of keys)
        uses.push({ kind: 'words', where: whereIs(node), text: `${named}: ${text}`, needs: needs(named, text), given: given(values) })
    }
  }
  const visitLine = (node: ts.ObjectLiteralExpression, key: ts.Expression): void => {
    for (const text of stringsOf(key) ?? []) {
      const expected = EXPECTED_TEXTS.texts[text]
      if (expected !== undefined)
        uses.push({ kind: 'dialogs', where: whereIs(node), text, needs: expected, given: given(property(node, 'values')) })
    }
  }
  const visitNotice = (node: ts.ObjectLiteralExpression, event: ts.Expression): void => {
    for (const { template } of oneEvent(stringsOf(event)).flatMap(noticesOf)) {
      const names = Object.keys(catalog.template(template).values).filter((name) => !['court', 'phone'].includes(name))
      uses.push({ kind: 'notices', where: whereIs(node), text: template, needs: names, given: given(property(node, 'values')) })
    }
  }
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) visitCall(node)
    if (ts.isObjectLiteralExpression(node)) {
      const [key, event] = [property(node, 'key'), property(node, 'event')]
      if (event !== undefined && property(node, 'listVersion') !== undefined) visitNotice(node, event)
      else if (key !== undefined && whereIs(node).includes('bot/')) visitLine(node, key)
    }
    ts.forEachChild(node, visit)
  }
  for (const path of paths) {
    const file = program.getSourceFile(path)
    if (file !== undefined) visit(file)
  }
  return uses
}
