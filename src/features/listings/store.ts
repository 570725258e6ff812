// Tables of listings and their replaced wordings: public facts in plain columns, personal data sealed, identifiers as blind index.
// The acts on a listing are rules.ts; finding and saving listings is search.store.ts.

import { In } from 'typeorm'
import { nameKey } from '../../core/person-names.ts'
import { sha256, type Secrets } from '../../core/secrets.ts'
import { inForce, type Ground, type Listing, type ListingContent, type ListingState, EXITED_STATES } from './rules.ts'
import type { Debtor } from '../debtors/rules.ts'
import {
  blindIndex,
  day,
  id,
  instant,
  int,
  long,
  optional,
  primary,
  sealedJson,
  signature,
  table,
  text,
  references,
} from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { openRow, placeOf } from '../../platform/database/sealing.ts'

/** A wording that a correction replaced; its content is one sealed JSON text. */
export interface ListingWordingRow {
  id: string
  listingId: string
  contentVersion: number
  sealed: string
  replacedAt: Date
}

export const listingWordingTable = table<ListingWordingRow, { sealed: Listing['content'] }>(
  'listing_wording',
  { id: primary(id()), listingId: references('listing', id()), contentVersion: int(), sealed: sealedJson(long()), replacedAt: instant() },
  [{ name: 'ix_listing_wording_listing', columns: ['listingId'] }],
)

export async function keepWording(tx: Tx, row: ListingWordingRow): Promise<void> {
  await tx.insert(listingWordingTable, [row])
}

/** The replaced wordings of a listing, oldest first. */
export async function wordingsOf(db: Db, listingId: string): Promise<ListingWordingRow[]> {
  return db.manager.getRepository(listingWordingTable.schema).find({ where: { listingId }, order: { contentVersion: 'ASC' } })
}

/** The replaced wordings of these listings. */
export async function wordingsAmong(db: Db, listingIds: readonly string[]): Promise<ListingWordingRow[]> {
  return listingIds.length === 0 ? [] : db.manager.getRepository(listingWordingTable.schema).findBy({ listingId: In([...listingIds]) })
}

/** SQL condition on `listing l`: on the list and public, like `isPublicEntry`. */
export const PUBLIC_ENTRY = "l.state = 'listed' and l.disclosure = 'public'"

/** SQL condition on `listing l`: it was on the list and left it. */
export const EXITED_ENTRY = `l.state in (${EXITED_STATES.map((state) => `'${state}'`).join(', ')})`

/** A listing as it is stored. */
export interface ListingRow {
  id: string
  source: string
  state: ListingState
  version: number
  contentVersion: number
  debtorKind: Debtor['kind']
  name: string
  /** What all spellings of the name have in common: enquiries and screening compare it. */
  nameKey: string | null
  sex: string | null
  legalRepresentative: string | null
  employer: string | null
  caseNo: string
  court: string
  province: string | null
  filedOn: string
  basisNo: string
  basisMaker: string
  obligation: string
  performance: string
  grounds: string
  termMonths: number | null
  disclosure: ListingContent['disclosure']
  applicantName: string | null
  draftedBy: string
  decidedBy: string | null
  decidedOn: string | null
  decisionNo: string | null
  servedOn: string | null
  serviceManner: string | null
  publishedOn: string | null
  termEndsOn: string | null
  exitedOn: string | null
  exitGround: string | null
  reason: string | null
  importId: string | null
  /** Sealed JSON of `PrivateContent`. */
  private: string
  /** Blind index of the identifier. */
  identifierIndex: string
  /** Blind index of identifier and case number while the listing is in force; unique, so that two such listings cannot exist. */
  inForceKey: string | null
  createdAt: Date
  updatedAt: Date
  /** Signature over content, state, version and the end of the audit chain: a change made outside this application becomes visible. */
  seal: string
}

