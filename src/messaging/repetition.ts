// Sends a notice once more: the ways that it took before begin anew as further steps, and each text says that it is a repetition.
// Who may order it, and why, is features/notices/resend.commands.ts.

import { newId } from '../core/ids.ts'
import type { Medium } from '../core/mediums.ts'
import { sha256 } from '../core/secrets.ts'
import type { SystemCommandContext } from '../platform/commands/command.ts'
import type { Tx } from '../platform/database/database.ts'
import { openRow, sealRow } from '../platform/database/sealing.ts'
import { shorten } from '../platform/texts/fill.ts'
import { marksOf } from './address-marks.store.ts'
import { openMediums } from './channels/mediums.ts'
import { deliveryTable, FRESH_DELIVERY, insertDeliveries, type DeliveryRow } from './deliveries.store.ts'
import { addressOf, indexKind, sectionOf, type Addresses } from './fallback.rules.ts'
import { kindOf, THING_LIMIT } from './fields.ts'
import type { Body } from './notices.rules.ts'
import type { NoticeRow } from './notices.store.ts'
import { MAX_SEGMENTS, segmentsOf } from './rendering.ts'
import { earliestSendTime } from './send-limits.rules.ts'

type Context = Pick<SystemCommandContext, 'app' | 'tx' | 'now'>

/** What is repeated, and where to. */
export interface Repetition {
  notice: NoticeRow
  /** All steps so far, in order. */
  before: readonly DeliveryRow[]
  /** The recipient's addresses today; null: those that were used before. */
  addresses: Addresses | null
  /** What a text says first, and what fits into a field of a WeChat message. */
  marks: { text: string; field: string }
}

/**
 * Enqueues the steps of a repetition, due now or after the quiet hours. Steps that wait are cancelled, because the new ones replace them.
 * Returns the position of the first step; null when no channel has an address that may be used.
 */
export async function repeatNotice(context: Context, repetition: Repetition): Promise<number | null> {
  const { app, tx, now } = context
  const { notice, before } = repetition
  const known = await addressesToUse(context, repetition)
  const rung = Math.max(...before.map((row) => row.rung)) + 1
  const dueAt = earliestSendTime({ urgent: notice.urgent }, now, app.config.quietHours)
  const bodies = firstBodies(before)
  const fresh: Parameters<typeof sealRow<DeliveryRow, { body: Body }>>[2][] = []
  for (const [medium, row] of bodies) {
    const address = known.get(medium)
    if (medium !== 'clerk' && address === undefined) continue
    const id = newId()
    const { body: first } = openRow(deliveryTable, app.secrets, { id: row.id, body: row.body ?? '' })
    const body = marked(medium, first, repetition.marks, { from: row.id.slice(-8), to: id.slice(-8) })
    if (medium === 'sms' && segmentsOf(body.text) > MAX_SEGMENTS) continue
    const state = fresh.length > 0 ? ('held' as const) : ('queued' as const)
    fresh.push({
      ...FRESH_DELIVERY,
      id,
      noticeId: notice.id,
      rung: rung + fresh.length,
      medium,
      address: address ?? null,
      body,
      bodyHash: sha256(JSON.stringify(body)),
      rank: notice.urgent ? 0 : 1,
      dueAt,
      state,
      repeated: medium !== 'clerk',
    })
  }
  if (fresh[0] === undefined || fresh[0].medium === 'clerk') return null
  await cancelWaiting(tx, notice.id, now)
  await insertDeliveries(
    tx,
    fresh.map((row) => sealRow(deliveryTable, app.secrets, row)),
  )
  return rung
}

/** The step of each medium in the first round, in order: its text is not marked as a repetition. */
function firstBodies(before: readonly DeliveryRow[]): Map<Medium, DeliveryRow> {
  const first = new Map<Medium, DeliveryRow>()
  for (const row of before) if (row.body !== null && !first.has(row.medium)) first.set(row.medium, row)
  return first
}

/** The address for each medium that is open and whose address was neither refused nor opted out. */
async function addressesToUse({ app, tx }: Context, { before, addresses }: Repetition): Promise<Map<Medium, string>> {
  const open = openMediums(app.config)
  const known = new Map<Medium, string>()
  for (const { id, medium, address } of before) {
    const stored = address === null ? undefined : openRow(deliveryTable, app.secrets, { id, address }).address
    const today = addresses === null ? (stored ?? undefined) : addressOf(medium, addresses)
    if (open.has(medium) && today !== undefined) known.set(medium, today)
  }
  for (const [medium, address] of known) {
    const refused = await marksOf(tx, app.secrets.indexes(indexKind(medium), address))
    if (refused.some((mark) => mark.medium === medium)) known.delete(medium)
  }
  return known
}

/** A text that says that it is sent again, under the reference of its own delivery. */
function marked(medium: Medium, body: Body, marks: Repetition['marks'], reference: { from: string; to: string }): Body {
  if (medium === 'clerk') return body
  const own = body.text.replace(reference.from, reference.to)
  const [, signature = '', rest = ''] = /^(【[^】]*】)?([^]*)$/.exec(own) ?? []
  const text = `${signature}${marks.text}${rest}`
  if (sectionOf(medium) !== 'wechat' || body.template === undefined) return { ...body, text }
  const { fields, ...template } = body.template
  const named = Object.keys(fields).find((field) => kindOf(field) === 'thing')
  const changed = named === undefined ? {} : { [named]: shorten(`${marks.field}${fields[named] ?? ''}`, THING_LIMIT) }
  return { ...body, text, template: { ...template, fields: { ...fields, ...changed } } }
}

/** Steps of an earlier round that were not begun, and a clerk's task of it, are replaced. */
async function cancelWaiting(tx: Tx, noticeId: string, now: Date): Promise<void> {
  await tx.run(
    `update delivery set state = 'cancelled', last_code = 'resent', ended_at = ? where notice_id = ? and state in ('held', 'waiting_person')`,
    [now, noticeId],
  )
}
