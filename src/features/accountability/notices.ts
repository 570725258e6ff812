// Notices on calling units to account: to the unit, to the bodies that must hear of it, and to the role that decides a consequence.
// They are planned first and enqueued by the commands that cause them; preview.views.ts shows what is planned before anybody is told.

import { writtenDay } from '../../core/calendar.ts'
import type { Values } from '../../core/errors.ts'
import type { Interview } from './rules.ts'
import { circularsById, toCircular } from './steps.store.ts'
import { CONSEQUENCES, decidesOnPersons, type Consequence } from './consequences.rules.ts'
import type { AppContext, CommandContext } from '../../platform/commands/command.ts'
import type { Db } from '../../platform/database/database.ts'
import { listVersion } from '../../platform/database/counters.ts'
import type { Audience, NoticeEvent } from '../../messaging/notices.rules.ts'
import { enqueueNotice, type Recipient } from '../../messaging/outbox.ts'
import { liaisonsAndHead, unitRecipients } from '../units/recipients.ts'
import { staffRecipients } from '../staff/recipients.ts'
import { findUnit } from '../units/store.ts'

type NoticeContext = Pick<CommandContext, 'app' | 'tx' | 'now'>
/** What planning needs: of a command its transaction, of a query what it reads by. */
export interface PlanContext {
  readonly app: AppContext
  readonly tx: Db
}

export interface NoticeFacts {
  event: NoticeEvent
  /** The record that the notice is about, and its version; both go into the notice's key. */
  item: { id: string; version: number }
  values: Values
}

/** One notice that a command would enqueue. */
export interface PlannedNotice extends NoticeFacts {
  audience: Audience
  /** The name of the unit or body that is told. */
  to: string
  recipients: readonly Recipient[]
}

/** Enqueues planned notices about a record, each once per event and version. */
export async function enqueuePlanned(context: NoticeContext, planned: readonly PlannedNotice[]): Promise<void> {
  for (const { event, item, values, audience, recipients } of planned) {
    const notice = { event, key: `${event}:${item.id}:${item.version}`, values, listVersion: await listVersion(context.tx) }
    await enqueueNotice(context, audience, notice, recipients)
  }
}

/** To the unit's liaisons and its head, because the matter concerns the whole unit. */
export async function planForUnit(context: PlanContext, unitId: string, facts: NoticeFacts): Promise<PlannedNotice> {
  const unit = await unitName(context, unitId)
  return { ...facts, audience: 'unit', to: unit, values: { unit, ...facts.values }, recipients: await liaisonsAndHead(context, unitId) }
}

/** To the liaisons of the bodies that the policy requires to be informed about another unit. */
export async function planForBodies(context: PlanContext, bodies: readonly string[], facts: NoticeFacts): Promise<PlannedNotice[]> {
  const planned: PlannedNotice[] = []
  for (const body of bodies) {
    const name = await unitName(context, body)
    const recipients = await unitRecipients(context, body)
    planned.push({ ...facts, audience: 'body', to: name, values: { body: name, ...facts.values }, recipients })
  }
  return planned
}

/** What the unit is told of an interview that is called, cancelled or concluded. */
export function planInterview(
  context: PlanContext,
  event: 'interview.called' | 'interview.cancelled' | 'interview.concluded',
  interview: Pick<Interview, 'id' | 'version' | 'number' | 'unitId' | 'calledFor' | 'state'>,
): Promise<PlannedNotice> {
  const { number, calledFor, state, unitId } = interview
  const result = event === 'interview.concluded' ? { result: context.app.catalog.words('interviews', `state.${state}`) } : {}
  return planForUnit(context, unitId, { event, item: interview, values: { number, calledFor: writtenDay(calledFor), ...result } })
}

/** Notifies the role that decides a proposed consequence. */
export async function notifyDecider(context: NoticeContext, consequence: Consequence): Promise<void> {
  const values = await valuesOf(context, consequence)
  const recipients = await staffRecipients(context, CONSEQUENCES[consequence.kind].decider)
  await enqueuePlanned(context, [{ event: 'consequence.proposed', item: consequence, values, audience: 'court', to: '', recipients }])
}

/** Notifies the bodies, and the unit itself where the kind of consequence is open to it. */
export async function notifySettled(context: NoticeContext, event: SettledEvent, consequence: Consequence): Promise<void> {
  await enqueuePlanned(context, await planSettled(context, event, consequence))
}

export type SettledEvent = 'consequence.confirmed' | 'consequence.cancelled'

/** To the bodies, and to the unit itself where the kind of consequence is open to it. */
export async function planSettled(context: PlanContext, event: SettledEvent, consequence: Consequence): Promise<PlannedNotice[]> {
  const values = await valuesOf(context, consequence)
  const facts = { event, item: consequence, values }
  const bodies =
    event === 'consequence.confirmed' && consequence.kind === 'award'
      ? await planAwardLost(context, consequence, values)
      : await planForBodies(context, consequence.bodies, facts)
  return CONSEQUENCES[consequence.kind].open ? [...bodies, await planForUnit(context, consequence.unitId, facts)] : bodies
}

/** Each body hears what it decides on: the unit's awards, or the honours of the persons whom the circulars name (实施意见 四(四)1). */
async function planAwardLost(context: PlanContext, consequence: Consequence, values: Values): Promise<PlannedNotice[]> {
  const { words, keys } = context.app.catalog
  const ids = (consequence.record.circulars ?? []).map((each) => each.id)
  const rows = await circularsById(context.tx, ids)
  const named = rows.flatMap((row) => toCircular(context.app.secrets, row).record.persons ?? [])
  const persons = [
    ...new Set(named.map(({ name, post }) => words('circulars', 'person', { name, post: words('circulars', `post.${post}`) }))),
  ]
  const personsText = persons.length === 0 ? words('consequences', 'who.unknown') : persons.join(words('consequences', 'separator'))
  const planned: PlannedNotice[] = []
  for (const body of consequence.bodies) {
    const honours = words('consequences', keys('consequences').includes(`honours.${body}`) ? `honours.${body}` : 'honours.other')
    const who = decidesOnPersons(body) ? words('consequences', 'who.persons', { persons: personsText }) : words('consequences', 'who.unit')
    const facts = { event: 'consequence.award_lost', item: consequence, values: { ...values, honours, who } } as const
    planned.push(...(await planForBodies(context, [body], facts)))
  }
  return planned
}

/** What the notices say of a consequence. */
async function valuesOf(context: PlanContext, { number, unitId, year, kind, proposedOn, record }: Consequence): Promise<Values> {
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
async function unitName({ tx, app }: PlanContext, unitId: string): Promise<string> {
  const unit = await findUnit(tx, unitId)
  if (unit !== null) return unit.name
  const key = `body.${unitId}`
  return app.catalog.keys('consequences').includes(key) ? app.catalog.words('consequences', key) : unitId
}
