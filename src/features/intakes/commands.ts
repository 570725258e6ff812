// Intakes: what debtors hand in by conversation (实施意见 四(二)3, 6), received on that day and registered or declined by a clerk later.
// What is registered continues in features/objections and features/repairs; who may hand in is features/own-case/commands.ts.

import type { Readable } from 'node:stream'
import { closeTasks } from '../../messaging/overtaking.ts'
import { dayOf, writtenDay, type Day } from '../../core/calendar.ts'
import type { ClockCode } from '../deadlines/clocks.rules.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { requireText } from '../../core/written-text.ts'
import { declined, intakeNumber, mustBeUnpaid, registered, type Intake, type IntakeKind, type IntakeWay } from './rules.ts'
import type { Listing } from '../listings/rules.ts'
import { isPending, mustBeOpen, type ObjectionSubject } from '../objections/rules.ts'
import { mustBeDelisted } from '../repairs/rules.ts'
import {
  filesOfIntake,
  findIntake,
  insertIntake,
  insertIntakeFiles,
  searchIntakes,
  settleIntake,
  toIntake,
  toIntakeRow,
  type IntakeFileRow,
  type IntakeFilter,
} from './store.ts'
import { searchObjections } from '../objections/store.ts'
import {
  cancelDeadlines,
  closeDeadlineAsOf,
  closeDeadlines,
  dueDayOf,
  lastDayOf,
  openDeadlines,
  writtenDueDay,
} from '../deadlines/commands.ts'
import type { HandedFile } from '../forms/commands.ts'
import { noteExitGround } from '../listings/clocks.commands.ts'
import { command, withinTransaction, query, type CommandContext } from '../../platform/commands/command.ts'
import { confirmedIdentifier, listingsOf } from '../own-case/commands.ts'
import { enqueueNews, enqueueNotice } from '../../messaging/outbox.ts'
import { registerObjection } from '../objections/commands.ts'
import { debtorOf } from '../listings/notices.ts'
import { applyForRepair } from '../repairs/commands.ts'
import { listVersion, takeNumbers } from '../../platform/database/counters.ts'
import { staffRecipients } from '../staff/recipients.ts'
import { loadListings, subjectOf as listingSubject, type LoadedListing } from '../listings/changes.commands.ts'

/** What a debtor hands in. */
export interface NewIntake {
  conversationId: string
  kind: IntakeKind
  listingId: string
  /** Of an objection: what it is about; `listing` when absent. */
  about?: ObjectionSubject | undefined
  way: IntakeWay
  text: string
  unitWords?: string | undefined
  /** Files that were uploaded with it. */
  files?: readonly HandedFile[] | undefined
}

export interface IntakeOutcome {
  id: string
  number: string
  state: Intake['state']
}

/** An intake that was handed in, with its dates. */
export interface FiledIntake extends IntakeOutcome {
  receivedOn: Day
  /** The day by which it must be decided on, as documents write it (`2026年12月7日`); empty when there is no deadline. */
  dueOn: string
  /** Handed in after the debtor's last day: it is received all the same, and marked. */
  late: boolean
}

/** The deadline that runs from the day of receipt, whether or not the intake has been registered. */
export const DEADLINE: Readonly<Record<IntakeKind, ClockCode>> = {
  objection: 'objection.review',
  repair: 'repair.decide',
  payment: 'payment.verify',
}

const facts = ({ number, state }: IntakeOutcome): Record<string, string> => ({ intake: number, state })

/** The subject of an intake in audit rows and deadlines. */
export function subjectOf(intakeId: string): string {
  return `intake:${intakeId}`
}

/**
 * Hands in an objection or an application for credit repair, for the confirmed debtor of a listing. The day counts as the day of receipt,
 * the court's deadline is opened, and the clerks are notified.
 * @throws `listing_missing` for a listing of somebody else, `objection_impossible`, `listing_of_higher_court`, `repair_not_delisted`,
 *   `objection_pending`, `intake_pending`, `reason_needed`, `request_invalid`.
 */
