// Queries on notices: one with its deliveries ("was it served?"), lists, what waits for a person, and messages of the sandbox.
// Enqueueing notices is messaging/outbox.ts; sending them is messaging/dispatcher.ts.

import { instantsOf, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { SECRET_TEMPLATES, type Body } from '../../messaging/notices.rules.ts'
import {
  attemptsOf,
  deliveriesOf,
  deliveryTable,
  sandboxDeliveries,
  type AttemptRow,
  type DeliveryRow,
  type DeliveryState,
} from '../../messaging/deliveries.store.ts'
import { findNotice, noticesById, searchNotices, type NoticeFilter, type NoticeRow } from '../../messaging/notices.store.ts'
import { addressMarkTable, refusedAddresses } from '../../messaging/address-marks.store.ts'
import { undelivered } from '../../messaging/notices.store.ts'
import { receiptsOf, type ReceiptRow } from '../../messaging/receipts.store.ts'
import { templateTitle } from '../../messaging/templates.ts'
import { handlingOf, isSeen, seenBy } from './access.ts'
import { isResendable, verdictsFor, type DutyVerdict } from './rules.ts'
import { lettersOf, openDuties, printsOf, resendsOf, waitsOf, type DutyFilter, type NoticeResendRow, type NoticeWaits } from './store.ts'
import { isAllowed } from '../../platform/commands/permissions.ts'
import { listingsById } from '../listings/search.store.ts'
import type { ListingRow } from '../listings/store.ts'
import { staffNames } from '../staff/store.ts'
import { liaisonsById, unitsById, type LiaisonRow, type UnitRow } from '../units/store.ts'
import type { Db } from '../../platform/database/database.ts'
import { openRow } from '../../platform/database/sealing.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import type { Medium } from '../../core/mediums.ts'
import { maskIdentifier } from '../../core/identifiers.ts'
import { maskPhone } from '../../core/phone.ts'

/**
 * Whether a notice was served: only a receipt or a person's statement makes it `served`; `handed_over` means that a provider accepted it,
 * `unconfirmed` that its receipt did not come in time and is waited for no longer, `cancelled` that it had become pointless before anybody was told.
 */
export type Verdict = 'served' | 'handed_over' | 'unconfirmed' | 'under_way' | 'not_served' | 'cancelled'

/** One delivery of a notice with its attempts and receipts. */
export interface DeliveryView {
  id: string
  /** Step of the fallback order, counted from 0. */
  rung: number
  medium: Medium
  state: DeliveryState
  /** Masked address; null for a clerk's task, for a complainant, and after archiving. */
  address: string | null
  /** The text as it was enqueued; null after archiving, and for a code that its recipient alone may read. */
  text: string | null
  /** Empty for such a code, which could be guessed from it. */
  bodyHash: string
  repeated: boolean
  overCap: boolean
  dueAt: Date
  acceptedAt: Date | null
  attempts: Pick<AttemptRow, 'n' | 'provider' | 'startedAt' | 'endedAt' | 'outcome' | 'code' | 'reason'>[]
  receipts: Pick<ReceiptRow, 'at' | 'provider' | 'status' | 'stage' | 'code'>[]
}

/** A notice with its deliveries. */
export interface NoticeView extends NoticeLine {
  /** Whether this caller may send it again. */
  resendable: boolean
  /** The times that it was sent again, with who and why. */
  resends: (Omit<NoticeResendRow, 'noticeId'> & { by: string })[]
  deliveries: (DeliveryView & {
    /** What this caller may say of the delivery. */
    possible: readonly DutyVerdict[]
  })[]
}

/**
 * One notice with everything that answers "was it served?": recipient, list version, wording, attempts and receipts.
 * @throws `notice_missing`.
 */
export const getNotice = query('notice.read', async ({ db, app, actor }, noticeId: string): Promise<NoticeView> => {
  const notice = await findNotice(db, noticeId)
  if (notice === null || !(await isSeen(db, actor, notice))) throw new AppError('notice_missing', { id: noticeId })
  const handles = await handlingOf(db, actor, [notice])
  const rows = await deliveriesOf(db, [noticeId])
  const ids = rows.map((row) => row.id)
  const attempts = await attemptsOf(db, ids)
  const receipts = await receiptsOf(db, ids)
  return {
    ...((await noticeLines(app, db, [notice]))[0] as NoticeLine),
    resendable: handles(notice) && isAllowed(actor, 'notice.resend') && isResendable(notice, rows),
    resends: await namedResends(db, noticeId),
    deliveries: rows.map((row) => ({
      ...deliveryView(app, row, notice),
      possible: handles(notice) && isAllowed(actor, 'duty.settle') ? verdictsFor(row, notice) : [],
      // The address could identify the complainant; whoever handles the complaint sees it there.
      ...(notice.audience === 'complainant' ? { address: null } : {}),
      attempts: attempts
        .filter((each) => each.deliveryId === row.id)
        .map(({ n, provider, startedAt, endedAt, outcome, code, reason }) => ({ n, provider, startedAt, endedAt, outcome, code, reason })),
      receipts: receipts
        .filter((each) => each.deliveryId === row.id)
        .map(({ at, provider, status, stage, code }) => ({ at, provider, status, stage, code })),
    })),
  }
})

async function namedResends(db: Db, noticeId: string): Promise<NoticeView['resends']> {
  const rows = await resendsOf(db, noticeId)
  const names = await staffNames(
    db,
    rows.map(({ resentBy }) => resentBy),
  )
  return rows.map(({ n, rung, at, resentBy, reason }) => ({ n, rung, at, resentBy, reason, by: names.get(resentBy) ?? resentBy }))
}

/** Whether a notice in this state was served. */
export function verdictOf(notice: Pick<NoticeRow, 'state' | 'closedAt'>): Verdict {
  switch (notice.state) {
    case 'delivered':
    case 'settled':
      return 'served'
    case 'accepted':
      return notice.closedAt === null ? 'handed_over' : 'unconfirmed'
    case 'open':
      return 'under_way'
    case 'undeliverable':
      return 'not_served'
    case 'cancelled':
      return 'cancelled'
  }
}

type Page = { limit: number; offset: number }

/** A notice in a list: what it is called, and to whom it goes. */
export interface NoticeLine extends NoticeRow {
  title: string
  addressee: string
  /** When a letter of it was printed last. */
  letterPrintedAt: Date | null
  verdict: Verdict
  /** What it waits for, while it is under way. */
  waits: NoticeWaits | null
}

/** A page of notices, newest first; `from` and `until` are the days on which they were created, both included. */
export const listNotices = query(
  'notice.read',
  async (
    { db, app, actor },
    input: { filter: NoticeFilter; from?: Day | undefined; until?: Day | undefined; page: Page },
  ): Promise<{ items: NoticeLine[]; total: number }> => {
    const { items, total } = await searchNotices(db, { ...input.filter, created: instantsOf(input), seen: seenBy(actor) }, input.page)
    return { items: await noticeLines(app, db, items), total }
  },
)

/** Notices as lists show them. */
export async function noticeLines(app: AppContext, db: Db, rows: readonly NoticeRow[]): Promise<NoticeLine[]> {
  const addresseeOf = await addressees(app, db, rows)
  const letters = await lettersOf(
    db,
    rows.map(({ id }) => id),
  )
  const waits = await waitsOf(
    db,
    rows.filter((row) => row.state === 'open').map(({ id }) => id),
    app.clock.now(),
  )
  return rows.map((row) => ({
    ...row,
    listVersion: Number(row.listVersion),
    title: templateTitle(app.catalog, row.template),
    addressee: addresseeOf(row),
    letterPrintedAt: letters.get(row.id) ?? null,
    verdict: verdictOf(row),
    waits: verdictOf(row) === 'under_way' ? (waits.get(row.id) ?? null) : null,
  }))
}

/** A delivery that waits for a person. */
export interface Duty {
  deliveryId: string
  noticeId: string
  /** What the notice is called. */
  title: string
  medium: Medium
  statutory: boolean
  state: DeliveryState
  /** What this caller may say of it. */
  possible: readonly DutyVerdict[]
  addressee: string
  text: string | null
  /** A letter can be printed of it. */
  byLetter: boolean
  /** When its letter was printed last. */
  printedAt: Date | null
  since: Date
  lastReason: string | null
}

/**
 * A page of deliveries that wait for a person, oldest first: clerks' tasks at the end of a fallback order, and deliveries with unknown
 * outcome.
 */
export const listDuties = query('notice.read', async (context, input: DutyFilter & Page): Promise<{ items: Duty[]; total: number }> => {
  const { db, app, actor } = context
  const { limit, offset, ...filter } = input
  const { items, total } = await openDuties(db, { ...filter, seen: seenBy(actor) }, { limit, offset })
  const prints = await printsOf(
    db,
    items.map(({ id }) => id),
  )
  const notices = await noticesById(
    db,
    items.map(({ noticeId }) => noticeId),
  )
  const noticeOf = new Map(notices.map((notice) => [notice.id, notice]))
  const handles = await handlingOf(db, actor, notices)
  const addresseeOf = await addressees(app, db, notices)
  const list = items.map((row): Duty => {
    const notice = noticeOf.get(row.noticeId) as NoticeRow
    return {
      deliveryId: row.id,
      noticeId: row.noticeId,
      title: templateTitle(app.catalog, notice.template),
      medium: row.medium,
      statutory: notice.statutory,
      state: row.state,
      possible: handles(notice) && isAllowed(actor, 'duty.settle') ? verdictsFor(row, notice) : [],
      addressee: addresseeOf(notice),
      text: deliveryView(app, row, notice).text,
      byLetter: isByLetter(app, row, notice),
      printedAt: prints.get(row.id)?.at ?? null,
      since: row.dueAt,
      lastReason: row.lastReason,
    }
  })
  return { items: list, total }
})

/** Whether a letter can be printed: letters.commands.ts. */
function isByLetter(app: AppContext, row: DeliveryRow, { listingId, audience }: NoticeRow): boolean {
  if (row.state !== 'waiting_person' || row.body === null || listingId === null) return false
  return (
    ['debtor', 'applicant'].includes(audience) &&
    openRow(deliveryTable, app.secrets, { id: row.id, body: row.body }).body.letter !== undefined
  )
}

/** Undelivered notices and refused addresses. */
export interface DeliveryProblems {
  undelivered: NoticeRow[]
  refused: { medium: Medium; address: string; reason: string | null; at: Date | null }[]
}

/** Notices that reached nobody, and addresses that providers refused, so that a clerk can correct them. */
export const listDeliveryProblems = query('notice.read', async ({ db, app, actor }, page: Page): Promise<DeliveryProblems> => ({
  undelivered: (await undelivered(db, page.limit, seenBy(actor))).map((row) => ({ ...row, listVersion: Number(row.listVersion) })),
  refused: (await refusedAddresses(db, page.limit, seenBy(actor))).map((mark) => ({
    medium: mark.medium,
    address: maskAddress(mark.medium, openRow(addressMarkTable, app.secrets, mark).address),
    reason: mark.reason,
    at: mark.refusedAt,
  })),
}))

/** A message that a sandbox channel accepted. */
export interface SandboxMessage {
  id: string
  medium: Medium
  /** The same for every message to one address, because the masked addresses of two people can look alike. */
  person: string
  /** Masked address. */
  to: string
  body: Body
  at: Date | null
  state: DeliveryState
}

/** Messages that sandbox channels accepted, newest first. @throws `route_missing` in production, where the page does not exist. */
export const sandboxMessages = query('sandbox.read', async ({ db, app }, limit: number): Promise<SandboxMessage[]> => {
  if (app.config.production) throw new AppError('route_missing')
  return (await sandboxDeliveries(db, limit)).flatMap((row) => {
    if (row.body === null || row.address === null) return []
    const { address, body } = openRow(deliveryTable, app.secrets, { id: row.id, address: row.address, body: row.body })
    const person = row.addressIndex ?? row.id
    const to = maskAddress(row.medium, address)
    return [{ id: row.id, medium: row.medium, person, to, body, at: row.acceptedAt, state: row.state }]
  })
})

function deliveryView(
  app: AppContext,
  row: DeliveryRow,
  { template }: Pick<NoticeRow, 'template'>,
): Omit<DeliveryView, 'attempts' | 'receipts'> {
  const { id, rung, medium, state, address, body, bodyHash, repeated, overCap, dueAt, acceptedAt } = openRow(
    deliveryTable,
    app.secrets,
    row,
  )
  const secret = SECRET_TEMPLATES.has(template)
  return {
    id,
    rung,
    medium,
    state,
    address: address === null ? null : maskAddress(medium, address),
    text: secret ? null : (body?.text ?? null),
    bodyHash: secret ? '' : bodyHash,
    repeated,
    overCap,
    dueAt,
    acceptedAt,
  }
}

/** An address as everybody sees it. */
export function maskAddress(medium: Medium, address: string): string {
  return medium === 'wechat' || medium === 'wechaty' ? maskIdentifier(address) : maskPhone(address)
}

/**
 * The recipients of these notices in words: `audience · unit · liaison`, `audience · name · case number`, or the audience alone if nothing
 * more is known. All people, units and listings of a page are read together.
 */
async function addressees(app: AppContext, db: Db, notices: readonly NoticeRow[]): Promise<(notice: NoticeRow) => string> {
  const keysOf = (wanted: string): string[] =>
    distinct(notices.map(({ recipient }) => recipient.split(':')).flatMap(([kind, key = '']) => (kind === wanted ? [key] : [])))
  const liaisons = await liaisonsById(db, keysOf('liaison'))
  const units = await unitsById(db, distinct([...keysOf('unit'), ...liaisons.map(({ unitId }) => unitId)]))
  const listings = await listingsById(db, distinct(notices.flatMap(({ listingId }) => (listingId === null ? [] : [listingId]))))
  const named: Named = { liaisons: byId(liaisons), units: byId(units), listings: byId(listings) }
  return (notice) => [app.catalog.words('states', `audience.${notice.audience}`), ...partsOf(notice, named)].filter(Boolean).join(' · ')
}

interface Named {
  liaisons: ReadonlyMap<string, LiaisonRow>
  units: ReadonlyMap<string, UnitRow>
  listings: ReadonlyMap<string, ListingRow>
}

const distinct = (ids: readonly string[]): string[] => [...new Set(ids)]
const byId = <Row extends { id: string }>(rows: readonly Row[]): Map<string, Row> => new Map(rows.map((row) => [row.id, row]))

function partsOf({ recipient, listingId }: NoticeRow, { liaisons, units, listings }: Named): (string | null | undefined)[] {
  const [kind, key = '', suffix] = recipient.split(':')
  const liaison = liaisons.get(key)
  if (kind === 'liaison') return liaison === undefined ? [] : [units.get(liaison.unitId)?.name, liaison.name]
  if (kind === 'unit') return [units.get(key)?.name]
  const listing = listings.get(listingId ?? '')
  // The listing does not hold the name of a former employer or of one of several superiors; only the text of the notice does.
  const party = kind === 'superior' || suffix !== undefined || listing === undefined ? null : partyName(listing, kind)
  return [party, listing?.caseNo]
}

function partyName({ name, employer, applicantName }: ListingRow, kind: string | undefined): string | null {
  if (kind === 'employer') return employer
  return kind === 'applicant' ? applicantName : name
}
