// Nothing is exported that no other file uses: a value that only its own file needs stays private, a value nobody needs is deleted.
// Types are left out: they name what an exported function takes and gives.

import { posix } from 'node:path'
import { expect } from 'chai'
import ts from 'typescript'
import { sourcesUnder, type Source } from '../support/sources.ts'

const sources = sourcesUnder('src', 'bot', 'scripts', 'migrations', 'test', 'bench')

/** The file an import names, from the place it stands in; null for a package. */
function fileOf(source: Source, specifier: ts.Expression | undefined): string | null {
  if (specifier === undefined || !ts.isStringLiteral(specifier) || !specifier.text.startsWith('.')) return null
  return posix.join(posix.dirname(source.path), specifier.text)
}

/** What a file imports, as `file#name`; `file#*` where it takes the whole file. */
function importsOf(source: Source): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      const file = fileOf(source, node.moduleSpecifier)
      const named = node.importClause?.namedBindings
      if (file !== null && named !== undefined && ts.isNamedImports(named))
        found.push(...named.elements.map((each) => `${file}#${(each.propertyName ?? each.name).text}`))
      else if (file !== null) found.push(`${file}#*`)
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const file = fileOf(source, node.arguments[0])
      if (file !== null) found.push(`${file}#*`)
    }
    ts.forEachChild(node, visit)
  }
  visit(parsed(source))
  return found
}

/** Functions, classes and constants that a file exports. */
function exportsOf(source: Source): string[] {
  return parsed(source).statements.flatMap((statement) => {
    const isExported =
      ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some((each) => each.kind === ts.SyntaxKind.ExportKeyword)
    if (isExported !== true) return []
    if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map((each) => each.name.getText())
    const isValue = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)
    return isValue && statement.name !== undefined ? [statement.name.text] : []
  })
}

function parsed({ path, text }: Source): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
}

describe('exports', () => {
  const used = new Set(sources.flatMap(importsOf))

  it('are seen as they are written', () => {
    const source = {
      path: 'a/b.ts',
      text: "import { x as y } from './c.ts'\nexport const z = y\nexport function f() {}\nexport type T = 1\n",
    }
    expect(importsOf(source)).to.deep.equal(['a/c.ts#x'])
    expect(exportsOf(source)).to.deep.equal(['z', 'f'])
  })

  it('are each used by another file', () => {
    const product = sources.filter(({ path }) => /^(?:src|bot|scripts)\//.test(path))
    const idle = product.flatMap((source) =>
      exportsOf(source)
        .map((name) => `${source.path}#${name}`)
        .filter((name) => !used.has(name) && !used.has(`${source.path}#*`)),
    )
    expect(idle).to.deep.equal([])
  })
})
