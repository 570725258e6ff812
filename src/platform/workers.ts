// Starts threads of our own, and carries errors out of them: what arrives from a thread is a copy, which is no AppError any more.
// What runs in them is sheets/thread-entry.ts and media/thread-entry.ts.

import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { AppError, CODES, isAppError, type Code } from '../core/errors.ts'

/** Megabytes for young objects of a thread. */
const YOUNG_MB = 32

/**
 * Starts a thread of ours. It sees no setting of the server, and so no key. From sources, the loader of TypeScript has to be started in it first.
 * @param entry the module without its ending.
 */
export function startWorker(entryModule: URL, megabytes: number): Worker {
  const isSource = import.meta.url.endsWith('.ts')
  const entry = new URL(`${entryModule.href}.${isSource ? 'ts' : 'js'}`)
  const options = { env: {}, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: megabytes, maxYoungGenerationSizeMb: YOUNG_MB } }
  if (!isSource) return new Worker(entry, options)
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'))
  const loader = JSON.stringify(new URL('./dist/esm/api/index.mjs', tsx).href)
  return new Worker(`import(${loader}).then(({ register }) => { register(); return import(${JSON.stringify(entry.href)}) })`, {
    ...options,
    eval: true,
  })
}

/** An error as a thread sends it; `code` is null for what is no AppError, whose words may quote the content. */
export interface Refusal {
  code: string | null
  values: Readonly<Record<string, string | number>>
}

/** What a thread sends of an error. */
export function refusalOf(error: unknown): Refusal {
  return isAppError(error) ? { code: error.code, values: error.values } : { code: null, values: {} }
}

/** The error that a thread has sent; `otherwise` for what is no AppError. */
export function errorOf({ code, values }: Refusal, otherwise: Code): AppError {
  return code !== null && Object.hasOwn(CODES, code) ? new AppError(code as Code, values) : new AppError(otherwise)
}
