// Typing a command as an operator does, on the house that a suite was given, and what it says.
// What the commands are for is src/cli.

import type { Readable } from 'node:stream'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { createProgram } from '../../src/cli.ts'

/** Files that commands saved, by their path: none is written. */
export const saved = new Map<string, Buffer>()

async function keep(path: string, content: Readable): Promise<void> {
  const parts: Buffer[] = []
  for await (const part of content as AsyncIterable<Buffer>) parts.push(part)
  saved.set(path, Buffer.concat(parts))
}

/** What a command says on standard output. */
export async function typed(app: AppContext, ...words: string[]): Promise<string> {
  const never = (): never => {
    throw new Error('not at this terminal')
  }
  const open = (): Promise<{ app: AppContext; migrated: string[]; close(): Promise<void> }> =>
    Promise.resolve({ app, migrated: [], close: () => Promise.resolve() })
  const edges = { catalog: app.catalog, open, serve: never, demo: never, newKey: never, understanding: never, save: keep }
  const program = createProgram(edges).exitOverride()
  for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => undefined })
  const { stdout } = process
  const write = stdout.write.bind(stdout)
  let said = ''
  stdout.write = (text: string | Uint8Array): boolean => {
    said += String(text)
    return true
  }
  try {
    await program.parseAsync(['node', 'zxt', ...words])
  } finally {
    stdout.write = write
  }
  return said
}
