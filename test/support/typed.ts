// Runs a command of the CLI on the application of a test, and captures its output.
// The commands are built in src/cli.ts.

import type { Readable } from 'node:stream'
import { bearerHash } from '../../src/core/secrets.ts'
import { changePassword, logIn } from '../../src/features/sessions/commands.ts'
import { TERMINAL } from '../../src/features/sessions/places.commands.ts'
import { addStaff } from '../../src/features/staff/commands.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { PUBLIC, type Actor, type StaffRole } from '../../src/platform/commands/permissions.ts'
import { createProgram } from '../../src/cli.ts'

/** Files that commands saved, by path. Nothing is written to the disk. */
export const saved = new Map<string, Buffer>()

async function keep(path: string, content: Readable): Promise<void> {
  const parts: Buffer[] = []
  for await (const part of content as AsyncIterable<Buffer>) parts.push(part)
  saved.set(path, Buffer.concat(parts))
}

/** Runs `zxt` with these arguments as the operator; answers its standard output. */
export function runCli(app: AppContext, ...words: string[]): Promise<string> {
  return runCliWith(app, null, ...words)
}

/** The password of accounts made by `addAccount`. */
export const PASSWORD = '雪山 松茸 酥油茶 2026'

/** Adds an account with a password of its own, to log in with by `--as`. */
export async function addAccount(app: AppContext, login: string, role: StaffRole): Promise<Actor> {
  const { password: given } = await addStaff(app, { id: 'operator:test', roles: ['operator'] }, { login, name: '和某', roles: [role] })
  // In a database without administrators nobody has to confirm the account.
  const password = given ?? ''
  const { token, staff } = await logIn(app, PUBLIC, { login, password, origin: TERMINAL })
  const actor: Actor = { id: `staff:${staff.id}`, roles: staff.roles }
  await changePassword(app, actor, { sessionId: bearerHash(app.secrets, 'session', token), current: password, next: PASSWORD })
  return actor
}

/** Runs `zxt` with these arguments and a password for `--as`, or all lines that are asked for; answers its standard output. */
export async function runCliWith(app: AppContext, typed: string | readonly string[] | null, ...words: string[]): Promise<string> {
  const never = (): never => {
    throw new Error('not at this terminal')
  }
  const open = (): Promise<{ app: AppContext; migrated: string[]; close(): Promise<void> }> =>
    Promise.resolve({ app, migrated: [], close: () => Promise.resolve() })
  const lines = typed === null ? [] : [typed].flat()
  const askPassword = (): Promise<string | null> => Promise.resolve(lines.shift() ?? null)
  const edges = {
    catalog: app.catalog,
    open,
    serve: never,
    demo: never,
    backup: never,
    restore: never,
    examine: never,
    newKey: never,
    understanding: never,
    askPassword,
    save: keep,
  }
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
