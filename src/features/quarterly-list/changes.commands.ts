// What every act on pushes does the same way: find one, tell its receivers with a link of their own.
// The acts are actions/pushes; what is kept true after a release is push-keeping.

import { writtenDay } from '../../core/calendar.ts'
import { AppError, type Values } from '../../core/errors.ts'
import type { NoticeEvent } from '../../messaging/notices.rules.ts'
import type { Db } from '../../platform/database/database.ts'
import { findPush, type PushRow } from './store.ts'
import { unitsById } from '../units/store.ts'
import type { ErrandContext } from '../../platform/commands/command.ts'
import { unitHearers } from '../units/recipients.ts'
import { lastDayOfLinks, makeLinks } from '../links/commands.ts'
import { promiseAll } from '../../messaging/outbox.ts'
import { quarterSaid } from './files.ts'
import { listVersion } from '../../platform/database/counters.ts'

export interface PushOutcome {
  id: string
  quarter: string
  edition: number
  state: PushRow['state']
  entries: number
}

export const pushFacts = ({ quarter, edition, state, entries }: PushOutcome): Record<string, string | number> => ({
  quarter,
  edition,
  state,
  entries,
})

export function pushOutcome({ id, quarter, edition, state, entries }: PushRow): PushOutcome {
  return { id, quarter, edition, state, entries }
}

export function pushSubject(pushId: string): string {
  return `push:${pushId}`
}

/** What the clock of a quarter runs for, whichever edition is released. */
export function quarterSubject(quarter: string): string {
  return `push:${quarter}`
}

/** @throws `push_missing`. */
export async function mustFindPush(db: Db, pushId: string): Promise<PushRow> {
  const push = await findPush(db, pushId)
  if (push === null) throw new AppError('push_missing')
  return push
}

/** The units that get the list, as far as the catalogue has them. */
export async function receiversOf({ house }: Pick<ErrandContext, 'house'>, db: Db): Promise<{ id: string; name: string }[]> {
  return (await unitsById(db, house.config.pushUnits)).filter((unit) => unit.active)
}

/** Tells units, each liaison with a link of their own to the files. @param key names this very telling. */
export async function tellReceivers(
  context: Pick<ErrandContext, 'house' | 'tx' | 'now'>,
  event: NoticeEvent,
  push: PushRow,
  { key, unitIds, values = {} }: { key: string; unitIds: readonly string[]; values?: Values },
): Promise<void> {
  const { house, tx, now } = context
  const known = {
    quarter: quarterSaid(house, push.quarter),
    code: push.quarter,
    count: push.entries,
    until: writtenDay(lastDayOfLinks(house, now)),
    ...values,
  }
  const version = await listVersion(tx)
  for (const unitId of unitIds) {
    const sent = await makeLinks(context, { subject: 'push', subjectId: push.id, unitId }, await unitHearers(context, unitId))
    const items = sent.map(({ recipient, url }) => ({
      happening: { event, key: `${event}:${key}`, values: known, listVersion: version, ...(url === undefined ? {} : { url }) },
      recipients: [recipient],
    }))
    await promiseAll(context, 'unit', items)
  }
}
