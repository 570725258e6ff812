// What all scenes of the demo share: the application, the terminal, accounts of the court, and showing who was notified of what.
// The scenes are list.ts, procedures.ts and talk.ts.

import type { AppContext } from '../platform/commands/command.ts'
import { showListing } from '../features/listings/views.ts'
import { getNotice, listNotices, type NoticeView } from '../features/notices/views.ts'
import { addStaff, setStaffReach } from '../features/staff/commands.ts'
import type { Terminal } from '../platform/cli/terminal.ts'
import type { ManualClock } from '../core/clock.ts'
import type { Actor, StaffRole } from '../platform/commands/permissions.ts'

export const OPERATOR: Actor = { id: 'operator:demo', roles: ['operator'] }

/** What a scene works with. */
export interface Stage {
  app: AppContext
  clock: ManualClock
  terminal: Terminal
  /** Sends all broadcasts and notices in the outbox. */
  deliver(): Promise<void>
}

/** Ids of listings. */
export type Items = { id: string }[]

/** Adds an account of the court with a phone number for notices. Answers its actor. */
export async function staff(app: AppContext, login: string, name: string, role: StaffRole, phone: string): Promise<Actor> {
  const added = await addStaff(app, OPERATOR, { login, name, roles: [role] })
  await setStaffReach(app, OPERATOR, { id: added.staff.id, phone })
  return { id: `staff:${added.staff.id}`, roles: [role] }
}

/** The first public listing whose debtor has a phone. */
export async function firstPublic({ app }: Stage, items: Items): Promise<string> {
  for (const { id } of items) {
    const { content } = await showListing(app, OPERATOR, id)
    if (content.disclosure === 'public' && content.debtor.phone !== undefined) return id
  }
  throw new Error('the list has no public entry whose debtor can be told')
}

/** Prints who was notified, by which medium, with which text, and whether it arrived; oldest notice first. */
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

/** Characters of a line that are shown; a clerk's task can name sixty units. */
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
