// Queries on listings and the journal for staff. Only clerks, approvers and operators see identifiers, phones and addresses unmasked.
// Changing listings is features/listings/commands.ts; what the public sees is features/enquiry/views.ts.

import { AppError } from '../../core/errors.ts'
import { dayOf } from '../../core/calendar.ts'
import { squeeze } from '../../core/text.ts'
import { findRelistBar } from './commands.ts'
import type { RelistBar } from './relist.rules.ts'
import { offeredActs, type OfferedAct } from './possible.rules.ts'
import { besidesOf } from './possible.views.ts'
import type { ExitGround, Listing, ListingState } from './rules.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { auditOf, type AuditRow } from '../../platform/commands/audit.store.ts'
import { journalAfter, journalOfListing, type JournalRow } from '../journal/store.ts'
import { findListing, searchListings, type ListingFilter } from './search.store.ts'
import { listingTable, listingWordingTable, toListing, type ListingRow, wordingsOf } from './store.ts'
import { query, type AppContext, type QueryContext } from '../../platform/commands/command.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { suspendedAmong } from './suspensions.store.ts'
import { ceasedAmong } from '../staff/standing.views.ts'
import { staffNames } from '../staff/store.ts'
import { EXCLUSIONS, type ExclusionAnswers } from './exclusions.rules.ts'
import { exclusionsOf } from './exclusions.store.ts'
import type { ListingProposal, ProposedAct } from './proposals.rules.ts'
import { openProposals, proposalsOf } from './proposals.store.ts'
import type { AssetQueries } from './exits.rules.ts'
import type { RawContent } from '../debtors/row-reader.rules.ts'
import { readHolder } from '../../core/documents.ts'
import { maskIdentifier, publicIdentifier } from '../../core/identifiers.ts'
import { maskedTexts } from '../../core/personal-numbers.ts'
import { maskPhone } from '../../core/phone.ts'
import { openRow } from '../../platform/database/sealing.ts'

export type Page = { limit: number; offset: number }

/** A listing in a list. */
export interface ListingSummary {
  id: string
  source: string
  state: ListingState
  version: number
  kind: 'person' | 'organisation'
  name: string
  /** Masked identifier. */
  identifier: string
  caseNo: string
  court: string
  grounds: number[]
  termMonths: number | null
  disclosure: string
  publishedOn: string | null
  termEndsOn: string | null
  exitedOn: string | null
}

/** A page of listings, newest first. `identifier` must be complete; a name or case number may be a part. @throws `request_invalid`. */
export const listListings = query(
  'listing.read',
  async (
    { db, app },
    input: { filter: Omit<ListingFilter, 'identifier'> & { identifier?: string | undefined }; page: Page },
  ): Promise<{ items: ListingSummary[]; total: number }> => {
    const { identifier, ...filter } = input.filter
    const parsed = identifier === undefined ? null : readHolder(squeeze(identifier))
    if (parsed?.kind === 'none') throw new AppError('request_invalid', {}, [{ code: 'identifier_form', field: 'identifier' }])
    const indexes = parsed === null ? {} : { identifier: app.secrets.indexes('identifier', parsed.number) }
    const { items, total } = await searchListings(db, { ...filter, ...indexes }, input.page)
    return { items: items.map((row) => summaryOf(app, row)), total }
  },
)

/** A listing with its history. */
export interface ListingDetail extends Omit<Listing, 'content'> {
  content: Listing['content']
  /** What this caller may do with it now. */
  possible: OfferedAct[]
  /** Whether its measures are suspended while an objection is verified. */
  suspended: boolean
  /** The answers to 法释〔2017〕7号 art. 3; null when they were not asked. */
  exclusions: { answers: ExclusionAnswers; answeredBy: string; answeredAt: Date } | null
  /** What was proposed to change it, oldest first. */
  proposals: ProposalView[]
  journal: JournalRow[]
  audit: Pick<AuditRow, 'n' | 'at' | 'actor' | 'act' | 'detail' | 'hash'>[]
  /** Names of the members of staff whom the listing, its proposals and its audit name, by account. */
  people: Record<string, string>
  /** Wordings that corrections replaced, oldest first. */
  wordings: { contentVersion: number; replacedAt: Date; content: Listing['content'] }[]
  /** While it is not decided: the bar after a deletion at the creditor's request under which it stands or may stand. */
  relist: RelistBar | null
}

const UNDECIDED: readonly ListingState[] = ['draft', 'pending']

/** One listing with its content, replaced wordings, journal and audit rows. @throws `listing_missing`. */
export const showListing = query('listing.read', async ({ db, app, actor, now }, listingId: string): Promise<ListingDetail> => {
  const row = await findListing(db, listingId)
  if (row === null) throw new AppError('listing_missing', { id: listingId })
  const listing = toListing(app.secrets, row)
  const besides = await besidesOf({ db, actor }, [row])
  const exclusions = answersOf(await exclusionsOf(db, [listingId]), listingId)
  const proposals = await proposalsOf(db, app.secrets, listingId)
  const audit = await auditOf(db, `listing:${listingId}`)
  const named = [
    ...[listing.draftedBy, listing.decidedBy, exclusions?.answeredBy].flatMap((each) => each ?? []),
    ...proposals.flatMap(({ proposedBy, decidedBy }) => [proposedBy, decidedBy ?? '']),
    ...audit.map((each) => each.actor),
  ]
  const wordings = (await wordingsOf(db, listingId)).map((each) => ({
    contentVersion: each.contentVersion,
    replacedAt: each.replacedAt,
    content: contentFor(actor, openRow(listingWordingTable, app.secrets, { id: each.id, sealed: each.sealed }).sealed),
  }))
  return {
    ...listing,
    content: contentFor(actor, listing.content),
    possible: offeredActs(actor, besides.facts(row), { today: dayOf(now), profile: app.config.profile }),
    relist: UNDECIDED.includes(listing.state) ? await findRelistBar(app, db, listing.content, dayOf(now)) : null,
    suspended: (await suspendedAmong(db, [listingId])).has(listingId),
    exclusions,
    proposals: await proposalsFor({ db, actor }, proposals),
    journal: await journalOfListing(db, listingId),
    audit: audit.map(({ n, at, actor: by, act, detail, hash }) => ({ n, at, actor: by, act, detail, hash })),
    people: Object.fromEntries(await staffNames(db, named)),
    wordings,
  }
})

