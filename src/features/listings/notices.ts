// Notices to parties that a listing names: debtor, applicant, employer of an undisclosed debtor, unit or superior of an official.
// Units and subscribers are notified of bulletins instead (features/bulletins/tasks.ts).

import { writtenDay } from '../../core/calendar.ts'
import type { Values } from '../../core/errors.ts'
import { ruleOf } from '../deadlines/clocks.rules.ts'
import { correctionValues } from './corrected.views.ts'
import type { Listing } from './rules.ts'
import type { Addresses } from '../../messaging/fallback.rules.ts'
import { noticesOf, type Audience, type NoticeEvent } from '../../messaging/notices.rules.ts'
import type { SystemCommandContext, AppContext } from '../../platform/commands/command.ts'
import { enqueueNotices, type Recipient } from '../../messaging/outbox.ts'
import { overtakes } from '../../messaging/overtaking.rules.ts'
import { overtakeNotices } from '../../messaging/overtaking.ts'
import { employersOf, compareRecipients, superiorsOf } from './rules.ts'

type Context = Pick<SystemCommandContext, 'app' | 'tx' | 'now'>

/** A listing about which parties are notified. */
export interface Change {
  listing: Listing
  /** Further values for the messages about this listing. */
  values?: Values
}

/**
 * Days to ask for correction, as the notice of a decision states them: those of the policy, also under the statute profile, which sets no
 * limit.
 */
const objectionRule = ruleOf('objection.file', 'seed')
const CORRECTION_DAYS = 'amount' in objectionRule ? objectionRule.amount : 0

/** Enqueues a notice of an event for every party of every listing; what it makes pointless is not sent any more. */
export async function notifyParties(context: Context, event: NoticeEvent, changes: readonly Change[], listVersion: number): Promise<void> {
  if (overtakes(event))
    await overtakeNotices(
      context,
      event,
      changes.map(({ listing }) => listing.id),
    )
  for (const { items, ...plan } of plansOf(event, changes)) await notify(context, { ...plan, listVersion }, items)
}

/** A notice that an event would bring one party of one listing. */
export interface PlannedNotice {
  event: NoticeEvent
  audience: Audience
  listing: Listing
  recipient: Recipient
  values: Values
}

/** The notices that `notifyParties` would enqueue, for a preview. */
export function plannedNotices(app: AppContext, event: NoticeEvent, changes: readonly Change[]): PlannedNotice[] {
  return plansOf(event, changes).flatMap(({ items, ...plan }) =>
    items.map(({ listing, party, values }) => {
      return { ...plan, listing, recipient: party.recipient, values: { ...valuesOf(app, listing), ...values, ...party.values } }
    }),
  )
}

interface Plan {
  event: NoticeEvent
  audience: Audience
  items: { listing: Listing; party: Party; values: Values }[]
}

/** Who is told of what after an event, by event and audience. */
function plansOf(event: NoticeEvent, changes: readonly Change[]): Plan[] {
  return [event, ...(FURTHER_EVENTS[event] ?? [])].flatMap((each) =>
    noticesOf(each).flatMap(({ audience }) => {
      const items = changes.flatMap(({ listing, values = {} }) => partiesOf(listing, audience).map((party) => ({ listing, party, values })))
      const hidden = audience === 'debtor' ? UNDISCLOSED_EVENTS[each] : undefined
      if (hidden === undefined) return [{ event: each, audience, items }]
      const isHidden = ({ listing }: Change): boolean => listing.content.disclosure === 'undisclosed'
      return [
        { event: each, audience, items: items.filter((item) => !isHidden(item)) },
        { event: hidden, audience, items: items.filter(isHidden) },
      ]
    }),
  )
}

/** What the debtor of an undisclosed listing is told instead: of such a listing no unit with a duty ever heard. */
const UNDISCLOSED_EVENTS: Readonly<Partial<Record<NoticeEvent, NoticeEvent>>> = {
  'listing.corrected': 'listing.undisclosed_corrected',
  'listing.shielded': 'listing.undisclosed_shielded',
  'listing.revoked': 'listing.undisclosed_revoked',
}

/**
 * Events that follow from another: to the unit or superior of an official, whether the listing is public or not, and to the clerks when an
 * undisclosed listing names no employer to tell.
 */
const FURTHER_EVENTS: Readonly<Partial<Record<NoticeEvent, readonly NoticeEvent[]>>> = {
  'listing.listed': ['listing.official'],
  'listing.undisclosed': ['listing.employer_missing', 'listing.official'],
  'listing.shielded': ['listing.official_exited'],
  'listing.revoked': ['listing.official_exited'],
}

/**
 * Enqueues the notices of a correction: debtor (with what changed) and applicant are told of it; employers and superiors are told of a listing that is new to them, or
 * that what they were told has changed.
 */
