// Requests over HTTP that expect one answer, and the shapes of answers as a client sees them, for the journeys.
// The server and its users are opened by http-server.ts and court.ts.

import { expect } from 'chai'
import type { Answer, Ask } from './http-server.ts'

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

/** The wording of a listing as a clerk would type it, with some fields changed. */
export function rawOf({ content }: Shown, changes: Record<string, string>): Record<string, string> {
  const { debtor } = content
  const copied = ['court', 'caseNo', 'filedOn', 'basisNo', 'basisMaker', 'obligation', 'performance']
  const known = ['name', 'identifier', 'phone', 'legalRepresentative'].filter((field) => debtor[field] !== undefined)
  return {
    ...Object.fromEntries(copied.map((field) => [field, String(content[field])])),
    ...Object.fromEntries(known.map((field) => [field, debtor[field] ?? ''])),
    ground: (content['grounds'] as number[]).join('、'),
    ...changes,
  }
}
