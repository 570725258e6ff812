// Listings for the benchmarks of the desk, written straight into the table: in all states, of two courts, without audit chains.

import { newId } from '../src/core/ids.ts'
import { deadlineTable, type DeadlineRow } from '../src/features/deadlines/store.ts'
import { LISTING_STATES, type Listing, type ListingState } from '../src/features/listings/rules.ts'
import { insertListings } from '../src/features/listings/search.store.ts'
import { toRow, type ListingRow } from '../src/features/listings/store.ts'
import type { AppContext } from '../src/platform/commands/command.ts'
import { identifierOf, nameOf } from './rows.ts'

/** Thousandths of the listings in each state; the rest is listed. */
const SHARES: Readonly<Partial<Record<ListingState, number>>> = {
  draft: 20,
  pending: 10,
  decided: 10,
  served: 10,
  shielded: 200,
  revoked: 5,
  withdrawn: 5,
}

/** Fills the table, and the deadlines of listings with a fixed term. */
export async function fillListings(into: AppContext, rows: number, name: (n: number) => string = nameOf): Promise<void> {
  for (let start = 0; start < rows; start += 2000) {
    const listings = Array.from({ length: Math.min(2000, rows - start) }, (_, n) => listingOf(start + n, name))
    const at = new Date('2026-01-01T00:00:00Z')
    const made: ListingRow[] = listings.map((listing) => toRow(into.secrets, listing, { created: at, updated: at }, ''))
    const deadlines = listings.flatMap(deadlineOf)
    await into.store.write(async (tx) => {
      await insertListings(tx, made)
      await tx.insert(deadlineTable, deadlines)
    })
  }
}

/** The n-th listing. */
export function listingOf(n: number, name: (n: number) => string): Listing {
  const state = stateOf(n % 1000)
  const isListed = ['listed', 'shielded', 'revoked'].includes(state)
  const day = `${2023 + (n % 3)}-${String(1 + (n % 12)).padStart(2, '0')}-${String(1 + (n % 28)).padStart(2, '0')}`
  return {
    id: newId(),
    source: n % 4 === 0 && isListed ? 'prefecture_court' : 'court',
    state,
    version: 1,
    contentVersion: 1,
    draftedBy: `staff:${n % 20}`,
    ...(state === 'draft' || state === 'pending' ? {} : { decidedOn: day }),
    ...(isListed ? { publishedOn: day } : {}),
    ...(isListed && n % 3 === 0 ? { termEndsOn: `${Number(day.slice(0, 4)) + 2}${day.slice(4)}` } : {}),
    content: {
      debtor: { kind: 'person', name: name(n), identifier: identifierOf(n), sex: 'male', officers: [], phone: '+8613900000000' },
      caseNo: `（2024）云3401执${n}号`,
      court: n % 50 === 0 ? '迪庆藏族自治州中级人民法院' : '香格里拉市人民法院',
      filedOn: '2023-01-10',
      basisNo: `（2023）云34民初${n}号`,
      basisMaker: '香格里拉市人民法院',
      obligation: `支付借款${100_000 + n}元及利息`,
      performance: '全部未履行',
      grounds: n % 3 === 0 ? [2, 3] : [1],
      termMonths: n % 3 === 0 ? 24 : null,
      disclosure: n % 97 === 0 ? 'undisclosed' : 'public',
    },
  }
}

function stateOf(thousandth: number): ListingState {
  let left = thousandth
  for (const state of LISTING_STATES) {
    const share = SHARES[state] ?? 0
    if (left < share) return state
    left -= share
  }
  return 'listed'
}

function deadlineOf({ id, state, termEndsOn }: Listing): DeadlineRow[] {
  if (state !== 'listed' || termEndsOn === undefined) return []
  const subject = `listing:${id}`
  const code = 'listing.term_end'
  const base = {
    rolls: true,
    citation: '',
    house: false,
    calendarVersion: 0,
    missingYear: null,
    latest: null,
    closedAt: null,
    overOn: null,
  }
  const none = { nextReminderOn: null, remindedOn: null, remindedLeft: null, unitId: null }
  const counted = { amount: 3, unit: 'working_day', profile: 'seed', owner: 'clerk', state: 'open' } as const
  return [
    {
      id: newId(),
      clockKey: `${code}:${subject}`,
      code,
      subject,
      openedOn: termEndsOn,
      start: termEndsOn,
      due: termEndsOn,
      ...base,
      ...none,
      ...counted,
    },
  ]
}