export async function notifyOfCorrection(context: Context, before: Listing, { listing }: Change, listVersion: number): Promise<void> {
  await overtakeNotices(context, 'listing.corrected', [listing.id])
  const changes = correctionValues(context.app, before.content, listing.content)
  const employers = compareRecipients(employersOf(before.content), employersOf(listing.content))
  const wasDisclosed = [before, listing].some(({ content }) => content.disclosure === 'public')
  const superiors = compareRecipients(superiorsOf(before.content), superiorsOf(listing.content))
  const plans: [NoticeEvent, Audience, Party[]][] = [
    [wasDisclosed ? 'listing.corrected' : 'listing.undisclosed_corrected', 'debtor', partiesOf(listing, 'debtor')],
    ['listing.corrected', 'applicant', partiesOf(listing, 'applicant')],
    ['listing.corrected', 'employer', namedUnits('employer', listing, employers.before, employers.left)],
    ['listing.undisclosed', 'employer', namedUnits('employer', listing, employers.first)],
    ['listing.employer_missing', 'court', partiesOf(listing, 'court')],
    ['listing.official_corrected', 'superior', namedUnits('superior', listing, superiors.before, superiors.left)],
    ['listing.official', 'superior', namedUnits('superior', listing, superiors.first)],
  ]
  for (const [event, audience, parties] of plans)
    await notify(
      context,
      { event, audience, listVersion },
      parties.map((party) => ({ listing, party, values: changes })),
    )
}

/** A recipient that the listing names, and the values about them in their message. */
interface Party {
  recipient: Recipient
  values: Values
}

async function notify(
  context: Context,
  { event, audience, listVersion }: { event: NoticeEvent; audience: Audience; listVersion: number },
  items: readonly { listing: Listing; party: Party; values: Values }[],
): Promise<void> {
  await enqueueNotices(
    context,
    audience,
    items.map(({ listing, party, values }) => ({
      notice: {
        event,
        key: `${event}:${listing.id}:${listing.version}`,
        values: { ...valuesOf(context.app, listing), ...values, ...party.values },
        listingId: listing.id,
        listVersion,
      },
      recipients: [party.recipient],
    })),
  )
}

/** The debtor of a listing as a recipient: the addresses that the content states. Without any, the notice becomes a clerk's task. */
export function debtorOf({ id, content: { debtor } }: Listing): Recipient {
  return recipientOf(`debtor:${id}`, { wechat: debtor.wechat, sms: debtor.phone })
}

/** The addresses that a listing states of a party today; `{}` without any. */
export function partyAddresses(listing: Listing, audience: 'debtor' | 'applicant'): Addresses {
  return partiesOf(listing, audience)[0]?.recipient.addresses ?? {}
}

function partiesOf(listing: Listing, audience: Audience): Party[] {
  const { content } = listing
  const { applicant } = content
  switch (audience) {
    case 'debtor':
      return [{ recipient: debtorOf(listing), values: {} }]
    case 'applicant':
      // Of an undisclosed listing nobody but debtor, employer and superior hears by message; the decision itself is served on both parties.
      return applicant?.phone === undefined || content.disclosure !== 'public'
        ? []
        : [{ recipient: recipientOf(`applicant:${listing.id}`, { sms: applicant.phone }), values: {} }]
    case 'employer':
      return namedUnits('employer', listing, employersOf(content))
    case 'court':
      return content.disclosure === 'undisclosed' && employersOf(content).length === 0
        ? [{ recipient: recipientOf('court', {}), values: { listing: listing.id } }]
        : []
    case 'superior':
      return namedUnits('superior', listing, superiorsOf(content))
    default:
      return []
  }
}

/**
 * Units that a listing names. No address of them is known, so a clerk tells each on paper.
 * @param former names that the listing no longer has.
 */
function namedUnits(audience: 'employer' | 'superior', { id }: Listing, names: readonly string[], former: readonly string[] = []): Party[] {
  return names.map((name, position) => {
    const suffix = `${position === 0 ? '' : `:${position + 1}`}${former.includes(name) ? ':former' : ''}`
    return { recipient: recipientOf(`${audience}:${id}${suffix}`, {}), values: { [audience]: name } }
  })
}

function recipientOf(id: string, known: { wechat?: string | undefined; sms?: string | undefined }): Recipient {
  const addresses: Addresses = {
    ...(known.wechat === undefined ? {} : { wechat: known.wechat }),
    ...(known.sms === undefined ? {} : { sms: known.sms }),
  }
  return { id, addresses, consent: true }
}

/** What is still owed after an exit: nothing to be told to somebody who has paid everything. */
function remainderOf({ exitGround }: Listing): 'performed' | 'documents' | 'open' {
  if (exitGround === 'fully_performed' || exitGround === 'settlement_performed') return 'performed'
  return exitGround === 'not_enforced' || exitGround === 'stayed' ? 'documents' : 'open'
}

/** Values of a listing that messages may use. No identifier, no address. */
function valuesOf(app: AppContext, listing: Listing): Values {
  const { content } = listing
  const { words } = app.catalog
  const grounds = content.grounds.map((ground) => words('grounds', String(ground)))
  return {
    name: content.debtor.name,
    caseNo: content.caseNo,
    decisionNo: listing.decisionNo ?? '',
    grounds: grounds.join('；'),
    term: content.termMonths === null ? words('states', 'term.none') : words('states', 'term.fixed', { months: content.termMonths }),
    correctionDays: CORRECTION_DAYS,
    employer: content.debtor.employer ?? '',
    capacity: content.debtor.official === undefined ? '' : words('states', `official.${content.debtor.official.capacity}`),
    publishedOn: listing.publishedOn === undefined ? '' : writtenDay(listing.publishedOn),
    exitedOn: listing.exitedOn === undefined ? '' : writtenDay(listing.exitedOn),
    exitGround: listing.exitGround === undefined ? '' : words('states', `exit.${listing.exitGround}`),
    remainder: words('own', `remainder.${remainderOf(listing)}`),
    reason: listing.reason ?? '',
  }
}
