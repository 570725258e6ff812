// The proven end of each audit chain: its last position and hash. Without it, whoever writes to the database could write a chain anew or cut it
// at its end, because the hashes have no key. Chains of listings have none: their end is in the listing's signature.

import type { Secrets } from '../../core/secrets.ts'
import { int, primary, proof, table, text, type Proven } from '../database/columns.ts'
import type { Db, Tx } from '../database/database.ts'
import { proofFits, proofOf } from '../database/proofs.ts'
import type { AuditHead } from './audit.store.ts'

/** Where a subject's chain ends. */
export interface AuditEndRow {
  subject: string
  n: number
  /** Of the chain's last row. */
  hash: string
}

/** The table `audit_end`. */
export const auditEndTable = table<AuditEndRow & Proven>('audit_end', {
  subject: primary(text(60)),
  n: int(),
  hash: text(64),
  proof: proof(),
})

/** Whether the end of a subject's chain is signed elsewhere. */
const isSigned = (subject: string): boolean => subject.startsWith('listing:')

/**
 * Moves the ends of chains that went on in this transaction. Where the end is not what this application wrote, or the chain did not end there,
 * it stays: the next row must not approve of what somebody else did to the chain.
 * @param moves by subject, the head from which the chain went on and the one that it has now.
 */
export async function moveEnds(
  tx: Tx,
  secrets: Pick<Secrets, 'sign' | 'verify'>,
  moves: ReadonlyMap<string, { from: AuditHead; to: AuditHead }>,
): Promise<void> {
  const kept = [...moves].filter(([subject]) => !isSigned(subject))
  const begun = kept.filter(([, { from }]) => from.n === 0).map(([subject, { to }]) => ({ subject, ...to }))
  const ends = begun.map((row) => ({ ...row, proof: proofOf(secrets, auditEndTable, row) }))
  await tx.insert(auditEndTable, ends)
  for (const [subject, { from, to }] of kept) if (from.n > 0) await moveEnd(tx, secrets, subject, { from, to })
}

/** The same for one chain that had rows before. @returns whether it ended where its proven end says. */
export async function moveEnd(
  tx: Tx,
  secrets: Pick<Secrets, 'sign' | 'verify'>,
  subject: string,
  { from, to }: { from: AuditHead; to: AuditHead },
): Promise<boolean> {
  if (isSigned(subject)) return true
  const before = { subject, ...from }
  const [end] = await tx.query<{ proof: string | null }>('select proof from audit_end where subject = ? and n = ? and hash = ?', [
    subject,
    from.n,
    from.hash,
  ])
  if (end === undefined || !proofFits(secrets, auditEndTable, { ...before, ...end })) return false
  const proof = proofOf(secrets, auditEndTable, { subject, ...to })
  return (
    (await tx.run('update audit_end set n = ?, hash = ?, proof = ? where subject = ? and n = ?', [to.n, to.hash, proof, subject, from.n])) >
    0
  )
}

/** Chains that do not end where their end says, of those that follow a subject; and the last one looked at, null when none is left. */
export async function wrongEnds(db: Db, after: string, limit: number): Promise<{ wrong: AuditHeadOf[]; last: string | null }> {
  // One statement, because chains go on meanwhile.
  const rows = await db.query<{ subject: string; n: number; wrong: number }>(
    `select e.subject, e.n, a.subject is null or exists (select 1 from audit b where b.subject = e.subject and b.n > e.n) as wrong
      from audit_end e left join audit a on a.subject = e.subject and a.n = e.n and a.hash = e.hash
      where e.subject > ? order by e.subject limit ${limit}`,
    [after],
  )
  const wrong = rows.filter((row) => Number(row.wrong) === 1).map(({ subject, n }) => ({ subject, n: Number(n) }))
  return { wrong, last: rows.at(-1)?.subject ?? null }
}

/** A place in a subject's chain. */
export type AuditHeadOf = Pick<AuditEndRow, 'subject' | 'n'>

/** Chains without an end, that follow a subject, in order. */
export async function endlessChains(db: Db, after: string, limit: number): Promise<string[]> {
  const rows = await db.query<{ subject: string }>(
    `select distinct a.subject from audit a
      where a.subject > ? and a.subject not like 'listing:%' and not exists (select 1 from audit_end e where e.subject = a.subject)
      order by a.subject limit ${limit}`,
    [after],
  )
  return rows.map(({ subject }) => subject)
}
