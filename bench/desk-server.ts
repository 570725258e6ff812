// Starts the built server over a filled database for the benchmarks of the desk, and logs a clerk who is also an approver in.
// Times of a shared machine are printed with how much it stretched them, and with the processor time that the server took.

import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { bearerHash } from '../src/core/secrets.ts'
import { fromBase32, totpCode, totpStep } from '../src/core/totp.ts'
import { changePassword, logIn } from '../src/features/sessions/commands.ts'
import { TERMINAL } from '../src/features/sessions/places.commands.ts'
import { confirmFactor, enrolFactor } from '../src/features/sessions/factor.commands.ts'
import { addStaff } from '../src/features/staff/commands.ts'
import type { AppContext } from '../src/platform/commands/command.ts'
import { PUBLIC, type Actor } from '../src/platform/commands/permissions.ts'

const LOGIN = 'li'
const PASSWORD = 'bench only, never a real password 7'

/** What a request of the person carries. */
export interface Person {
  cookie: string
  csrfToken: string
}

/** A person with a session that the server accepts in production: own password, second factor given. */
export async function addPerson(app: AppContext): Promise<Person> {
  const operator: Actor = { id: 'operator:bench', roles: ['operator'] }
  const { password } = await addStaff(app, operator, { login: LOGIN, name: '李某', roles: ['clerk', 'approver'] })
  const current = password ?? ''
  const { token, csrfToken, staff } = await logIn(app, PUBLIC, { login: LOGIN, password: current, origin: TERMINAL })
  const actor: Actor = { id: `staff:${staff.id}`, roles: staff.roles }
  const sessionId = bearerHash(app.secrets, 'session', token)
  await changePassword(app, actor, { sessionId, current, next: PASSWORD })
  const { secret } = await enrolFactor(app, actor, { way: 'totp' })
  await confirmFactor(app, actor, {
    sessionId,
    origin: TERMINAL,
    code: totpCode(fromBase32(secret ?? ''), totpStep(app.clock.now())),
  })
  return { cookie: `zxt=${token}`, csrfToken }
}

/** Runs a program until its address answers. */
export async function run(file: readonly string[], env: Readonly<Record<string, string>>, url: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [...file], { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit'] })
  for (let tries = 0; tries < 600; tries++) {
    if (await isUp(url)) return child
    await sleep(200)
  }
  child.kill()
  throw new Error(`${url} does not answer`)
}

function isUp(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  )
}

/** Settings of the built server in production, as operators run it. */
export function production(folder: string, port: number): Record<string, string> {
  const key = readFileSync(join(folder, 'data-key'), 'utf8').trim()
  return { NODE_ENV: 'production', DATA_KEY: key, PUBLIC_URL: `http://127.0.0.1:${port}`, PORT: String(port), ROLES: 'web' }
}

/** Processor time of a process so far, in milliseconds; 0 where the system does not report it. */
export function processorTime({ pid }: ChildProcess): number {
  try {
    const fields = readFileSync(`/proc/${pid ?? 0}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return 0
  }
}

/** By how much the machine stretches a computation now: 1 when nothing else runs. */
export function stretch(): number {
  const [begun, used] = [performance.now(), process.cpuUsage()]
  const bytes = Buffer.alloc(1 << 20)
  for (let n = 0; n < 200; n++) createHash('sha256').update(bytes).digest()
  const { user, system } = process.cpuUsage(used)
  return Number(((performance.now() - begun) / ((user + system) / 1000)).toFixed(1))
}

/** The value below which this share of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  return Math.round(values.toSorted((left, right) => left - right)[Math.floor(values.length * share)] ?? 0)
}
