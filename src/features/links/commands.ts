// One-time links sent to one person with a message: created when the message is enqueued, opened on a page, used once by one browser.
// What a page shows belongs to its own feature (assistance, quarterly-list); signed bulletin links are features/bulletins/links.commands.ts

import { addDays, dayOf, instantAt, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId, newToken } from '../../core/ids.ts'
import { bearerHash, bearerHashes, sha256, type Secrets } from '../../core/secrets.ts'
import { linkState, type LinkState, type LinkSubject } from './rules.ts'
import type { Db } from '../../platform/database/database.ts'
import { findLiaison, findUnit } from '../units/store.ts'
import { openRow, sealPart, sealRow } from '../../platform/database/sealing.ts'
import { findLink, insertLinks, linkTable, replaceLinks, useLink, type LinkRow } from './store.ts'
import type { SystemCommandContext, AppContext } from '../../platform/commands/command.ts'
import type { Recipient } from '../../messaging/outbox.ts'

/** What a link opens, and the unit it is for. */
export interface LinkTarget {
  subject: LinkSubject
  subjectId: string
  unitId: string
}

/** A recipient, and the link for their message. */
export interface SentLink {
  recipient: Recipient
  /** Absent for recipients without a chat account: text messages to +86 carry no links. */
  url?: string
}

/** First path segment of the page that a subject's links open. */
const PAGES: Readonly<Record<LinkSubject, string>> = { assistance: 'assistance', push: 'pushes' }

/** The last day, YYYY-MM-DD, on which a link created now can be opened. */
export function lastDayOfLinks({ config }: Pick<AppContext, 'config'>, now: Date): Day {
  return addDays(dayOf(now), config.linkDays)
}

/**
 * Creates a separate link for each recipient. Only the message holds the token; the database keeps a keyed hash. Earlier links to the same
 * subject and unit that nobody has used are replaced.
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
    const tokenHash = bearerHash(app.secrets, 'link', token)
    const row = { ...target, ...blank, id: newId(), token: sha256(token), tokenHash, recipient: recipient.id, createdAt: now, expiresAt }
    rows.push(sealRow(linkTable, app.secrets, row))
    return { recipient, url: `${app.config.publicUrl}/${PAGES[target.subject]}/${token}` }
  })
  await insertLinks(tx, rows)
  return sent
}

/** What a browser presents: the token of the link, and the holder token it was given when it confirmed the link. */
export interface PresentedLink {
  token: string
  holder: string | null
}

/** Where and when a link is looked up. */
export interface LookUp {
  db: Db
  secrets: Secrets
  now: Date
}

/** A link and its state for the browser that presents it. */
export interface FoundLink {
  row: LinkRow
  state: LinkState
}

/**
 * Looks a link up without changing it, because the preview of a chat opens it too.
 * @throws `link_wrong`, also for a person who is not their unit's liaison any more, and for a unit that was closed.
 */
export async function lookUpLink({ db, secrets, now }: LookUp, subject: LinkSubject, shown: PresentedLink): Promise<FoundLink> {
  const row = await findLink(db, subject, bearerHashes(secrets, 'link', shown.token))
  if (row === null || !(await actsForUnit(db, row))) throw new AppError('link_wrong')
  const { holderHash } = openRow(linkTable, secrets, { id: row.id, holderHash: row.holderHash })
  return { row, state: linkState({ ...row, holderHash }, now, shown.holder === null ? null : sha256(shown.holder)) }
}

async function actsForUnit(db: Db, { unitId, recipient }: LinkRow): Promise<boolean> {
  if ((await findUnit(db, unitId))?.active !== true) return false
  const [kind, recipientId = ''] = recipient.split(':')
  if (kind !== 'liaison') return true
  const liaison = await findLiaison(db, recipientId)
  return liaison?.active === true && liaison.unitId === unitId
}

/** Uses a link once. Returns the holder token that the browser must present from then on. @throws `link_used`, `link_ended`. */
export async function confirmLink(
  { tx, app, now }: Pick<SystemCommandContext, 'app' | 'tx' | 'now'>,
  { row, state }: FoundLink,
): Promise<string> {
  if (state === 'ended') throw new AppError('link_ended')
  const holder = newToken()
  const { holderHash } = sealPart(linkTable, app.secrets, { id: row.id }, { holderHash: sha256(holder) })
  if (holderHash === null || !(await useLink(tx, row.id, holderHash, now))) throw new AppError('link_used')
  return holder
}

/** Requires that this browser is the one that confirmed the link. @throws `link_used`, `link_ended`. */
export function requireHolder({ state }: FoundLink): void {
  if (state !== 'held') throw new AppError(state === 'ended' ? 'link_ended' : 'link_used')
}
