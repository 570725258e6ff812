// Runs `zxt` as a process of its own, from the sources, with these settings and no others; for what only a start shows.
// Commands on the application of a test are typed.ts, the built server is built-server.ts.

import { spawn, type ChildProcess } from 'node:child_process'

/** A `zxt` that is running. */
export interface ZxtProcess {
  child: ChildProcess
  /** Standard output and standard error so far. */
  output(): string
  /** The exit code, or the signal that ended it. */
  ended: Promise<number | string | null>
}

/** Starts a command. `LOG_LEVEL` is `silent` unless given. */
export function startZxt(settings: Readonly<Record<string, string | undefined>>, ...words: string[]): ZxtProcess {
  const { PATH, HOME, LANG } = process.env
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', ...words], {
    env: { PATH, HOME, LANG, LOG_LEVEL: 'silent', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const ended = new Promise<number | string | null>((resolve) => child.once('close', (code, signal) => resolve(signal ?? code)))
  return { child, output: () => output, ended }
}

/** Runs a command to its end. */
export async function runZxt(
  settings: Readonly<Record<string, string | undefined>>,
  ...words: string[]
): Promise<{ code: number | string | null; output: string }> {
  const running = startZxt(settings, ...words)
  const code = await running.ended
  return { code, output: running.output() }
}