export const fileIntake = command(
  'intake.file',
  async (context, input: NewIntake): Promise<FiledIntake> => {
    const { tx, app, now } = context
    const listing = await ownListing(context, input)
    const about = input.kind === 'objection' ? (input.about ?? 'listing') : null
    if (input.kind === 'repair') mustBeDelisted(listing)
    if (input.kind === 'payment') mustBeUnpaid(listing)
    if (about !== null) await requireNew(context, listing, about)
    const today = dayOf(now)
    const intake: Intake = {
      id: newId(),
      number: intakeNumber(today, await takeNumbers(tx, `intake:${today}`, 1)),
      kind: input.kind,
      listingId: listing.id,
      about,
      way: input.way,
      state: 'waiting',
      receivedOn: today,
      receivedAt: now,
      ...{ registeredAs: null, handledBy: null, handledAt: null },
      record: { text: requireText(input.text), ...(input.unitWords === undefined ? {} : { unitWords: input.unitWords }) },
    }
    const subject = subjectOf(intake.id)
    await insertIntake(tx, toIntakeRow(app.secrets, intake))
    const files = input.files ?? []
    await insertIntakeFiles(
      tx,
      files.map((file) => ({ ...file, intakeId: intake.id, at: now })),
    )
    await context.auditAll(
      [{ subject, detail: { number: intake.number, kind: intake.kind, listingId: listing.id, way: intake.way, files: files.length } }],
      'fresh',
    )
    const late = about !== null && about !== 'measure' && (await closeFiling(context, listing, today))
    await openDeadlines(context, [{ code: DEADLINE[intake.kind], subject, start: today }])
    const due = await writtenDueDay(tx, DEADLINE[intake.kind], subject)
    await notifyClerks(context, intake, due)
    return { ...outcomeOf(intake), receivedOn: today, dueOn: due, late }
  },
  facts,
)

async function ownListing({ tx, app, now }: CommandContext, input: NewIntake): Promise<Listing> {
  const identifier = await confirmedIdentifier(app, tx, input.conversationId, now)
  const ownListings = identifier === null ? [] : await listingsOf(app, tx, identifier)
  const listing = ownListings.find(({ id }) => id === input.listingId)
  if (listing === undefined) throw new AppError('listing_missing', { id: input.listingId })
  return listing
}

async function requireNew({ tx }: CommandContext, listing: Listing, about: ObjectionSubject): Promise<void> {
  mustBeOpen(listing, about)
  const { items } = await searchObjections(tx, { listingId: listing.id, about }, { limit: 20, offset: 0 })
  if (items.some((row) => isPending(row.state))) throw new AppError('objection_pending')
}

/**
 * Closes the debtor's deadline to object, because the debtor acted today and not when a clerk registers it. Returns whether that was late.
 */
async function closeFiling(context: CommandContext, listing: Listing, today: Day): Promise<boolean> {
  const last = await lastDayOf(context.tx, 'objection.file', listingSubject(listing))
  await closeDeadlineAsOf(context, 'objection.file', listingSubject(listing), today)
  return last !== null && today > last
}

async function notifyClerks(context: CommandContext, intake: Intake, due: string): Promise<void> {
  const { app, tx } = context
  const notice = {
    event: 'intake.received' as const,
    key: `intake.received:${intake.id}`,
    values: { number: intake.number, kind: app.catalog.words('intakes', `kind.${intake.kind}`), dueOn: due },
    listVersion: await listVersion(tx),
  }
  await enqueueNews(context, notice, await staffRecipients(context, 'clerk'))
}

/** What a clerk adds when registering. */
export interface IntakeRegistration {
  id: string
  /** The unit whose measure an objection is about. */
  unitId?: string | undefined
  /** The day on which a payment completed the performance, as the clerk found it. */
  metOn?: string | undefined
}

/**
 * Registers an intake as an objection or application, received on the day it was handed in; a payment that the clerk verified is noted as
 * the ground for leaving the list, whose period runs from `metOn`.
 * @throws `intake_missing`, `intake_act_impossible`, `intake_day_needed`, and what `registerObjection`, `applyForRepair` and
 *   `noteExitGround` throw.
 */
export const registerIntake = command(
  'intake.register',
  async (context, input: IntakeRegistration): Promise<IntakeOutcome & { registeredAs: string; registeredNumber: string }> => {
    const { now, actor } = context
    const intake = await loadIntake(context, input.id)
    registered(intake, '', { by: actor.id, at: now })
    const created = await becomes(context, intake, input)
    const after = registered(intake, created.id, { by: actor.id, at: now })
    await saveIntake(context, after)
    // From now on the deadline of the objection or application runs, counted from the same day; that of a payment is met.
    if (intake.kind === 'payment') await closeDeadlines(context, DEADLINE.payment, [subjectOf(intake.id)])
    else await cancelDeadlines(context, DEADLINE[intake.kind], [subjectOf(intake.id)])
    return { ...outcomeOf(after), registeredAs: created.id, registeredNumber: created.number }
  },
  facts,
)

