// Links sent to one person: the token only as a hash, whom it was sent to, when it ends, when and by which browser it was used.
// What opening one shows is features/links/rules; the pages are the subjects' own.

import type { Link, LinkSubject } from './rules.ts'
import { id, instant, optional, primary, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'

export interface LinkRow extends Link {
  id: string
  /** SHA-256 of the token, hexadecimal. */
  tokenHash: string
  subject: LinkSubject
  /** The notice's or the push's id. */
  subjectId: string
  unitId: string
  /** `liaison:<id>` or `unit:<id>`: whom it was sent to. */
  recipient: string
  createdAt: Date
}

export const linkTable = table<LinkRow>(
  'link',
  {
    id: primary(id()),
    tokenHash: text(64),
    subject: text(12),
    subjectId: id(),
    unitId: text(40),
    recipient: text(60),
    createdAt: instant(),
    expiresAt: instant(),
    usedAt: optional(instant()),
    holderHash: optional(text(64)),
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

export async function findLink(db: Db, subject: LinkSubject, tokenHash: string): Promise<LinkRow | null> {
  return db.manager.getRepository(linkTable.schema).findOneBy({ subject, tokenHash })
}

export async function linksOf(db: Db, subject: LinkSubject, subjectId: string): Promise<LinkRow[]> {
  return db.manager.getRepository(linkTable.schema).find({ where: { subject, subjectId }, order: { id: 'ASC' } })
}

/** Uses a link: true for exactly one caller. */
export async function useLink(tx: Tx, linkId: string, holderHash: string, at: Date): Promise<boolean> {
  return (
    (await tx.run(
      'update link set used_at = ?, holder_hash = ? where id = ? and used_at is null and replaced_at is null and expires_at > ?',
      [at, holderHash, linkId, at],
    )) === 1
  )
}

/** Takes back links of a subject to a unit that nobody has used yet: newer ones are on their way. */
export async function replaceLinks(tx: Tx, target: Pick<LinkRow, 'subject' | 'subjectId' | 'unitId'>, at: Date): Promise<void> {
  await tx.run(
    'update link set replaced_at = ? where subject = ? and subject_id = ? and unit_id = ? and used_at is null and replaced_at is null',
    [at, target.subject, target.subjectId, target.unitId],
  )
}
