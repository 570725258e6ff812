// Telling the people a listing is about: the debtor, the applicant, or the employer of an undisclosed one.
// Units and subscribers hear of bulletins instead (actions/bulletins).

import { writtenDay } from '../core/calendar.ts'
import type { Values } from '../core/errors.ts'
import { ruleOf } from '../domain/clocks.ts'
import type { Listing } from '../domain/listing.ts'
import type { Addresses } from '../domain/ladders.ts'
import { noticesOf, type Audience, type NoticeEvent } from '../domain/notices.ts'
import type { ErrandContext, House } from './context.ts'
import { promiseAll, type Recipient } from './notify.ts'

export interface Change {
  listing: Listing
  /** What its own message says besides. */
  values?: Values
}

/** Days to ask for correction, as a decision's notice states them: the policy's, also where the statute sets no limit (late ones are registered). */
const correction = ruleOf('objection.file', 'seed')
const CORRECTION_DAYS = 'amount' in correction ? correction.amount : 0

/** Promises each party of each listing its own message of an event. */
export async function tellParties(
  context: Pick<ErrandContext, 'house' | 'tx' | 'now'>,
  event: NoticeEvent,
  changes: readonly Change[],
  listVersion: number,
  values: Values = {},
): Promise<void> {
  for (const { audience } of noticesOf(event)) {
    const items = changes.flatMap(({ listing, values: own }) => {
      const recipient = partyOf(listing, audience)
      if (recipient === null) return []
      const known = { ...knownOf(context.house, listing), ...values, ...own }
      return [
        {
          happening: { event, key: `${event}:${listing.id}:${listing.version}`, values: known, listingId: listing.id, listVersion },
          recipients: [recipient],
        },
      ]
    })
    await promiseAll(context, audience, items)
  }
}

/** The debtor of a listing as messages reach them: what its content states, and a clerk's task where it states nothing. */
export function debtorOf({ id, content: { debtor } }: Listing): Recipient {
  return recipient(`debtor:${id}`, { wechat: debtor.wechat, sms: debtor.phone })
}

function partyOf(listing: Listing, audience: Audience): Recipient | null {
  const { debtor, applicant } = listing.content
  switch (audience) {
    case 'debtor':
      return debtorOf(listing)
    case 'applicant':
      return applicant?.phone === undefined ? null : recipient(`applicant:${listing.id}`, { sms: applicant.phone })
    case 'employer':
      return debtor.employer === undefined ? null : recipient(`employer:${listing.id}`, {})
    default:
      return null
  }
}

function recipient(id: string, reach: { wechat?: string | undefined; sms?: string | undefined }): Recipient {
  const addresses: Addresses = {
    ...(reach.wechat === undefined ? {} : { wechat: reach.wechat }),
    ...(reach.sms === undefined ? {} : { sms: reach.sms }),
  }
  return { id, addresses, consent: true }
}

/** Everything a party's message may say of a listing. No ID number, no address. */
function knownOf(house: House, listing: Listing): Values {
  const { content } = listing
  const { words } = house.catalog
  const ends = content.grounds.map((ground) => words('grounds', String(ground)))
  return {
    name: content.debtor.name,
    caseNo: content.caseNo,
    decisionNo: listing.decisionNo ?? '',
    grounds: ends.join('；'),
    term: content.termMonths === null ? words('states', 'term.none') : words('states', 'term.fixed', { months: content.termMonths }),
    correctionDays: CORRECTION_DAYS,
    employer: content.debtor.employer ?? '',
    publishedOn: listing.publishedOn === undefined ? '' : writtenDay(listing.publishedOn),
    exitedOn: listing.exitedOn === undefined ? '' : writtenDay(listing.exitedOn),
    exitGround: listing.exitGround === undefined ? '' : words('states', `exit.${listing.exitGround}`),
    reason: listing.reason ?? '',
  }
}
