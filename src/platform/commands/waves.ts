// Calls that come while the one before is being answered are answered together: by one query, or with one commit, which is what costs time.
// The public enquiry, screening and the look for a unit's key ask so.

import DataLoader from 'dataloader'
import type { AppContext } from './command.ts'

/** Calls of one wave at most. */
const MOST = 64

/** Answers one call, together with others of the same key. */
type InWaves<Call, Answer> = (key: string, call: Call) => Promise<Answer>

/**
 * Creates waves for each key: a call that finds none on its way is answered at once, those that come meanwhile wait for each other.
 * @param answerAll answers calls of one key in their order; an Error in place of an answer refuses that call alone. When it throws, all
 *   calls of the wave are refused.
 */
function createWaves<Call, Answer>(answerAll: (calls: readonly Call[]) => Promise<readonly (Answer | Error)[]>): InWaves<Call, Answer> {
  const lines = new Map<string, { loader: DataLoader<Call, Answer>; waiting: number }>()
  const open = (): { loader: DataLoader<Call, Answer>; waiting: number } => {
    let latest: Promise<unknown> = Promise.resolve()
    const loader = new DataLoader<Call, Answer>(
      (calls) => {
        const answers = answerAll(calls)
        latest = answers.catch(() => undefined)
        return answers
      },
      { cache: false, maxBatchSize: MOST, batchScheduleFn: (start) => void latest.then(() => setImmediate(start)) },
    )
    return { loader, waiting: 0 }
  }
  return async (key, call) => {
    const line = lines.get(key) ?? open()
    lines.set(key, line)
    line.waiting += 1
    try {
      return await line.loader.load(call)
    } finally {
      line.waiting -= 1
      if (line.waiting === 0) lines.delete(key)
    }
  }
}

/** Waves of each application of a process, which `answerAll` is given (see `createWaves`). */
export function wavesByApp<Call, Answer>(
  answerAll: (app: AppContext, calls: readonly Call[]) => Promise<readonly (Answer | Error)[]>,
): (app: AppContext, key: string, call: Call) => Promise<Answer> {
  const byApp = new WeakMap<AppContext, InWaves<Call, Answer>>()
  return (app, key, call) => {
    const waves = byApp.get(app) ?? createWaves((calls) => answerAll(app, calls))
    byApp.set(app, waves)
    return waves(key, call)
  }
}
