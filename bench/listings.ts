// The court desk's search of listings and its bulk acts, on ROWS listings in MariaDB. Prints one JSON line.
// The rows are written straight into the table: in all states, of two courts, without audit chains.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import mysql from 'mysql2/promise'
import { openApp } from '../src/app.ts'
import { readConfig } from '../src/config/config.ts'
import { newId } from '../src/core/ids.ts'
import type { AppContext } from '../src/platform/commands/command.ts'
import { deadlineTable, type DeadlineRow } from '../src/features/deadlines/store.ts'
import { runBatch } from '../src/features/bulletins/batches.commands.ts'
import { insertListings } from '../src/features/listings/search.store.ts'
import { searchRows, type SearchInput } from '../src/features/listings/selection.views.ts'
import { toRow, type ListingRow } from '../src/features/listings/store.ts'
import { LISTING_STATES, type Listing, type ListingState } from '../src/features/listings/rules.ts'
import type { Actor } from '../src/platform/commands/permissions.ts'
import { identifierOf, nameOf } from './rows.ts'

const rows = Number(process.argv[2] ?? 200_000)
const users = Number(process.argv[3] ?? 20)
const server = process.env['BENCH_MARIADB_URL'] ?? 'mysql://root@127.0.0.1:3306/'
const database = process.env['BENCH_DATABASE'] ?? 'zxt_bench_listings'
const APPROVER: Actor = { id: 'staff:approver', roles: ['approver'] }
const CLERK: Actor = { id: 'staff:bench', roles: ['clerk', 'approver'] }
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

const folder = await mkdtemp(join(tmpdir(), 'zxt-bench-'))
const admin = await mysql.createConnection(server)
await admin.query(`drop database if exists ${database}`)
await admin.query(`create database ${database} character set utf8mb4 collate utf8mb4_bin`)
const { app, close } = await openApp(readConfig({ DATA_DIR: folder, DATABASE_URL: `${server}${database}`, LOG_LEVEL: 'warn' }))
try {
  await fill(app)
  await admin.query(`analyze table ${database}.listing, ${database}.deadline`)
  const figures: Record<string, number> = {}
  for (const [name, input] of Object.entries(questions())) figures[name] = await p95(input)
  const approveMs = await approve(app)
  console.log(JSON.stringify({ name: 'listings', rows, users, p95: figures, approve2000Ms: approveMs }))
} finally {
  await close()
  await admin.query(`drop database if exists ${database}`)
  await admin.end()
  await rm(folder, { recursive: true, force: true })
}

/** Milliseconds that an approver's bulk act on 2,000 pending listings takes. */
async function approve(on: AppContext): Promise<number> {
  const at = new Date('2026-01-01T00:00:00Z')
  const pending = Array.from({ length: 2000 }, (_, n): Listing => {
    const { decidedOn: _decided, publishedOn: _published, termEndsOn: _ends, ...listing } = listingOf(rows + n)
    return { ...listing, source: 'court', state: 'pending' }
  })
  await on.store.write((tx) =>
    insertListings(
      tx,
      pending.map((listing) => toRow(on.secrets, listing, { created: at, updated: at }, '')),
    ),
  )
  const begun = performance.now()
  const choice = { items: pending.map(({ id }) => ({ id, version: 1 })) }
  const batch = { id: newId(), order: { act: 'approve' }, choice, skipBlocked: false } as const
  for (let state = 'running'; state === 'running';) ({ state } = await runBatch(on, APPROVER, batch))
  return Math.round(performance.now() - begun)
}

/** What people ask for at the desk. */
function questions(): Record<string, SearchInput> {
  const page = { limit: 50, offset: 0 }
  const newest = { by: 'newest', direction: 'desc' } as const
  return {
    all: { filter: {}, sort: newest, page },
    drafts: { filter: { states: ['draft'] }, sort: newest, page },
    unanswered: { filter: { needsExclusions: true }, sort: newest, page },
    pending: { filter: { states: ['pending'] }, sort: { by: 'caseNo', direction: 'asc' }, page },
    listed: { filter: { states: ['listed'] }, sort: { by: 'listedOn', direction: 'desc' }, page },
    listedLater: { filter: { states: ['listed'] }, sort: newest, page: { limit: 50, offset: 5000 } },
    byName: { filter: {}, sort: { by: 'name', direction: 'asc' }, page },
    byTermEnd: { filter: { states: ['decided', 'served', 'listed'], source: 'court' }, sort: { by: 'termEndsOn', direction: 'asc' }, page },
    ground: { filter: { grounds: [3], kind: 'person' }, sort: newest, page },
    ranges: { filter: { listed: { from: '2025-03-01', until: '2025-03-31' } }, sort: newest, page },
    court: { filter: { court: '香格里拉市人民法院', states: ['listed'] }, sort: newest, page },
    due: { filter: { due: { from: '2026-11-01', until: '2026-12-31' } }, sort: { by: 'due', direction: 'asc' }, page },
    name: { filter: { text: nameOf(7) }, sort: newest, page },
    identifier: { filter: { text: identifierOf(1234) }, sort: newest, page },
    caseNo: { filter: { text: '（2024）云3401执777号' }, sort: newest, page },
  }
}

/** The 95th percentile in milliseconds while `users` ask the same at once, each with other work in between. */
async function p95(input: SearchInput): Promise<number> {
  const times: number[] = []
  const user = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn++) {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 1000))
      const begun = performance.now()
      await searchRows(app, CLERK, input)
      times.push(performance.now() - begun)
    }
  }
  await Promise.all(Array.from({ length: users }, user))
  times.sort((left, right) => left - right)
  return Math.round(times[Math.floor(times.length * 0.95)] ?? 0)
}

async function fill(into: AppContext): Promise<void> {
  for (let start = 0; start < rows; start += 2000) {
    const listings = Array.from({ length: Math.min(2000, rows - start) }, (_, n) => listingOf(start + n))
    const at = new Date('2026-01-01T00:00:00Z')
    const made: ListingRow[] = listings.map((listing) => toRow(into.secrets, listing, { created: at, updated: at }, ''))
    const deadlines = listings.flatMap(deadlineOf)
    await into.store.write(async (tx) => {
      await insertListings(tx, made)
      await tx.insert(deadlineTable, deadlines)
    })
  }
}

function listingOf(n: number): Listing {
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
      debtor: { kind: 'person', name: nameOf(n), identifier: identifierOf(n), sex: 'male', officers: [], phone: '+8613900000000' },
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
  const base = { rolls: true, citation: '', house: false, calendarVersion: 0, missingYear: null, closedAt: null, overOn: null }
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
