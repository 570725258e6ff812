// Forms of the public pages: photos that wait for the rest of their form, handing a form in once however often it is sent, and its receipt.
// What is handed in is a command of its own feature, run inside the transaction here; reading the request is receive.routes.ts.

import { AppError, isAppError, type Code } from '../../core/errors.ts'
import { newId, newToken } from '../../core/ids.ts'
import { bearerHash, bearerHashes, sha256 } from '../../core/secrets.ts'
import { lockTries } from '../../messaging/conversations.store.ts'
import { countUse, returnUse, type SenderUse, type UsedUp } from '../../messaging/sender-limits.ts'
import { query, systemCommand, withinTransaction, type AppContext } from '../../platform/commands/command.ts'
import { SYSTEM, type Actor } from '../../platform/commands/permissions.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { openRow, sealRow } from '../../platform/database/sealing.ts'
import { cleanApart } from '../../platform/media/apart.ts'
import { onePiece, readBounded, withReceived } from '../../platform/media/clean.ts'
import type { MediaKind } from '../../platform/media/media.ts'
import { FILED_AN_HOUR, HELD_FOR, KEPT_AN_HOUR, RECEIPT_FOR, secondsLeft, UPLOADS_AN_HOUR } from './rules.ts'
import {
  deleteExpiredFiles,
  deleteExpiredReceipts,
  deleteFormFiles,
  deleteFormReceipt,
  filesOfForm,
  findFormFile,
  findFormReceipt,
  formReceiptTable,
  heldBytes,
  insertFormFile,
  insertFormReceipt,
  updateFormReceipt,
  type FormFileRow,
} from './store.ts'

/** A file that waits for its form. */
export interface HeldFile {
  id: string
  kind: MediaKind
  bytes: number
}

/** A file as a feature takes it over; its bytes stay where they are stored. */
export type HandedFile = Omit<FormFileRow, 'form' | 'expiresAt' | 'kind'> & { kind: MediaKind }

/** What a page shows of something that was handed in. */
export type Receipt = Readonly<Record<string, string | number>>

/** What may be stored of a form's token, under the active key first. */
function formsOf({ secrets }: AppContext, token: string): [string, ...string[]] {
  return bearerHashes(secrets, 'form', token)
}

/** The same of the token of a receipt. */
function receiptsOf({ secrets }: AppContext, pass: string): [string, ...string[]] {
  return bearerHashes(secrets, 'receipt', pass)
}

/** Files of a form that wait for the rest of it. @param token of the form, from its page. */
export const heldFiles = query('form.hold', async ({ app, db, now }, token: string): Promise<HeldFile[]> => {
  const rows = await filesOfForm(db, formsOf(app, token), now)
  return rows.map(({ id, kind, bytes }) => ({ id, kind: kind as MediaKind, bytes }))
})

/**
 * Keeps one file of a form until the form is handed in or expires.
 * @throws `evidence_too_many`, `evidence_type_refused`, `evidence_heic`, `evidence_broken`, `uploads_limited`, `uploads_full`.
 */
export async function holdFile(
  app: AppContext,
  actor: Actor,
  input: { token: string; origin: string; content: AsyncIterable<Uint8Array> },
): Promise<void> {
  const received = { content: input.content, max: app.config.evidence.maxBytes }
  await withReceived(app.files, received, (original) => holdReceived(app, actor, { ...input, original }))
}

async function holdReceived(app: AppContext, actor: Actor, input: { token: string; origin: string; original: Buffer }): Promise<void> {
  const { token, origin, original } = input
  await countUpload(app, actor, { origin, forms: formsOf(app, token) })
  const { kind, bytes } = await cleanApart(original)
  const id = newId()
  const fileId = `form-${id}`
  const stored = await app.files.put(fileId, onePiece(bytes), { maxBytes: bytes.length })
  try {
    await keepHeld(app, actor, {
      row: { id, form: bearerHash(app.secrets, 'form', token), fileId, kind, ...stored, originalSha256: sha256(original) },
    })
  } catch (error) {
    await app.files.remove(fileId)
    throw error
  }
}

/**
 * Counts a file before it is looked at: one that is refused has cost its work as well. The count stays whatever becomes of the file.
 * @param input.forms hashes of the form's token, where the file belongs to one. @throws `uploads_limited`, `evidence_too_many`.
 */
export async function countUpload(app: AppContext, actor: Actor, input: { origin: string; forms?: readonly string[] }): Promise<void> {
  const full = await countOne(app, actor, input.origin)
  if (full !== null) throw new AppError('uploads_limited', { retrySeconds: secondsLeft(full, app.clock.now()) })
  if (input.forms !== undefined) await mustHaveRoom(app, actor, input.forms)
}

const countOne = systemCommand('form.hold', ({ app, tx, now }, sender: string): Promise<UsedUp | null> =>
  countUse(app, tx, { what: 'upload', sender, most: UPLOADS_AN_HOUR }, now),
)

