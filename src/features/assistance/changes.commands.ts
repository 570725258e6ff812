// What every act on assistance notices does the same way: load one with its listing, save it with an audit row, tell unit, court and debtor.
// The acts themselves are features/assistance/commands, assistance-answers and assistance-lifting.

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
import { load } from '../listings/changes.commands.ts'

/** A notice to act on; `version` as the caller saw it, when it wants to be told of a change in between. */
export interface AssistanceItem {
  id: string
  version?: number | undefined
}

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

export const assistanceFacts = ({ id, state }: AssistanceOutcome): Record<string, string> => ({ assistance: id, state })

export function assistanceSubject(assistanceId: string): string {
  return `assistance:${assistanceId}`
}

/** @throws `assistance_missing`, `assistance_version_stale`. */
export async function loadAssistance({ tx, app }: Pick<CommandContext, 'tx' | 'app'>, item: AssistanceItem): Promise<LoadedAssistance> {
  const row = await findAssistance(tx, item.id)
  if (row === null) throw new AppError('assistance_missing')
  if (item.version !== undefined && item.version !== row.version) throw new AppError('assistance_version_stale', { state: row.state })
  return { row, assistance: toAssistance(app.secrets, row) }
}

/** Writes one after an act, with its audit row. */
export async function saveAssistance(
  context: CommandContext,
  before: LoadedAssistance,
  assistance: Assistance,
  detail: Values = {},
): Promise<AssistanceOutcome> {
  await context.audit({ subject: assistanceSubject(assistance.id), detail: { ...auditDetail(assistance, before.assistance), ...detail } })
  const row = toAssistanceRow(context.app.secrets, assistance, { created: before.row.createdAt, updated: context.now })
  await updateAssistance(context.tx, row, before.assistance.version)
  return outcomeOf(assistance)
}

/** What the audit keeps: states, days, numbers; never what was written. */
export function auditDetail(assistance: Assistance, before?: Assistance): Record<string, string | number> {
  const { kind, number, unitId, version, state } = assistance
  return { kind, number: number ?? '', unitId, version, from: before?.state ?? '', to: state }
}

export function outcomeOf({ id, number, state, version }: Assistance): AssistanceOutcome {
  return { id, number, state, version }
}

/** Nothing is left for the unit to do. */
export async function cancelClocks(context: Pick<CommandContext, 'tx' | 'now'>, assistance: Assistance): Promise<void> {
  const subjects = [assistanceSubject(assistance.id)]
  await cancelDeadlines(context, 'assistance.acknowledge', subjects)
  await cancelDeadlines(context, 'assistance.answer', subjects)
}

type Telling = Pick<CommandContext, 'app' | 'tx' | 'now'>

/** Tells the unit's liaisons; the message names nobody. */
export async function notifyUnit(context: Telling, event: NoticeEvent, assistance: Assistance, values: Values = {}): Promise<void> {
  await enqueueNotice(
    context,
    'unit',
    await happeningOf(context, event, assistance, values),
    await unitRecipients(context, assistance.unitId),
  )
}

/** The same with a link of their own for each, and whenever it is asked for again. Answers whether there is a liaison to hear of it. */
export async function notifyUnitByLink(
  context: Telling,
  event: NoticeEvent,
  assistance: Assistance,
  values: Values = {},
): Promise<boolean> {
  const { id, unitId } = assistance
  const happening = { ...(await happeningOf(context, event, assistance, values)), key: `${event}:${id}:${newId()}` }
  const sent = await makeLinks(context, { subject: 'assistance', subjectId: id, unitId }, await unitRecipients(context, unitId))
  const items = sent.map(({ recipient, url }) => ({
    happening: { ...happening, ...(url === undefined ? {} : { url }) },
    recipients: [recipient],
  }))
  await enqueueNotices(context, 'unit', items)
  return sent.some(({ recipient }) => recipient.id.startsWith('liaison:'))
}

export async function notifyCourt(
  context: Telling,
  event: NoticeEvent,
  assistance: Assistance,
  role: StaffRole,
  values: Values = {},
): Promise<void> {
  await enqueueNotice(context, 'court', await happeningOf(context, event, assistance, values), await staffRecipients(context, role))
}

/** Tells the debtor whom the notice is about, where it is about one and the listing says how to reach them. */
export async function notifyDebtor(context: CommandContext, event: NoticeEvent, assistance: Assistance, values: Values): Promise<void> {
  if (assistance.listingId === null) return
  const [listed] = await load(context, [{ id: assistance.listingId }])
  if (listed === undefined) return
  const { content } = listed.listing
  const known = { name: content.debtor.name, caseNo: content.caseNo, ...values }
  const happening = { ...(await happeningOf(context, event, assistance, known)), listingId: assistance.listingId }
  await enqueueNotice(context, 'debtor', happening, [debtorOf(listed.listing)])
}

async function happeningOf({ app, tx }: Telling, event: NoticeEvent, assistance: Assistance, values: Values): Promise<NoticeInput> {
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

export const todayOf = ({ now }: Pick<CommandContext, 'now'>): string => dayOf(now)
