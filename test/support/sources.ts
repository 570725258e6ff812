// The project's own sources for the tests of the architecture: paths, texts and syntax trees.
// The rules are in test/architecture.

import { readFileSync, readdirSync } from 'node:fs'
import ts from 'typescript'

export interface Source {
  /** Relative to the project, with forward slashes: `src/core/ids.ts`. */
  path: string
  text: string
}

/** The sources under these folders in a stable order; a folder that does not exist has none. */
export function sourcesUnder(...folders: readonly string[]): Source[] {
  return folders.flatMap((folder) =>
    listed(folder)
      .filter((path) => path.endsWith('.ts'))
      .sort()
      .map((path) => ({ path, text: readFileSync(path, 'utf8') })),
  )
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll('\\', '/'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Every node of a source, outermost first. */
export function nodesOf(source: Source): ts.Node[] {
  const nodes: ts.Node[] = []
  const visit = (node: ts.Node): void => {
    nodes.push(node)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(source.path, source.text, ts.ScriptTarget.ES2023, true))
  return nodes
}

/** The place of a node, such as `src/core/ids.ts:12`. */
export function whereIs(source: Source, node: ts.Node): string {
  const { line } = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart())
  return `${source.path}:${line + 1}`
}
