// The dispatcher's transactions: claim due deliveries, mark those that are about to be sent, settle their outcomes.
// messaging/dispatcher calls providers between these transactions; receipts are in messaging/receipts, doubts in messaging/reconciliation.

import type { Outcome } from './channels/channel.ts'
import { dayOf, instantAt } from '../core/calendar.ts'
import { newId } from '../core/ids.ts'
import { FIRST_ASK, nextState, type FailedOutcome } from './deliveries.rules.ts'
import { capDecision, earliestSendTime, nextOpening } from './send-limits.rules.ts'
import { insertAttempts, type AttemptRow, type Rank } from './deliveries.store.ts'
import {
  claimDeliveries,
  markOverCap,
  markSending,
  releaseDeliveries,
  sentSince,
  settleAccepted,
  settleFailed,
  statesUnderLease,
  closeWaitingForProvider,
  type ClaimedDelivery,
} from './leases.store.ts'
import { giveBack, isFree, limited, take } from './pace.rules.ts'
import { lockPace, savePace } from './pace.store.ts'
import { moveNotices } from './notices.store.ts'
import { cancelOvertaken } from './overtaking.store.ts'
import { insertReceipts } from './receipts.store.ts'
import { systemCommand, type Command, type SystemCommandContext } from '../platform/commands/command.ts'
import { advanceFallback, markRefused, logUndeliverable, type FailedDelivery } from './fallback.ts'
import { URGENT_PATIENCE } from './urgency.ts'
import type { Medium } from '../core/mediums.ts'

/** A claimed delivery that may be sent now. */
export interface SendableDelivery extends ClaimedDelivery {
  /** It is sent above the daily cap because a provision demands it. */
  overCap: boolean
}

/** What a dispatcher claims under. */
export interface Lease {
  token: string
  /** In milliseconds. */
  length: number
}

/** What became of one delivery that was marked as being sent. */
export interface SentDelivery {
  due: SendableDelivery
  provider: string
  outcome: Outcome
  startedAt: Date
  endedAt: Date
  /** Milliseconds from its acceptance until its receipt is asked for. */
  receiptAfter?: number
  /** False: the provider was demoted before its turn, so no attempt was made and none is counted. */
  attempted: boolean
}

/** What a line claims. */
export interface Claim {
  medium: Medium
  /** The medium's provider, whose pace is kept to. */
  provider: string
  rank: Rank
  limit: number
  lease: Lease
}

/** `paced`: the provider's pace allowed fewer than were wanted. */
export interface ClaimedNow {
  due: SendableDelivery[]
  paced: boolean
}

/**
 * Claims due deliveries of one medium and rank, no more than the provider's pace allows. Those that quiet hours or the daily cap do not
 * allow are put off at once. Where the address was refused or opted out since the notice was enqueued, the next step starts, and nothing is
 * sent to it.
 */
export const claimDue: Command<Claim, ClaimedNow> = async (app, actor, claim) => {
  const { usable, undeliverable, paced } = await claimUsable(app, actor, claim)
  logUndeliverable(app, undeliverable)
  // A transaction of its own: two processes that claim for one person at the same time see each other's claims here and keep to the cap.
  const due = usable.length === 0 ? [] : await withinSendLimits(app, actor, { rows: usable, token: claim.lease.token })
  return { due, paced }
}

const claimUsable = systemCommand(
  'notice.deliver',
  async (context, claim: Claim): Promise<{ usable: ClaimedDelivery[]; undeliverable: string[]; paced: boolean }> => {
    const { rows, paced } = await claimAtPace(context, claim)
    // The event that overtook a notice has cancelled what waited then; this is what came back from a provider since.
    const late = rows.filter((row) => row.overtaken)
    await cancelOvertaken(
      context.tx,
      late.map((row) => row.noticeId),
      context.now,
    )
    const wanted = rows.filter((row) => !row.overtaken)
    const usable = wanted.filter((row) => row.mark === null)
    const undeliverable = await skipBlockedAddresses(
      context,
      wanted.filter((row) => row.mark !== null),
      claim.lease.token,
    )
    return { usable, undeliverable, paced }
  },
)

