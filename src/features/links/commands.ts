// One-time links sent to one person with a message: created when the message is enqueued, opened on a page, used once by one browser.
// What a page shows belongs to its own feature (assistance, quarterly-list); signed bulletin links are features/bulletins/links.commands.ts

import { addDays, dayOf, instantAt, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId, newToken } from '../../core/ids.ts'
import { bearerHash, bearerHashes, sha256, type Secrets } from '../../core/secrets.ts'
import { linkState, type LinkState, type LinkSubject } from './rules.ts'
import type { Db } from '../../platform/database/database.ts'
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
const LINK_SUBJECTS = Object.keys(PAGES) as LinkSubject[]

/** The last day, YYYY-MM-DD, on which a link created now can be opened. */
export function lastDayOfLinks({ config }: Pick<AppContext, 'config'>, now: Date): Day {
  return addDays(dayOf(now), config.linkDays)
}

/**
 * Creates a separate link for each recipient. Only the message holds the token; the database keeps a keyed hash. Earlier links to the same
 * subject and unit are replaced, also those that a browser holds.
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
    const { row, url } = newLink(app, { ...target, recipient: recipient.id, createdAt: now, expiresAt })
    rows.push(row)
    return { recipient, url }
  })
  await insertLinks(tx, rows)
  return sent
}

/**
 * The address of a message that waits, with a new link in place of the one it held, which has just ended. An address that holds no such link stays.
 * Nobody has the new token before the message is sent.
 */
export async function renewLink({ app, tx, now }: Pick<SystemCommandContext, 'app' | 'tx' | 'now'>, url: string): Promise<string> {
  for (const subject of LINK_SUBJECTS) {
    const start = `${app.config.publicUrl}/${PAGES[subject]}/`
    const earlier = url.startsWith(start) ? await findLink(tx, subject, bearerHashes(app.secrets, 'link', url.slice(start.length))) : null
    // One that was replaced earlier stays so: its message leads nowhere, as it would have.
    if (earlier?.replacedAt?.getTime() !== now.getTime()) continue
    const { subjectId, unitId, recipient, expiresAt } = earlier
    const { row, url: renewed } = newLink(app, { subject, subjectId, unitId, recipient, createdAt: now, expiresAt })
    await insertLinks(tx, [row])
    return renewed
  }
  return url
}

function newLink(
  { config, secrets }: Pick<AppContext, 'config' | 'secrets'>,
  facts: Pick<LinkRow, 'subject' | 'subjectId' | 'unitId' | 'recipient' | 'createdAt' | 'expiresAt'>,
): { row: LinkRow; url: string } {
  const token = newToken()
  const blank = { usedAt: null, holderHash: null, replacedAt: null }
  const row = { ...facts, ...blank, id: newId(), token: sha256(token), tokenHash: bearerHash(secrets, 'link', token) }
  return { row: sealRow(linkTable, secrets, row), url: `${config.publicUrl}/${PAGES[facts.subject]}/${token}` }
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
 * Looks a link up without changing it, because the preview of a chat opens it too. Units' links are looked up by
 * features/units/access.commands.ts, which knows who still acts for the unit.
 * @param isRecipient whether the recipient of the link is still who they were. @throws `link_wrong`, also for one who is not.
 */
export async function lookUpLink(
  { db, secrets, now }: LookUp,
  subject: LinkSubject,
  shown: PresentedLink,
  isRecipient: (link: Pick<LinkRow, 'unitId' | 'recipient'>) => Promise<boolean>,
): Promise<FoundLink> {
  const row = await findLink(db, subject, bearerHashes(secrets, 'link', shown.token))
  if (row === null || !(await isRecipient(row))) throw new AppError('link_wrong')
  const { holderHash } = openRow(linkTable, secrets, { id: row.id, holderHash: row.holderHash })
  return { row, state: linkState({ ...row, holderHash }, now, shown.holder === null ? null : sha256(shown.holder)) }
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
