// Objections for tests, and the deadlines and notices that came of them. Everything is done by the real commands.

import type { AppContext } from '../../src/platform/commands/command.ts'
import type { NewObjection } from '../../src/features/objections/commands.ts'
import { searchDeadlines } from '../../src/features/deadlines/search.store.ts'
import { PAGE, told } from './deadlines.ts'

/** The day on which these tests begin. */
export const TODAY = '2026-03-02'

/** Input of an objection, with some fields changed. */
export function objectionTo(listingId: string, change: Partial<NewObjection> = {}): NewObjection {
  return { listingId, about: 'listing', way: 'counter', receivedOn: TODAY, claim: '已经履行完毕，请求撤销', ...change }
}

/** `code state due` of the deadlines of a subject. */
export async function clocksOf(app: AppContext, subject: string): Promise<string[]> {
  const { items } = await app.store.read((db) => searchDeadlines(db, { subject }, PAGE))
  return items.map((row) => `${row.code} ${row.state} ${row.due}`).sort()
}

/** `event recipient medium` of all notices whose event begins with a prefix. */
export async function texts(app: AppContext, prefix: string): Promise<string[]> {
  return (await told(app, prefix)).map(({ event, recipient, media }) => `${event.split(':')[0]} ${recipient.split(':')[0]} ${media}`)
}