/** Claims with the tokens that the provider's pace has for this rank; tokens for which nothing is due are put back. */
async function claimAtPace(
  { tx, now }: SystemCommandContext,
  { medium, provider, rank, limit, lease }: Claim,
): Promise<{ rows: ClaimedDelivery[]; paced: boolean }> {
  const until = new Date(now.getTime() + lease.length)
  const claim = (most: number): Promise<ClaimedDelivery[]> =>
    claimDeliveries(tx, { medium, rank, token: lease.token, now, until, limit: most })
  const pace = await lockPace(tx, provider)
  if (pace === null || isFree(pace, now)) return { rows: await claim(limit), paced: false }
  const taken = take(pace, limit, rank, now)
  const rows = taken.granted === 0 ? [] : await claim(taken.granted)
  if (taken.granted > 0) await savePace(tx, provider, giveBack(taken.pace, taken.granted - rows.length))
  return { rows, paced: rows.length === taken.granted && taken.granted < limit }
}

const withinSendLimits = systemCommand(
  'notice.deliver',
  async (context, { rows, token }: { rows: readonly ClaimedDelivery[]; token: string }): Promise<SendableDelivery[]> => {
    const { ready, postponed } = await applySendLimits(context, rows)
    for (const [dueAt, ids] of postponed) await releaseDeliveries(context.tx, ids, token, new Date(dueAt))
    return ready
  },
)

/** Refuses deliveries whose address was marked since the notice was enqueued, and starts their next steps. */
async function skipBlockedAddresses(context: SystemCommandContext, rows: readonly ClaimedDelivery[], token: string): Promise<string[]> {
  for (const row of rows)
    await settleFailed(context.tx, { id: row.id, state: 'refused', provider: 'house', code: `address_${row.mark}` }, token, context.now)
  return advanceFallback(
    context,
    rows.map((row) => ({ noticeId: row.noticeId, rung: row.rung, code: `address_${row.mark}` })),
  )
}

/** Applies quiet hours and the daily cap in the order of the queue. `postponed`: ids of what is put off, by the time it waits for. */
async function applySendLimits(
  { app, tx, now }: SystemCommandContext,
  rows: readonly ClaimedDelivery[],
): Promise<{ ready: SendableDelivery[]; postponed: Map<number, string[]> }> {
  const { quietHours, dailyCap } = app.config
  const ready: SendableDelivery[] = []
  const postponed = new Map<number, string[]>()
  const postpone = (row: ClaimedDelivery, dueAt: Date): void =>
    void postponed.set(dueAt.getTime(), [...(postponed.get(dueAt.getTime()) ?? []), row.id])
  const people = await sentSince(
    tx,
    rows.map((row) => row.noticeId),
    instantAt(dayOf(now)),
    now,
  )
  const sent = new Map([...people.values()].flatMap((addresses) => [...addresses]))
  // The count includes these rows, because they are claimed: each is subtracted here and added again when it is allowed.
  for (const row of rows) sent.set(row.addressIndex, (sent.get(row.addressIndex) ?? 1) - 1)
  for (const row of rows) {
    const opening = earliestSendTime(row, now, quietHours)
    if (opening > now) {
      postpone(row, opening)
      continue
    }
    // A person has one day, however many addresses.
    const today = [...(people.get(row.noticeId)?.keys() ?? [])].reduce((sum, address) => sum + (sent.get(address) ?? 0), 0)
    const decision = row.uncapped ? 'send' : capDecision({ statutory: row.statutory ? 'yes' : null }, today, dailyCap)
    if (decision === 'tomorrow') {
      postpone(row, nextOpening(now, quietHours))
      continue
    }
    sent.set(row.addressIndex, (sent.get(row.addressIndex) ?? 0) + 1)
    ready.push({ ...row, overCap: decision === 'send_recorded_override' })
  }
  return { ready, postponed }
}

/** Input of `settleAndStart`. */
export interface WaveInput {
  lease: Lease
  settle: readonly SentDelivery[]
  /** Not sent yet, and held by the caller alone: it claims under one token and keeps each delivery once. */
  start: readonly SendableDelivery[]
  /** Messages that the provider has taken from this process in the last second; asked for where it said "too many". */
  lately?: number
}

/** `started`: ids that may be sent now; no others may. `lost`: ids whose outcome came after their lease had run out; they became doubts. */
export interface StartedWave {
  started: Set<string>
  lost: string[]
}

/**
 * Settles one wave and marks the next in a single commit, because commits are what costs time. Leases are nearly always still held, so the
 * rows are written first and counted afterwards; only when the count is wrong is everything rolled back and each lease checked.
 */
export const settleAndStart: Command<WaveInput, StartedWave> = async (app, actor, input) => {
  let result: WaveResult
  try {
    result = await settleOptimistically(app, actor, input)
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error
    result = await settleCarefully(app, actor, input)
  }
  const { undeliverable, started, lost } = result
  logUndeliverable(app, undeliverable)
  for (const delivery of lost) app.log.warn('delivery.lease_lost', { delivery })
  return { started, lost }
}

