// Links sent to one person with a message: made when the message is promised, opened on a page, used once by one browser.
// What a page shows is its subject's; a bulletin's signed link, which many may open, is bulletin-links.

import { addDays, dayOf, instantAt, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId, newToken } from '../../core/ids.ts'
import { sha256 } from '../../core/secrets.ts'
import { linkState, type LinkState, type LinkSubject } from './rules.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { findLink, insertLinks, replaceLinks, useLink, type LinkRow } from './store.ts'
import type { SystemCommandContext, AppContext } from '../../platform/commands/command.ts'
import type { Recipient } from '../../messaging/outbox.ts'

export interface LinkTarget {
  subject: LinkSubject
  subjectId: string
  unitId: string
}

export interface SentLink {
  recipient: Recipient
  /** Absent where no message can carry it: numbers to +86 get no links. */
  url?: string
}

/** The page under which a subject's links open. */
const PAGES: Readonly<Record<LinkSubject, string>> = { assistance: 'assistance', push: 'pushes' }

/** The last day on which a link made now opens. */
export function lastDayOfLinks({ config }: Pick<AppContext, 'config'>, now: Date): Day {
  return addDays(dayOf(now), config.linkDays)
}

/**
 * A link of their own for everybody who is told, the token in the message alone: the database keeps its hash. Unused links of the same subject and
 * unit that went out before end with it.
 */
export async function makeLinks(
  { app, tx, now }: Pick<SystemCommandContext, 'app' | 'tx' | 'now'>,
  target: LinkTarget,
  recipients: readonly Recipient[],
): Promise<SentLink[]> {
  await replaceLinks(tx, target, now)
  const expiresAt = instantAt(addDays(lastDayOfLinks(app, now), 1))
  const rows: LinkRow[] = []
  const sent = recipients.map((recipient): SentLink => {
    if (recipient.addresses.wechat === undefined && recipient.addresses.wechaty === undefined) return { recipient }
    const token = newToken()
    const blank = { usedAt: null, holderHash: null, replacedAt: null }
    rows.push({ ...target, ...blank, id: newId(), tokenHash: sha256(token), recipient: recipient.id, createdAt: now, expiresAt })
    return { recipient, url: `${app.config.publicUrl}/${PAGES[target.subject]}/${token}` }
  })
  await insertLinks(tx, rows)
  return sent
}

/** What a browser shows: the link's token, and what it was given when it confirmed. */
export interface Shown {
  token: string
  holder: string | null
}

export interface FoundLink {
  row: LinkRow
  state: LinkState
}

/** Looks a link up and changes nothing: a chat's preview opens it too. @throws `link_wrong`. */
export async function followLink(db: Db, subject: LinkSubject, shown: Shown, now: Date): Promise<FoundLink> {
  const row = await findLink(db, subject, sha256(shown.token))
  if (row === null) throw new AppError('link_wrong')
  return { row, state: linkState(row, now, shown.holder === null ? null : sha256(shown.holder)) }
}

/** Uses a link once: answers what the browser has to show from then on. @throws `link_used`, `link_ended`. */
export async function takeLink(tx: Tx, { row, state }: FoundLink, now: Date): Promise<string> {
  if (state === 'ended') throw new AppError('link_ended')
  const holder = newToken()
  if (!(await useLink(tx, row.id, sha256(holder), now))) throw new AppError('link_used')
  return holder
}

/** @throws `link_used`, `link_ended` for a browser that did not confirm this link. */
export function mustHold({ state }: FoundLink): void {
  if (state !== 'held') throw new AppError(state === 'ended' ? 'link_ended' : 'link_used')
}