/** Personal data that only the court sees, in one sealed column. */
interface PrivateContent {
  identifier: string
  document?: NonNullable<Debtor['document']>
  birth?: string
  phone?: string
  wechat?: string
  address?: string
  officers: Debtor['officers']
  official?: NonNullable<Debtor['official']>
  applicantPhone?: string
  publishedOn?: string
  ownMotion?: string
  exitAskedBy?: string
}

const identifierIn = (hidden: string): string => (JSON.parse(hidden) as PrivateContent).identifier

export const listingTable = table<ListingRow, { private: PrivateContent }>(
  'listing',
  {
    id: primary(id()),
    source: text(40),
    state: text(10),
    version: int(),
    contentVersion: int(),
    debtorKind: text(12),
    name: text(100),
    nameKey: optional(text(100)),
    sex: optional(text(6)),
    legalRepresentative: optional(text(100)),
    employer: optional(text(100)),
    caseNo: text(100),
    court: text(100),
    province: optional(text(40)),
    filedOn: day(),
    basisNo: text(200),
    basisMaker: text(100),
    obligation: text(4000),
    performance: text(500),
    grounds: text(20),
    termMonths: optional(int()),
    disclosure: text(12),
    applicantName: optional(text(100)),
    draftedBy: text(60),
    decidedBy: optional(text(60)),
    decidedOn: optional(day()),
    decisionNo: optional(text(60)),
    servedOn: optional(day()),
    serviceManner: optional(text(200)),
    publishedOn: optional(day()),
    termEndsOn: optional(day()),
    exitedOn: optional(day()),
    exitGround: optional(text(30)),
    reason: optional(text(500)),
    importId: optional(id()),
    private: sealedJson(long()),
    identifierIndex: blindIndex('identifier', 'private', identifierIn),
    inForceKey: optional(
      blindIndex('case', 'private', (plain, row) => (inForce(row.state) ? `${identifierIn(plain)}|${row.caseNo}` : null)),
    ),
    createdAt: instant(),
    updatedAt: instant(),
    seal: signature(
      (row) => `listing:${row.id}`,
      (row, secrets, chainEnd) => sealedText(toListing(secrets, row), chainEnd),
    ),
  },
  [
    { name: 'ux_listing_in_force', columns: ['inForceKey'], unique: true },
    { name: 'ix_listing_identifier', columns: ['identifierIndex'] },
    { name: 'ix_listing_name', columns: ['name'] },
    { name: 'ix_listing_name_key', columns: ['nameKey'] },
    { name: 'ix_listing_drafted', columns: ['draftedBy', 'state'] },
    // Counts a selection without reading its rows.
    { name: 'ix_listing_facets', columns: ['state', 'source', 'debtorKind', 'grounds', 'court'] },
    { name: 'ix_listing_newest', columns: ['state', 'id'] },
    { name: 'ix_listing_decided', columns: ['state', 'decidedOn'] },
    { name: 'ix_listing_published', columns: ['state', 'publishedOn'] },
    { name: 'ix_listing_term', columns: ['state', 'termEndsOn'] },
    { name: 'ix_listing_case', columns: ['caseNo'] },
    { name: 'ix_listing_import', columns: ['importId'] },
  ],
)

const orNull = <T>(value: T | undefined): T | null => value ?? null

const digests = new WeakMap<ListingContent, string>()

/**
 * SHA-256, hexadecimal, of a listing's content, field by field in this order. Audit rows refer to a wording by it. Content is never
 * changed in place, so the digest of an object is computed once.
 */
