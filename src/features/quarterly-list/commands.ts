// Commands on the quarterly list (实施意见 三(一)): prepare, release, send links again, record a hand-over.
// The contents of the files are files.views.ts; what a receiver does over its link is linked.commands.ts.

import { addDays, dayOf, instantAt, writtenDay, type Day } from '../../core/calendar.ts'
import { closeTasks } from '../../messaging/overtaking.ts'
import { AppError, type Values } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { mustBeOver, notAhead, PUSH_FILES, PUSH_LIFE, quarterNamed, type PushFileKind, type QuarterChangeKind } from './rules.ts'
import type { Quarter } from '../deadlines/rules.ts'
import { authorize, type Actor } from '../../platform/commands/permissions.ts'
import { deadlinesByKey } from '../deadlines/store.ts'
import {
  changedEntries,
  correctedIn,
  inForceAt,
  insertPush,
  insertPushReceipt,
  leftIn,
  movePush,
  pushFileTable,
  standingPush,
  type PushFileRow,
  type PushRow,
  type LeftRow,
  type QuarterRow,
  findPush,
  type PushReceiptRow,
} from './store.ts'
import { closeDeadlines, openDeadlines } from '../deadlines/commands.ts'
import { command, query, type CommandContext, type AppContext, type SystemCommandContext } from '../../platform/commands/command.ts'
import { enqueueNotice, enqueueNotices } from '../../messaging/outbox.ts'
import { publicEntryOf } from '../enquiry/views.ts'
import { writeChangeFiles } from './changes.views.ts'
import { contentsInWords, quarterInWords, writeListFiles, type QuarterChanges } from './files.views.ts'
import { listVersion, takeNumbers } from '../../platform/database/counters.ts'
import { sealRow } from '../../platform/database/sealing.ts'
import { withFieldNames } from '../../platform/commands/field-names.ts'
import { staffRecipients } from '../staff/recipients.ts'
import type { NoticeEvent } from '../../messaging/notices.rules.ts'
import type { Db } from '../../platform/database/database.ts'
import { unitsById } from '../units/store.ts'
import { unitRecipients } from '../units/recipients.ts'
import { lookUpUnitLink } from '../units/access.commands.ts'
import {
  confirmLink,
  lastDayOfLinks,
  makeLinks,
  requireHolder,
  type FoundLink,
  type LookUp,
  type PresentedLink,
} from '../links/commands.ts'
import { OUR_COURT } from '../units/conflicts.rules.ts'

/** The list that a link opens, and the state of the link. @throws `link_wrong`, `push_missing`. */
export async function linkedPush(at: LookUp, shown: PresentedLink): Promise<FoundLink & { push: PushRow }> {
  const link = await lookUpUnitLink(at, 'push', shown)
  return { ...link, push: await mustFindPush(at.db, link.row.subjectId) }
}

/** A receipt, and what the browser presents from now on where it is the first to use the link. */
export interface LinkedReceipt {
  push: PushRow
  holder: { token: string; expiresAt: Date } | null
}

/**
 * Records over a link that its unit took a file or published the list. The browser that does so first uses the link, and is the only one
 * that may go on. @throws `link_wrong`, `link_used`, `link_ended`.
 */
export async function receipt(context: CommandContext, shown: PresentedLink, what: PushReceiptRow['what']): Promise<LinkedReceipt> {
  const { app, tx, now } = context
  const { push, ...link } = await linkedPush({ db: tx, secrets: app.secrets, now }, shown)
  const token = link.state === 'fresh' ? await confirmLink(context, link) : null
  if (token === null) requireHolder(link)
  const { unitId, recipient: actor, expiresAt } = link.row
  const onDay = what === 'published' ? dayOf(now) : null
  await insertPushReceipt(tx, { id: newId(), pushId: push.id, unitId, what, at: now, actor, byHand: false, onDay })
  await context.audit({ subject: pushSubject(push.id), detail: { unitId, what, by: actor } })
  return { push, holder: token === null ? null : { token, expiresAt } }
}

/** What a command made of a quarterly list. */
export interface PushOutcome {
  id: string
  quarter: string
  edition: number
  state: PushRow['state']
  /** Entries in force at the quarter's end. */
  entries: number
  /** Changes within the quarter; null for an edition from when there was one form. */
  added: number | null
  corrected: number | null
  shielded: number | null
  revoked: number | null
}

