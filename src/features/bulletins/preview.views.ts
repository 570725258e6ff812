// What a bulletin would do before it is issued: who would be told on which medium, how many SMS and at what cost, and who cannot be reached.
// And how far an issued one has spread. Nothing is changed; a bulletin is issued by commands.ts.

import { dayOf } from '../../core/calendar.ts'
import { AppError, isAppError, type Values } from '../../core/errors.ts'
import type { Medium } from '../../core/mediums.ts'
import { query, type AppContext, type QueryContext } from '../../platform/commands/command.ts'
import { listVersion } from '../../platform/database/counters.ts'
import type { Db } from '../../platform/database/database.ts'
import { portions } from '../../platform/database/placeholders.ts'
import { addressesOf } from '../../messaging/addresses.ts'
import { fallbackOrderFor } from '../../messaging/fallback.rules.ts'
import { noticesOf, type Audience, type NoticeEvent, type NoticeRule } from '../../messaging/notices.rules.ts'
import { broadcastsOf, type NoticeState } from '../../messaging/notices.store.ts'
import type { Recipient } from '../../messaging/outbox.ts'
import { pickShown, render, segmentsOf } from '../../messaging/rendering.ts'
import { plannedNotices } from '../listings/notices.ts'
import { publish, revoke, shield, type ExitGround, type Listing } from '../listings/rules.ts'
import { listingsById } from '../listings/search.store.ts'
import type { Selection } from '../listings/selection.rules.ts'
import { countSelection, idsOfSelection } from '../listings/selection.store.ts'
import { toListing } from '../listings/store.ts'
import { dutyUnitIds, liaisonsAfter, subscribersAfter, unitsWithoutLiaison } from '../units/store.ts'
import { broadcastValues } from './commands.ts'
import { noticeStatesOfBulletin } from './spread.store.ts'

/** What would be announced. */
export type PreviewedAct = { act: 'publish' } | { act: 'shield'; ground: ExitGround } | { act: 'revoke' }

/** How many would be told of one event, by the medium that is tried first; `none`: no way to tell them. */
export interface PreviewedAudience {
  event: NoticeEvent
  audience: Audience
  recipients: number
  media: Partial<Record<Medium | 'none', number>>
}

/** SMS as a provider bills them. */
export interface SmsCost {
  messages: number
  segments: number
  /** Fen. */
  cost: number
}

/** A bulletin that is not issued yet. */
export interface BulletinPreview {
  listings: number
  blocked: { id: string; name: string; caseNo: string; code: string; message: string }[]
  audiences: PreviewedAudience[]
  /** `first`: SMS that are tried first. `most`: those besides, should WeChat reach nobody. */
  sms: { segmentFen: number; first: SmsCost; most: SmsCost }
  /** Units with a duty but no liaison, and debtors without an address: a clerk tells them by hand. */
  missing: { units: { id: string; name: string }[]; debtors: { id: string; name: string; caseNo: string }[] }
}

const EVENTS = {
  publish: { party: 'listing.listed', hidden: 'listing.undisclosed', bulletin: 'bulletin.published' },
  shield: { party: 'listing.shielded', hidden: 'listing.shielded', bulletin: 'bulletin.lifted' },
  revoke: { party: 'listing.revoked', hidden: 'listing.revoked', bulletin: 'bulletin.lifted' },
} as const
const COUNTS = { publish: 'listed', shield: 'shielded', revoke: 'revoked' } as const

/** More liaisons or subscribers than a court has. */
const EVERYBODY = 1_000_000
/** A reference as long as a real one. */
const REFERENCE = 'A1B2C3D4'

/** Listings by their ids, or all that match. */
interface PreviewInput {
  choice: readonly string[] | Selection
  previewed: PreviewedAct
}

/** Listings that are looked at one by one, at most. */
const PREVIEWED = 5000

