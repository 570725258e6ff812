// Promising to tell: notices and their rungs, rendered and written in the transaction of the change. Nothing is sent here.
// Who hears of what is messaging/notices.rules; keeping the promise is messaging/delivery and messaging/dispatcher.

import { openMediums } from './channels/mediums.ts'
import { newId } from '../core/ids.ts'
import type { Values } from '../core/errors.ts'
import { sha256 } from '../core/secrets.ts'
import { earliest } from './send-limits.rules.ts'
import { addressOf, indexKind, fallbackOrderFor, sectionOf, type Addresses } from './fallback.rules.ts'
import { mayTell, noticesOf, type Audience, type Body, type NoticeEvent, type NoticeRule } from './notices.rules.ts'
import { pick, render } from './rendering.ts'
import type { Tx } from '../platform/database/database.ts'
import type { DeliveryRow } from './deliveries.store.ts'
import { insertDeliveries } from './deliveries.store.ts'
import { lastWrote, personOf } from './conversations.store.ts'
import { marksOf, type AddressMarkRow } from './address-marks.store.ts'
import { insertNotices, promisedTo, type NoticeRow } from './notices.store.ts'
import type { SystemCommandContext, AppContext } from '../platform/commands/command.ts'
import type { Medium } from '../core/mediums.ts'

export interface Recipient {
  /** `liaison:<id>`, `subscriber:<id>`, `debtor:<listing id>` … unique among those an event can reach. */
  id: string
  addresses: Addresses
  consent: boolean
}

export interface NoticeInput {
  event: NoticeEvent
  /** Names this very event: the same key is told once, however often it is promised. */
  key: string
  /** What templates may say; court name and phone are added. */
  values: Values
  listingId?: string
  bulletinId?: string
  /** The list's version after the event. */
  listVersion: number
  /** Where a tap on a WeChat message leads. Numbers to +86 get no links (provider rule). */
  url?: string
}

/** Media that reach an address. */
const ADDRESSED = ['wechat', 'wechaty', 'sms', 'voice'] as const satisfies readonly Medium[]

type Enqueuing = Pick<SystemCommandContext, 'app' | 'tx' | 'now'>

/** Promises one event to everybody of an audience. Answers how many new promises there are. */
export async function enqueueNotice(
  context: Enqueuing,
  audience: Audience,
  happening: NoticeInput,
  recipients: readonly Recipient[],
): Promise<number> {
  return enqueueNotices(context, audience, [{ happening, recipients }])
}

/** The same for many events of one kind at once, such as each debtor's own message of a bulletin. */
export async function enqueueNotices(
  context: Enqueuing,
  audience: Audience,
  items: readonly { happening: NoticeInput; recipients: readonly Recipient[] }[],
): Promise<number> {
  const { tx } = context
  const first = items[0]
  const rule = first === undefined ? undefined : noticesOf(first.happening.event).find((each) => each.audience === audience)
  if (rule === undefined) return 0
  const everybody = items.flatMap((item) => item.recipients)
  const known: Known = { marks: await marksByAddress(context, everybody), lastUsed: await mediumsLastUsed(context, everybody) }
  const notices: NoticeRow[] = []
  const deliveries: DeliveryRow[] = []
  const told = await toldAlready(tx, rule, items)
  for (const { happening, recipients } of items) {
    for (const recipient of recipients) {
      if (told.get(happening.key)?.has(recipient.id) === true) continue
      const made = makeNotice(context, rule, happening, recipient, known)
      if (made === null) continue
      notices.push(made.notice)
      deliveries.push(...made.deliveries)
    }
  }
  await insertNotices(tx, notices)
  await insertDeliveries(tx, deliveries)
  return notices.length
}

/** Who was promised which of these events before: one question an event, however many units or debtors hear of it. */
async function toldAlready(
  tx: Tx,
  rule: NoticeRule,
  items: readonly { happening: NoticeInput; recipients: readonly Recipient[] }[],
): Promise<Map<string, Set<string>>> {
  const wanted = new Map<string, string[]>()
  for (const { happening, recipients } of items) {
    const ids = wanted.get(happening.key) ?? []
    ids.push(...recipients.map((recipient) => recipient.id))
    wanted.set(happening.key, ids)
  }
  const told = new Map<string, Set<string>>()
  for (const [key, ids] of wanted) told.set(key, await promisedTo(tx, key, rule.template, ids))
  return told
}

/** What is known of people's addresses before anything is promised to them. */
interface Known {
  /** By `medium address`. */
  marks: ReadonlyMap<string, AddressMarkRow>
  /** The medium on which a recipient wrote to us last, where there is a choice. */
  lastUsed: ReadonlyMap<Recipient, Medium>
}

