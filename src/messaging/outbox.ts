// Enqueues notices: renders all steps of their fallback order and writes them in the transaction of the change. Nothing is sent here.
// Who is told of what is in messaging/notices.rules; messaging/dispatcher sends.

import { openMediums } from './channels/mediums.ts'
import { newId } from '../core/ids.ts'
import type { Values } from '../core/errors.ts'
import { sha256 } from '../core/secrets.ts'
import { earliestSendTime } from './send-limits.rules.ts'
import { addressOf, indexKind, fallbackOrderFor, sectionOf, type Addresses } from './fallback.rules.ts'
import { mayNotify, noticesOf, type Audience, type Body, type NoticeEvent, type NoticeRule } from './notices.rules.ts'
import { missingValues, pickShown, pickValues, render, type SmsFrame } from './rendering.ts'
import type { Template } from '../platform/texts/template.ts'
import type { Tx } from '../platform/database/database.ts'
import { sealRow } from '../platform/database/sealing.ts'
import { deliveryTable, FRESH_DELIVERY, insertDeliveries, type DeliveryRow } from './deliveries.store.ts'
import { lastWrote, personOf } from './conversations.store.ts'
import { marksOf, type AddressMarkRow } from './address-marks.store.ts'
import { insertNotices, alreadyEnqueued, toldSince, type NoticeRow } from './notices.store.ts'
import type { SystemCommandContext } from '../platform/commands/command.ts'
import { ADDRESSED, type Medium } from '../core/mediums.ts'

export interface Recipient {
  /** `liaison:<id>`, `subscriber:<id>`, `debtor:<listing id>` …; unique among all recipients of an event. */
  id: string
  addresses: Addresses
  consent: boolean
}

export interface NoticeInput {
  event: NoticeEvent
  /** Names this single event: each recipient is told once for each key and template, however often it is enqueued. */
  key: string
  /** Values that templates may use; court name and phone are added. */
  values: Values
  listingId?: string
  bulletinId?: string
  /** The list's version after the event. */
  listVersion: number
  /** The page that a tap on a WeChat message opens. Numbers to +86 get no links (provider rule). */
  url?: string
}

type Enqueuing = Pick<SystemCommandContext, 'app' | 'tx' | 'now'>

/** Enqueues one event for all recipients of an audience. Returns the number of new notices. */
export async function enqueueNotice(
  context: Enqueuing,
  audience: Audience,
  notice: NoticeInput,
  recipients: readonly Recipient[],
): Promise<number> {
  return enqueueNotices(context, audience, [{ notice: notice, recipients }])
}

/** Milliseconds within which somebody at the court is told once that something new has come in: their desk shows the rest. ◇ */
const NEWS_EVERY = 12 * 3_600_000

/**
 * Tells staff that something has come in, unless they were told lately of the like: whoever files much would else use up the messages that
 * one person may get in a day, and the court's own would wait. Returns the number of new notices.
 */
export async function enqueueNews(context: Enqueuing, notice: NoticeInput, recipients: readonly Recipient[]): Promise<number> {
  const template = noticesOf(notice.event).find(({ audience }) => audience === 'court')?.template ?? ''
  const since = new Date(context.now.getTime() - NEWS_EVERY)
  const ids = recipients.map(({ id }) => id)
  const told = await toldSince(context.tx, template, ids, since)
  return enqueueNotice(
    context,
    'court',
    notice,
    recipients.filter(({ id }) => !told.has(id)),
  )
}

/** Enqueues many events of one kind at once, such as each debtor's own message of a bulletin. Returns the number of new notices. */
export async function enqueueNotices(
  context: Enqueuing,
  audience: Audience,
  items: readonly { notice: NoticeInput; recipients: readonly Recipient[] }[],
): Promise<number> {
  const { tx } = context
  const first = items[0]
  const rule = first === undefined ? undefined : noticesOf(first.notice.event).find((candidate) => candidate.audience === audience)
  if (rule === undefined) return 0
  const everybody = items.flatMap((item) => item.recipients)
  const facts: AddressFacts = { marks: await marksByAddress(context, everybody), lastUsed: await mediumsLastUsed(context, everybody) }
  const notices: NoticeRow[] = []
  const deliveries: DeliveryRow[] = []
  const enqueued = await enqueuedBefore(tx, rule, items)
  for (const { notice: input, recipients } of items) {
    for (const recipient of recipients) {
      if (enqueued.get(input.key)?.has(recipient.id) === true) continue
      const rows = makeNotice(context, rule, input, recipient, facts)
      if (rows === null) continue
      notices.push(rows.notice)
      deliveries.push(...rows.deliveries)
    }
  }
  await insertNotices(tx, notices)
  await insertDeliveries(tx, deliveries)
  return notices.length
}

