// What every act on objections does the same way: load one with its listing, save it with an audit row, tell debtor, unit and court.
// The acts themselves are actions/objections and actions/objection-outcomes.
import { AppError, type Values } from '../../core/errors.ts'
import type { Listing } from '../listings/rules.ts'
import type { NoticeEvent } from '../../messaging/notices.rules.ts'
import type { Objection } from './rules.ts'
import type { StaffRole } from '../../platform/commands/permissions.ts'
import type { Tx } from '../../platform/database/database.ts'
import { findObjection, toObjection, toObjectionRow, updateObjection, type ObjectionRow } from './store.ts'
import type { ActContext } from '../../platform/commands/command.ts'
import { unitHearers } from '../units/recipients.ts'
import { load, type Loaded } from '../listings/changes.commands.ts'
import { promise } from '../../messaging/outbox.ts'
import { debtorOf } from '../listings/parties.notices.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { named } from '../../platform/commands/field-names.ts'
import { staffHearers } from '../staff/recipients.ts'

/** An objection to act on; `version` as the caller saw it, when it wants to be told of a change in between. */
export interface ObjectionItem {
  id: string
  version?: number | undefined
}

interface LoadedObjection {
  row: ObjectionRow
  objection: Objection
  /** Its listing as it stands. */
  listed: Loaded
}

export interface ObjectionOutcome {
  id: string
  number: string
  state: Objection['state']
  version: number
}

export const objectionFacts = ({ number, state }: ObjectionOutcome): Record<string, string> => ({ objection: number, state })

export function subjectOf(objectionId: string): string {
  return `objection:${objectionId}`
}

/** @throws `objection_missing`, `objection_version_stale`. */
async function loadObjection(context: ActContext, item: ObjectionItem): Promise<LoadedObjection> {
  const row = await findObjection(context.tx, item.id)
  if (row === null) throw new AppError('objection_missing')
  if (item.version !== undefined && item.version !== row.version)
    throw new AppError('objection_version_stale', { number: row.number, state: row.state })
  const [listed] = await load(context, [{ id: row.listingId }])
  return { row, objection: toObjection(context.house.secrets, row), listed: listed as Loaded }
}

/** Writes an objection after an act, with its audit row. */
async function saveObjection(
  context: ActContext,
  before: LoadedObjection,
  objection: Objection,
  detail: Values = {},
): Promise<ObjectionOutcome> {
  await context.audit({ subject: subjectOf(objection.id), detail: { ...detailOf(objection, before.objection), ...detail } })
  const row = toObjectionRow(context.house.secrets, objection, { created: before.row.createdAt, updated: context.now })
  await updateObjection(context.tx, row, before.objection.version)
  return outcomeOf(objection)
}

/** Loads an objection, lets a rule move it, and writes what came of it. */
export async function moveObjection(
  context: ActContext,
  item: ObjectionItem,
  rule: (objection: Objection, listing: Listing) => Objection,
  detail: (moved: Objection, listing: Listing) => Values = () => ({}),
): Promise<{ objection: Objection; listed: Loaded; outcome: ObjectionOutcome }> {
  const before = await loadObjection(context, item)
  const { listing } = before.listed
  const objection = named(context.house, 'objections', () => rule(before.objection, listing))
  const outcome = await saveObjection(context, before, objection, detail(objection, listing))
  return { objection, listed: before.listed, outcome }
}

/** What the audit keeps: states, days, numbers; never what was written. */
export function detailOf(objection: Objection, before?: Objection): Record<string, string | number> {
  const { number, listingId, version, state } = objection
  return { number, listingId, version, from: before?.state ?? '', to: state }
}

export function outcomeOf({ id, number, state, version }: Objection): ObjectionOutcome {
  return { id, number, state, version }
}

type Telling = Pick<ActContext, 'house' | 'tx' | 'now'>

/** Tells the debtor of a step, where the listing says they can be reached. */
export async function tellDebtor(
  context: Telling,
  event: NoticeEvent,
  objection: Objection,
  listing: Listing,
  values: Values = {},
): Promise<void> {
  const { name } = listing.content.debtor
  const known = { name, caseNo: listing.content.caseNo, ...values }
  const happening = { ...(await happeningOf(context.tx, event, objection, known)), listingId: listing.id }
  await promise(context, 'debtor', happening, [debtorOf(listing)])
}

/** Tells the unit whose measure it is about; the message names nobody. */
export async function tellUnit(context: Telling, event: NoticeEvent, objection: Objection, values: Values = {}): Promise<void> {
  if (objection.unitId === null) return
  await promise(context, 'unit', await happeningOf(context.tx, event, objection, values), await unitHearers(context, objection.unitId))
}

/** Tells those of the court who must act next; the message names nobody. */
export async function tellCourt(
  context: Telling,
  event: NoticeEvent,
  objection: Objection,
  role: StaffRole,
  values: Values = {},
): Promise<void> {
  await promise(context, 'court', await happeningOf(context.tx, event, objection, values), await staffHearers(context, role))
}

async function happeningOf(tx: Tx, event: NoticeEvent, objection: Objection, values: Values): Promise<Parameters<typeof promise>[2]> {
  return {
    event,
    key: `${event}:${objection.id}:${objection.version}`,
    values: { number: objection.number, ...values },
    listVersion: await listVersion(tx),
  }
}
