// Listings in the state that a test needs, made by the real commands.
// Their content is the person of drafts.ts, with another case number each.

import type { AppContext } from '../../src/platform/commands/command.ts'
import { answerExclusions, approveListings, draftListing, recordServices, submitListings } from '../../src/features/listings/commands.ts'
import type { ListingItem } from '../../src/features/listings/changes.commands.ts'
import { EXCLUSIONS, type ExclusionAnswers } from '../../src/features/listings/exclusions.rules.ts'
import { dayOf } from '../../src/core/calendar.ts'
import type { RawContent } from '../../src/features/debtors/row-reader.rules.ts'
import type { Actor } from '../../src/platform/commands/permissions.ts'
import { PERSON } from './drafts.ts'
import { publishListings } from '../../src/features/bulletins/commands.ts'

export const CLERK: Actor = { id: 'staff:clerk', roles: ['clerk'] }
export const APPROVER: Actor = { id: 'staff:approver', roles: ['approver'] }

/** The answers with which a listing may be submitted: none of the cases of art. 3 applies. */
export const NONE_APPLIES = Object.fromEntries(EXCLUSIONS.map((exclusion) => [exclusion, false])) as ExclusionAnswers

/** Answers for drafts that no case of art. 3 applies, and submits them. */
export async function submitted(app: AppContext, actor: Actor, items: readonly ListingItem[]): Promise<void> {
  await answerExclusions(app, actor, { items, answers: NONE_APPLIES })
  await submitListings(app, actor, { items })
}

/** Drafts, decides and serves listings: the invented person with `change`. Answers their ids. */
export async function served(app: AppContext, count: number, change: RawContent = {}, first = 1): Promise<string[]> {
  const ids: string[] = []
  for (let n = first; n < first + count; n += 1) {
    const content = { ...PERSON, caseNo: `（2026）云3401执${n}号`, ...change }
    ids.push((await draftListing(app, CLERK, { content })).id)
  }
  const items = ids.map((id) => ({ id }))
  await submitted(app, CLERK, items)
  await approveListings(app, APPROVER, { items })
  await recordServices(app, CLERK, { items, servedOn: dayOf(app.clock.now()), manner: '直接送达' })
  return ids
}

/** The same, published in one bulletin. */
export async function listed(app: AppContext, count: number, change: RawContent = {}, first = 1): Promise<string[]> {
  const ids = await served(app, count, change, first)
  await publishListings(app, CLERK, { items: ids.map((id) => ({ id })) })
  return ids
}
