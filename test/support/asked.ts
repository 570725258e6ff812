// Requests over HTTP that expect one answer, and the shapes of answers as a client sees them, for the journeys.
// The server and its users are opened by http-server.ts and court.ts.

import { expect } from 'chai'
import type { Answer, Ask } from './http-server.ts'
import { NONE_APPLIES } from './listed.ts'

/** A listing as the API shows it. */
export interface Shown {
  id: string
  state: string
  version: number
  content: { debtor: Record<string, string>; disclosure: string; termMonths: number | null } & Record<string, unknown>
  wordings: unknown[]
}

export interface Notice {
  id: string
  event: string
  audience: string
  state: string
  verdict: string
  addressee: string
  deliveries: Delivery[]
}

export interface Delivery {
  id: string
  medium: string
  state: string
  address: string | null
  text: string | null
  repeated: boolean
  attempts: { outcome: string }[]
  receipts: { stage: string }[]
}

export interface Asker {
  ask: Ask
}

/** Expects a status. */
export async function ok(asked: Promise<Answer>, status = 200): Promise<Answer> {
  const answer = await asked
  expect(answer.status, answer.text.slice(0, 400)).to.equal(status)
  return answer
}

export async function get<Body>(who: Asker, path: string): Promise<Body> {
  return (await ok(who.ask('GET', path))).body as Body
}

export function post(who: Asker, path: string, json: unknown, status = 200): Promise<Answer> {
  return ok(who.ask('POST', path, { json }), status)
}

/** The clerk answers for drafts that no case of art. 3 applies, so that they may be submitted. */
export async function answerNone(clerk: Asker, items: readonly unknown[]): Promise<void> {
  await post(clerk, '/api/v1/listings/exclusions', { items, answers: NONE_APPLIES })
}

/** A listing in the version in which somebody saw it. */
export interface SeenListing {
  id: string
  version: number
}

/** The listings of an act's answer as they are after it. */
export function seenAs({ body }: Answer): SeenListing[] {
  return (body['listings'] as SeenListing[]).map(({ id, version }) => ({ id, version }))
}

/** One person proposes an act on listings, another approves it. Answers the approval. */
export async function proposeAndApprove(
  [proposer, approver]: readonly [Asker, Asker],
  items: readonly unknown[],
  terms: Record<string, unknown>,
): Promise<Answer> {
  const { body } = await post(proposer, '/api/v1/listing-proposals', { items, terms }, 201)
  const ids = (body['proposals'] as { id: string }[]).map(({ id }) => id)
  return post(approver, '/api/v1/listing-proposals/approve', { ids })
}

/** Expects a refusal with this code and a text in Chinese. */
export async function refused(asked: Promise<Answer>, status: number, code: string): Promise<Answer> {
  const answer = await asked
  expect([answer.status, answer.body['code']], answer.text.slice(0, 400)).to.deep.equal([status, code])
  expect(answer.body['detail']).to.match(/[\u4e00-\u9fff]/)
  return answer
}

/** All items of a list, page by page. */
export async function listed<Item>(who: Asker, path: string): Promise<Item[]> {
  const items: Item[] = []
  for (;;) {
    const page = await get<{ items: Item[]; total: number }>(
      who,
      `${path}${path.includes('?') ? '&' : '?'}limit=200&offset=${items.length}`,
    )
    items.push(...page.items)
    if (items.length >= page.total) return items
  }
}

/** The notices of a filter, each with its deliveries and verdict. */
export async function noticesOf(who: Asker, filter: string): Promise<Notice[]> {
  const found = await listed<{ id: string }>(who, `/api/v1/notices?${filter}`)
  const shown = await Promise.all(found.map(({ id }) => get<Notice>(who, `/api/v1/notices/${id}`)))
  // The event is stored as `listing.decided:<listing>:<version>`.
  return shown.map((each) => ({ ...each, event: each.event.split(':', 1)[0] ?? '' }))
}

/** `medium state` of the deliveries that were started. */
export function waysOf(notice: Notice | undefined): string[] {
  const started = notice?.deliveries.filter(({ state }) => state !== 'held' && state !== 'cancelled') ?? []
  return started.map(({ medium, state }) => `${medium} ${state}`)
}
