// Looking at what was promised: one answer to "was it served?", lists, the duty list, and what the sandbox kept.
// Making promises is messaging/outbox, keeping them messaging/delivery.

import { AppError } from '../../core/errors.ts'
import type { Body } from '../../messaging/notices.rules.ts'
import {
  attemptsOf,
  deliveriesOf,
  duties,
  sandboxDeliveries,
  type AttemptRow,
  type DeliveryRow,
  type DeliveryState,
} from '../../messaging/deliveries.store.ts'
import { findNotice, searchNotices, type NoticeFilter, type NoticeRow } from '../../messaging/notices.store.ts'
import { refusedAddresses } from '../../messaging/address-marks.store.ts'
import { undelivered } from '../../messaging/notices.store.ts'
import { receiptsOf, type ReceiptRow } from '../../messaging/receipts.store.ts'
import { findListing } from '../listings/search.store.ts'
import type { ListingRow } from '../listings/store.ts'
import { findLiaison, findUnit } from '../units/store.ts'
import type { Db } from '../../platform/database/database.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import type { Medium } from '../../core/mediums.ts'
import { maskIdentifier } from '../../core/identifiers.ts'
import { maskPhone } from '../../core/phone.ts'

/** What can honestly be said: only a receipt or a person's word makes it served. */
export type Verdict = 'served' | 'handed_over' | 'under_way' | 'not_served'

export interface DeliveryView {
  id: string
  rung: number
  medium: Medium
  state: DeliveryState
  /** Masked; null for a clerk's task, for a complainant, or once archived. */
  address: string | null
  /** The text as promised; null once archived. */
  text: string | null
  bodyHash: string
  repeated: boolean
  overCap: boolean
  dueAt: Date
  acceptedAt: Date | null
  attempts: Pick<AttemptRow, 'n' | 'provider' | 'startedAt' | 'endedAt' | 'outcome' | 'code' | 'reason'>[]
  receipts: Pick<ReceiptRow, 'at' | 'provider' | 'status' | 'stage' | 'code'>[]
}

export interface NoticeView extends NoticeRow {
  verdict: Verdict
  /** Who it is for, in words a clerk knows: a unit's liaison, a listing's debtor. */
  addressee: string
  deliveries: DeliveryView[]
}

