// What became of every message, by what the providers have taken and what the record says: lost, doubled without a mark, in doubt, stuck.
// The two are compared from outside: nothing here uses the application's own counts.

import type { DeliverySetup } from '../delivery-setup.ts'

export interface Ledger {
  /** Notices that were enqueued. */
  messages: number
  /** Notices that reached no provider and no person, and messages that the record says a provider has and it has not. */
  lost: number
  /** Messages that a provider has taken twice, or that went on by another channel although the first may have arrived, and nothing says so. */
  doubledUnmarked: number
  /** Messages that a provider has taken and that the record does not know. */
  foreign: number
  /** Messages that the record marks as in doubt, repeated or unconfirmed. */
  inDoubt: number
  /** Messages without an end: queued, being sent, in doubt at a provider, or accepted beyond the deadline of their receipt. */
  stuck: number
  /** `medium state` of every step that was begun, with its number. */
  states: Record<string, number>
  /** The most attempts on one step. */
  mostAttempts: number
}

interface Step {
  id: string
  noticeId: string
  rung: number
  medium: string
  state: string
  attempts: number
  repeated: number | boolean
  acceptedAt: Date | string | null
}

const ENDED_FAILED: ReadonlySet<string> = new Set(['closed', 'refused', 'exhausted'])
const WITH_A_PERSON: ReadonlySet<string> = new Set(['waiting_person', 'in_doubt', 'done'])
const WITH_A_PROVIDER: ReadonlySet<string> = new Set(['accepted', 'delivered', 'unconfirmed'])
const DOUBTFUL: ReadonlySet<string> = new Set(['unknown', 'in_doubt', 'unconfirmed'])
/** States of a message that has not reached a provider or a person for sure. */
export const UNDER_WAY: readonly string[] = ['queued', 'sending', 'unknown']

/** Compares the record with the providers. @param deadline milliseconds for which a receipt is waited for; a sweep's pause is added. */
export async function ledgerOf(setup: DeliverySetup, deadline: number): Promise<Ledger> {
  const steps = await setup.app.store.read((db) =>
    db.query<Step>(
      'select id, notice_id as noticeId, rung, medium, state, attempts, repeated, accepted_at as acceptedAt from delivery order by notice_id, rung',
    ),
  )
  const { taken, foreign } = takenOf(setup, steps)
  const late = Date.now() - deadline - SWEEP
  const isStuck = ({ state, acceptedAt }: Step): boolean =>
    UNDER_WAY.includes(state) || (state === 'accepted' && (acceptedAt === null || new Date(acceptedAt).getTime() < late))
  const notices = [...stepsByNotice(steps).values()]
  return {
    messages: notices.length,
    lost: notices.filter((some) => isLost(some, taken)).length,
    doubledUnmarked: notices.filter((some) => isDoubledUnmarked(some, taken)).length,
    foreign,
    inDoubt: steps.filter(({ state, repeated }) => DOUBTFUL.has(state) || Boolean(repeated)).length,
    stuck: steps.filter(isStuck).length,
    states: statesOf(steps),
    mostAttempts: Math.max(0, ...steps.map(({ attempts }) => attempts)),
  }
}

function stepsByNotice(steps: readonly Step[]): Map<string, Step[]> {
  const groups = new Map<string, Step[]>()
  for (const step of steps) {
    const group = groups.get(step.noticeId)
    if (group === undefined) groups.set(step.noticeId, [step])
    else group.push(step)
  }
  return groups
}

/** Milliseconds between two sweeps, and for one. */
const SWEEP = 15_000

/** The reference at the end of an SMS. */
export function referenceOf(body: string): string {
  return /编号([A-Z0-9]+)\)$/.exec(body)?.[1] ?? ''
}

/** How often the providers have taken each step, and how many messages that are of none. An SMS is identified by the reference at its end, which ends its step's id. */
function takenOf({ twilio, wechat }: DeliverySetup, steps: readonly Step[]): { taken: Map<string, number>; foreign: number } {
  const idOfReference = new Map(steps.filter(({ medium }) => medium === 'sms').map(({ id }) => [id.slice(-8), id]))
  const ids = [...twilio.sent.map(({ body }) => idOfReference.get(referenceOf(body))), ...wechat.sent.map(({ id }) => id ?? undefined)]
  const taken = new Map<string, number>()
  for (const id of ids) if (id !== undefined) taken.set(id, (taken.get(id) ?? 0) + 1)
  return { taken, foreign: ids.filter((id) => id === undefined).length }
}

function isLost(steps: readonly Step[], taken: ReadonlyMap<string, number>): boolean {
  const isClaimed = steps.some(
    ({ id, medium, state }) => ['sms', 'wechat'].includes(medium) && WITH_A_PROVIDER.has(state) && !taken.has(id),
  )
  const isReached = steps.some(({ id, state }) => taken.has(id) || WITH_A_PERSON.has(state))
  return isClaimed || !isReached
}

function isDoubledUnmarked(steps: readonly Step[], taken: ReadonlyMap<string, number>): boolean {
  let mayHaveArrived = false
  for (const { id, state, repeated } of steps) {
    const times = taken.get(id) ?? 0
    if (times > 1 && !repeated) return true
    if (times > 0 && mayHaveArrived && !repeated) return true
    if (times > 0 && !ENDED_FAILED.has(state)) mayHaveArrived = true
  }
  return false
}

function statesOf(steps: readonly Step[]): Record<string, number> {
  const states: Record<string, number> = {}
  for (const { medium, state } of steps)
    if (state !== 'held' && state !== 'cancelled') states[`${medium} ${state}`] = (states[`${medium} ${state}`] ?? 0) + 1
  return states
}
