// Notices about an objection: to the debtor, to the unit whose measure it is about, and to the staff who must act next.
// When each is sent is commands.ts and outcomes.commands.ts.

import type { Values } from '../../core/errors.ts'
import type { NoticeEvent } from '../../messaging/notices.rules.ts'
import { enqueueNotice } from '../../messaging/outbox.ts'
import type { CommandContext } from '../../platform/commands/command.ts'
import type { StaffRole } from '../../platform/commands/permissions.ts'
import type { Tx } from '../../platform/database/database.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { debtorOf } from '../listings/notices.ts'
import type { Listing } from '../listings/rules.ts'
import { staffRecipients } from '../staff/recipients.ts'
import { unitRecipients } from '../units/recipients.ts'
import type { Objection } from './rules.ts'

type NoticeContext = Pick<CommandContext, 'app' | 'tx' | 'now'>

/** Enqueues a notice of a step to the debtor, at the addresses that the listing states. */
export async function notifyDebtor(
  context: NoticeContext,
  event: NoticeEvent,
  objection: Objection,
  listing: Listing,
  values: Values = {},
): Promise<void> {
  const { name } = listing.content.debtor
  const allValues = { name, caseNo: listing.content.caseNo, ...values }
  const notice = { ...(await noticeOf(context.tx, event, objection, allValues)), listingId: listing.id }
  await enqueueNotice(context, 'debtor', notice, [debtorOf(listing)])
}

/** Enqueues a notice to the unit whose measure the objection is about; its text names nobody. */
export async function notifyUnit(context: NoticeContext, event: NoticeEvent, objection: Objection, values: Values = {}): Promise<void> {
  if (objection.unitId === null) return
  await enqueueNotice(
    context,
    'unit',
    await noticeOf(context.tx, event, objection, values),
    await unitRecipients(context, objection.unitId),
  )
}

/** Enqueues a notice to the staff who must act next; its text names nobody. */
export async function notifyCourt(
  context: NoticeContext,
  event: NoticeEvent,
  objection: Objection,
  role: StaffRole,
  values: Values = {},
): Promise<void> {
  await enqueueNotice(context, 'court', await noticeOf(context.tx, event, objection, values), await staffRecipients(context, role))
}

async function noticeOf(tx: Tx, event: NoticeEvent, objection: Objection, values: Values): Promise<Parameters<typeof enqueueNotice>[2]> {
  return {
    event,
    key: `${event}:${objection.id}:${objection.version}`,
    values: { number: objection.number, ...values },
    listVersion: await listVersion(tx),
  }
}
