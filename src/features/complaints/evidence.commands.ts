// Evidence of complaints: recognised by its content, cleaned of device metadata, hashed, stored sealed, and opened by those who may see it.
// Kinds and cleaning are platform/media, the bytes on disk platform/files/files.ts.

import type { Readable } from 'node:stream'
import { AppError, isAppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { sha256 } from '../../core/secrets.ts'
import { mustHandle, addEvidenceTo } from './rules.ts'
import { mayOpenEvidence, type EvidenceFacts } from './views.rules.ts'
import { authorize, type Actor } from '../../platform/commands/permissions.ts'
import { cleanApart } from '../../platform/media/apart.ts'
import { onePiece, withReceived } from '../../platform/media/clean.ts'
import { MEDIA_TYPES, type MediaKind } from '../../platform/media/media.ts'
import { findComplaint, toComplaint, type ComplaintRow } from './store.ts'
import type { Db } from '../../platform/database/database.ts'
import { evidenceOf, insertEvidence, type EvidenceRow } from './evidence.store.ts'
import { findByCode, requireOpen, saveComplaint, type ComplaintKey, type LoadedComplaint } from './changes.commands.ts'
import { countUpload } from '../forms/commands.ts'
import { command, query, type AppContext } from '../../platform/commands/command.ts'

/** Media types that a sender may declare. The kind of a file is recognised by its content alone. */
export const EVIDENCE_TYPES: readonly string[] = [...Object.values(MEDIA_TYPES), 'audio/mp4', 'video/quicktime', 'video/3gpp']

/** How a complaint is named: by number and query code for the complainant, by id for its handler. */
export type ComplaintReference = ComplaintKey | { id: string }

/**
 * Adds one file as evidence. The file's name and declared type are neither used nor stored.
 * @param input.origin the network of whoever has no account, by which uploads are counted.
 * @throws `complaint_missing`, `complaint_act_impossible`, `complaint_not_yours`, `evidence_too_many`, `body_too_large`,
 * `uploads_limited`, `evidence_type_refused`, `evidence_active`, `evidence_broken`.
 */
export async function addEvidence(
  app: AppContext,
  actor: Actor,
  input: { complaint: ComplaintReference; content: AsyncIterable<Uint8Array>; origin?: string },
): Promise<EvidenceFacts> {
  authorize(actor, 'complaint.add_evidence')
  await mustBeAddable(app, actor, input.complaint)
  if (input.origin !== undefined) await countUpload(app, actor, { origin: input.origin })
  const received = { content: input.content, max: app.config.evidence.maxBytes }
  const facts = await withReceived(app.files, received, (original) => keepEvidence(app, actor, { complaint: input.complaint, original }))
  if (facts === null) throw new AppError('evidence_type_refused')
  return facts
}

async function keepEvidence(
  app: AppContext,
  actor: Actor,
  input: { complaint: ComplaintReference; original: Buffer },
): Promise<EvidenceFacts> {
  const { original } = input
  const { kind, bytes } = await cleanApart(original)
  const id = newId()
  const fileId = `evidence-${id}`
  const stored = await app.files.put(fileId, onePiece(bytes), { maxBytes: bytes.length })
  try {
    const kept = { id, fileId, kind, ...stored, originalSha256: sha256(original) }
    return await keepWithRetries(app, actor, { complaint: input.complaint, kept })
  } catch (error) {
    await app.files.remove(fileId)
    throw error
  }
}

/** Checked before the file is read, so that nobody uploads 20 MB in vain. */
const mustBeAddable = query('complaint.add_evidence', async ({ db, app, actor }, name: ComplaintReference): Promise<void> => {
  const { complaint } = await findForActor(app, db, actor, name)
  requireOpen(complaint)
  await mustHaveRoom(app, db, complaint.id)
})

/** The complaint, where this actor may add to it. @throws `complaint_missing`, `complaint_not_yours`. */
async function findForActor(app: AppContext, db: Db, actor: Actor, name: ComplaintReference): Promise<LoadedComplaint> {
  if ('code' in name) return findByCode(db, app.secrets, name)
  if (actor.roles.includes('public')) throw new AppError('complaint_missing')
  const isSystem = actor.roles.includes('house')
  const row = await findComplaint(db, name.id)
  if (row === null) throw new AppError('complaint_missing')
  const complaint = toComplaint(app.secrets, row)
  // The application itself adds what was sent in the conversation in which the complaint was filed.
  if (!isSystem) mustHandle(complaint, actor)
  return { row, complaint }
}

async function mustHaveRoom(app: AppContext, db: Db, complaintId: string): Promise<void> {
  const { maxFiles } = app.config.evidence
  if ((await evidenceOf(db, [complaintId])).length >= maxFiles) throw new AppError('evidence_too_many', { max: maxFiles })
}

/** A stored file that is not entered as evidence yet. */
export type StoredEvidence = Pick<EvidenceRow, 'id' | 'fileId' | 'bytes' | 'sha256' | 'originalSha256'> & { kind: MediaKind }

const MAX_ATTEMPTS = 5

/** Retries on a stale version, because several files uploaded at once each raise the complaint's version. */
async function keepWithRetries(
  app: AppContext,
  actor: Actor,
  input: { complaint: ComplaintReference; kept: StoredEvidence },
): Promise<EvidenceFacts> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await recordEvidence(app, actor, input)
    } catch (error) {
      if (!isAppError(error, 'complaint_version_stale') || attempt === MAX_ATTEMPTS) throw error
    }
  }
}

