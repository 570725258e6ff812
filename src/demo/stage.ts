// What every scene of the demo needs: the house, the terminal, the people of the court, and showing who was told what.
// The scenes are the files beside this one.

import type { AppContext } from '../platform/commands/command.ts'
import { showListing } from '../features/listings/views.ts'
import { getNotice, listNotices, type NoticeView } from '../features/notices/views.ts'
import { addStaff, setStaffReach } from '../features/staff/commands.ts'
import type { Terminal } from '../platform/cli/terminal.ts'
import type { HandClock } from '../core/clock.ts'
import type { Actor, StaffRole } from '../platform/commands/permissions.ts'

export const OPERATOR: Actor = { id: 'operator:demo', roles: ['operator'] }

export interface Stage {
  app: AppContext
  clock: HandClock
  terminal: Terminal
  /** Lets everything that is owed be spread and sent. */
  deliver(): Promise<void>
}

export type Items = { id: string }[]

/** One of the court's own people, who is told of what waits for them by SMS. */
export async function staff(app: AppContext, login: string, name: string, role: StaffRole, phone: string): Promise<Actor> {
  const added = await addStaff(app, OPERATOR, { login, name, roles: [role] })
  await setStaffReach(app, OPERATOR, { id: added.staff.id, phone })
  return { id: `staff:${added.staff.id}`, roles: [role] }
}

/** The first entry that the public may know of and whose debtor can be told. */
export async function firstPublic({ app }: Stage, items: Items): Promise<string> {
  for (const { id } of items) {
    const { content } = await showListing(app, OPERATOR, id)
    if (content.disclosure === 'public' && content.debtor.phone !== undefined) return id
  }
  throw new Error('the list has no public entry whose debtor can be told')
}

/** Who was told, over which way, with which words, and whether it arrived. Newest promises first in the store, oldest first here. */
export async function told(
  { app, terminal }: Stage,
  clerk: Actor,
  filter: { listingId?: string; bulletinId?: string },
  newest = 12,
): Promise<void> {
  const { items, total } = await listNotices(app, clerk, { filter, page: { limit: newest, offset: 0 } })
  for (const item of items.toReversed()) show(app, terminal, await getNotice(app, clerk, item.id))
  if (total > items.length && filter.bulletinId !== undefined) terminal.say('demo.more', { count: total - items.length })
}

/** A clerk's task can name sixty units: here the first few will do. */
const LONGEST = 160

function show(app: AppContext, terminal: Terminal, notice: NoticeView): void {
  const { words } = app.catalog
  terminal.say('demo.told', { addressee: notice.addressee, verdict: terminal.words(`verdict.${notice.verdict}`) })
  for (const delivery of notice.deliveries) {
    if (delivery.state === 'held' || delivery.state === 'cancelled') continue
    const state = words('states', `delivery.${delivery.state}`)
    const way = words('states', `medium.${delivery.medium}`)
    terminal.say('demo.way', { way, address: delivery.address ?? '', state })
    for (const line of (delivery.text ?? '').split('\n').filter((each) => each.trim() !== ''))
      terminal.line(`      ${line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line}`)
  }
}
