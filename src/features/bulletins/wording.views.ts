// The text that the debtor would be sent if a proposal were put in force, before it is proposed or approved. Nothing is changed.
// Proposing and deciding is proposals.commands.ts; whom a bulletin tells is preview.views.ts.

import { dayOf } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import type { NoticeEvent } from '../../messaging/notices.rules.ts'
import { noticesOf } from '../../messaging/notices.rules.ts'
import { pickShown, render, segmentsOf } from '../../messaging/rendering.ts'
import { query } from '../../platform/commands/command.ts'
import { correctionValues } from '../listings/corrected.views.ts'
import { plannedNotices } from '../listings/notices.ts'
import { carriedOut, type ProposedAct, type ProposedTerms } from '../listings/proposals.rules.ts'
import { listingsById } from '../listings/search.store.ts'
import { toListing } from '../listings/store.ts'

/** What the debtor of one listing would be sent. */
export interface ProposedWording {
  text: string
  /** Segments of the SMS. */
  segments: number
}

const EVENTS = {
  correct: 'listing.corrected',
  shield: 'listing.shielded',
  revoke: 'listing.revoked',
} as const satisfies Readonly<Record<ProposedAct, NoticeEvent>>

/** A reference as long as a real one. */
const REFERENCE = 'A1B2C3D4'

/** The SMS to the debtor of a listing, as a proposal words it. @throws `listing_missing`, and what `carriedOut` throws. */
export const proposedWording = query(
  'bulletin.read',
  async ({ db, app, now }, { id, terms }: { id: string; terms: ProposedTerms }): Promise<ProposedWording> => {
    const [row] = await listingsById(db, [id])
    if (row === undefined) throw new AppError('listing_missing', { id })
    const before = toListing(app.secrets, row)
    const listing = carriedOut(before, terms, { today: dayOf(now), profile: app.config.profile })
    const values = correctionValues(app, before.content, listing.content)
    const planned = plannedNotices(app, EVENTS[terms.act], [{ listing, values }]).find(({ audience }) => audience === 'debtor')
    const rule = noticesOf(planned?.event ?? EVENTS[terms.act]).find(({ audience }) => audience === 'debtor')
    if (planned === undefined || rule === undefined) throw new Error(`nobody tells the debtor of ${terms.act}`)
    const template = app.catalog.template(rule.template)
    const { court } = app.config
    const written = pickShown(template, { court: court.name, phone: court.phone, ...planned.values })
    const { text } = render(template, 'sms', written, { signature: court.name, reference: REFERENCE })
    return { text, segments: segmentsOf(text) }
  },
)