const mustHaveRoom = query('form.hold', ({ app, db, now }, forms: readonly string[]): Promise<void> => requireRoom(app, db, forms, now))

async function requireRoom({ config }: AppContext, db: Db, forms: readonly string[], now: Date): Promise<void> {
  const { maxFiles } = config.evidence
  if ((await filesOfForm(db, forms, now)).length >= maxFiles) throw new AppError('evidence_too_many', { max: maxFiles })
}

const keepHeld = systemCommand('form.hold', async ({ app, tx, now }, { row }: { row: Omit<FormFileRow, 'expiresAt'> }): Promise<void> => {
  // Locked until the end: files are judged one after another, because the space of all forms is one.
  await lockTries(tx, 'upload:space', now)
  await requireRoom(app, tx, [row.form], now)
  if ((await heldBytes(tx)) + row.bytes > app.config.formFilesBytes) throw new AppError('uploads_full', { retrySeconds: 600 })
  await insertFormFile(tx, { ...row, expiresAt: new Date(now.getTime() + HELD_FOR) })
})

/** The bytes of a file that waits, for a conversation that takes it over; null when it has expired. */
export const heldBytesOf = query('bot.collect', async ({ app, db, now }, fileId: string): Promise<Buffer | null> => {
  const row = await findFormFile(db, fileId)
  if (row === null || row.expiresAt <= now) return null
  return readBounded(app.files.open(row.fileId), Number(row.bytes))
})

/** Takes a file off a form again. Nothing happens when the form has no such file. */
export async function dropFile(app: AppContext, actor: Actor, input: { token: string; id: string }): Promise<void> {
  const fileId = await dropHeld(app, actor, input)
  if (fileId !== null) await app.files.remove(fileId)
}

const dropHeld = systemCommand(
  'form.hold',
  async ({ app, tx, now }, { token, id }: { token: string; id: string }): Promise<string | null> => {
    const row = (await filesOfForm(tx, formsOf(app, token), now)).find((each) => each.id === id)
    if (row === undefined) return null
    await deleteFormFiles(tx, [id])
    return row.fileId
  },
)

/** A form as it was sent. */
export interface Submission {
  /** The page that shows its receipt. */
  purpose: string
  token: string
  /** What was typed: the same form with other content is another thing handed in. */
  content: Readonly<Record<string, string | undefined>>
  origin: string
  /** Runs the feature's command inside the transaction. @returns what the receipt shows. */
  run(app: AppContext, files: readonly HandedFile[]): Promise<Receipt>
}

/**
 * Hands a form in, once: sent again it gives the receipt of the first time. Files of the form go to the feature.
 * @returns the token under which the browser sees the receipt.
 * @throws `rate_limited` after too many in an hour, and what the feature throws; then files and counters stay as they were.
 */
export const handInOnce = systemCommand('form.hold', async ({ app, tx, now }, submission: Submission): Promise<string> => {
  const { purpose, token, content, origin } = submission
  const pass = Buffer.from(sha256(`${purpose}:${token}:${JSON.stringify(Object.entries(content).sort())}`), 'hex').toString('base64url')
  const receiptId = bearerHash(app.secrets, 'receipt', pass)
  if ((await findFormReceipt(tx, receiptsOf(app, pass))) !== null) return pass
  await countFiling(app, tx, { origin, now })
  const row = { id: receiptId, purpose, expiresAt: new Date(now.getTime() + RECEIPT_FOR) }
  // First of all, so that the same form sent twice at once waits here and then finds the receipt.
  await insertFormReceipt(tx, sealRow(formReceiptTable, app.secrets, { ...row, record: {} }))
  const held = await filesOfForm(tx, formsOf(app, token), now)
  const record = await submission.run(
    withinTransaction(app, tx),
    held.map(({ form: _form, expiresAt: _expires, kind, ...file }) => ({ ...file, kind: kind as MediaKind })),
  )
  await deleteFormFiles(
    tx,
    held.map(({ id }) => id),
  )
  await updateFormReceipt(tx, receiptId, sealRow(formReceiptTable, app.secrets, { ...row, record: { ...record } }))
  return pass
})

/** @throws `rate_limited` after too many in an hour. */
async function countFiling(app: AppContext, tx: Tx, { origin, now }: { origin: string; now: Date }): Promise<void> {
  const full = await countUse(app, tx, { what: 'file', sender: origin, most: FILED_AN_HOUR }, now)
  if (full !== null) throw new AppError('rate_limited', { retrySeconds: secondsLeft(full, now) })
}

/** What a program files over the API, counted with what comes by page and conversation. What is refused is not counted. */
interface Filing<Filed> {
  origin: string
  /** Runs the feature's command inside the transaction. */
  file(app: AppContext): Promise<Filed>
}

