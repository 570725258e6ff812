// Keeping promises, the dispatcher's side of the database: claim what is due, mark what is about to be sent, settle what came of it.
// Calling providers is messaging/dispatcher, between these transactions; receipts, doubts and people's words are the files beside this one.

import type { Outcome } from './channels/channel.ts'
import { dayOf, instantAt } from '../core/calendar.ts'
import { newId } from '../core/ids.ts'
import { consequence, type Setback } from './deliveries.rules.ts'
import { capDecision, earliest, nextOpening } from './send-limits.rules.ts'
import { insertAttempts, type AttemptRow } from './deliveries.store.ts'
import { claim, markSending, release, sentSince, settleAccepted, settleOther, stillOurs, takeStuck, type Claimed } from './leases.store.ts'
import { moveNotices } from './notices.store.ts'
import { insertReceipts } from './receipts.store.ts'
import { systemCommand, type Command, type SystemCommandContext } from '../platform/commands/command.ts'
import { advanceFallback, holdAgainst, report, type FailedDelivery } from './fallback.ts'
import type { Medium } from '../core/mediums.ts'

/** A claimed delivery that may go out now. */
export interface Due extends Claimed {
  /** It passes the day's cap because the law asks for it. */
  overCap: boolean
}

export interface Lease {
  token: string
  /** Milliseconds. */
  length: number
}

/** What became of one delivery that was marked as being sent. */
export interface Sent {
  due: Due
  provider: string
  outcome: Outcome
  startedAt: Date
  endedAt: Date
  /** False: the provider was demoted before its turn, so no attempt was made and none is counted. */
  attempted: boolean
}

/**
 * Leases what is due, by medium. Whatever the clock or the day's cap holds back is put off at once, and an address that was refused or
 * given up since the promise passes its notice on to the next rung, unsent.
 */
export const claimDue: Command<{ wanted: readonly { medium: Medium; limit: number }[]; lease: Lease }, Due[]> = async (
  app,
  actor,
  input,
) => {
  const { free, stranded } = await claimed(app, actor, input)
  report(app, stranded)
  // A transaction of its own: two processes that claim for one person at the same moment see each other's claims here, and neither passes the cap.
  return free.length === 0 ? [] : sifted(app, actor, { rows: free, token: input.lease.token })
}

const claimed = systemCommand(
  'notice.deliver',
  async (context, input: { wanted: readonly { medium: Medium; limit: number }[]; lease: Lease }) => {
    const { tx, now } = context
    const { token, length } = input.lease
    const until = new Date(now.getTime() + length)
    const rows: Claimed[] = []
    for (const { medium, limit } of input.wanted) rows.push(...(await claim(tx, { medium, token, now, until, limit })))
    const free = rows.filter((row) => row.mark === null)
    const stranded = await skipBlockedAddresses(
      context,
      rows.filter((row) => row.mark !== null),
      token,
    )
    return { free, stranded }
  },
)

const sifted = systemCommand(
  'notice.deliver',
  async (context, { rows, token }: { rows: readonly Claimed[]; token: string }): Promise<Due[]> => {
    const { ready, waits } = await applySendLimits(context, rows)
    for (const [dueAt, ids] of waits) await release(context.tx, ids, token, new Date(dueAt))
    return ready
  },
)

/** Addresses that are held against since the promise was made. */
async function skipBlockedAddresses(context: SystemCommandContext, rows: readonly Claimed[], token: string): Promise<string[]> {
  for (const row of rows)
    await settleOther(context.tx, { id: row.id, state: 'refused', provider: 'house', code: `address_${row.mark}` }, token, context.now)
  return advanceFallback(
    context,
    rows.map((row) => ({ noticeId: row.noticeId, rung: row.rung, code: `address_${row.mark}` })),
  )
}

