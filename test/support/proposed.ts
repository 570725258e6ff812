// Changes of published listings that take two people, made by the real commands: the clerk proposes, the approver approves.
// Listings in other states are made by listed.ts.

import type { RawContent } from '../../src/features/debtors/row-reader.rules.ts'
import { approveProposals, proposeChange } from '../../src/features/bulletins/proposals.commands.ts'
import type { BulletinOutcome } from '../../src/features/bulletins/commands.ts'
import type { ListingItem } from '../../src/features/listings/changes.commands.ts'
import type { ProposedTerms } from '../../src/features/listings/proposals.rules.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import type { Actor } from '../../src/platform/commands/permissions.ts'
import { APPROVER, CLERK } from './listed.ts'

/** Proposes an act on listings and approves it as another person. Answers its bulletin. */
export async function changeByTwo(
  app: AppContext,
  items: readonly ListingItem[],
  terms: ProposedTerms,
  [proposer, decider]: readonly [Actor, Actor] = [CLERK, APPROVER],
): Promise<BulletinOutcome> {
  const proposals = await proposeChange(app, proposer, { items, terms })
  const { bulletins } = await approveProposals(app, decider, { ids: proposals.map(({ id }) => id) })
  return bulletins[0] as BulletinOutcome
}

/** Corrects a listing by two people. */
export function correctByTwo(app: AppContext, id: string, patch: RawContent, reason: string): Promise<BulletinOutcome> {
  return changeByTwo(app, [{ id }], { act: 'correct', patch, reason })
}

/** Revokes listings by two people. */
export function revokeByTwo(app: AppContext, ids: readonly string[], reason: string): Promise<BulletinOutcome> {
  return changeByTwo(
    app,
    ids.map((id) => ({ id })),
    { act: 'revoke', reason },
  )
}
