// Table of one-time links: the keyed hash of the token, the recipient, when the link ends, when and by which browser it was used.
// The state of a link is features/links/rules.ts; the pages belong to the features of the subjects.

import { In } from 'typeorm'
import type { Link, LinkSubject } from './rules.ts'
import { bearerKey } from '../../core/secrets.ts'
import { blindIndex, id, instant, optional, primary, sealedKey, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'

/** One link to one recipient. */
export interface LinkRow extends Link {
  id: string
  /** SHA-256 of the token, sealed; null while an earlier version's bare hash has not been keyed. */
  token: string | null
  /** Blind index of the token, by which the link is found. */
  tokenHash: string
  subject: LinkSubject
  /** Id of the assistance notice or of the quarterly list. */
  subjectId: string
  unitId: string
  /** Recipient: `liaison:<id>` or `unit:<id>`. */
  recipient: string
  createdAt: Date
}

export const linkTable = table<LinkRow>(
  'link',
  {
    id: primary(id()),
    token: optional(sealedKey()),
    tokenHash: { ...blindIndex('bearer', 'token', (hash) => bearerKey('link', hash).value), length: 64 },
    subject: text(12),
    subjectId: id(),
    unitId: text(40),
    recipient: text(60),
    createdAt: instant(),
    expiresAt: instant(),
    usedAt: optional(instant()),
    holderHash: optional(sealedKey()),
    replacedAt: optional(instant()),
  },
  [
    { name: 'ux_link_token', columns: ['tokenHash'], unique: true },
    { name: 'ix_link_subject', columns: ['subject', 'subjectId'] },
  ],
)

export async function insertLinks(tx: Tx, rows: readonly LinkRow[]): Promise<void> {
  await tx.insert(linkTable, rows)
}

/** The link with one of these hashes of its token, under every key; null for another subject too. */
export async function findLink(db: Db, subject: LinkSubject, tokenHashes: readonly string[]): Promise<LinkRow | null> {
  return db.manager.getRepository(linkTable.schema).findOneBy({ subject, tokenHash: In([...tokenHashes]) })
}

/** Every link to a subject, oldest first. */
export async function linksOf(db: Db, subject: LinkSubject, subjectId: string): Promise<LinkRow[]> {
  return db.manager.getRepository(linkTable.schema).find({ where: { subject, subjectId }, order: { id: 'ASC' } })
}

/** Marks a link as used. True for exactly one caller; false if it was used, replaced or has expired. */
export async function useLink(tx: Tx, linkId: string, holderHash: string, at: Date): Promise<boolean> {
  return (
    (await tx.run(
      'update link set used_at = ?, holder_hash = ? where id = ? and used_at is null and replaced_at is null and expires_at > ?',
      [at, holderHash, linkId, at],
    )) === 1
  )
}

/** Replaces all links of a subject to a unit, because newer ones are being sent: a phone that was lost opens nothing any more. */
export async function replaceLinks(tx: Tx, target: Pick<LinkRow, 'subject' | 'subjectId' | 'unitId'>, at: Date): Promise<void> {
  await tx.run('update link set replaced_at = ? where subject = ? and subject_id = ? and unit_id = ? and replaced_at is null', [
    at,
    target.subject,
    target.subjectId,
    target.unitId,
  ])
}

/** Ends every link to a recipient, used or not. */
export async function endLinksTo(tx: Tx, recipient: string, at: Date): Promise<void> {
  await tx.run('update link set replaced_at = ? where recipient = ? and replaced_at is null and expires_at > ?', [at, recipient, at])
}