/** Ids of the recipients for whom each event is enqueued already, by key. */
async function enqueuedBefore(
  tx: Tx,
  rule: NoticeRule,
  items: readonly { notice: NoticeInput; recipients: readonly Recipient[] }[],
): Promise<Map<string, Set<string>>> {
  const idsByKey = new Map<string, string[]>()
  for (const { notice: input, recipients } of items) {
    const ids = idsByKey.get(input.key) ?? []
    ids.push(...recipients.map((recipient) => recipient.id))
    idsByKey.set(input.key, ids)
  }
  return alreadyEnqueued(tx, rule.template, idsByKey)
}

/** What is known of the recipients' addresses. */
interface AddressFacts {
  /** By `medium address`. */
  marks: ReadonlyMap<string, AddressMarkRow>
  /** The medium on which a recipient wrote to us last, for recipients with several. */
  lastUsed: ReadonlyMap<Recipient, Medium>
}

function makeNotice(
  { app, now }: Enqueuing,
  rule: NoticeRule,
  input: NoticeInput,
  recipient: Recipient,
  { marks, lastUsed }: AddressFacts,
): { notice: NoticeRow; deliveries: DeliveryRow[] } | null {
  const mark = (medium: Medium): AddressMarkRow | undefined => marks.get(`${medium} ${addressOf(medium, recipient.addresses) ?? ''}`)
  const optedOut = ADDRESSED.some((medium) => mark(medium)?.optedOutAt != null)
  if (!mayNotify(rule, { consent: recipient.consent, optedOut })) return null
  const open = openMediums(app.config)
  const marked = ADDRESSED.filter((medium) => mark(medium) !== undefined)
  const steps = fallbackOrderFor(rule, recipient.addresses, marked, lastUsed.get(recipient)).filter((medium) => open.has(medium))
  if (steps.length === 0 && rule.statutory === null) return null
  const template = app.catalog.template(rule.template)
  const { texts, held } = textsOf(app, template, steps, { court: app.config.court.name, phone: app.config.court.phone, ...input.values })
  const notice: NoticeRow = {
    id: newId(),
    event: input.key,
    recipient: recipient.id,
    audience: rule.audience,
    template: rule.template,
    templateVersion: template.version,
    templateHash: template.hash,
    listVersion: input.listVersion,
    listingId: input.listingId ?? null,
    bulletinId: input.bulletinId ?? null,
    statutory: rule.statutory !== null,
    urgent: rule.urgent,
    state: texts.length === 0 ? 'undeliverable' : 'open',
    reason: texts.length > 0 ? null : (held ?? 'no_address'),
    settledBy: null,
    overtakenBy: null,
    createdAt: now,
    closedAt: texts.length === 0 ? now : null,
    archivedAt: null,
  }
  const dueAt = earliestSendTime(rule, now, app.config.quietHours)
  const deliveries = texts.map(({ medium, id, body: rendered }, position): DeliveryRow => {
    const body: Body = sectionOf(medium) === 'wechat' && input.url !== undefined ? { ...rendered, url: input.url } : rendered
    return sealRow(deliveryTable, app.secrets, {
      ...FRESH_DELIVERY,
      id,
      noticeId: notice.id,
      rung: position,
      medium,
      address: addressOf(medium, recipient.addresses) ?? null,
      body,
      bodyHash: sha256(JSON.stringify(body)),
      rank: rankOf(rule),
      dueAt,
      state: firstState(medium, position),
      lastReason: held,
    })
  })
  return { notice, deliveries }
}

