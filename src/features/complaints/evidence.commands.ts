// Evidence of complaints: looked at by its content, cleaned of what devices write into it, hashed, kept sealed; shown to whom it may be shown.
// Kinds and cleaning are media/, the bytes on the disk platform/files/files.

import type { Readable } from 'node:stream'
import { AppError, isAppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { sha256 } from '../../core/secrets.ts'
import { isConflicted, isHandler, mustHandle, speaksFor, takeEvidence } from './rules.ts'
import type { EvidenceFacts } from './views.rules.ts'
import { authorize, type Actor } from '../../platform/commands/permissions.ts'
import { BrokenMedia } from '../../platform/media/broken.ts'
import { kindOfMedia, MEDIA_TYPES, stripMedia, type MediaKind } from '../../platform/media/media.ts'
import { findComplaint, toComplaint } from './store.ts'
import type { Db } from '../../platform/database/database.ts'
import { evidenceOf, insertEvidence, type EvidenceRow } from './evidence.store.ts'
import { findByCode, mustBeOpen, saveComplaint, type ComplaintKey, type LoadedComplaint } from './changes.commands.ts'
import { command, query, type AppContext } from '../../platform/commands/command.ts'

/** What senders may call a file; what it is, its content says. */
export const EVIDENCE_TYPES: readonly string[] = [...Object.values(MEDIA_TYPES), 'audio/mp4', 'video/quicktime', 'video/3gpp']

/** Whoever filed it names it by number and code, its handler by id. */
export type EvidenceFor = ComplaintKey | { id: string }

/**
 * Takes one file in as evidence. Name and type as sent are not looked at and not kept.
 * @throws `complaint_missing`, `complaint_act_impossible`, `complaint_not_yours`, `evidence_too_many`, `body_too_large`, `evidence_type_refused`, `evidence_broken`.
 */
export async function addEvidence(
  app: AppContext,
  actor: Actor,
  input: { complaint: EvidenceFor; content: AsyncIterable<Uint8Array> },
): Promise<EvidenceFacts> {
  authorize(actor, 'complaint.add_evidence')
  await mayAdd(app, actor, input.complaint)
  const original = await readBounded(input.content, app.config.evidence.maxBytes)
  const { kind, bytes } = cleaned(original)
  const id = newId()
  const fileId = `evidence-${id}`
  const stored = await app.files.put(fileId, onePiece(bytes), { maxBytes: bytes.length })
  try {
    const kept = { id, fileId, kind, ...stored, originalSha256: sha256(original) }
    return await keptInTurn(app, actor, { complaint: input.complaint, kept })
  } catch (error) {
    await app.files.remove(fileId)
    throw error
  }
}

/** Asked before the file is read, so that nobody sends 20 MB in vain. */
const mayAdd = query('complaint.add_evidence', async ({ db, app, actor }, which: EvidenceFor): Promise<void> => {
  const { complaint } = await located(app, db, actor, which)
  mustBeOpen(complaint)
  await mustHaveRoom(app, db, complaint.id)
})

async function located(app: AppContext, db: Db, actor: Actor, which: EvidenceFor): Promise<LoadedComplaint> {
  if ('code' in which) return findByCode(db, app.secrets, which)
  if (actor.roles.includes('public')) throw new AppError('complaint_missing')
  const sent = actor.roles.includes('house')
  const row = await findComplaint(db, which.id)
  if (row === null) throw new AppError('complaint_missing')
  const complaint = toComplaint(app.secrets, row)
  // The house adds what was sent in the conversation in which the complaint was filed.
  if (!sent) mustHandle(complaint, actor)
  return { row, complaint }
}

async function mustHaveRoom(app: AppContext, db: Db, complaintId: string): Promise<void> {
  const { maxFiles } = app.config.evidence
  if ((await evidenceOf(db, [complaintId])).length >= maxFiles) throw new AppError('evidence_too_many', { max: maxFiles })
}

async function readBounded(content: AsyncIterable<Uint8Array>, max: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of content) {
    bytes += part.length
    if (bytes > max) throw new AppError('body_too_large', { max })
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** What a file is by its content, and its bytes without a device's marks. @throws `evidence_type_refused`, `evidence_broken`. */
export function cleaned(original: Buffer): { kind: MediaKind; bytes: Buffer } {
  const kind = kindOfMedia(original)
  if (kind === null) throw new AppError('evidence_type_refused')
  try {
    return { kind, bytes: stripMedia(original, kind) }
  } catch (error) {
    if (error instanceof BrokenMedia) throw new AppError('evidence_broken', { kind }, [], error)
    throw error
  }
}

/** A file that is here already, as something to be written. */
export async function* onePiece(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes)
}

export type Kept = Pick<EvidenceRow, 'id' | 'fileId' | 'bytes' | 'sha256' | 'originalSha256'> & { kind: MediaKind }

const TURNS = 5

/** Several files sent at once meet at the complaint's version: each has its turn. */
async function keptInTurn(app: AppContext, actor: Actor, input: { complaint: EvidenceFor; kept: Kept }): Promise<EvidenceFacts> {
  for (let turn = 1; ; turn++) {
    try {
      return await keepEvidence(app, actor, input)
    } catch (error) {
      if (!isAppError(error, 'complaint_version_stale') || turn === TURNS) throw error
    }
  }
}

/** Enters a file that is kept already. @throws `complaint_missing`, `complaint_act_impossible`, `evidence_too_many`. */
export const keepEvidence = command(
  'complaint.add_evidence',
  async (context, { complaint: which, kept }: { complaint: EvidenceFor; kept: Kept }): Promise<EvidenceFacts> => {
    const { tx, app, actor, now } = context
    const before = await located(app, tx, actor, which)
    const complaint = takeEvidence(before.complaint)
    await mustHaveRoom(app, tx, complaint.id)
    const { id, kind, bytes, sha256: hash } = kept
    const detail = { evidence: id, kind, bytes, sha256: hash, originalSha256: kept.originalSha256 }
    await saveComplaint(context, before, complaint, { act: 'add_evidence', told: [], detail })
    await insertEvidence(tx, { ...kept, complaintId: complaint.id, at: now, actor: actor.id, released: false })
    return { id, kind, bytes, sha256: hash, at: now, released: false }
  },
)

export interface EvidenceDownload {
  fileName: string
  type: string
  bytes: number
  content: Readable
}

/** The file: all of them for the handler, released ones for the assigned unit. @throws `evidence_missing`, also for what the actor may not know of. */
export const openEvidence = query(
  'complaint.read',
  async ({ db, app, actor }, input: { complaintId: string; evidenceId: string }): Promise<EvidenceDownload> => {
    const row = await findComplaint(db, input.complaintId)
    const files = row === null ? [] : await evidenceOf(db, [row.id])
    const at = files.findIndex((each) => each.id === input.evidenceId)
    const found = files[at]
    if (row === null || found === undefined || !mayOpen(actor, row, found)) throw new AppError('evidence_missing')
    const kind = found.kind as MediaKind
    const fileName = `${row.number}-${at + 1}.${kind === 'jpeg' ? 'jpg' : kind}`
    return { fileName, type: MEDIA_TYPES[kind], bytes: found.bytes, content: app.files.open(found.fileId) }
  },
)

function mayOpen(actor: Actor, complaint: { unitId: string | null; assignedTo: string | null }, evidence: EvidenceRow): boolean {
  if (isHandler(complaint, actor)) return true
  const theirs = complaint.assignedTo !== null && speaksFor(actor).includes(complaint.assignedTo)
  return theirs && evidence.released && !isConflicted(complaint, actor)
}
