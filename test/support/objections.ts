// Objections as tests make them, and what became of their clocks and messages.
// The acts are the real ones, on the house that a suite was given.

import type { AppContext } from '../../src/platform/commands/command.ts'
import type { NewObjection } from '../../src/features/objections/commands.ts'
import { searchDeadlines } from '../../src/features/deadlines/store.ts'
import { PAGE, told } from './clock-desk.ts'

/** The day on which these tests begin. */
export const TODAY = '2026-03-02'

export function objectionTo(listingId: string, change: Partial<NewObjection> = {}): NewObjection {
  return { listingId, about: 'listing', way: 'counter', receivedOn: TODAY, claim: '已经履行完毕，请求撤销', ...change }
}

/** `code state due` of a subject's clocks. */
export async function clocksOf(app: AppContext, subject: string): Promise<string[]> {
  const { items } = await app.store.read((db) => searchDeadlines(db, { subject }, PAGE))
  return items.map((row) => `${row.code} ${row.state} ${row.due}`).sort()
}

/** `event recipient medium` of every promise whose event begins so. */
export async function texts(app: AppContext, prefix: string): Promise<string[]> {
  return (await told(app, prefix)).map(({ event, recipient, media }) => `${event.split(':')[0]} ${recipient.split(':')[0]} ${media}`)
}