function answersOf(rows: Awaited<ReturnType<typeof exclusionsOf>>, listingId: string): ListingDetail['exclusions'] {
  const row = rows.get(listingId)
  if (row === undefined) return null
  const answers = Object.fromEntries(EXCLUSIONS.map((exclusion) => [exclusion, row[exclusion]])) as ExclusionAnswers
  return { answers, answeredBy: row.answeredBy, answeredAt: row.answeredAt }
}

/** A proposal with what it proposes. */
export interface ProposalView extends Omit<ListingProposal, 'terms'> {
  act: ProposedAct
  reason: string
  /** Of a correction: the fields that it names, with their new values. */
  patch?: RawContent
  ground?: ExitGround
  earlyDecisionNo?: string | undefined
  askedBy?: string | undefined
  queries?: AssetQueries | undefined
  /** It is open, and whoever proposed it may no longer propose: it cannot be approved. */
  proposerCeased: boolean
}

/** A proposal as an actor may see it: those who only read see which fields a correction names, not their values. */
function proposalFor(actor: Actor, { terms, ...proposal }: ListingProposal, ceased: ReadonlySet<string>): ProposalView {
  const view = { ...proposal, ...terms, proposerCeased: proposal.state === 'open' && ceased.has(proposal.proposedBy) }
  if (terms.act !== 'correct' || worksOnCases(actor)) return view
  return { ...view, patch: Object.fromEntries(Object.keys(terms.patch).map((field) => [field, '***'])) }
}

async function proposalsFor(
  { db, actor }: Pick<QueryContext, 'db' | 'actor'>,
  proposals: readonly ListingProposal[],
): Promise<ProposalView[]> {
  const proposers = proposals.map(({ proposedBy }) => proposedBy)
  const ceased = await ceasedAmong(db, proposers, 'listing.propose')
  return proposals.map((proposal) => proposalFor(actor, proposal, ceased))
}

/** A page of the proposals that wait for another person, oldest first. */
export const listProposals = query(
  'listing.read',
  async ({ db, app, actor }, input: Page): Promise<{ items: ProposalView[]; total: number }> => {
    const { items, total } = await openProposals(db, app.secrets, input)
    return { items: await proposalsFor({ db, actor }, items), total }
  },
)

function worksOnCases({ roles }: Actor): boolean {
  return roles.some((role) => role === 'clerk' || role === 'approver' || role === 'operator')
}

/** Content as an actor may see it: unmasked for those who work on the case, masked for those who only read (个人信息保护法 6). */
export function contentFor(actor: Actor, content: Listing['content']): Listing['content'] {
  if (worksOnCases(actor)) return content
  const { applicant } = content
  const { birth: _birth, ...debtor } = content.debtor
  return {
    ...content,
    debtor: {
      ...debtor,
      identifier: maskIdentifier(debtor.identifier),
      officers: debtor.officers.map((officer) =>
        officer.identifier === undefined ? officer : { ...officer, identifier: maskIdentifier(officer.identifier) },
      ),
      ...(debtor.phone === undefined ? {} : { phone: maskPhone(debtor.phone) }),
      ...(debtor.wechat === undefined ? {} : { wechat: maskIdentifier(debtor.wechat) }),
      ...(debtor.address === undefined ? {} : { address: '***' }),
    },
    ...(applicant?.phone === undefined ? {} : { applicant: { ...applicant, phone: maskPhone(applicant.phone) } }),
  }
}

/** Journal entries after a number, in order and without gaps. `listVersion` is the last number that exists. */
export const readJournal = query(
  'journal.read',
  async ({ db }, input: { after: number; limit: number }): Promise<{ items: JournalRow[]; listVersion: number }> => ({
    items: await journalAfter(db, input.after, input.limit),
    listVersion: await listVersion(db),
  }),
)

/** The summary of a listing, with the identifier masked for who works with it, or for the public. */
export function summaryOf(app: AppContext, row: ListingRow, reader: 'unit' | 'public' = 'unit'): ListingSummary {
  const { identifier } = openRow(listingTable, app.secrets, { id: row.id, private: row.private }).private
  return {
    id: row.id,
    source: row.source,
    state: row.state,
    version: row.version,
    kind: row.debtorKind,
    ...maskedTexts(row, ['name', 'caseNo', 'court']),
    identifier: reader === 'public' ? publicIdentifier(row.debtorKind, identifier) : maskIdentifier(identifier),
    grounds: row.grounds.split(',').map(Number),
    termMonths: row.termMonths,
    disclosure: row.disclosure,
    publishedOn: row.publishedOn,
    termEndsOn: row.termEndsOn,
    exitedOn: row.exitedOn,
  }
}
