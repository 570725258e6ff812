// Table and SQL of intakes: what debtors handed in by conversation. Their texts are sealed.
// Which transitions an intake has is rules.ts.

import { AppError } from '../../core/errors.ts'
import type { Secrets } from '../../core/secrets.ts'
import type { Intake, IntakeKind, IntakeRecord, IntakeState } from './rules.ts'
import { big, day, id, instant, long, optional, primary, references, sealedJson, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { isDuplicate } from '../../platform/database/faults.ts'
import { openRow, sealRow } from '../../platform/database/sealing.ts'

/** An intake as stored. */
export interface IntakeRow extends Omit<Intake, 'record'> {
  /** Sealed JSON of IntakeRecord. */
  record: string
  /** Listing, kind and subject while it waits, unique: the same request cannot wait twice. */
  openKey: string | null
}

export const intakeTable = table<IntakeRow, { record: IntakeRecord }>(
  'intake',
  {
    id: primary(id()),
    number: text(20),
    kind: text(10),
    listingId: references('listing', id()),
    about: optional(text(10)),
    way: text(10),
    state: text(12),
    receivedOn: day(),
    receivedAt: instant(),
    registeredAs: optional(id()),
    handledBy: optional(text(60)),
    handledAt: optional(instant()),
    record: sealedJson(long()),
    openKey: optional(text(80)),
  },
  [
    { name: 'ux_intake_number', columns: ['number'], unique: true },
    { name: 'ux_intake_open', columns: ['openKey'], unique: true },
    { name: 'ix_intake_state', columns: ['state', 'receivedAt'] },
    { name: 'ix_intake_listing', columns: ['listingId'] },
  ],
)

/** A file that was handed in with an intake. */
export interface IntakeFileRow {
  id: string
  intakeId: string
  /** The name under which platform/files/files.ts stores it. */
  fileId: string
  kind: string
  bytes: number
  sha256: string
  /** SHA-256 of the file as handed in, before device data was removed. */
  originalSha256: string
  at: Date
}

export const intakeFileTable = table<IntakeFileRow>(
  'intake_file',
  {
    id: primary(id()),
    intakeId: references('intake', id()),
    fileId: text(64),
    kind: text(10),
    bytes: big(),
    sha256: text(64),
    originalSha256: text(64),
    at: instant(),
  },
  [{ name: 'ix_intake_file_intake', columns: ['intakeId'] }],
)

export async function insertIntakeFiles(tx: Tx, rows: readonly IntakeFileRow[]): Promise<void> {
  if (rows.length > 0) await tx.insert(intakeFileTable, rows)
}

/** The files of an intake, oldest first. */
export async function filesOfIntake(db: Db, intakeId: string): Promise<IntakeFileRow[]> {
  const rows = await db.manager.getRepository(intakeFileTable.schema).find({ where: { intakeId }, order: { id: 'ASC' } })
  return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }))
}

/** Seals the texts of an intake for storing. */
export function toIntakeRow(secrets: Secrets, intake: Intake): IntakeRow {
  const openKey = intake.state === 'waiting' ? `${intake.listingId}:${intake.kind}:${intake.about ?? ''}` : null
  return sealRow(intakeTable, secrets, { ...intake, openKey })
}

/** Opens the texts of a stored intake. */
export function toIntake(secrets: Secrets, row: IntakeRow): Intake {
  const { openKey: _openKey, ...intake } = openRow(intakeTable, secrets, row)
  return intake
}

/** Stores a new intake. @throws AppError `intake_pending` when the same request waits already. */
export async function insertIntake(tx: Tx, row: IntakeRow): Promise<void> {
  try {
    await tx.insert(intakeTable, [row])
  } catch (error) {
    if (isDuplicate(error)) throw new AppError('intake_pending')
    throw error
  }
}

export async function findIntake(db: Db, intakeId: string): Promise<IntakeRow | null> {
  return db.manager.getRepository(intakeTable.schema).findOneBy({ id: intakeId })
}

/** Stores an intake that was registered or declined. Returns false when it is no longer waiting. */
export async function settleIntake(tx: Tx, row: IntakeRow): Promise<boolean> {
  const { affected } = await tx.manager.getRepository(intakeTable.schema).update({ id: row.id, state: 'waiting' }, row)
  return affected === 1
}

export interface IntakeFilter {
  state?: IntakeState | undefined
  kind?: IntakeKind | undefined
  listingId?: string | undefined
  number?: string | undefined
}

/** Intakes that match the filter, oldest first. */
export async function searchIntakes(
  db: Db,
  filter: IntakeFilter,
  page: { limit: number; offset: number },
): Promise<{ items: IntakeRow[]; total: number }> {
  const query = db.manager
    .getRepository(intakeTable.schema)
    .createQueryBuilder('i')
    .orderBy('i.id', 'ASC')
    .take(page.limit)
    .skip(page.offset)
  for (const [column, value] of Object.entries<string | undefined>({ ...filter }))
    if (value !== undefined) query.andWhere(`i.${column} = :${column}`, { [column]: value })
  const [items, total] = await query.getManyAndCount()
  return { items, total }
}
