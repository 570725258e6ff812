// Shared by all commands on creditors' matters: find one, save it with its audit row, notify the creditor and the court's staff.
// The commands themselves are commands.ts.

import { outcomeOf } from '../../platform/commands/outcome.ts'
import { closeTasks } from '../../messaging/overtaking.ts'
import { AppError, type Values } from '../../core/errors.ts'
import { sameText, sha256, type Secrets } from '../../core/secrets.ts'
import { squeeze } from '../../core/text.ts'
import type { Addresses } from '../../messaging/fallback.rules.ts'
import type { NoticeEvent } from '../../messaging/notices.rules.ts'
import { enqueueNews, enqueueNotice } from '../../messaging/outbox.ts'
import type { CommandContext } from '../../platform/commands/command.ts'
import type { StaffRole } from '../../platform/commands/permissions.ts'
import { listVersion } from '../../platform/database/counters.ts'
import type { Db } from '../../platform/database/database.ts'
import { writtenDueDay } from '../deadlines/commands.ts'
import { staffRecipients } from '../staff/recipients.ts'
import { MATTER_DEADLINE, type Matter } from './rules.ts'
import {
  findMatter,
  matterByNumber,
  matterCodeHash,
  matterCodeHashOf,
  toMatter,
  toMatterRow,
  updateMatter,
  type MatterRow,
} from './store.ts'

/** The matter to act on. With a `version`, the command refuses when the matter changed since the caller read it. */
export interface MatterItem {
  id: string
  version?: number | undefined
}

export interface MatterOutcome {
  id: string
  number: string
  state: Matter['state']
  version: number
}

/** A matter as stored and as read. */
export interface LoadedMatter {
  row: MatterRow
  matter: Matter
}

/** Facts of an outcome for the log. */
export const matterFacts = ({ number, state }: MatterOutcome): Record<string, string> => ({ matter: number, state })

/** Subject of a matter in audit rows and deadlines. */
export function matterSubject(matterId: string): string {
  return `creditor:${matterId}`
}

/** Reads one matter. @throws `creditor_missing`, `creditor_version_stale`. */
export async function loadMatter({ tx, app }: Pick<CommandContext, 'tx' | 'app'>, item: MatterItem): Promise<LoadedMatter> {
  const row = await findMatter(tx, item.id)
  if (row === null) throw new AppError('creditor_missing')
  if (item.version !== undefined && item.version !== row.version)
    throw new AppError('creditor_version_stale', { number: row.number, state: row.state })
  return { row, matter: toMatter(app.secrets, row) }
}

/** Number and query code as somebody typed them: blanks, width, case and hyphens do not count. */
export interface MatterKey {
  number: string
  code: string
}

/** Compared when there is no such number, so that both refusals take the same time. */
const NO_CODE_HASH = sha256('nobody')

/** The matter of a number and its query code. @throws `creditor_missing`, the same for a wrong number and a wrong code. */
export async function findByCode(db: Db, secrets: Secrets, key: MatterKey): Promise<Matter> {
  const number = squeeze(key.number).toUpperCase()
  const code = squeeze(key.code).toUpperCase().replace(/-/g, '')
  const row = await matterByNumber(db, number.slice(0, 20))
  const isRightCode = sameText(matterCodeHash(number, code), row === null ? NO_CODE_HASH : matterCodeHashOf(secrets, row))
  if (row === null || !isRightCode) throw new AppError('creditor_missing')
  return toMatter(secrets, row)
}

/**
 * Saves a changed matter with its audit row.
 * @param detail further detail of the audit row: ids and words of closed lists, never text that a person wrote.
 * @throws `creditor_version_stale`.
 */
export async function saveMatter(
  context: CommandContext,
  before: LoadedMatter,
  matter: Matter,
  detail: Readonly<Record<string, string>> = {},
): Promise<MatterOutcome> {
  const { tx, app, now } = context
  const { number, version, state } = matter
  await context.audit({ subject: matterSubject(matter.id), detail: { number, version, from: before.matter.state, to: state, ...detail } })
  await updateMatter(
    tx,
    toMatterRow(app.secrets, matter, { codeHash: matterCodeHashOf(app.secrets, before.row), updatedAt: now }),
    before.matter.version,
  )
  await closeTasks(context, 'creditor', [matter.id])
  return outcomeOf(matter)
}

type CreditorEvent = Extract<NoticeEvent, `creditor.${string}`>

/** Tells the creditor of a step, by WeChat where they wrote from an account, else by SMS. Returns the number of new notices. */
export async function notifyCreditor(context: CommandContext, event: CreditorEvent, matter: Matter, values: Values = {}): Promise<number> {
  const { phone, wechat } = matter.record.applicant
  const addresses: Addresses = { ...(wechat === undefined ? {} : { wechat }), ...(phone === undefined ? {} : { sms: phone }) }
  const recipient = { id: `creditor:${matter.id}`, addresses, consent: true }
  return enqueueNotice(context, 'applicant', await noticeOf(context, event, matter, values), [recipient])
}

/** Tells the court's staff that a matter waits for them; nothing that the creditor wrote is in the message. */
export async function notifyCourt(context: CommandContext, event: CreditorEvent, matter: Matter, role: StaffRole): Promise<void> {
  const dueOn = await writtenDueDay(context.tx, MATTER_DEADLINE[matter.kind], matterSubject(matter.id))
  const notice = await noticeOf(context, event, matter, { dueOn })
  const recipients = await staffRecipients(context, role)
  await (event === 'creditor.received' ? enqueueNews(context, notice, recipients) : enqueueNotice(context, 'court', notice, recipients))
}

async function noticeOf(
  { tx, app }: CommandContext,
  event: CreditorEvent,
  { id, number, kind, version }: Matter,
  values: Values,
): Promise<Parameters<typeof enqueueNotice>[2]> {
  const kindName = app.catalog.words('creditors', `kind.${kind}`)
  return { event, key: `${event}:${id}:${version}`, values: { number, kind: kindName, ...values }, listVersion: await listVersion(tx) }
}
