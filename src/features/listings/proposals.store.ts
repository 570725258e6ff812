// Table of proposals of a correction, an exit or a revocation. What is proposed and why is sealed: a correction names personal data.
// The states are proposals.rules.ts; a changed listing makes its open proposal stale in changes.commands.ts.

import { AppError } from '../../core/errors.ts'
import type { Secrets } from '../../core/secrets.ts'
import type { ListingProposal, ListingProposalState, ProposedAct } from './proposals.rules.ts'
import { id, instant, long, optional, primary, references, sealedJson, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { openRow, sealRow } from '../../platform/database/sealing.ts'
import { isDuplicate } from '../../platform/database/faults.ts'
import { placeholders } from '../../platform/database/placeholders.ts'

/** A proposal as it is stored. */
export interface ListingProposalRow {
  id: string
  listingId: string
  act: ProposedAct
  state: ListingProposalState
  /** Sealed JSON of `terms` and `refusal`. */
  record: string
  proposedBy: string
  proposedAt: Date
  /** Account ids, separated by blanks. */
  authors: string
  decidedBy: string | null
  decidedAt: Date | null
  /** The listing's id while the proposal is open, else null; the unique index allows one open proposal a listing. */
  openKey: string | null
}

export const listingProposalTable = table<ListingProposalRow, { record: Pick<ListingProposal, 'terms' | 'refusal'> }>(
  'listing_proposal',
  {
    id: primary(id()),
    listingId: references('listing', id()),
    act: text(10),
    state: text(10),
    record: sealedJson(long()),
    proposedBy: text(60),
    proposedAt: instant(),
    authors: long(),
    decidedBy: optional(text(60)),
    decidedAt: optional(instant()),
    openKey: optional(id()),
  },
  [
    { name: 'ux_listing_proposal_open', columns: ['openKey'], unique: true },
    { name: 'ix_listing_proposal_listing', columns: ['listingId'] },
    { name: 'ix_listing_proposal_state', columns: ['state'] },
  ],
)

function toRow(secrets: Pick<Secrets, 'seal' | 'index'>, proposal: ListingProposal): ListingProposalRow {
  const { terms, refusal, authors, ...rest } = proposal
  return sealRow(listingProposalTable, secrets, {
    ...rest,
    act: terms.act,
    authors: authors.join(' '),
    record: { terms, refusal },
    openKey: proposal.state === 'open' ? proposal.listingId : null,
  })
}

function toProposal(secrets: Pick<Secrets, 'open'>, row: ListingProposalRow): ListingProposal {
  const { act: _act, openKey: _openKey, record, authors, ...rest } = openRow(listingProposalTable, secrets, row)
  return { ...rest, ...record, authors: authors.split(' ') }
}

/** @throws AppError `listing_proposal_open` when another proposal about one of the listings is open. */
export async function insertProposals(tx: Tx, secrets: Secrets, proposals: readonly ListingProposal[]): Promise<void> {
  try {
    await tx.insert(
      listingProposalTable,
      proposals.map((proposal) => toRow(secrets, proposal)),
    )
  } catch (error) {
    if (isDuplicate(error)) throw new AppError('listing_proposal_open')
    throw error
  }
}

/** Saves a proposal that was open when it was read. @throws AppError `listing_proposal_closed` when somebody else was first. */
export async function closeProposal(tx: Tx, secrets: Secrets, proposal: ListingProposal): Promise<void> {
  const { id: proposalId, ...changes } = toRow(secrets, proposal)
  const result = await tx.manager
    .createQueryBuilder()
    .update(listingProposalTable.schema)
    .set(changes)
    .where({ id: proposalId, state: 'open' })
    .execute()
  if (result.affected !== 1) throw new AppError('listing_proposal_closed')
}

/** Makes the open proposals about listings stale, because the listings were corrected or left the list. */
export async function expireProposals(tx: Tx, listingIds: readonly string[]): Promise<void> {
  for (let start = 0; start < listingIds.length; start += 1000) {
    const part = listingIds.slice(start, start + 1000)
    await tx.run(`update listing_proposal set state = 'stale', open_key = null where open_key in (${placeholders(part)})`, part)
  }
}

/** Proposals that were made together with proposals about these listings, and of which none is open any more. */
export async function settledTogether(db: Db, listingIds: readonly string[]): Promise<string[]> {
  if (listingIds.length === 0) return []
  const rows = await db.query<{ id: string }>(
    `select p.id from listing_proposal p join (
        select distinct proposed_at from listing_proposal where listing_id in (${placeholders(listingIds)})) made on made.proposed_at = p.proposed_at
      where not exists (select 1 from listing_proposal waiting where waiting.proposed_at = p.proposed_at and waiting.state = 'open')`,
    listingIds,
  )
  return rows.map(({ id }) => id)
}

/** Proposals with these ids; unknown ids are left out. */
export async function proposalsById(db: Db, secrets: Pick<Secrets, 'open'>, ids: readonly string[]): Promise<ListingProposal[]> {
  if (ids.length === 0) return []
  const rows = await db.manager
    .getRepository(listingProposalTable.schema)
    .createQueryBuilder('p')
    .where('p.id in (:...ids)', { ids })
    .getMany()
  return rows.map((row) => toProposal(secrets, row))
}

/** All proposals about a listing, oldest first. */
export async function proposalsOf(db: Db, secrets: Pick<Secrets, 'open'>, listingId: string): Promise<ListingProposal[]> {
  const rows = await db.manager.getRepository(listingProposalTable.schema).find({ where: { listingId }, order: { id: 'ASC' } })
  return rows.map((row) => toProposal(secrets, row))
}

/** A page of the open proposals, oldest first, and their number. */
export async function openProposals(
  db: Db,
  secrets: Pick<Secrets, 'open'>,
  { limit, offset }: { limit: number; offset: number },
): Promise<{ items: ListingProposal[]; total: number }> {
  const [rows, total] = await db.manager
    .getRepository(listingProposalTable.schema)
    .findAndCount({ where: { state: 'open' }, order: { id: 'ASC' }, take: limit, skip: offset })
  return { items: rows.map((row) => toProposal(secrets, row)), total }
}