/** What an intake becomes. */
async function becomes(
  context: CommandContext,
  intake: Intake,
  { unitId, metOn }: IntakeRegistration,
): Promise<{ id: string; number: string }> {
  const { kind, listingId, receivedOn, way, record, about, number } = intake
  const app = withinTransaction(context.app, context.tx)
  if (kind === 'repair') return applyForRepair(app, context.actor, { listingId, receivedOn, statement: record.text })
  if (kind === 'objection') {
    const objection = { listingId, about: about ?? 'listing', unitId, way, receivedOn, claim: claimOf(record) }
    return registerObjection(app, context.actor, objection)
  }
  if (metOn === undefined) throw new AppError('intake_day_needed')
  const items = [{ id: listingId }]
  const [{ listing }] = (await loadListings(context, items)) as [LoadedListing]
  // What is not public yet has no list to leave: the clerk withdraws it.
  if (listing.state === 'listed') await noteExitGround(app, context.actor, { items, ground: 'fully_performed', metOn })
  return { id: listingId, number }
}

function claimOf({ text, unitWords }: Intake['record']): string {
  return unitWords === undefined || text.includes(unitWords) ? text : `${unitWords}\n${text}`
}

/**
 * Declines an intake that is not an objection or application; the debtor is notified of the reason.
 * @throws as `registerIntake`, and `reason_needed`.
 */
export const declineIntake = command(
  'intake.decline',
  async (context, input: { id: string; reason: string }): Promise<IntakeOutcome> => {
    const { tx, app, now, actor } = context
    const intake = await loadIntake(context, input.id)
    const after = declined(intake, input.reason, { by: actor.id, at: now })
    await saveIntake(context, after)
    await closeDeadlines(context, DEADLINE[intake.kind], [subjectOf(intake.id)])
    const [{ listing }] = (await loadListings(context, [{ id: intake.listingId }])) as [LoadedListing]
    const values = {
      name: listing.content.debtor.name,
      number: intake.number,
      kind: app.catalog.words('intakes', `kind.${intake.kind}`),
      receivedOn: writtenDay(intake.receivedOn),
      reason: after.record.reason ?? '',
    }
    const key = `intake.declined:${intake.id}`
    const notice = { event: 'intake.declined' as const, key, values, listingId: listing.id, listVersion: await listVersion(tx) }
    await enqueueNotice(context, 'debtor', notice, [debtorOf(listing)])
    return outcomeOf(after)
  },
  facts,
)

async function loadIntake({ tx, app }: CommandContext, id: string): Promise<Intake> {
  const row = await findIntake(tx, id)
  if (row === null) throw new AppError('intake_missing')
  return toIntake(app.secrets, row)
}

async function saveIntake(context: CommandContext, intake: Intake): Promise<void> {
  const { tx, app } = context
  if (!(await settleIntake(tx, toIntakeRow(app.secrets, intake)))) throw new AppError('intake_act_impossible', { state: intake.state })
  await closeTasks(context, 'intake', [intake.id])
  await context.audit({ subject: subjectOf(intake.id), detail: { number: intake.number, to: intake.state, as: intake.registeredAs ?? '' } })
}

function outcomeOf({ id, number, state }: Intake): IntakeOutcome {
  return { id, number, state }
}

/** Lists intakes, oldest first. */
export const listIntakes = query(
  'intake.read',
  async (
    { db, app },
    input: { filter: IntakeFilter; page: { limit: number; offset: number } },
  ): Promise<{ items: Intake[]; total: number }> => {
    const { items, total } = await searchIntakes(db, input.filter, input.page)
    return { items: items.map((row) => toIntake(app.secrets, row)), total }
  },
)

/** A file of an intake, as its list names it. */
export type IntakeFile = Pick<IntakeFileRow, 'id' | 'kind' | 'bytes' | 'sha256' | 'at'>

/** One intake with its last day and its files. @throws `intake_missing`. */
export const showIntake = query(
  'intake.read',
  async ({ db, app }, intakeId: string): Promise<Intake & { dueOn: Day | null; files: IntakeFile[] }> => {
    const row = await findIntake(db, intakeId)
    if (row === null) throw new AppError('intake_missing')
    const files = (await filesOfIntake(db, row.id)).map(({ id, kind, bytes, sha256, at }) => ({ id, kind, bytes, sha256, at }))
    return { ...toIntake(app.secrets, row), dueOn: await dueDayOf(db, DEADLINE[row.kind], subjectOf(row.id)), files }
  },
)

/** Opens a file of an intake. @throws `intake_missing`, `evidence_missing`. */
export const openIntakeFile = query(
  'intake.read',
  async ({ db, app }, input: { id: string; fileId: string }): Promise<{ fileName: string; content: Readable }> => {
    const row = await findIntake(db, input.id)
    if (row === null) throw new AppError('intake_missing')
    const files = await filesOfIntake(db, row.id)
    const index = files.findIndex(({ id }) => id === input.fileId)
    const file = files[index]
    if (file === undefined) throw new AppError('evidence_missing')
    const ending = file.kind === 'jpeg' ? 'jpg' : file.kind
    return { fileName: `${row.number}-${index + 1}.${ending}`, content: app.files.open(file.fileId) }
  },
)
