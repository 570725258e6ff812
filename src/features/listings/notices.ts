// Telling whom a listing concerns by name: the debtor, the applicant, the employer of an undisclosed one, the unit or superior of an official.
// Units and subscribers hear of bulletins instead (features/bulletins/commands).

import { writtenDay } from '../../core/calendar.ts'
import type { Values } from '../../core/errors.ts'
import { ruleOf } from '../deadlines/clocks.rules.ts'
import type { Listing } from './rules.ts'
import type { Addresses } from '../../messaging/fallback.rules.ts'
import { noticesOf, type Audience, type NoticeEvent } from '../../messaging/notices.rules.ts'
import type { SystemCommandContext, AppContext } from '../../platform/commands/command.ts'
import { enqueueNotices, type Recipient } from '../../messaging/outbox.ts'
import { employersOf, heardOf, superiorsOf } from './rules.ts'

export interface Change {
  listing: Listing
  /** What its own message says besides. */
  values?: Values
}

/** Days to ask for correction, as a decision's notice states them: the policy's, also where the statute sets no limit (late ones are registered). */
const correction = ruleOf('objection.file', 'seed')
const CORRECTION_DAYS = 'amount' in correction ? correction.amount : 0

/** Promises each party of each listing its own message of an event. */
export async function notifyParties(
  context: Pick<SystemCommandContext, 'app' | 'tx' | 'now'>,
  event: NoticeEvent,
  changes: readonly Change[],
  listVersion: number,
  values: Values = {},
): Promise<void> {
  const events = [event, ...(OF_OFFICIALS[event] ?? [])]
  for (const each of events)
    for (const { audience } of noticesOf(each)) {
      const items = changes.flatMap(({ listing, values: own }) =>
        partiesOf(listing, audience).map((party) => ({ listing, party, values: { ...values, ...own } })),
      )
      await tell(context, { event: each, audience, listVersion }, items)
    }
}

/** What the unit or superior of an official hears besides, whether the listing is public or not. */
const OF_OFFICIALS: Readonly<Partial<Record<NoticeEvent, readonly NoticeEvent[]>>> = {
  'listing.listed': ['listing.official'],
  'listing.undisclosed': ['listing.official'],
  'listing.shielded': ['listing.official_exited'],
  'listing.revoked': ['listing.official_exited'],
}

/** A correction: the debtor hears of it; employers and superiors what is new to them, or that what they were told has changed. */
export async function notifyOfCorrection(
  context: Telling,
  before: Listing,
  { listing }: Change,
  listVersion: number,
  values: Values,
): Promise<void> {
  const employers = heardOf(employersOf(before.content), employersOf(listing.content))
  const superiors = heardOf(superiorsOf(before.content), superiorsOf(listing.content))
  const plans: [NoticeEvent, Audience, Party[]][] = [
    ['listing.corrected', 'debtor', partiesOf(listing, 'debtor')],
    ['listing.corrected', 'employer', named('employer', listing, employers.before, employers.left)],
    ['listing.undisclosed', 'employer', named('employer', listing, employers.first)],
    ['listing.official_corrected', 'superior', named('superior', listing, superiors.before, superiors.left)],
    ['listing.official', 'superior', named('superior', listing, superiors.first)],
  ]
  for (const [event, audience, parties] of plans)
    await tell(
      context,
      { event, audience, listVersion },
      parties.map((party) => ({ listing, party, values })),
    )
}

type Telling = Pick<SystemCommandContext, 'app' | 'tx' | 'now'>

/** Somebody told by name, and what their message says of themselves. */
interface Party {
  recipient: Recipient
  values: Values
}

async function tell(
  context: Telling,
  { event, audience, listVersion }: { event: NoticeEvent; audience: Audience; listVersion: number },
  items: readonly { listing: Listing; party: Party; values: Values }[],
): Promise<void> {
  await enqueueNotices(
    context,
    audience,
    items.map(({ listing, party, values }) => ({
      happening: {
        event,
        key: `${event}:${listing.id}:${listing.version}`,
        values: { ...knownOf(context.app, listing), ...values, ...party.values },
        listingId: listing.id,
        listVersion,
      },
      recipients: [party.recipient],
    })),
  )
}

/** The debtor of a listing as messages reach them: what its content states, and a clerk's task where it states nothing. */
export function debtorOf({ id, content: { debtor } }: Listing): Recipient {
  return recipient(`debtor:${id}`, { wechat: debtor.wechat, sms: debtor.phone })
}

function partiesOf(listing: Listing, audience: Audience): Party[] {
  const { content } = listing
  const { applicant } = content
  switch (audience) {
    case 'debtor':
      return [{ recipient: debtorOf(listing), values: {} }]
    case 'applicant':
      return applicant?.phone === undefined
        ? []
        : [{ recipient: recipient(`applicant:${listing.id}`, { sms: applicant.phone }), values: {} }]
    case 'employer':
      return named('employer', listing, employersOf(content))
    case 'superior':
      return named('superior', listing, superiorsOf(content))
    default:
      return []
  }
}

/** Units that a listing names: no address is known of them, so a clerk tells each on paper. @param former those that it names no more. */
function named(audience: 'employer' | 'superior', { id }: Listing, names: readonly string[], former: readonly string[] = []): Party[] {
  return names.map((name, position) => {
    const which = `${position === 0 ? '' : `:${position + 1}`}${former.includes(name) ? ':former' : ''}`
    return { recipient: recipient(`${audience}:${id}${which}`, {}), values: { [audience]: name } }
  })
}

function recipient(id: string, reach: { wechat?: string | undefined; sms?: string | undefined }): Recipient {
  const addresses: Addresses = {
    ...(reach.wechat === undefined ? {} : { wechat: reach.wechat }),
    ...(reach.sms === undefined ? {} : { sms: reach.sms }),
  }
  return { id, addresses, consent: true }
}

/** Everything a party's message may say of a listing. No ID number, no address. */
function knownOf(app: AppContext, listing: Listing): Values {
  const { content } = listing
  const { words } = app.catalog
  const ends = content.grounds.map((ground) => words('grounds', String(ground)))
  return {
    name: content.debtor.name,
    caseNo: content.caseNo,
    decisionNo: listing.decisionNo ?? '',
    grounds: ends.join('；'),
    term: content.termMonths === null ? words('states', 'term.none') : words('states', 'term.fixed', { months: content.termMonths }),
    correctionDays: CORRECTION_DAYS,
    employer: content.debtor.employer ?? '',
    capacity: content.debtor.official === undefined ? '' : words('states', `official.${content.debtor.official.capacity}`),
    publishedOn: listing.publishedOn === undefined ? '' : writtenDay(listing.publishedOn),
    exitedOn: listing.exitedOn === undefined ? '' : writtenDay(listing.exitedOn),
    exitGround: listing.exitGround === undefined ? '' : words('states', `exit.${listing.exitGround}`),
    reason: listing.reason ?? '',
  }
}