/** Facts of an outcome for the log. */
const pushFacts = ({ quarter, edition, state, entries }: PushOutcome): Record<string, string | number> => ({
  quarter,
  edition,
  state,
  entries,
})

/** The outcome of a command on an edition. */
function pushOutcome({ id, quarter, edition, state, entries, added, corrected, shielded, revoked }: PushRow): PushOutcome {
  return { id, quarter, edition, state, entries, added, corrected, shielded, revoked }
}

/** Subject of one edition in audit rows. */
export function pushSubject(pushId: string): string {
  return `push:${pushId}`
}

/** Subject of the deadline of a quarter, whichever edition is released. */
export function quarterSubject(quarter: string): string {
  return `push:${quarter}`
}

/** One edition by id. @throws `push_missing`. */
export async function mustFindPush(db: Db, pushId: string): Promise<PushRow> {
  const push = await findPush(db, pushId)
  if (push === null) throw new AppError('push_missing')
  return push
}

/** The active units that receive the list, as configured in `pushUnits`. */
export async function receiversOf({ app }: Pick<SystemCommandContext, 'app'>, db: Db): Promise<{ id: string; name: string }[]> {
  return (await unitsById(db, app.config.pushUnits)).filter((unit) => unit.active)
}

/**
 * Enqueues a notice to units, with a separate link to the files for each liaison.
 * @param options.key makes the notice unique: the same event and key are sent once.
 */
export async function notifyReceivers(
  context: Pick<SystemCommandContext, 'app' | 'tx' | 'now'>,
  event: NoticeEvent,
  push: PushRow,
  { key, unitIds, values = {} }: { key: string; unitIds: readonly string[]; values?: Values },
): Promise<void> {
  const { app, tx, now } = context
  const allValues = {
    quarter: quarterInWords(app, push.quarter),
    code: push.quarter,
    count: push.entries,
    contents: contentsInWords(app, push),
    until: writtenDay(lastDayOfLinks(app, now)),
    ...values,
  }
  const version = await listVersion(tx)
  for (const unitId of unitIds) {
    const links = await makeLinks(context, { subject: 'push', subjectId: push.id, unitId }, await unitRecipients(context, unitId))
    const items = links.map(({ recipient, url }) => ({
      notice: { event, key: `${event}:${key}`, values: allValues, listVersion: version, ...(url === undefined ? {} : { url }) },
      recipients: [recipient],
    }))
    await enqueueNotices(context, 'unit', items)
  }
}

/** A quarter whose list is to be prepared. */
export interface NewPush {
  /** Such as `2026Q3`. */
  quarter: string
  /** Replaces an edition that nobody has approved yet. */
  anew?: boolean | undefined
}

/**
 * Prepares the list of a quarter in both forms, each as three sealed files: our court's public listings that were in force at its end and
 * still are, and what changed in it.
 * If two processes do so at once, one of them succeeds. Releasing the list is another command.
 * @throws `request_invalid`, `push_quarter_open`, `push_standing`.
 */
export async function preparePush(app: AppContext, actor: Actor, input: NewPush): Promise<PushOutcome> {
  authorize(actor, 'push.prepare')
  const quarter = quarterNamed(input.quarter)
  const at = app.clock.now()
  mustBeOver(quarter, dayOf(at))
  const { rows, corrected, left, version } = await readQuarter(app, actor, { ...input, span: quarter })
  const entries = rows.map((row) => publicEntryOf(app, row, dayOf(at)))
  const changes: QuarterChanges = {
    added: entries.filter(({ publishedOn }) => publishedOn !== null && publishedOn >= quarter.first),
    corrected: entries.filter(
      ({ publishedOn }, index) => corrected.has(rows[index]?.id ?? '') && publishedOn !== null && publishedOn < quarter.first,
    ),
    left,
  }
  const list = { quarter, entries, changes, at, listVersion: version }
  const contents: Record<PushFileKind, Buffer> = { ...(await writeListFiles(app, list)), ...(await writeChangeFiles(app, list)) }
  const id = newId()
  const files: PushFileRow[] = []
  try {
    for (const kind of PUSH_FILES) {
      const fileId = `push-${id}-${kind}`
      const content = contents[kind]
      const stored = await app.files.put(fileId, asStream(content), { maxBytes: content.length })
      files.push({ pushId: id, kind, fileId, ...stored })
    }
    return await keepPush(app, actor, { ...input, id, rows, counts: countsOf(changes), version, files })
  } catch (error) {
    for (const { fileId } of files) await app.files.remove(fileId)
    throw error
  }
}