export function contentDigest(content: ListingContent): string {
  const cached = digests.get(content)
  if (cached !== undefined) return cached
  const { debtor, applicant } = content
  const text = JSON.stringify([
    [debtor.kind, debtor.name, debtor.identifier, debtor.sex, debtor.birth, debtor.legalRepresentative],
    debtor.officers.map((officer) => [officer.office, officer.name, officer.identifier]),
    [debtor.phone, debtor.wechat, debtor.address, debtor.employer],
    [content.caseNo, content.court, content.province, content.filedOn, content.basisNo, content.basisMaker],
    [content.obligation, content.performance, content.grounds, content.termMonths, content.disclosure, content.publishedOn],
    [applicant?.name, applicant?.phone],
    // Added only if present, so that the digests of older wordings without them stay the same.
    ...(debtor.official === undefined ? [] : [[debtor.official.capacity, debtor.official.superiors]]),
    ...(content.ownMotion === undefined ? [] : [['ownMotion', content.ownMotion]]),
    ...(debtor.document === undefined ? [] : [['document', debtor.document]]),
  ])
  const digest = sha256(text)
  digests.set(content, digest)
  return digest
}

/** The text that the signature of a listing covers. */
function sealedText(listing: Listing, auditHash: string): string {
  return [
    listing.id,
    listing.state,
    listing.version,
    listing.source,
    listing.publishedOn ?? '',
    listing.exitedOn ?? '',
    contentDigest(listing.content),
    auditHash,
  ].join('|')
}

/**
 * The row of a listing.
 * @param auditHash hash at the end of the listing's audit chain.
 * @param key the blind index of debtor and case, if the caller has computed it already.
 */
export function toRow(
  secrets: Secrets,
  listing: Listing,
  at: { created: Date; updated: Date },
  auditHash: string,
  key?: string,
): ListingRow {
  const { content } = listing
  const { debtor } = content
  return {
    id: listing.id,
    source: listing.source,
    state: listing.state,
    version: listing.version,
    contentVersion: listing.contentVersion,
    debtorKind: debtor.kind,
    name: debtor.name,
    nameKey: nameKey(debtor.name),
    sex: orNull(debtor.sex),
    legalRepresentative: orNull(debtor.legalRepresentative),
    employer: orNull(debtor.employer),
    caseNo: content.caseNo,
    court: content.court,
    province: orNull(content.province),
    filedOn: content.filedOn,
    basisNo: content.basisNo,
    basisMaker: content.basisMaker,
    obligation: content.obligation,
    performance: content.performance,
    grounds: content.grounds.join(','),
    termMonths: content.termMonths,
    disclosure: content.disclosure,
    applicantName: orNull(content.applicant?.name),
    draftedBy: listing.draftedBy,
    decidedBy: orNull(listing.decidedBy),
    decidedOn: orNull(listing.decidedOn),
    decisionNo: orNull(listing.decisionNo),
    servedOn: orNull(listing.servedOn),
    serviceManner: orNull(listing.serviceManner),
    publishedOn: orNull(listing.publishedOn),
    termEndsOn: orNull(listing.termEndsOn),
    exitedOn: orNull(listing.exitedOn),
    exitGround: orNull(listing.exitGround),
    reason: orNull(listing.reason),
    importId: orNull(listing.importId),
    private: secrets.seal(JSON.stringify(privateOf(listing)), placeOf(listingTable, 'private', listing)),
    identifierIndex: secrets.index('identifier', debtor.identifier),
    inForceKey: inForce(listing.state) ? (key ?? inForceKeyOf(secrets, content)) : null,
    createdAt: at.created,
    updatedAt: at.updated,
    seal: secrets.sign(sealedText(listing, auditHash)),
  }
}

/** The personal data of a listing, for the sealed column. */
function privateOf({ content, exitAskedBy }: Listing): PrivateContent {
  const { debtor, applicant, publishedOn, ownMotion } = content
  return {
    identifier: debtor.identifier,
    officers: debtor.officers,
    ...ifSet('document', debtor.document),
    ...ifSet('birth', debtor.birth),
    ...ifSet('phone', debtor.phone),
    ...ifSet('wechat', debtor.wechat),
    ...ifSet('address', debtor.address),
    ...ifSet('official', debtor.official),
    ...ifSet('applicantPhone', applicant?.phone),
    ...ifSet('publishedOn', publishedOn),
    ...ifSet('ownMotion', ownMotion),
    ...ifSet('exitAskedBy', exitAskedBy),
  }
}

