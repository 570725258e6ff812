// Letters to parties whom no message reached: a clerk prints them in a batch, with labels for the envelopes, and settles each duty when it was served.
// The address is opened for this alone, and each opening is in the audit of the notice. The sheets are platform/sheets/docx-letters.ts.

import { dayOf, writtenDay } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { deliveryTable, type DeliveryRow } from '../../messaging/deliveries.store.ts'
import type { NoticeRow } from '../../messaging/notices.store.ts'
import { findListing } from '../listings/search.store.ts'
import { listingTable } from '../listings/store.ts'
import { command, type AppContext, type CommandContext } from '../../platform/commands/command.ts'
import { openRow } from '../../platform/database/sealing.ts'
import { writeLabels, writeLetters } from '../../platform/sheets/docx-letters.ts'
import { lockDuty } from './commands.ts'
import { verdictsFor } from './rules.ts'
import { keepPrints } from './store.ts'

/** Which sheets are printed of the same duties. */
export type LetterSheet = 'letters' | 'labels'

/** What one envelope holds. */
interface Letter {
  name: string
  /** Null where the court knows none: the line is left free to be written by hand. */
  address: string | null
  text: string
  /** By which the letter is found again: the end of the delivery's id. */
  reference: string
}

/** Duties of one print. */
export const LETTERS = 500

/**
 * Opens names, addresses and texts of duties for a print, with an audit row for each.
 * @throws `duty_missing`, `duty_not_by_letter` naming the positions of those that are settled, or not for a party that the listing names.
 */
const openLetters = command(
  'duty.print',
  async (context, { ids, sheet }: { ids: readonly string[]; sheet: LetterSheet }): Promise<Letter[]> => {
    const opened: { notice: NoticeRow; delivery: DeliveryRow; letter: Letter }[] = []
    const refused: number[] = []
    for (const [position, id] of ids.entries()) {
      const { delivery, notice } = await lockDuty(context, id)
      const letter = await letterOf(context, delivery, notice)
      if (letter === null) refused.push(position + 1)
      else opened.push({ notice, delivery, letter })
    }
    if (refused.length > 0) throw new AppError('duty_not_by_letter', { positions: refused.join('、') })
    await context.auditAll(
      opened.map(({ notice, delivery, letter }) => ({
        subject: `notice:${notice.id}`,
        detail: { delivery: delivery.id, print: sheet, address: letter.address === null ? 'none' : 'opened' },
      })),
      'known',
    )
    if (sheet === 'letters')
      await keepPrints(
        context.tx,
        opened.map(({ delivery }) => ({ deliveryId: delivery.id, at: context.now, printedBy: context.actor.id })),
      )
    return opened.map(({ letter }) => letter)
  },
  (letters) => ({ letters: letters.length }),
)

/** The letter of a duty; null if it is settled, or not for the debtor or the applicant of a listing, or its text was blanked. */
async function letterOf({ app, tx }: CommandContext, delivery: DeliveryRow, notice: NoticeRow): Promise<Letter | null> {
  const waits = verdictsFor(delivery, notice).includes('done')
  const listing = notice.listingId === null ? null : await findListing(tx, notice.listingId)
  if (!waits || listing === null || delivery.body === null) return null
  const { letter } = openRow(deliveryTable, app.secrets, { id: delivery.id, body: delivery.body }).body
  const name = notice.audience === 'debtor' ? listing.name : notice.audience === 'applicant' ? listing.applicantName : null
  if (letter === undefined || name === null) return null
  const { address } = openRow(listingTable, app.secrets, { id: listing.id, private: listing.private }).private
  const known = notice.audience === 'debtor' && address !== undefined ? address : null
  return { name, address: known, text: letter, reference: delivery.id.slice(-8) }
}

/** A Word file whose name holds no personal data. */
interface LetterFile {
  fileName: string
  content: Buffer
}

/** Prints letters of duties, one a page. @throws as `openLetters`. */
export async function printLetters(app: AppContext, actor: Parameters<typeof openLetters>[1], ids: readonly string[]): Promise<LetterFile> {
  const letters = await openLetters(app, actor, { ids: [...new Set(ids)], sheet: 'letters' })
  const { court } = app.config
  const words = wordsOf(app)
  const content = await writeLetters(
    words('letter.title'),
    letters.map(({ name, address, text, reference }) => ({
      address: [words('letter.to', { name }), address === null ? words('letter.no_address') : words('letter.address', { address })],
      title: words('letter.title'),
      reference: words('letter.reference', { reference }),
      paragraphs: text.split('\n').filter((line) => line.trim() !== ''),
      closing: words('letter.closing', { court: court.name, phone: court.phone, address: court.address }),
      signed: [court.name, writtenDay(dayOf(app.clock.now()))],
    })),
  )
  return { fileName: `${words('file.letters', { count: letters.length })}.docx`, content }
}

/** Prints labels for the envelopes of the same duties. @param start the first free label of the sheet, from 1. */
export async function printLabels(
  app: AppContext,
  actor: Parameters<typeof openLetters>[1],
  { ids, start }: { ids: readonly string[]; start: number },
): Promise<LetterFile> {
  const letters = await openLetters(app, actor, { ids: [...new Set(ids)], sheet: 'labels' })
  const words = wordsOf(app)
  const labels = letters.map(({ name, address, reference }) => ({
    lines: [address ?? words('label.no_address'), words('label.to', { name })],
    // Nothing on an envelope says what it is about.
    small: words('label.sender', { court: app.config.court.name, reference }),
  }))
  return { fileName: `${words('file.labels', { count: letters.length })}.docx`, content: await writeLabels(labels, start) }
}

const wordsOf =
  ({ catalog }: AppContext) =>
  (key: string, values: Readonly<Record<string, string | number>> = {}): string =>
    catalog.words('letters', key, values)