async function* asStream(content: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(content)
}

interface ReadQuarter {
  rows: QuarterRow[]
  corrected: ReadonlySet<string>
  left: LeftRow[]
  version: number
}

const readQuarter = query(
  'push.prepare',
  async ({ db }, { quarter, anew, span: { first, last } }: NewPush & { span: Quarter }): Promise<ReadQuarter> => {
    requireNoEdition(await standingPush(db, quarter), anew === true)
    const span = { first, last, since: instantAt(first, 0), until: instantAt(addDays(last, 1), 0) }
    return {
      rows: await inForceAt(db, OUR_COURT, last),
      corrected: await correctedIn(db, OUR_COURT, span),
      left: await leftIn(db, OUR_COURT, span),
      version: await listVersion(db),
    }
  },
)

function countsOf({ added, corrected, left }: QuarterChanges): Record<QuarterChangeKind, number> {
  const leftBy = (state: LeftRow['state']): number => left.filter((row) => row.state === state).length
  return { added: added.length, corrected: corrected.length, shielded: leftBy('shielded'), revoked: leftBy('revoked') }
}

function requireNoEdition(standing: PushRow | null, anew: boolean): void {
  if (standing !== null && (!anew || standing.state !== 'prepared')) throw new AppError('push_standing', { quarter: standing.quarter })
}

type PreparedPush = NewPush & {
  id: string
  rows: readonly QuarterRow[]
  counts: Record<QuarterChangeKind, number>
  version: number
  files: readonly PushFileRow[]
}

const keepPush = command(
  'push.prepare',
  async (context, { quarter, anew, id, rows, counts, version, files }: PreparedPush): Promise<PushOutcome> => {
    const { tx, app, now, actor } = context
    // First, because this locks the counter row against whoever prepares the same quarter at the same time.
    const edition = await takeNumbers(tx, `push:${quarter}`, 1)
    const standing = await standingPush(tx, quarter)
    requireNoEdition(standing, anew === true)
    if (standing !== null) await supersede(context, standing)
    const push: PushRow = {
      ...{ id, quarter, edition, state: 'prepared', entries: rows.length, ...counts, listVersion: version },
      ...{ preparedAt: now, preparedBy: actor.id, releasedAt: null, releasedBy: null, openKey: quarter },
    }
    const entries = rows.map((row, index) => ({
      ...{ pushId: id, listingId: row.id, contentVersion: row.contentVersion, position: index + 1, fate: null, toldAt: null },
    }))
    const sealedFiles = files.map((file) => sealRow(pushFileTable, app.secrets, file))
    await insertPush(tx, push, sealedFiles, entries)
    const hashes = Object.fromEntries(files.map(({ kind, sha256 }) => [kind, app.secrets.digest('file', sha256)]))
    await context.auditAll(
      [{ subject: pushSubject(id), detail: { quarter, edition, entries: rows.length, ...counts, version, ...hashes } }],
      'fresh',
    )
    await openDeadlines(context, [{ code: 'media.push', subject: quarterSubject(quarter), start: quarterNamed(quarter).last }])
    await notifyApprovers(context, push)
    return pushOutcome(push)
  },
  pushFacts,
)

async function supersede(context: CommandContext, standing: PushRow): Promise<void> {
  const moved = await movePush(context.tx, standing.id, 'prepared', { state: PUSH_LIFE.next('prepared', 'supersede'), openKey: null })
  if (!moved) throw new AppError('push_standing', { quarter: standing.quarter })
  await context.audit({ subject: pushSubject(standing.id), detail: { from: standing.state, to: 'superseded' } })
}