/** Blind index of identifier and case number. */
function inForceKeyOf(secrets: Secrets, content: ListingContent): string {
  return secrets.index('case', `${content.debtor.identifier}|${content.caseNo}`)
}

/** Whether a signature fits: the listing is as this application last wrote it, given the end of its audit chain. */
export function signatureFits(secrets: Secrets, listing: Listing, { seal }: Pick<ListingRow, 'seal'>, auditHash: string): boolean {
  return secrets.verify(sealedText(listing, auditHash), seal)
}

/** `{ [key]: value }`, or an empty object for null: `exactOptionalPropertyTypes` does not allow undefined in optional fields. */
function ifSet<Key extends string, Value>(key: Key, value: Value | null | undefined): { [K in Key]?: Value } {
  return (value === null || value === undefined ? {} : { [key]: value }) as { [K in Key]?: Value }
}

/** The listing that a row holds; opens its sealed column. */
export function toListing(secrets: Pick<Secrets, 'open'>, row: ListingRow): Listing {
  const { private: hidden } = openRow(listingTable, secrets, { id: row.id, private: row.private })
  return {
    id: row.id,
    source: row.source,
    state: row.state,
    version: row.version,
    contentVersion: row.contentVersion,
    content: toContent(row, hidden),
    draftedBy: row.draftedBy,
    ...ifSet('decidedBy', row.decidedBy),
    ...ifSet('decidedOn', row.decidedOn),
    ...ifSet('decisionNo', row.decisionNo),
    ...ifSet('servedOn', row.servedOn),
    ...ifSet('serviceManner', row.serviceManner),
    ...ifSet('publishedOn', row.publishedOn),
    ...ifSet('termEndsOn', row.termEndsOn),
    ...ifSet('exitedOn', row.exitedOn),
    ...ifSet('exitGround', row.exitGround as Listing['exitGround'] | null),
    ...ifSet('exitAskedBy', hidden.exitAskedBy),
    ...ifSet('reason', row.reason),
    ...ifSet('importId', row.importId),
  }
}

function toContent(row: ListingRow, hidden: PrivateContent): ListingContent {
  const applicant = { ...ifSet('name', row.applicantName), ...ifSet('phone', hidden.applicantPhone) }
  return {
    debtor: {
      kind: row.debtorKind,
      name: row.name,
      identifier: hidden.identifier,
      officers: hidden.officers,
      ...ifSet('document', hidden.document),
      ...ifSet('sex', row.sex as Debtor['sex'] | null),
      ...ifSet('birth', hidden.birth),
      ...ifSet('legalRepresentative', row.legalRepresentative),
      ...ifSet('phone', hidden.phone),
      ...ifSet('wechat', hidden.wechat),
      ...ifSet('address', hidden.address),
      ...ifSet('employer', row.employer),
      ...ifSet('official', hidden.official),
    },
    caseNo: row.caseNo,
    court: row.court,
    ...ifSet('province', row.province),
    filedOn: row.filedOn,
    basisNo: row.basisNo,
    basisMaker: row.basisMaker,
    obligation: row.obligation,
    performance: row.performance,
    grounds: row.grounds.split(',').map(Number) as Ground[],
    termMonths: row.termMonths,
    disclosure: row.disclosure,
    ...ifSet('publishedOn', hidden.publishedOn),
    ...ifSet('ownMotion', hidden.ownMotion),
    ...(Object.keys(applicant).length === 0 ? {} : { applicant }),
  }
}

/** Who asked for the deletion of a shielded listing; older exits did not record it, for them the applicant whom the listing names. */
export function askedByOf(secrets: Pick<Secrets, 'open'>, row: Pick<ListingRow, 'id' | 'private' | 'applicantName'>): string | null {
  return openRow(listingTable, secrets, { id: row.id, private: row.private }).private.exitAskedBy ?? row.applicantName
}