function makeNotice(
  { app, now }: Enqueuing,
  rule: NoticeRule,
  happening: NoticeInput,
  recipient: Recipient,
  { marks, lastUsed }: Known,
): { notice: NoticeRow; deliveries: DeliveryRow[] } | null {
  const mark = (medium: Medium): AddressMarkRow | undefined => marks.get(`${medium} ${addressOf(medium, recipient.addresses) ?? ''}`)
  const optedOut = ADDRESSED.some((medium) => mark(medium)?.optedOutAt != null)
  if (!mayTell(rule, { consent: recipient.consent, optedOut })) return null
  const open = openMediums(app.config)
  const marked = ADDRESSED.filter((medium) => mark(medium) !== undefined)
  const ladder = fallbackOrderFor(rule, recipient.addresses, marked, lastUsed.get(recipient)).filter((medium) => open.has(medium))
  if (ladder.length === 0 && rule.statutory === null) return null
  const template = app.catalog.template(rule.template)
  const notice: NoticeRow = {
    id: newId(),
    event: happening.key,
    recipient: recipient.id,
    audience: rule.audience,
    template: rule.template,
    templateVersion: template.version,
    templateHash: template.hash,
    listVersion: happening.listVersion,
    listingId: happening.listingId ?? null,
    bulletinId: happening.bulletinId ?? null,
    statutory: rule.statutory !== null,
    urgent: rule.urgent,
    state: ladder.length === 0 ? 'undeliverable' : 'open',
    reason: ladder.length === 0 ? 'no_address' : null,
    settledBy: null,
    createdAt: now,
    closedAt: ladder.length === 0 ? now : null,
    archivedAt: null,
  }
  const known = { court: app.config.court.name, phone: app.config.court.phone, ...happening.values }
  const values = pick(template, known)
  const dueAt = earliest(rule, now, app.config.quietHours)
  const deliveries = ladder.map((medium, rung): DeliveryRow => {
    const id = newId()
    const rendered = render(template, medium, values, { signature: app.config.court.name, reference: id.slice(-8) })
    const body: Body = sectionOf(medium) === 'wechat' && happening.url !== undefined ? { ...rendered, url: happening.url } : rendered
    const text = JSON.stringify(body)
    return {
      ...blankDelivery(app, medium, addressOf(medium, recipient.addresses)),
      id,
      noticeId: notice.id,
      rung,
      body: app.secrets.seal(text),
      bodyHash: sha256(text),
      rank: rankOf(rule),
      dueAt,
      state: firstState(medium, rung),
    }
  })
  return { notice, deliveries }
}

/** Urgent before the rest, one person's own affair before a broadcast to everybody. */
function rankOf(rule: NoticeRule): number {
  if (rule.urgent) return 0
  return rule.audience === 'public' || rule.audience === 'media' ? 2 : 1
}

function firstState(medium: Medium, rung: number): DeliveryRow['state'] {
  if (rung > 0) return 'held'
  return medium === 'clerk' ? 'waiting_person' : 'queued'
}

function blankDelivery(
  app: AppContext,
  medium: Medium,
  address: string | undefined,
): Omit<DeliveryRow, 'id' | 'noticeId' | 'rung' | 'body' | 'bodyHash' | 'rank' | 'dueAt' | 'state'> {
  return {
    medium,
    address: address === undefined ? null : app.secrets.seal(address),
    addressIndex: address === undefined ? null : app.secrets.index(indexKind(medium), address),
    attempts: 0,
    leaseToken: null,
    leaseUntil: null,
    sendingAt: null,
    provider: null,
    providerRef: null,
    lastCode: null,
    lastReason: null,
    repeated: false,
    overCap: false,
    acceptedAt: null,
    endedAt: null,
  }
}

/** Conversations are named by the medium they are on. */
const TALKED_ON = ['wechat', 'wechaty', 'sms'] as const satisfies readonly Medium[]

/** Of those who could be told in several ways: on which they wrote to us last. */
async function mediumsLastUsed({ app, tx }: Enqueuing, recipients: readonly Recipient[]): Promise<Map<Recipient, Medium>> {
  const ways = recipients.flatMap((recipient) => {
    const own = TALKED_ON.flatMap((medium) => {
      const address = addressOf(medium, recipient.addresses)
      return address === undefined ? [] : [{ recipient, medium, indexes: app.secrets.indexes('chat', personOf(medium, address)) }]
    })
    return own.length > 1 ? own : []
  })
  const wrote = await lastWrote(
    tx,
    ways.flatMap(({ indexes }) => indexes),
  )
  const latest = new Map<Recipient, { medium: Medium; at: number }>()
  for (const { recipient, medium, indexes } of ways) {
    const at = Math.max(0, ...indexes.map((index) => wrote.get(index)?.getTime() ?? 0))
    if (at > (latest.get(recipient)?.at ?? 0)) latest.set(recipient, { medium, at })
  }
  return new Map([...latest].map(([recipient, { medium }]) => [recipient, medium]))
}

async function marksByAddress({ app, tx }: Enqueuing, recipients: readonly Recipient[]): Promise<Map<string, AddressMarkRow>> {
  const wanted = new Map<string, string>()
  for (const { addresses } of recipients)
    for (const medium of ADDRESSED) {
      const address = addressOf(medium, addresses)
      if (address !== undefined)
        for (const index of app.secrets.indexes(indexKind(medium), address)) wanted.set(`${medium} ${index}`, address)
    }
  const rows = await marksOf(tx, [...new Set([...wanted.keys()].map((key) => key.slice(key.indexOf(' ') + 1)))])
  return new Map(
    rows.flatMap((row) => {
      const address = wanted.get(`${row.medium} ${row.addressIndex}`)
      return address === undefined ? [] : [[`${row.medium} ${address}`, row] as const]
    }),
  )
}