/** Quiet hours and the daily cap, in the order of the queue. `waits`: what is put off, by the instant it waits for. */
async function applySendLimits(
  { app, tx, now }: SystemCommandContext,
  rows: readonly Claimed[],
): Promise<{ ready: Due[]; waits: Map<number, string[]> }> {
  const { quietHours, dailyCap } = app.config
  const ready: Due[] = []
  const waits = new Map<number, string[]>()
  const wait = (row: Claimed, dueAt: Date): void => void waits.set(dueAt.getTime(), [...(waits.get(dueAt.getTime()) ?? []), row.id])
  const sent = await sentSince(tx, [...new Set(rows.map((row) => row.addressIndex))], instantAt(dayOf(now)), now)
  // These are among the claimed ones that were counted: each is counted again as it is let through.
  for (const row of rows) sent.set(row.addressIndex, (sent.get(row.addressIndex) ?? 1) - 1)
  for (const row of rows) {
    const opening = earliest(row, now, quietHours)
    if (opening > now) {
      wait(row, opening)
      continue
    }
    const today = sent.get(row.addressIndex) ?? 0
    const decision = row.answering ? 'send' : capDecision({ statutory: row.statutory ? 'yes' : null }, today, dailyCap)
    if (decision === 'tomorrow') {
      wait(row, nextOpening(now, quietHours))
      continue
    }
    sent.set(row.addressIndex, today + 1)
    ready.push({ ...row, overCap: decision === 'send_recorded_override' })
  }
  return { ready, waits }
}

export interface Turn {
  lease: Lease
  settle: readonly Sent[]
  /** Not sent yet, and in nobody else's hands: the caller claims under one token and keeps each delivery once. */
  start: readonly Due[]
}

/** `started`: what may be sent now, and no more than that. `lost`: outcomes that came after their lease had run out; they became doubts. */
export interface Turned {
  started: Set<string>
  lost: string[]
}

/**
 * Settles one wave and marks the next in a single commit: the commit is what costs. Leases are nearly always still held, so that is
 * believed first and counted after; only when a count is wrong is everything undone, and each lease looked at.
 */
export const settleAndStart: Command<Turn, Turned> = async (app, actor, input) => {
  let turned: Turned & { stranded: string[] }
  try {
    turned = await settleOptimistically(app, actor, input)
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error
    turned = await settleCarefully(app, actor, input)
  }
  const { stranded, started, lost } = turned
  report(app, stranded)
  for (const delivery of lost) app.log.warn('delivery.lease_lost', { delivery })
  return { started, lost }
}

class LeaseLost extends Error {}

const settleOptimistically = systemCommand('notice.deliver', async (context, turn: Turn): Promise<Turned & { stranded: string[] }> => {
  const { touched, stranded } = await writeTurn(context, turn)
  if (touched !== turn.settle.length + turn.start.length) throw new LeaseLost()
  return { started: new Set(turn.start.map((due) => due.id)), lost: [], stranded }
})

const settleCarefully = systemCommand('notice.deliver', async (context, turn: Turn): Promise<Turned & { stranded: string[] }> => {
  const ids = [...turn.settle.map((sent) => sent.due.id), ...turn.start.map((due) => due.id)]
  const ours = await stillOurs(context.tx, ids, turn.lease.token)
  const settle = turn.settle.filter((sent) => ours.get(sent.due.id) === 'sending')
  // Marked already, under our lease and unsent: the commit went through, and the connection was lost before it said so.
  const start = turn.start.filter((due) => ['queued', 'sending'].includes(ours.get(due.id) ?? ''))
  const { stranded } = await writeTurn(context, { lease: turn.lease, settle, start })
  const lost = turn.settle.filter((sent) => !settle.includes(sent)).map((sent) => sent.due.id)
  return { started: new Set(start.map((due) => due.id)), lost, stranded }
})

/** `touched`: how many of the deliveries were still ours. */
async function writeTurn(context: SystemCommandContext, { lease, settle, start }: Turn): Promise<{ touched: number; stranded: string[] }> {
  const { tx, now } = context
  const { token, length } = lease
  const taken = await settleTaken(context, settle, token)
  const setbacks = await settleSetbacks(context, settle, token)
  const ids = start.map((due) => due.id)
  const started = await markSending(tx, ids, token, now, new Date(now.getTime() + length))
  await insertAttempts(tx, settle.filter((sent) => sent.attempted).map(attemptOf))
  return { touched: taken + setbacks.touched + started, stranded: setbacks.stranded }
}

type Taken = Sent & { outcome: Extract<Outcome, { kind: 'accepted' }> }