const fileCounted = systemCommand('form.hold', async ({ app, tx, now }, { origin, file }: Filing<unknown>): Promise<unknown> => {
  await countFiling(app, tx, { origin, now })
  return file(withinTransaction(app, tx))
})

/** Files something within the limit of an hour that pages and conversations share. @throws `rate_limited`, and what the feature throws. */
export async function fileWithinLimit<Filed>(app: AppContext, actor: Actor, filing: Filing<Filed>): Promise<Filed> {
  return (await fileCounted(app, actor, filing)) as Filed
}

/** Lets a browser see something again for a while, after it showed that it may. @param input.lasts milliseconds. @returns the token for its cookie. */
export const grantReceipt = systemCommand(
  'form.hold',
  async (
    { app, tx, now },
    { purpose, record, lasts = RECEIPT_FOR }: { purpose: string; record: Receipt; lasts?: number },
  ): Promise<string> => {
    const pass = newToken()
    const row = { id: bearerHash(app.secrets, 'receipt', pass), purpose, record: { ...record }, expiresAt: new Date(now.getTime() + lasts) }
    await insertFormReceipt(tx, sealRow(formReceiptTable, app.secrets, row))
    return pass
  },
)

/**
 * Keeps what somebody typed into a form that was not handed in, within the space of all forms.
 * @throws `rate_limited` after too many in an hour of one network, `uploads_full`.
 */
export async function keepForm(
  app: AppContext,
  actor: Actor,
  { origin, ...kept }: { origin: string; purpose: string; record: Receipt },
): Promise<string> {
  await mustHaveSpace(app, actor, origin)
  return grantReceipt(app, actor, kept)
}

const mustHaveSpace = systemCommand('form.hold', async ({ app, tx, now }, origin: string): Promise<void> => {
  const full = await countUse(app, tx, { what: 'kept', sender: origin, most: KEPT_AN_HOUR }, now)
  if (full !== null) throw new AppError('rate_limited', { retrySeconds: secondsLeft(full, now) })
  if ((await heldBytes(tx)) > app.config.formFilesBytes) throw new AppError('uploads_full', { retrySeconds: 600 })
})

/** What a browser may see again. @throws `form_expired`, also for a token of another page. */
export const openReceipt = query(
  'form.hold',
  async ({ app, db, now }, input: { pass: string | null; purpose: string }): Promise<Receipt> => {
    const row = input.pass === null ? null : await findFormReceipt(db, receiptsOf(app, input.pass))
    if (row === null || row.purpose !== input.purpose || row.expiresAt <= now) throw new AppError('form_expired')
    return openRow(formReceiptTable, app.secrets, row).record
  },
)

/** Ends a receipt, on a phone or computer that others use too. */
export const endReceipt = systemCommand('form.hold', ({ app, tx }, pass: string): Promise<void> =>
  deleteFormReceipt(tx, receiptsOf(app, pass)),
)

/**
 * Opens something that number and code unlock. Each try is counted by network address before it is made, together with those of the
 * conversation, and given back unless it was refused.
 * @throws `rate_limited` after too many in an hour; then nothing is tried.
 */
export async function withGuessLimit<T>(
  app: AppContext,
  actor: Actor,
  { origin, refusal }: { origin: string; refusal: Code },
  open: () => Promise<T>,
): Promise<T> {
  await takeGuess(app, actor, origin)
  let isWrong = false
  try {
    return await open()
  } catch (error) {
    isWrong = isAppError(error, refusal)
    throw error
  } finally {
    if (!isWrong) await returnGuess(app, actor, origin)
  }
}

const guessesOf = ({ config }: AppContext, sender: string): SenderUse => ({ what: 'code', sender, most: config.enquiry.missesPerHour })

const takeGuess = systemCommand('form.hold', async ({ app, tx, now }, origin: string): Promise<void> => {
  const full = await countUse(app, tx, guessesOf(app, origin), now)
  // The refusal rolls the count back.
  if (full !== null) throw new AppError('rate_limited', { retrySeconds: secondsLeft(full, now) })
})

const returnGuess = systemCommand('form.hold', ({ app, tx }, origin: string): Promise<void> => returnUse(app, tx, guessesOf(app, origin)))

/** Files deleted in one transaction. */
const PORTION = 200

/** Deletes what has expired. Returns how many files were removed; call until it returns fewer than a portion. */
export async function forgetForms(app: AppContext): Promise<void> {
  for (;;) {
    const files = await deleteExpired(app, SYSTEM, undefined)
    for (const fileId of files) await app.files.remove(fileId)
    if (files.length < PORTION) return
  }
}

const deleteExpired = systemCommand('form.forget', async ({ tx, now }, _input: undefined): Promise<string[]> => {
  await deleteExpiredReceipts(tx, now)
  return deleteExpiredFiles(tx, now, PORTION)
})
