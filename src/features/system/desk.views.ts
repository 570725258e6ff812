// What administrators see of the installation: which settings are set, and how queues, providers and tasks fare. No secret is ever shown.
// Readiness for monitoring is views.ts; a test message is test-message.commands.ts.

import { query, type AppContext } from '../../platform/commands/command.ts'
import { authorize, type Actor } from '../../platform/commands/permissions.ts'
import type { GivenSetting } from '../../config/setting.ts'
import { lastRuns, providerOutcomes, type LastRun, type ProviderOutcome } from './health.store.ts'
import { queueLines, readiness, type QueueLine } from './views.ts'

/** Every setting: whether it was set, and its value unless it is a secret. */
export const systemSettings = query('system.read', ({ app }, _input: undefined): Promise<readonly GivenSetting[]> =>
  Promise.resolve(app.config.given),
)

/** A check with the sentence that says what to do. */
export interface HealthCheck {
  code: string
  ok: boolean
  detail: string
}

export interface SystemHealth {
  at: Date
  checks: HealthCheck[]
  queues: QueueLine[]
  providers: ProviderOutcome[]
  runs: LastRun[]
}

/** Attempts by which providers are judged. */
const LATEST_ATTEMPTS = 500

/** Checks, queues, how the latest attempts ended at each provider, and when each task ran last. */
export async function systemHealth(app: AppContext, actor: Actor): Promise<SystemHealth> {
  authorize(actor, 'system.read')
  const checks = await readiness(app)
  const queues = await queueLines(app)
  const { providers, runs } = await app.store.read(async (db) => ({
    providers: await providerOutcomes(db, LATEST_ATTEMPTS),
    runs: await lastRuns(db),
  }))
  return {
    at: app.clock.now(),
    checks: checks.map(({ code, ok, values }) => ({ code, ok, detail: app.catalog.words('http', `ready.${code}`, values) })),
    queues,
    providers,
    runs,
  }
}
