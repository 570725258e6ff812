// Runs a command of the CLI on the application of a test, and captures its output.
// The commands are built in src/cli.ts.

import type { Readable } from 'node:stream'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { createProgram } from '../../src/cli.ts'

/** Files that commands saved, by path. Nothing is written to the disk. */
export const saved = new Map<string, Buffer>()

async function keep(path: string, content: Readable): Promise<void> {
  const parts: Buffer[] = []
  for await (const part of content as AsyncIterable<Buffer>) parts.push(part)
  saved.set(path, Buffer.concat(parts))
}

/** Runs `zxt` with these arguments; answers its standard output. */
export async function runCli(app: AppContext, ...words: string[]): Promise<string> {
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
  let output = ''
  stdout.write = (text: string | Uint8Array): boolean => {
    output += String(text)
    return true
  }
  try {
    await program.parseAsync(['node', 'zxt', ...words])
  } finally {
    stdout.write = write
  }
  return output
}
