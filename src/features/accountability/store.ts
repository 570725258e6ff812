// Tables of proposals to call a unit to account and of their sources; each source is stored once. Text that people wrote is sealed.
// The rules are rules.ts; circulars, interviews and consequences are stored by steps.store.ts.

import { AppError } from '../../core/errors.ts'
import type { Secrets } from '../../core/secrets.ts'
import { NOT_ANSWERABLE, type Decision, type Proposal, type ProposalState, type Source, type SourceKind } from './rules.ts'
import {
  day,
  id,
  instant,
  int,
  long,
  optional,
  primary,
  references,
  sealed,
  sealedJson,
  table,
  text,
} from '../../platform/database/columns.ts'
import { toInstant, type Db, type Tx } from '../../platform/database/database.ts'
import { isDuplicate } from '../../platform/database/faults.ts'
import { openRow, sealRow } from '../../platform/database/sealing.ts'
import { placeholders } from '../../platform/database/placeholders.ts'
import { OUR_COURT } from '../units/conflicts.rules.ts'
import { seenAbout } from '../units/conflicts.store.ts'

export interface ProposalRow {
  id: string
  number: string
  unitId: string
  state: ProposalState
  version: number
  sources: number
  openedOn: string
  decision: Decision | null
  decidedBy: string | null
  decidedOn: string | null
  /** Sealed JSON. */
  record: string
  /** The unit's id while the proposal is open, else null; the unique index allows one open proposal a unit. */
  openKey: string | null
}

export const proposalTable = table<ProposalRow, { record: Proposal['record'] }>(
  'accountability_proposal',
  {
    id: primary(id()),
    number: text(20),
    unitId: references('unit', text(40)),
    state: text(10),
    version: int(),
    sources: int(),
    openedOn: day(),
    decision: optional(text(20)),
    decidedBy: optional(text(60)),
    decidedOn: optional(day()),
    record: sealedJson(long()),
    openKey: optional(text(40)),
  },
  [
    { name: 'ux_accountability_proposal_number', columns: ['number'], unique: true },
    { name: 'ux_accountability_proposal_open', columns: ['openKey'], unique: true },
    { name: 'ix_accountability_proposal_unit', columns: ['unitId', 'openedOn'] },
    { name: 'ix_accountability_proposal_state', columns: ['state'] },
  ],
)

export interface SourceRow {
  id: string
  proposalId: string
  unitId: string
  kind: SourceKind
  sourceKey: string
  happenedOn: string
  detail: string
  /** Sealed: the note of the person who registered it. Null for sources that the nightly task found. */
  note: string | null
  addedBy: string
  addedAt: Date
}

export const sourceTable = table<SourceRow>(
  'accountability_source',
  {
    id: primary(id()),
    proposalId: references('accountability_proposal', id()),
    unitId: references('unit', text(40)),
    kind: text(20),
    sourceKey: text(60),
    happenedOn: day(),
    detail: text(60),
    note: optional(sealed(long())),
    addedBy: text(60),
    addedAt: instant(),
  },
  [
    { name: 'ux_accountability_source_key', columns: ['sourceKey'], unique: true },
    { name: 'ix_accountability_source_proposal', columns: ['proposalId', 'id'] },
    { name: 'ix_accountability_source_unit', columns: ['unitId', 'happenedOn'] },
  ],
)

export function toProposalRow(secrets: Secrets, proposal: Proposal): ProposalRow {
  return sealRow(proposalTable, secrets, { ...proposal, openKey: proposal.state === 'open' ? proposal.unitId : null })
}

export function toProposal(secrets: Secrets, { openKey: _openKey, ...row }: ProposalRow): Proposal {
  return openRow(proposalTable, secrets, row)
}

/** @throws AppError `proposal_version_stale` when another transaction opened a proposal for the unit at the same time. */
export async function insertProposal(tx: Tx, row: ProposalRow): Promise<void> {
  try {
    await tx.insert(proposalTable, [row])
  } catch (error) {
    if (isDuplicate(error)) throw new AppError('proposal_version_stale', { number: row.number, state: row.state })
    throw error
  }
}

/**
 * Updates a proposal if its stored version is still `readVersion`.
 * @throws AppError `proposal_version_stale`, also when it opens again and another transaction opened one for the unit at the same time.
 */
export async function updateProposal(tx: Tx, row: ProposalRow, readVersion: number): Promise<void> {
  const stale = new AppError('proposal_version_stale', { number: row.number, state: row.state })
  try {
    const { affected } = await tx.manager.getRepository(proposalTable.schema).update({ id: row.id, version: readVersion }, row)
    if (affected !== 1) throw stale
  } catch (error) {
    throw isDuplicate(error) ? stale : error
  }
}

export async function findProposal(db: Db, proposalId: string): Promise<ProposalRow | null> {
  return db.manager.getRepository(proposalTable.schema).findOneBy({ id: proposalId })
}

export async function openProposalOf(db: Db, unitId: string): Promise<ProposalRow | null> {
  return db.manager.getRepository(proposalTable.schema).findOneBy({ openKey: unitId })
}

export interface UnitStateFilter<State> {
  unitId?: string | undefined
  state?: State | undefined
}

/** A page of proposals, newest first. */
export async function searchProposals(
  db: Db,
  filter: UnitStateFilter<ProposalState>,
  page: { limit: number; offset: number },
): Promise<{ items: ProposalRow[]; total: number }> {
  const where = {
    ...(filter.unitId === undefined ? {} : { unitId: filter.unitId }),
    ...(filter.state === undefined ? {} : { state: filter.state }),
  }
  const [items, total] = await db.manager
    .getRepository(proposalTable.schema)
    .findAndCount({ where, order: { id: 'DESC' }, take: page.limit, skip: page.offset })
  return { items, total }
}