async function notifyApprovers(context: CommandContext, push: PushRow): Promise<void> {
  const { id, quarter, entries } = push
  const { app, tx } = context
  const [deadline] = await deadlinesByKey(tx, [`media.push:${quarterSubject(quarter)}`])
  const notice = {
    event: 'push.prepared' as const,
    key: `push.prepared:${id}`,
    values: {
      quarter: quarterInWords(app, quarter),
      count: entries,
      contents: contentsInWords(app, push),
      dueOn: deadline === undefined ? '' : writtenDay(deadline.due),
    },
    listVersion: await listVersion(tx),
  }
  await enqueueNotice(context, 'court', notice, await staffRecipients(context, 'approver'))
}

/**
 * Releases a list that a person approved: the liaisons of each receiver get a link that ends. Closes the deadline of the quarter.
 * @throws `push_missing`, `push_act_impossible`, `push_own`, `push_outdated` when an entry left or changed after the files were made.
 */
export const releasePush = command(
  'push.release',
  async (context, { id }: { id: string }): Promise<PushOutcome> => {
    const { tx, now, actor } = context
    const push = await mustFindPush(tx, id)
    const state = PUSH_LIFE.next(push.state, 'release')
    if (push.preparedBy === actor.id && actor.id.startsWith('staff:')) throw new AppError('push_own')
    const changed = await changedEntries(tx, id)
    if (changed.length > 0) throw new AppError('push_outdated', { count: changed.length })
    const released = { state, releasedAt: now, releasedBy: actor.id }
    if (!(await movePush(tx, id, 'prepared', released))) throw new AppError('push_act_impossible', { state, act: 'release' })
    const receivers = await receiversOf(context, tx)
    const unitIds = receivers.map((unit) => unit.id)
    await context.audit({ subject: pushSubject(id), detail: { from: push.state, to: state, units: unitIds.join(' ') } })
    await closeDeadlines(context, 'media.push', [quarterSubject(push.quarter)])
    await closeTasks(context, 'push', [id])
    await notifyReceivers(context, 'push.released', push, { key: id, unitIds })
    return pushOutcome({ ...push, ...released })
  },
  pushFacts,
)

/** Sends new links to the same files to the liaisons of a unit. @throws `push_missing`, `push_not_released`, `unit_missing`. */
export const sendPushLink = command(
  'push.send_link',
  async (context, input: { id: string; unitId: string }): Promise<PushOutcome> => {
    const push = await requireReleasedTo(context, input)
    await context.audit({ subject: pushSubject(push.id), detail: { unitId: input.unitId } })
    await notifyReceivers(context, 'push.released', push, { key: `${push.id}:${newId()}`, unitIds: [input.unitId] })
    return pushOutcome(push)
  },
  pushFacts,
)

async function requireReleasedTo(context: CommandContext, { id, unitId }: { id: string; unitId: string }): Promise<PushRow> {
  const push = await mustFindPush(context.tx, id)
  if (push.state !== 'released') throw new AppError('push_not_released')
  const receivers = await receiversOf(context, context.tx)
  if (!receivers.some((unit) => unit.id === unitId)) throw new AppError('unit_missing')
  return push
}

/** A hand-over without a link. */
export interface HandOver {
  id: string
  unitId: string
  /** Kind of the file that the court handed over, or `published` if the unit made the list public. */
  what: PushFileKind | 'published'
  /** Day on which it was made public; default: today. */
  onDay?: Day | undefined
}

/**
 * Records a hand-over or publication that did not go through a link.
 * @throws as `sendPushLink`, and `request_invalid` for a day in the future.
 */
export const recordHandOver = command(
  'push.hand_over',
  async (context, input: HandOver): Promise<PushOutcome> => {
    const { tx, now, actor } = context
    const push = await requireReleasedTo(context, input)
    const { unitId, what } = input
    const onDay = what === 'published' ? (input.onDay ?? dayOf(now)) : null
    if (onDay !== null) withFieldNames(context.app, 'pushes', () => notAhead('onDay', onDay, dayOf(now)))
    await insertPushReceipt(tx, { id: newId(), pushId: push.id, unitId, what, at: now, actor: actor.id, byHand: true, onDay })
    await context.audit({ subject: pushSubject(push.id), detail: { unitId, what, onDay: onDay ?? '' } })
    return pushOutcome(push)
  },
  pushFacts,
)