/** `undeliverable`: ids of the notices that have no step left. */
type WaveResult = StartedWave & { undeliverable: string[] }

class LeaseLost extends Error {}

const settleOptimistically = systemCommand('notice.deliver', async (context, wave: WaveInput): Promise<WaveResult> => {
  const { written, undeliverable } = await writeWave(context, wave)
  if (written !== wave.settle.length + wave.start.length) throw new LeaseLost()
  return { started: new Set(wave.start.map((due) => due.id)), lost: [], undeliverable }
})

const settleCarefully = systemCommand('notice.deliver', async (context, wave: WaveInput): Promise<WaveResult> => {
  const ids = [...wave.settle.map((sent) => sent.due.id), ...wave.start.map((due) => due.id)]
  const ours = await statesUnderLease(context.tx, ids, wave.lease.token, context.now)
  const settle = wave.settle.filter((sent) => ours.get(sent.due.id) === 'sending')
  // `sending`, under our lease and unsent: the commit succeeded, but the connection was lost before its confirmation.
  const start = wave.start.filter((due) => ['queued', 'sending'].includes(ours.get(due.id) ?? ''))
  const { undeliverable } = await writeWave(context, { ...wave, settle, start })
  const lost = wave.settle.filter((sent) => !settle.includes(sent)).map((sent) => sent.due.id)
  return { started: new Set(start.map((due) => due.id)), lost, undeliverable }
})

/** `written`: how many of the deliveries were still under our lease. */
interface Written {
  written: number
  undeliverable: string[]
}

async function writeWave(context: SystemCommandContext, { lease, settle, start, lately = 0 }: WaveInput): Promise<Written> {
  const { tx, now } = context
  const { token, length } = lease
  await slowDown(context, settle, lately)
  const accepted = await settleAllAccepted(context, settle, token)
  const failed = await settleAllFailed(context, settle, token)
  const ids = start.map((due) => due.id)
  const started = await markSending(tx, ids, token, now, new Date(now.getTime() + length))
  await markOverCap(
    tx,
    start.flatMap((due) => (due.overCap ? [due.id] : [])),
    token,
  )
  await insertAttempts(tx, settle.filter(isAttempt).map(attemptOf))
  return { written: accepted + failed.written + started, undeliverable: failed.undeliverable }
}

/** Lowers the pace of a provider that has said "too many". */
async function slowDown({ app, tx, now }: SystemCommandContext, settled: readonly SentDelivery[], lately: number): Promise<void> {
  const refusals = settled.flatMap(({ provider, outcome }) => (outcome.kind === 'busy' ? [{ provider, outcome }] : []))
  const [first] = refusals
  if (first === undefined) return
  const ends = refusals.flatMap(({ outcome }) => (outcome.notBefore === undefined ? [] : [outcome.notBefore.getTime()]))
  const before = await lockPace(tx, first.provider)
  const pace = limited(before, lately, ends.length === 0 ? undefined : new Date(Math.max(...ends)), now)
  await savePace(tx, first.provider, pace)
  if (before?.limitedAt.getTime() !== pace.limitedAt.getTime())
    app.log.warn('provider.limited', {
      provider: first.provider,
      code: first.outcome.code,
      rate: pace.rate,
      until: pace.pausedUntil.toISOString(),
    })
}

type Accepted = SentDelivery & { outcome: Extract<Outcome, { kind: 'accepted' }> }

/** Settles what providers accepted: one statement for each combination of provider, state and cap, which is nearly always one. */
async function settleAllAccepted({ tx, now }: SystemCommandContext, settled: readonly SentDelivery[], token: string): Promise<number> {
  const groups = new Map<string, Accepted[]>()
  for (const sent of settled) {
    if (!isAccepted(sent)) continue
    const key = [sent.provider, sent.outcome.receipt ?? '', sent.due.overCap].join(' ')
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [sent])
    else group.push(sent)
  }
  let written = 0
  for (const group of groups.values()) {
    const { provider, outcome, due, receiptAfter = FIRST_ASK } = group[0] as Accepted
    const state = outcome.receipt ?? 'accepted'
    const items = group.map((sent) => ({ id: sent.due.id, ref: sent.outcome.ref.slice(0, 80) }))
    const notices = group.map((sent) => sent.due.noticeId)
    const dueAt = new Date(now.getTime() + receiptAfter)
    written += await settleAccepted(tx, { state, provider, overCap: due.overCap, dueAt, items }, token, now)
    if (state === 'accepted') await moveNotices(tx, notices, ['open'], { state, closedAt: null })
    else await moveNotices(tx, notices, ['open', 'accepted'], { state, closedAt: now })
    if (state === 'delivered')
      await insertReceipts(
        tx,
        items.map(({ id, ref }) => ({ id: newId(), deliveryId: id, at: now, provider, ref, status: state, stage: state, code: null })),
      )
  }
  return written
}

