// Notices on calling units to account: to the unit, to the bodies that must hear of it, and to the role that decides a consequence.
// The commands that cause them are commands.ts, circulars.commands.ts, steps.commands.ts, joint.commands.ts and consequences.commands.ts.

import { writtenDay } from '../../core/calendar.ts'
import type { Values } from '../../core/errors.ts'
import { circularsById, toCircular } from './steps.store.ts'
import { CONSEQUENCES, decidesOnPersons, type Consequence } from './consequences.rules.ts'
import type { CommandContext } from '../../platform/commands/command.ts'
import { listVersion } from '../../platform/database/counters.ts'
import type { Audience, NoticeEvent } from '../../messaging/notices.rules.ts'
import { enqueueNotice, type Recipient } from '../../messaging/outbox.ts'
import { liaisonsAndHead, unitRecipients } from '../units/recipients.ts'
import { staffRecipients } from '../staff/recipients.ts'
import { findUnit } from '../units/store.ts'

type NoticeContext = Pick<CommandContext, 'app' | 'tx' | 'now'>

interface NoticeFacts {
  event: NoticeEvent
  /** The record that the notice is about, and its version; both go into the notice's key. */
  item: { id: string; version: number }
  values: Values
}

/** Enqueues one notice about a record, once per event and version. */
async function enqueueAccountabilityNotice(
  context: NoticeContext,
  audience: Audience,
  facts: NoticeFacts,
  recipients: readonly Recipient[],
): Promise<void> {
  const { event, item, values } = facts
  const notice = { event, key: `${event}:${item.id}:${item.version}`, values, listVersion: await listVersion(context.tx) }
  await enqueueNotice(context, audience, notice, recipients)
}

/** Notifies the unit's liaisons and its head, because the matter concerns the whole unit. */
export async function notifyUnit(context: NoticeContext, unitId: string, facts: NoticeFacts): Promise<void> {
  const unit = await unitName(context, unitId)
  await enqueueAccountabilityNotice(
    context,
    'unit',
    { ...facts, values: { unit, ...facts.values } },
    await liaisonsAndHead(context, unitId),
  )
}

/** Notifies the liaisons of the bodies that the policy requires to be informed about another unit. */
export async function notifyBodies(context: NoticeContext, bodies: readonly string[], facts: NoticeFacts): Promise<void> {
  for (const body of bodies) {
    const values = { body: await unitName(context, body), ...facts.values }
    await enqueueAccountabilityNotice(context, 'body', { ...facts, values }, await unitRecipients(context, body))
  }
}

/** Notifies the role that decides a proposed consequence. */
export async function notifyDecider(context: NoticeContext, consequence: Consequence): Promise<void> {
  const values = await valuesOf(context, consequence)
  const recipients = await staffRecipients(context, CONSEQUENCES[consequence.kind].decider)
  await enqueueAccountabilityNotice(context, 'court', { event: 'consequence.proposed', item: consequence, values }, recipients)
}

/** Notifies the bodies, and the unit itself where the kind of consequence is open to it. */
export async function notifySettled(
  context: NoticeContext,
  event: 'consequence.confirmed' | 'consequence.cancelled',
  consequence: Consequence,
): Promise<void> {
  const values = await valuesOf(context, consequence)
  if (event === 'consequence.confirmed' && consequence.kind === 'award') await notifyAwardLost(context, consequence, values)
  else await notifyBodies(context, consequence.bodies, { event, item: consequence, values })
  if (CONSEQUENCES[consequence.kind].open) await notifyUnit(context, consequence.unitId, { event, item: consequence, values })
}

/** Tells each body what it decides on: the unit's awards, or the honours of the persons whom the circulars name (实施意见 四(四)1). */
async function notifyAwardLost(context: NoticeContext, consequence: Consequence, values: Values): Promise<void> {
  const { words, keys } = context.app.catalog
  const ids = (consequence.record.circulars ?? []).map((each) => each.id)
  const rows = await circularsById(context.tx, ids)
  const named = rows.flatMap((row) => toCircular(context.app.secrets, row).record.persons ?? [])
  const persons = [
    ...new Set(named.map(({ name, post }) => words('circulars', 'person', { name, post: words('circulars', `post.${post}`) }))),
  ]
  const personsText = persons.length === 0 ? words('consequences', 'who.unknown') : persons.join(words('consequences', 'separator'))
  for (const body of consequence.bodies) {
    const honours = words('consequences', keys('consequences').includes(`honours.${body}`) ? `honours.${body}` : 'honours.other')
    const who = decidesOnPersons(body) ? words('consequences', 'who.persons', { persons: personsText }) : words('consequences', 'who.unit')
    await notifyBodies(context, [body], { event: 'consequence.award_lost', item: consequence, values: { ...values, honours, who } })
  }
}

/** What the notices say of a consequence. */
async function valuesOf(context: NoticeContext, { number, unitId, year, kind, proposedOn, record }: Consequence): Promise<Values> {
  const { words, keys } = context.app.catalog
  const { citation } = CONSEQUENCES[kind]
  const circulars = record.circulars ?? []
  return {
    number,
    unit: await unitName(context, unitId),
    year,
    kind: words('consequences', `kind.${kind}`),
    citation,
    provision: keys('consequences').includes(`provision.${kind}`) ? words('consequences', `provision.${kind}`) : citation,
    proposedOn: writtenDay(proposedOn),
    circulars:
      circulars.length === 0
        ? words('consequences', 'circulars.unlisted', { year })
        : words('consequences', 'circulars.listed', {
            count: circulars.length,
            numbers: circulars.map((each) => each.number).join(words('consequences', 'separator')),
          }),
    officePhone: context.app.config.groupOfficePhone,
  }
}

/** The unit's name; of a body that the policy means but does not list, its name in the catalogue of texts; else the id. */
async function unitName({ tx, app }: Pick<CommandContext, 'app' | 'tx'>, unitId: string): Promise<string> {
  const unit = await findUnit(tx, unitId)
  if (unit !== null) return unit.name
  const key = `body.${unitId}`
  return app.catalog.keys('consequences').includes(key) ? app.catalog.words('consequences', key) : unitId
}