/** @throws `preview_too_large` */
async function chosenIds({ db, app }: QueryContext, choice: PreviewInput['choice']): Promise<readonly string[]> {
  if (isNamed(choice)) return choice
  const count = await countSelection(db, app.secrets, choice)
  if (count > PREVIEWED) throw new AppError('preview_too_large', { count, max: PREVIEWED })
  return idsOfSelection(db, app.secrets, choice, { by: 'newest', direction: 'asc' })
}

const isNamed = (choice: PreviewInput['choice']): choice is readonly string[] => Array.isArray(choice)

/** What announcing these listings would do. @throws `preview_too_large` for more that match than are looked at. Addresses that were refused before, and who wrote to us last, are not considered. */
export const previewBulletin = query('bulletin.read', async (context, { choice, previewed }: PreviewInput): Promise<BulletinPreview> => {
  const { db, app } = context
  const ids = await chosenIds(context, choice)
  const { listings, blocked } = await announced(context, ids, previewed)
  const isPublic = ({ content }: Listing): boolean => content.disclosure === 'public'
  const { party, hidden, bulletin } = EVENTS[previewed.act]
  const of = (event: NoticeEvent, those: readonly Listing[]): ReturnType<typeof plannedNotices> =>
    plannedNotices(
      app,
      event,
      those.map((listing) => ({ listing })),
    )
  const parties = [
    ...of(party, listings.filter(isPublic)),
    ...of(
      hidden,
      listings.filter((each) => !isPublic(each)),
    ),
  ]
  const count = listings.filter(isPublic).length
  const counts = { listed: 0, shielded: 0, revoked: 0, corrected: 0, [COUNTS[previewed.act]]: count }
  const values = broadcastValues(app, { ...counts, listVersion: (await listVersion(db)) + listings.length })
  const broadcast = count === 0 ? [] : await broadcastTo(app, db, bulletin, values)
  const tally = createTally(app)
  for (const each of [...parties, ...broadcast]) tally.add(each)
  const unreached = parties.filter((each) => each.audience === 'debtor' && !isReachable(each))
  return {
    listings: listings.length,
    blocked,
    ...tally.result(),
    missing: {
      units: count === 0 ? [] : (await unitsWithoutLiaison(db, await dutyUnitIds(db))).map(({ id, name }) => ({ id, name })),
      debtors: unreached.map(({ listing: { id, content } }) => ({ id, name: content.debtor.name, caseNo: content.caseNo })),
    },
  }
})

/** The listings as the act would make them, and those with which it cannot be done. */
async function announced(
  { app, db, now }: QueryContext,
  ids: readonly string[],
  previewed: PreviewedAct,
): Promise<{ listings: Listing[]; blocked: BulletinPreview['blocked'] }> {
  const listings: Listing[] = []
  const blocked: BulletinPreview['blocked'] = []
  const found = new Set<string>()
  const refuse = (id: string, name: string, caseNo: string, { code, values }: AppError): void => {
    blocked.push({ id, name, caseNo, code, message: app.catalog.problem(code, values) })
  }
  for (const part of portions([...new Set(ids)]))
    for (const row of await listingsById(db, part)) {
      found.add(row.id)
      try {
        listings.push(afterAct(toListing(app.secrets, row), previewed, { today: dayOf(now), profile: app.config.profile }))
      } catch (error) {
        if (!isAppError(error) || error.kind === 'unavailable') throw error
        refuse(row.id, row.name, row.caseNo, error)
      }
    }
  for (const id of ids) if (!found.has(id)) refuse(id, '', '', new AppError('listing_missing', { id }))
  return { listings, blocked }
}

function afterAct(listing: Listing, previewed: PreviewedAct, at: Parameters<typeof publish>[1]): Listing {
  // What a decision must state besides is asked when the act is ordered; the notices do not depend on it.
  const reason = previewed.act
  switch (previewed.act) {
    case 'publish':
      return publish(listing, at)
    case 'shield':
      return shield(listing, { ground: previewed.ground, reason, today: at.today, earlyDecisionNo: reason, askedBy: reason })
    case 'revoke':
      return revoke(listing, { reason, today: at.today })
  }
}