/** Whether an attempt is counted: not where the provider was demoted, and not where it took no messages from anybody. */
function isAttempt(sent: SentDelivery): boolean {
  return sent.attempted && sent.outcome.kind !== 'busy'
}

function isAccepted(sent: SentDelivery): sent is Accepted {
  return sent.outcome.kind === 'accepted'
}

/** Settles what was not accepted and starts the next steps. */
async function settleAllFailed(context: SystemCommandContext, settled: readonly SentDelivery[], token: string): Promise<Written> {
  const failures: FailedDelivery[] = []
  let written = 0
  for (const sent of settled) {
    if (sent.outcome.kind === 'accepted') continue
    const { count, failed } = await recordFailure(context, sent, sent.outcome, token)
    written += count
    if (failed !== null) failures.push(failed)
  }
  return { written, undeliverable: await advanceFallback(context, failures) }
}

/** `count`: 0 when the lease was lost. `failed`: the step when it is over; null when it is tried or asked about again. */
async function recordFailure(
  context: SystemCommandContext,
  sent: SentDelivery,
  outcome: FailedOutcome,
  token: string,
): Promise<{ count: number; failed: FailedDelivery | null }> {
  const { tx, now } = context
  const { due, provider } = sent
  const attempted = isAttempt(sent)
  const { code, reason } = cutToColumns(outcome)
  const next = nextState(outcome, { id: due.id, medium: due.medium, attempts: due.attempts + (attempted ? 1 : 0) }, now)
  const dueAt = 'dueAt' in next ? { dueAt: next.dueAt } : {}
  const count = await settleFailed(tx, { id: due.id, state: next.state, provider, code, reason, attempted, ...dueAt }, token, now)
  if (next.state === 'queued' || next.state === 'unknown') return { count, failed: null }
  await markRefused(context, due, { ...next, reason })
  return { count, failed: { noticeId: due.noticeId, rung: due.rung, code } }
}

function attemptOf({ due, provider, outcome, startedAt, endedAt }: SentDelivery): AttemptRow {
  const { code, reason } = outcome.kind === 'accepted' ? { code: null, reason: null } : cutToColumns(outcome)
  return { id: newId(), deliveryId: due.id, n: due.attempts + 1, provider, startedAt, endedAt, outcome: outcome.kind, code, reason }
}

/** Cuts code and reason to the length of their columns: an overlong text of a provider must not prevent a whole wave from being settled. */
function cutToColumns(outcome: FailedOutcome): { code: string; reason: string } {
  return { code: outcome.code.slice(0, 40), reason: outcome.reason.slice(0, 200) }
}

/** Releases claimed deliveries unsent. */
export const releaseClaims = systemCommand(
  'notice.deliver',
  async ({ tx }, input: { lease: Lease; ids: readonly string[] }): Promise<void> => {
    await releaseDeliveries(tx, input.ids, input.lease.token, null)
  },
)

/**
 * Milliseconds for which messages wait for a provider that is down before the next step is tried, from the time they were due; urgent ones from
 * their promise. A clerk's task is not tried for this.
 */
const PATIENCE = 30 * 60_000

/**
 * Moves up to `limit` deliveries that wait for a demoted provider to their next step, if one other than a clerk's task is left. Returns how
 * many; call again while it equals `limit`.
 */
export const moveOnFromDemoted: Command<{ medium: Medium; limit: number }, number> = async (app, actor, input) => {
  const { moved, undeliverable } = await moveOnPortion(app, actor, input)
  logUndeliverable(app, undeliverable)
  return moved
}

const moveOnPortion = systemCommand('notice.deliver', async (context, input: { medium: Medium; limit: number }) => {
  const now = context.now.getTime()
  const [before, urgentBefore] = [new Date(now - PATIENCE), new Date(now - URGENT_PATIENCE)]
  const waiting = await closeWaitingForProvider(context.tx, { ...input, before, urgentBefore, now: context.now })
  const undeliverable = await advanceFallback(
    context,
    waiting.map(({ noticeId, rung }) => ({ noticeId, rung, code: 'provider_down' })),
  )
  return { moved: waiting.length, undeliverable }
})