/** "Was it served?": who, on which list version, which wording, each attempt, each receipt, by which provider. */
export const getNotice = query('notice.read', async ({ db, app }, noticeId: string): Promise<NoticeView> => {
  const notice = await findNotice(db, noticeId)
  if (notice === null) throw new AppError('notice_missing', { id: noticeId })
  const rows = await deliveriesOf(db, [noticeId])
  const ids = rows.map((row) => row.id)
  const attempts = await attemptsOf(db, ids)
  const receipts = await receiptsOf(db, ids)
  return {
    ...notice,
    listVersion: Number(notice.listVersion),
    verdict: verdictOf(notice),
    addressee: await addresseeOf(app, db, notice),
    deliveries: rows.map((row) => ({
      ...deliveryView(app, row),
      // Beside a number it could name whoever complained: their handler sees it in the complaint.
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

export function verdictOf(notice: Pick<NoticeRow, 'state'>): Verdict {
  switch (notice.state) {
    case 'delivered':
    case 'settled':
      return 'served'
    case 'accepted':
      return 'handed_over'
    case 'open':
      return 'under_way'
    case 'undeliverable':
    case 'cancelled':
      return 'not_served'
  }
}

type Page = { limit: number; offset: number }

/** Newest first. */
export const listNotices = query(
  'notice.read',
  async ({ db }, input: { filter: NoticeFilter; page: Page }): Promise<{ items: (NoticeRow & { verdict: Verdict })[]; total: number }> => {
    const { items, total } = await searchNotices(db, input.filter, input.page)
    return { items: items.map((row) => ({ ...row, listVersion: Number(row.listVersion), verdict: verdictOf(row) })), total }
  },
)

export interface Duty {
  deliveryId: string
  noticeId: string
  state: DeliveryState
  addressee: string
  text: string | null
  since: Date
  lastReason: string | null
}

/** What a person must do: tasks the ladder ended with, and messages of which nobody can say whether they went. Oldest first. */
export const listDuties = query('notice.read', async ({ db, app }, page: Page): Promise<{ items: Duty[]; total: number }> => {
  const { items, total } = await duties(db, page)
  const list: Duty[] = []
  for (const row of items) {
    const notice = (await findNotice(db, row.noticeId)) as NoticeRow
    list.push({
      deliveryId: row.id,
      noticeId: row.noticeId,
      state: row.state,
      addressee: await addresseeOf(app, db, notice),
      text: deliveryView(app, row).text,
      since: row.dueAt,
      lastReason: row.lastReason,
    })
  }
  return { items: list, total }
})

export interface Trouble {
  undelivered: NoticeRow[]
  refused: { medium: Medium; address: string; reason: string | null; at: Date | null }[]
}

/** Notices that reached nobody, and addresses that providers refused: for a clerk to mend. */
export const listTrouble = query('notice.read', async ({ db, app }, page: Page): Promise<Trouble> => ({
  undelivered: (await undelivered(db, page.limit)).map((row) => ({ ...row, listVersion: Number(row.listVersion) })),
  refused: (await refusedAddresses(db, page.limit)).map((mark) => ({
    medium: mark.medium,
    address: maskAddress(mark.medium, app.secrets.open(mark.address)),
    reason: mark.reason,
    at: mark.refusedAt,
  })),
}))

export interface SandboxMessage {
  id: string
  medium: Medium
  /** Whose phone it is on: the same for every message to one address. Two people's masked addresses can look alike. */
  person: string
  /** Masked. */
  to: string
  body: Body
  at: Date | null
  state: DeliveryState
}

/** The messages that sandbox channels took, newest first. The page that shows them exists outside production only. */
export const sandboxMessages = query('sandbox.read', async ({ db, app }, limit: number): Promise<SandboxMessage[]> => {
  if (app.config.production) throw new AppError('route_missing')
  return (await sandboxDeliveries(db, limit)).flatMap((row) => {
    if (row.body === null || row.address === null) return []
    const to = maskAddress(row.medium, app.secrets.open(row.address))
    const person = row.addressIndex ?? row.id
    return [{ id: row.id, medium: row.medium, person, to, body: bodyOf(app, row.body), at: row.acceptedAt, state: row.state }]
  })
})

function deliveryView(app: AppContext, row: DeliveryRow): Omit<DeliveryView, 'attempts' | 'receipts'> {
  const { id, rung, medium, state, bodyHash, repeated, overCap, dueAt, acceptedAt } = row
  return {
    id,
    rung,
    medium,
    state,
    address: row.address === null ? null : maskAddress(medium, app.secrets.open(row.address)),
    text: row.body === null ? null : bodyOf(app, row.body).text,
    bodyHash,
    repeated,
    overCap,
    dueAt,
    acceptedAt,
  }
}

function bodyOf(app: AppContext, sealed: string): Body {
  return JSON.parse(app.secrets.open(sealed)) as Body
}

function maskAddress(medium: Medium, address: string): string {
  return medium === 'wechat' || medium === 'wechaty' ? maskIdentifier(address) : maskPhone(address)
}

/** `unit name · liaison name`, `debtor name · case number`, or the recipient's own id where nothing more is known. */
async function addresseeOf(app: AppContext, db: Db, notice: NoticeRow): Promise<string> {
  const audience = app.catalog.words('states', `audience.${notice.audience}`)
  const [kind, key = '', which] = notice.recipient.split(':')
  if (kind === 'liaison') {
    const liaison = await findLiaison(db, key)
    const unit = liaison === null ? null : await findUnit(db, liaison.unitId)
    return [audience, unit?.name, liaison?.name].filter(Boolean).join(' · ')
  }
  if (kind === 'unit') return [audience, (await findUnit(db, key))?.name].filter(Boolean).join(' · ')
  const listing = notice.listingId === null ? null : await findListing(db, notice.listingId)
  if (listing === null) return audience
  // A former employer, or one of several superiors, is named by the task itself alone.
  if (kind === 'superior' || which !== undefined) return [audience, listing.caseNo].join(' · ')
  return [audience, partyName(listing, kind), listing.caseNo].filter(Boolean).join(' · ')
}

function partyName({ name, employer, applicantName }: ListingRow, kind: string | undefined): string | null {
  if (kind === 'employer') return employer
  return kind === 'applicant' ? applicantName : name
}