/** A notice that would be enqueued. */
interface Told {
  event: NoticeEvent
  audience: Audience
  recipient: Pick<Recipient, 'addresses'>
  values: Values
}

/** Everybody whom a bulletin of our court is broadcast to. */
async function broadcastTo(app: AppContext, db: Db, event: NoticeEvent, values: Values): Promise<Told[]> {
  const told: Told[] = []
  for (const { audience } of noticesOf(event)) {
    const people =
      audience === 'unit'
        ? await liaisonsAfter(db, await dutyUnitIds(db), '', EVERYBODY)
        : audience === 'media' || audience === 'public'
          ? await subscribersAfter(db, audience, '', EVERYBODY)
          : []
    told.push(...people.map((person) => ({ event, audience, recipient: { addresses: addressesOf(app, person) }, values })))
  }
  return told
}

function ruleOf({ event, audience }: Pick<Told, 'event' | 'audience'>): NoticeRule | undefined {
  return noticesOf(event).find((rule) => rule.audience === audience)
}

function stepsOf(told: Told): Medium[] {
  const rule = ruleOf(told)
  return rule === undefined ? [] : fallbackOrderFor(rule, told.recipient.addresses)
}

function isReachable(told: Told): boolean {
  return stepsOf(told).some((medium) => medium !== 'clerk')
}

/** Counts notices by audience and medium, and their SMS. */
function createTally({ catalog, config }: AppContext): {
  add(told: Told): void
  result(): Pick<BulletinPreview, 'audiences' | 'sms'>
} {
  const audiences = new Map<string, PreviewedAudience>()
  const first = { messages: 0, segments: 0 }
  const most = { messages: 0, segments: 0 }
  const segments = (told: Told): number => {
    const template = catalog.template(ruleOf(told)?.template ?? '')
    const values = pickShown(template, { court: config.court.name, phone: config.court.phone, ...told.values })
    return segmentsOf(render(template, 'sms', values, { signature: config.court.name, reference: REFERENCE }).text)
  }
  return {
    add(told) {
      const { event, audience } = told
      const row = audiences.get(`${event} ${audience}`) ?? { event, audience, recipients: 0, media: {} }
      const steps = stepsOf(told)
      const begins = steps[0] ?? 'none'
      audiences.set(`${event} ${audience}`, row)
      row.recipients += 1
      row.media[begins] = (row.media[begins] ?? 0) + 1
      if (!steps.includes('sms')) return
      const billed = segments(told)
      for (const sum of begins === 'sms' ? [first, most] : [most]) {
        sum.messages += 1
        sum.segments += billed
      }
    },
    result() {
      const cost = (sum: Omit<SmsCost, 'cost'>): SmsCost => ({ ...sum, cost: Math.round(sum.segments * config.smsSegmentFen) })
      return { audiences: [...audiences.values()], sms: { segmentFen: config.smsSegmentFen, first: cost(first), most: cost(most) } }
    },
  }
}

/** How far a bulletin has spread. */
export interface BulletinSpread {
  /** Every broadcast: how many were told so far, and whether all were. */
  broadcasts: { event: string; audience: string; told: number; done: boolean }[]
  /** Notices by audience and state, those to the parties of its listings included. */
  notices: { audience: string; state: NoticeState; count: number }[]
}

/** How far a bulletin has spread: broadcasts, and notices by audience and state. */
export const bulletinSpread = query('bulletin.read', async ({ db }, id: string): Promise<BulletinSpread> => {
  const broadcasts = await broadcastsOf(db, id)
  return {
    broadcasts: broadcasts.map(({ event, audience, told, doneAt }) => ({ event, audience, told, done: doneAt !== null })),
    notices: await noticeStatesOfBulletin(db, id),
  }
})
