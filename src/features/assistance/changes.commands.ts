// Shared by all commands on assistance notices: load one, save it with its audit row, notify unit, court and debtor.
// The commands themselves are commands.ts and linked.commands.ts.

import { outcomeOf } from '../../platform/commands/outcome.ts'
import { closeTasks } from '../../messaging/overtaking.ts'
import { dayOf, writtenDay } from '../../core/calendar.ts'
import { AppError, type Values } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import type { Assistance } from './rules.ts'
import type { NoticeEvent } from '../../messaging/notices.rules.ts'
import type { StaffRole } from '../../platform/commands/permissions.ts'
import { findAssistance, toAssistance, toAssistanceRow, updateAssistance, type AssistanceRow } from './store.ts'
import { cancelDeadlines } from '../deadlines/commands.ts'
import type { CommandContext } from '../../platform/commands/command.ts'
import { unitRecipients } from '../units/recipients.ts'
import { makeLinks } from '../links/commands.ts'
import { enqueueNotice, enqueueNotices, type NoticeInput } from '../../messaging/outbox.ts'
import { debtorOf } from '../listings/notices.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { staffRecipients } from '../staff/recipients.ts'
import { loadListings } from '../listings/changes.commands.ts'

/** The notice to act on. With a `version`, the command refuses when the notice changed since the caller read it. */
export interface AssistanceItem {
  id: string
  version?: number | undefined
}

/** A notice as stored and as read. */
export interface LoadedAssistance {
  row: AssistanceRow
  assistance: Assistance
}

export interface AssistanceOutcome {
  id: string
  number: string | null
  state: Assistance['state']
  version: number
}

/** Facts of an outcome for the log. */
export const assistanceFacts = ({ id, state }: AssistanceOutcome): Record<string, string> => ({ assistance: id, state })

/** Subject of the audit rows and deadlines of a notice. */
export function assistanceSubject(assistanceId: string): string {
  return `assistance:${assistanceId}`
}

/** Reads one notice. @throws `assistance_missing`, `assistance_version_stale`. */
export async function loadAssistance({ tx, app }: Pick<CommandContext, 'tx' | 'app'>, item: AssistanceItem): Promise<LoadedAssistance> {
  const row = await findAssistance(tx, item.id)
  if (row === null) throw new AppError('assistance_missing')
  if (item.version !== undefined && item.version !== row.version) throw new AppError('assistance_version_stale', { state: row.state })
  return { row, assistance: toAssistance(app.secrets, row) }
}

/** Saves a changed notice with its audit row. @throws `assistance_version_stale`. */
export async function saveAssistance(
  context: CommandContext,
  before: LoadedAssistance,
  assistance: Assistance,
  detail: Values = {},
): Promise<AssistanceOutcome> {
  await context.audit({ subject: assistanceSubject(assistance.id), detail: { ...auditDetail(assistance, before.assistance), ...detail } })
  const row = toAssistanceRow(context.app.secrets, assistance, { created: before.row.createdAt, updated: context.now })
  await updateAssistance(context.tx, row, before.assistance.version)
  await closeTasks(context, 'assistance', [assistance.id])
  return outcomeOf(assistance)
}

/** Detail of the audit row: kind, number, unit, version, states; never text that a person wrote. */
export function auditDetail(assistance: Assistance, before?: Assistance): Record<string, string | number> {
  const { kind, number, unitId, version, state } = assistance
  return { kind, number: number ?? '', unitId, version, from: before?.state ?? '', to: state }
}

/** Cancels the deadlines to acknowledge and to answer, once the unit has nothing left to do. */
export async function cancelAssistanceDeadlines(context: Pick<CommandContext, 'tx' | 'now'>, assistance: Assistance): Promise<void> {
  const subjects = [assistanceSubject(assistance.id)]
  await cancelDeadlines(context, 'assistance.acknowledge', subjects)
  await cancelDeadlines(context, 'assistance.answer', subjects)
}

type NoticeContext = Pick<CommandContext, 'app' | 'tx' | 'now'>

/** Notifies the unit's liaisons; the message does not name the debtor. */
export async function notifyUnit(context: NoticeContext, event: NoticeEvent, assistance: Assistance, values: Values = {}): Promise<void> {
  await enqueueNotice(context, 'unit', await noticeOf(context, event, assistance, values), await unitRecipients(context, assistance.unitId))
}

/**
 * Notifies the unit's liaisons, each with a link of their own; every call sends a new notice. Returns whether the unit has a liaison to
 * notify.
 */
export async function notifyUnitByLink(
  context: NoticeContext,
  event: NoticeEvent,
  assistance: Assistance,
  values: Values = {},
): Promise<boolean> {
  const { id, unitId } = assistance
  const notice = { ...(await noticeOf(context, event, assistance, values)), key: `${event}:${id}:${newId()}` }
  const links = await makeLinks(context, { subject: 'assistance', subjectId: id, unitId }, await unitRecipients(context, unitId))
  const items = links.map(({ recipient, url }) => ({
    notice: { ...notice, ...(url === undefined ? {} : { url }) },
    recipients: [recipient],
  }))
  await enqueueNotices(context, 'unit', items)
  return links.some(({ recipient }) => recipient.id.startsWith('liaison:'))
}

/** Notifies the court's staff of one role. */
export async function notifyCourt(
  context: NoticeContext,
  event: NoticeEvent,
  assistance: Assistance,
  role: StaffRole,
  values: Values = {},
): Promise<void> {
  await enqueueNotice(context, 'court', await noticeOf(context, event, assistance, values), await staffRecipients(context, role))
}

/** Notifies the debtor, where the notice is about a listing; the listing's addresses are used. */
export async function notifyDebtor(context: CommandContext, event: NoticeEvent, assistance: Assistance, values: Values): Promise<void> {
  if (assistance.listingId === null) return
  const [listed] = await loadListings(context, [{ id: assistance.listingId }])
  if (listed === undefined) return
  const { content } = listed.listing
  const debtorValues = { name: content.debtor.name, caseNo: content.caseNo, ...values }
  const notice = { ...(await noticeOf(context, event, assistance, debtorValues)), listingId: assistance.listingId }
  await enqueueNotice(context, 'debtor', notice, [debtorOf(listed.listing)])
}

async function noticeOf({ app, tx }: NoticeContext, event: NoticeEvent, assistance: Assistance, values: Values): Promise<NoticeInput> {
  const { id, number, version, kind, answerBy } = assistance
  return {
    event,
    key: `${event}:${id}:${version}`,
    values: {
      number: number ?? '',
      document: app.catalog.words('assistances', `kind.${kind}`),
      dueOn: writtenDay(answerBy),
      ...values,
    },
    listVersion: await listVersion(tx),
  }
}

/** The legal day of a command, YYYY-MM-DD. */
export const todayOf = ({ now }: Pick<CommandContext, 'now'>): string => dayOf(now)