/** Enters a stored file as evidence. @throws `complaint_missing`, `complaint_act_impossible`, `evidence_too_many`. */
export const recordEvidence = command(
  'complaint.add_evidence',
  async (context, { complaint: name, kept }: { complaint: ComplaintReference; kept: StoredEvidence }): Promise<EvidenceFacts> => {
    const { tx, app, actor, now } = context
    const before = await findForActor(app, tx, actor, name)
    const complaint = addEvidenceTo(before.complaint)
    await mustHaveRoom(app, tx, complaint.id)
    const { id, kind, bytes, sha256: hash } = kept
    const detail = { evidence: id, kind, bytes, sha256: hash, originalSha256: kept.originalSha256 }
    await saveComplaint(context, before, complaint, { act: 'add_evidence', told: [], detail })
    await insertEvidence(tx, { ...kept, complaintId: complaint.id, at: now, actor: actor.id, released: false })
    return { id, kind, bytes, sha256: hash, at: now, released: false }
  },
)

/** A file of evidence to download; its name is made of the complaint's number and its position. */
export interface EvidenceDownload {
  fileName: string
  type: string
  bytes: number
  content: Readable
}

/**
 * Opens a file: any for the handler, released ones for the assigned unit.
 * @throws `evidence_missing`, also for files that the actor may not see.
 */
export const openEvidence = query(
  'complaint.read',
  async ({ db, app, actor }, input: { complaintId: string; evidenceId: string }): Promise<EvidenceDownload> => {
    const row = await findComplaint(db, input.complaintId)
    const files = row === null ? [] : await evidenceOf(db, [row.id])
    const index = files.findIndex((each) => each.id === input.evidenceId)
    const evidence = files[index]
    if (row === null || evidence === undefined || !mayOpen(actor, row, evidence)) throw new AppError('evidence_missing')
    const kind = evidence.kind as MediaKind
    const fileName = `${row.number}-${index + 1}.${kind === 'jpeg' ? 'jpg' : kind}`
    return { fileName, type: MEDIA_TYPES[kind], bytes: evidence.bytes, content: app.files.open(evidence.fileId) }
  },
)

function mayOpen(actor: Actor, row: ComplaintRow, evidence: EvidenceRow): boolean {
  return mayOpenEvidence({ unitId: row.unitId, unresolved: Boolean(row.unresolved), assignedTo: row.assignedTo }, evidence, actor)
}
