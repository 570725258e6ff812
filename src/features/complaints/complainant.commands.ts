// What a complainant does with number and query code: add text, withdraw; and the form of the page, filed once with its photos.
// Files over the API are evidence.commands.ts; what staff do is commands.ts.

import { confirmableReach } from '../../messaging/confirmations.ts'
import { dayOf } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { command, type AppContext } from '../../platform/commands/command.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { cancelDeadlines } from '../deadlines/commands.ts'
import { grantReceipt, handInOnce, openReceipt, withGuessLimit, type HandedFile, type Submission } from '../forms/commands.ts'
import { mayAccuseCourt } from './accused.rules.ts'
import {
  complaintFacts,
  findByCode,
  notifyComplainant,
  notifyWithdrawn,
  saveComplaint,
  subjectOf,
  type ComplaintKey,
  type ComplaintOutcome,
} from './changes.commands.ts'
import { fileComplaint } from './commands.ts'
import { recordEvidence } from './evidence.commands.ts'
import type { ComplaintForm } from './form.rules.ts'
import { addTextTo, withdraw } from './rules.ts'
import { statusOfComplaint } from './views.ts'

/**
 * Adds a text to a complaint; its handler reads it, nobody else.
 * @throws `complaint_missing`, `complaint_act_impossible`, `reason_needed`, `complaint_accuses_court`, `complaint_additions_full`.
 */
export const addText = command(
  'complaint.add_evidence',
  async (context, { text, ...key }: ComplaintKey & { text: string }): Promise<ComplaintOutcome> => {
    const before = await findByCode(context.tx, context.app.secrets, key)
    const complaint = addTextTo(before.complaint, { on: dayOf(context.now), text, accusesCourt: mayAccuseCourt(text) })
    return saveComplaint(context, before, complaint, { act: 'add_evidence', told: [], detail: { characters: text.length } })
  },
  complaintFacts,
)

/**
 * Withdraws a complaint: its periods end, and the unit that looks into it is told to stop.
 * @throws `complaint_missing`, `complaint_act_impossible` once there is a finding.
 */
export const withdrawComplaint = command(
  'complaint.withdraw',
  async (context, key: ComplaintKey): Promise<ComplaintOutcome> => {
    const before = await findByCode(context.tx, context.app.secrets, key)
    const complaint = withdraw(before.complaint)
    const subject = subjectOf(complaint.id)
    await cancelDeadlines(context, 'complaint.accept', [subject])
    await cancelDeadlines(context, 'complaint.resolve', [subject])
    // Whoever files in a stranger's name and withdraws again could have message after message sent to that phone.
    const confirmable = { ...complaint, complainant: await confirmableReach(context, complaint.complainant) }
    const told = [
      ...(await notifyComplainant(context, 'complaint.withdrawn', confirmable)),
      ...(complaint.assignedTo === null ? [] : await notifyWithdrawn(context, complaint, complaint.assignedTo)),
    ]
    return saveComplaint(context, before, complaint, { act: 'withdraw', told })
  },
  complaintFacts,
)

/** The page on which a complainant sees their complaint again. */
const PURPOSE = 'complaint'

type PageForm = Pick<Submission, 'token' | 'content' | 'origin'>

/** Files the form of the page with its photos, once. @returns the token of its receipt. @throws as `fileComplaint` and `handInOnce`. */
export async function fileFromPage(app: AppContext, actor: Actor, page: PageForm, form: ComplaintForm): Promise<string> {
  return handInOnce(app, actor, {
    ...page,
    purpose: PURPOSE,
    async run(joined, files) {
      const { number, code } = await fileComplaint(joined, actor, { ...form, way: 'web' })
      await attachAll(joined, actor, { number, code }, files)
      return { number, code, filed: 1 }
    },
  })
}

/** Adds text and photos from the page, once. @throws `reason_needed` for a form with neither, and as `addText` and `recordEvidence`. */
export async function addFromPage(app: AppContext, actor: Actor, page: PageForm & { key: ComplaintKey; text: string }): Promise<void> {
  const { key, text, ...form } = page
  const submission: Submission = {
    ...form,
    purpose: 'complaint_addition',
    async run(joined, files) {
      if (text.trim() === '' && files.length === 0) throw new AppError('reason_needed')
      if (text.trim() !== '') await addText(joined, actor, { ...key, text })
      await attachAll(joined, actor, key, files)
      return { files: files.length }
    },
  }
  await handInOnce(app, actor, submission)
}

async function attachAll(app: AppContext, actor: Actor, complaint: ComplaintKey, files: readonly HandedFile[]): Promise<void> {
  for (const kept of files) await recordEvidence(app, actor, { complaint, kept })
}

/** Opens a complaint on the page with number and code. @returns the token for the cookie. @throws `complaint_missing`, `rate_limited`. */
export async function openOnPage(app: AppContext, actor: Actor, { origin, ...key }: ComplaintKey & { origin: string }): Promise<string> {
  const { number } = await withGuessLimit(app, actor, { origin, refusal: 'complaint_missing' }, () => statusOfComplaint(app, actor, key))
  return grantReceipt(app, actor, { purpose: PURPOSE, record: { number, code: key.code, filed: 0 } })
}

/** A complaint that a browser may see again. */
export interface OpenedComplaint extends ComplaintKey {
  /** It was just filed with this form: the code is shown. */
  filed: boolean
}

/** The complaint that this browser filed or opened. @throws `form_expired`. */
export async function openedComplaint(app: AppContext, actor: Actor, pass: string | null): Promise<OpenedComplaint> {
  const { number = '', code = '', filed = 0 } = await openReceipt(app, actor, { pass, purpose: PURPOSE })
  return { number: String(number), code: String(code), filed: filed === 1 }
}