/** What providers took: one statement for each kind of ending, which is nearly always one. */
async function settleTaken({ tx, now }: SystemCommandContext, settled: readonly Sent[], token: string): Promise<number> {
  const groups = new Map<string, Taken[]>()
  for (const sent of settled) {
    if (!isTaken(sent)) continue
    const key = [sent.provider, sent.outcome.receipt ?? '', sent.due.overCap].join(' ')
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [sent])
    else group.push(sent)
  }
  let touched = 0
  for (const group of groups.values()) {
    const { provider, outcome, due } = group[0] as Taken
    const state = outcome.receipt ?? 'accepted'
    const items = group.map((sent) => ({ id: sent.due.id, ref: sent.outcome.ref.slice(0, 80) }))
    const notices = group.map((sent) => sent.due.noticeId)
    touched += await settleAccepted(tx, { state, provider, overCap: due.overCap, items }, token, now)
    if (state === 'accepted') await moveNotices(tx, notices, ['open'], { state, closedAt: null })
    else await moveNotices(tx, notices, ['open', 'accepted'], { state, closedAt: now })
    if (state === 'delivered')
      await insertReceipts(
        tx,
        items.map(({ id, ref }) => ({ id: newId(), deliveryId: id, at: now, provider, ref, status: state, stage: state, code: null })),
      )
  }
  return touched
}

function isTaken(sent: Sent): sent is Taken {
  return sent.outcome.kind === 'accepted'
}

async function settleSetbacks(
  context: SystemCommandContext,
  settled: readonly Sent[],
  token: string,
): Promise<{ touched: number; stranded: string[] }> {
  const falls: FailedDelivery[] = []
  let touched = 0
  for (const sent of settled) {
    if (sent.outcome.kind === 'accepted') continue
    const { held, fall } = await settleSetback(context, sent, sent.outcome, token)
    touched += held
    if (fall !== null) falls.push(fall)
  }
  return { touched, stranded: await advanceFallback(context, falls) }
}

async function settleSetback(
  context: SystemCommandContext,
  sent: Sent,
  setback: Setback,
  token: string,
): Promise<{ held: number; fall: FailedDelivery | null }> {
  const { tx, now } = context
  const { due, provider, attempted } = sent
  const { code, reason } = worded(setback)
  const next = consequence(setback, { id: due.id, medium: due.medium, attempts: due.attempts + (attempted ? 1 : 0) }, now)
  const dueAt = 'dueAt' in next ? { dueAt: next.dueAt } : {}
  const held = await settleOther(tx, { id: due.id, state: next.state, provider, code, reason, attempted, ...dueAt }, token, now)
  if (next.state === 'queued' || next.state === 'unknown') return { held, fall: null }
  await holdAgainst(context, due, { ...next, reason })
  return { held, fall: { noticeId: due.noticeId, rung: due.rung, code } }
}

function attemptOf({ due, provider, outcome, startedAt, endedAt }: Sent): AttemptRow {
  const { code, reason } = outcome.kind === 'accepted' ? { code: null, reason: null } : worded(outcome)
  return { id: newId(), deliveryId: due.id, n: due.attempts + 1, provider, startedAt, endedAt, outcome: outcome.kind, code, reason }
}

/** Cut to what the columns hold: an endless word of a provider must not keep a whole wave from being settled. */
function worded(setback: Setback): { code: string; reason: string } {
  return { code: setback.code.slice(0, 40), reason: setback.reason.slice(0, 200) }
}

/** Gives claimed deliveries back unsent. */
export const releaseClaims = systemCommand(
  'notice.deliver',
  async ({ tx }, input: { lease: Lease; ids: readonly string[] }): Promise<void> => {
    await release(tx, input.ids, input.lease.token, null)
  },
)

/** How long messages wait for a provider that is down before the next way is tried, in milliseconds; a clerk's task is no such way. */
const PATIENCE = 30 * 60_000
const URGENT_PATIENCE = 2 * 60_000

/** Moves a portion of what waits for a demoted provider to its next rung, where a machine is one. Answers how many; call until it is none. */
export const leaveDemoted: Command<{ medium: Medium; limit: number }, number> = async (app, actor, input) => {
  const { moved, stranded } = await demotedLeft(app, actor, input)
  report(app, stranded)
  return moved
}

const demotedLeft = systemCommand('notice.deliver', async (context, input: { medium: Medium; limit: number }) => {
  const now = context.now.getTime()
  const [before, urgentBefore] = [new Date(now - PATIENCE), new Date(now - URGENT_PATIENCE)]
  const stuck = await takeStuck(context.tx, { ...input, before, urgentBefore, now: context.now })
  const stranded = await advanceFallback(
    context,
    stuck.map(({ noticeId, rung }) => ({ noticeId, rung, code: 'provider_down' })),
  )
  return { moved: stuck.length, stranded }
})