/** The text of each step, with the id of its delivery; `held`: why only what a clerk sees remains of them. */
interface StepTexts {
  texts: { medium: Medium; id: string; body: Body }[]
  held: string | null
}

/**
 * Renders all steps. A text that cannot be whole is a defect: it is thrown, but in production it must neither go out with a hole nor stop what
 * it tells of and the notices of others. Then it is logged, and a clerk has the task, with blanks in the text and no letter; where nobody at
 * the court tells by hand, the notice stands among those that were not served.
 */
function textsOf(app: Enqueuing['app'], template: Template, steps: readonly Medium[], known: Values): StepTexts {
  const ids = steps.map((medium) => ({ medium, id: newId() }))
  const stamp = (id: string): SmsFrame => ({ signature: app.config.court.name, reference: id.slice(-8) })
  try {
    const values = steps.length === 0 ? {} : pickValues(template, known)
    return { texts: ids.map(({ medium, id }) => ({ medium, id, body: render(template, medium, values, stamp(id)) })), held: null }
  } catch (error) {
    if (!app.config.production) throw error
    app.log.error('notice.text_held', { template: template.name, values: missingValues(template, known).join(' ') }, error)
    const shown = pickShown(template, known)
    const texts = ids
      .filter(({ medium }) => medium === 'clerk')
      .map(({ medium, id }) => ({ medium, id, body: { text: render(template, medium, shown, stamp(id)).text } }))
    return { texts, held: app.catalog.words('notices', 'held') }
  }
}

/** Urgent notices come first, and a person's own matter comes before what everybody is told. */
function rankOf(rule: NoticeRule): number {
  if (rule.urgent) return 0
  return rule.audience === 'public' || rule.audience === 'media' ? 2 : 1
}

function firstState(medium: Medium, position: number): DeliveryRow['state'] {
  if (position > 0) return 'held'
  return medium === 'clerk' ? 'waiting_person' : 'queued'
}

/** Media on which people write to us. A conversation's channel has the name of its medium. */
const CONVERSATION_MEDIA = ['wechat', 'wechaty', 'sms'] as const satisfies readonly Medium[]

/** For recipients who can be reached on several media: the one on which they wrote to us last. */
async function mediumsLastUsed({ app, tx }: Enqueuing, recipients: readonly Recipient[]): Promise<Map<Recipient, Medium>> {
  const candidates = recipients.flatMap((recipient) => {
    const own = CONVERSATION_MEDIA.flatMap((medium) => {
      const address = addressOf(medium, recipient.addresses)
      return address === undefined ? [] : [{ recipient, medium, indexes: app.secrets.indexes('chat', personOf(medium, address)) }]
    })
    return own.length > 1 ? own : []
  })
  const lastMessageAt = await lastWrote(
    tx,
    candidates.flatMap(({ indexes }) => indexes),
  )
  const latest = new Map<Recipient, { medium: Medium; at: number }>()
  for (const { recipient, medium, indexes } of candidates) {
    const at = Math.max(0, ...indexes.map((index) => lastMessageAt.get(index)?.getTime() ?? 0))
    if (at > (latest.get(recipient)?.at ?? 0)) latest.set(recipient, { medium, at })
  }
  return new Map([...latest].map(([recipient, { medium }]) => [recipient, medium]))
}

/** Marks of the recipients' addresses, by `medium address`. */
async function marksByAddress({ app, tx }: Enqueuing, recipients: readonly Recipient[]): Promise<Map<string, AddressMarkRow>> {
  const addressByIndex = new Map<string, string>()
  for (const { addresses } of recipients)
    for (const medium of ADDRESSED) {
      const address = addressOf(medium, addresses)
      if (address !== undefined)
        for (const index of app.secrets.indexes(indexKind(medium), address)) addressByIndex.set(`${medium} ${index}`, address)
    }
  const rows = await marksOf(tx, [...new Set([...addressByIndex.keys()].map((key) => key.slice(key.indexOf(' ') + 1)))])
  return new Map(
    rows.flatMap((row) => {
      const address = addressByIndex.get(`${row.medium} ${row.addressIndex}`)
      return address === undefined ? [] : [[`${row.medium} ${address}`, row] as const]
    }),
  )
}