export async function insertSources(tx: Tx, rows: readonly SourceRow[]): Promise<void> {
  await tx.insert(sourceTable, rows)
}

/** Which of these source keys are stored already, in any proposal. */
export async function knownSources(db: Db, keys: readonly string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set()
  const rows = await db.query<{ sourceKey: string }>(
    `select source_key as sourceKey from accountability_source where source_key in (${placeholders(keys)})`,
    [...keys],
  )
  return new Set(rows.map((row) => row.sourceKey))
}

/** A page of one proposal's sources, oldest first. */
export async function sourcesOf(
  db: Db,
  proposalId: string,
  page: { limit: number; offset: number },
): Promise<{ items: SourceRow[]; total: number }> {
  const [items, total] = await db.manager
    .getRepository(sourceTable.schema)
    .findAndCount({ where: { proposalId }, order: { id: 'ASC' }, take: page.limit, skip: page.offset })
  return { items, total }
}

/** How many sources of each kind a proposal has. */
export async function sourceCounts(db: Db, proposalId: string): Promise<{ kind: SourceKind; count: number }[]> {
  const rows = await db.query<{ kind: SourceKind; n: string | number }>(
    'select kind, count(*) as n from accountability_source where proposal_id = ? group by kind order by kind',
    [proposalId],
  )
  return rows.map(({ kind, n }) => ({ kind, count: Number(n) }))
}

/**
 * SQL condition: the unit can be held to account, and no source with this key is stored.
 * @param unit and
 * @param key are SQL expressions.
 */
function isNewSource(unit: string, key: string): string {
  const above = NOT_ANSWERABLE.map((unitId) => `'${unitId}'`).join(', ')
  return `${unit} not in (${above}) and not exists (select 1 from accountability_source a where a.source_key = ${key})`
}

/** SQL expression of a source key, `kind:id`. */
function keyOf(sqlite: boolean, kind: string, column: string): string {
  return sqlite ? `'${kind}:' || ${column}` : `concat('${kind}:', ${column})`
}

/**
 * Deadlines of units missed since a day that are not a source yet; never of a complaint about our court, which its staff do not see.
 * @param since YYYY-MM-DD.
 * @param codes deadlines that count.
 */
export async function newMissedDeadlines(db: Tx, codes: readonly string[], since: string, limit: number): Promise<Source[]> {
  const seen = seenAbout('d.subject', [OUR_COURT])
  const rows = await db.query<{ id: string; unitId: string; code: string; overOn: string }>(
    `select d.id, d.unit_id as unitId, d.code, d.over_on as overOn from deadline d
      where d.over_on >= ? and d.owner = 'liaison' and d.code in (${placeholders(codes)}) and ${seen.sql}
        and ${isNewSource('d.unit_id', keyOf(db.sqlite, 'deadline', 'd.id'))} order by d.over_on, d.id limit ?`,
    [since, ...codes, ...seen.params, limit],
  )
  return rows.map(({ id: key, unitId, code, overOn }) => ({
    unitId,
    kind: 'missed_clock',
    key: `deadline:${key}`,
    happenedOn: overOn,
    detail: code,
  }))
}

/** Complaints about units that were upheld since an instant and are not a source yet; never those about our court, which its staff do not see. */
export async function newUpheldComplaints(db: Tx, since: Date, limit: number): Promise<(Omit<Source, 'happenedOn'> & { at: Date })[]> {
  const rows = await db.query<{ id: string; unitId: string; number: string; at: Date | string }>(
    `select c.id, c.unit_id as unitId, c.number, s.at from complaint_step s join complaint c on c.id = s.complaint_id
      where s.act = 'uphold' and s.at >= ? and c.unit_id <> '${OUR_COURT}'
        and ${isNewSource('c.unit_id', keyOf(db.sqlite, 'complaint', 'c.id'))} order by s.at, c.id limit ?`,
    [since, limit],
  )
  return rows.map(({ id: key, unitId, number, at }) => ({
    unitId,
    kind: 'complaint_upheld',
    key: `complaint:${key}`,
    detail: number,
    at: toInstant(at),
  }))
}

/**
 * Screenings with a hit, asked in `[since, before)`, without a reported outcome. Screenings of a batch check a whole customer list rather
 * than one transaction, so they are left out.
 */
export async function newUnreportedScreenings(
  db: Tx,
  span: { since: Date; before: Date },
  limit: number,
): Promise<(Omit<Source, 'happenedOn'> & { at: Date })[]> {
  const rows = await db.query<{ id: string; unitId: string; measureId: string | null; at: Date | string }>(
    `select s.id, s.unit_id as unitId, s.measure_id as measureId, s.asked_at as at from screening s
      where s.asked_at >= ? and s.asked_at < ? and s.answer = 'hit' and s.advice <> 'do_not_apply' and s.outcome is null and s.batch_id is null
        and ${isNewSource('s.unit_id', keyOf(db.sqlite, 'screening', 's.id'))} order by s.asked_at, s.id limit ?`,
    [span.since, span.before, limit],
  )
  return rows.map(({ id: key, unitId, measureId, at }) => ({
    unitId,
    kind: 'outcome_missing',
    key: `screening:${key}`,
    detail: measureId ?? '',
    at: toInstant(at),
  }))
}
