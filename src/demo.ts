// The whole story on a database of its own, told in the terminal: a list is checked, approved, published, somebody is shielded, and who was told.
// It uses the same acts as everybody; people and numbers are made up. It ends by itself and leaves nothing behind.

import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { verifyAudit } from './actions/audit.ts'
import type { House } from './actions/context.ts'
import { commitImport } from './actions/import-commit.ts'
import { checkImport, receiveImport } from './actions/imports.ts'
import { listListings, showListing } from './actions/listing-views.ts'
import { approveListings, publishListings, recordServices, shieldListings, submitListings } from './actions/listings.ts'
import { getNotice, listDuties, listNotices, type NoticeView } from './actions/notices.ts'
import { enquire } from './actions/public.ts'
import { addStaff } from './actions/staff.ts'
import { addLiaison, addSubscriber, addUnit } from './actions/units.ts'
import { openHouse } from './app.ts'
import { openChannels } from './channels/open.ts'
import { tokenStore } from './actions/tokens.ts'
import type { Terminal } from './cli/terminal.ts'
import { projectFolder, readConfig, type Config } from './config.ts'
import { dayOf, instantAt } from './core/calendar.ts'
import { handClock, systemClock } from './core/clock.ts'
import { isAppError } from './core/errors.ts'
import { createLog } from './core/log.ts'
import { PUBLIC, type Actor, type StaffRole } from './domain/roles.ts'
import { createBroadcaster } from './jobs/broadcaster.ts'
import { createDispatcher } from './jobs/dispatcher.ts'

const OPERATOR: Actor = { id: 'operator:demo', roles: ['operator'] }

interface Stage {
  house: House
  terminal: Terminal
  /** Lets everything that is owed be spread and sent. */
  deliver(): Promise<void>
}

export async function demo(config: Config, file: string | undefined, terminal: Terminal): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'zxt-demo-'))
  // A working morning, so that quiet hours do not keep the story waiting.
  const clock = handClock(instantAt(dayOf(systemClock.now()), 10))
  const settings = readConfig({ DATA_DIR: folder, COURT_NAME: config.court.name, COURT_PHONE: config.court.phone })
  const opened = await openHouse(settings, { clock, log: createLog('error') })
  const { house } = opened
  try {
    const channels = await openChannels(settings, { clock, log: house.log, tokens: (name) => tokenStore(house, name) })
    const dispatcher = createDispatcher(house, channels)
    const broadcaster = createBroadcaster(house)
    const deliver = async (): Promise<void> => {
      await broadcaster.processAll()
      await dispatcher.processAll()
    }
    await tell({ house, terminal, deliver }, file ?? join(projectFolder(), 'test/support/lists/list.xlsx'))
  } finally {
    await opened.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function tell(stage: Stage, file: string): Promise<void> {
  const { house, terminal } = stage
  const { say } = terminal
  say('demo.begin')
  await people(stage)
  const clerk = await staff(house, 'wang', terminal.words('demo.clerk'), 'clerk')
  const approver = await staff(house, 'li', terminal.words('demo.approver'), 'approver')
  const items = await enter(stage, clerk, file)
  await decide(stage, clerk, approver, items)
  await publish(stage, clerk, items)
  await ask(stage, items)
  await exit(stage, clerk, items)
  const report = await verifyAudit(house, OPERATOR)
  say('demo.audit', { rows: report.rows, listings: report.listings, faults: report.faults.length })
  say('demo.end')
}

async function staff(house: House, login: string, name: string, role: StaffRole): Promise<Actor> {
  const added = await addStaff(house, OPERATOR, { login, name, roles: [role] })
  return { id: `staff:${added.staff.id}`, roles: [role] }
}

/** Some units with liaisons, a medium, a citizen who subscribed. Endings of addresses make the sandbox answer as a provider would. */
async function people({ house, terminal }: Stage): Promise<void> {
  const { words } = terminal
  const bank = await addUnit(house, OPERATOR, { classId: 'commercial_banks', name: words('demo.bank') })
  const liaisons = [
    { unitId: 'finance', phone: '13900018812', wechat: 'oDemoLiaison0001' },
    { unitId: 'market_supervision', phone: '13900018813' },
    // This one has blocked the official account: the message falls to SMS.
    { unitId: 'real_estate_registry', phone: '13900018814', wechat: 'oDemoLiaison_block' },
    // A number that does not exist: a person must call.
    { unitId: 'railway_station_window', phone: '13900010000' },
    { unitId: bank.id, phone: '13900018815', wechat: 'oDemoLiaison0005' },
  ]
  const station = await addUnit(house, OPERATOR, { classId: 'railway_station', name: words('demo.station') })
  for (const [position, each] of liaisons.entries())
    await addLiaison(house, OPERATOR, {
      ...each,
      unitId: each.unitId === 'railway_station_window' ? station.id : each.unitId,
      name: words('demo.liaison', { number: position + 1 }),
    })
  await addSubscriber(house, OPERATOR, { kind: 'media', name: words('demo.medium'), phone: '13900018816' })
  await addSubscriber(house, OPERATOR, { kind: 'public', name: words('demo.citizen'), wechat: 'oDemoCitizen0001' })
  terminal.say('demo.people', { count: liaisons.length })
}

type Items = { id: string }[]

async function enter({ house, terminal }: Stage, clerk: Actor, file: string): Promise<Items> {
  const { say } = terminal
  const { id } = await receiveImport(house, clerk, { fileName: basename(file), mode: 'draft', content: createReadStream(file) })
  const report = await checkImport(house, clerk, id)
  say('demo.checked', { file: basename(file), rows: report.rows, good: report.good, bad: report.bad })
  const done = await commitImport(house, clerk, { id })
  say('demo.drafted', { taken: done.taken })
  const items: Items = []
  for (let offset = 0; ; offset += 200) {
    const page = await listListings(house, clerk, { filter: { importId: id }, page: { limit: 200, offset } })
    items.push(...page.items.map((item) => ({ id: item.id })))
    if (page.items.length < 200) return items
  }
}

async function decide(stage: Stage, clerk: Actor, approver: Actor, items: Items): Promise<void> {
  const { house, terminal } = stage
  await submitListings(house, clerk, { items })
  try {
    await approveListings(house, { ...clerk, roles: ['clerk', 'approver'] }, { items })
  } catch (error) {
    if (!isAppError(error)) throw error
    terminal.say('demo.own', { reason: house.catalog.problem(error.code, error.values) })
  }
  await approveListings(house, approver, { items })
  await stage.deliver()
  terminal.say('demo.decided', { count: items.length })
  await told(stage, clerk, { listingId: items[0]?.id ?? '' })
}

async function publish(stage: Stage, clerk: Actor, items: Items): Promise<void> {
  const { house, terminal } = stage
  const servedOn = dayOf(house.clock.now())
  await recordServices(house, clerk, { items, servedOn, manner: terminal.words('demo.manner') })
  const { bulletin } = await publishListings(house, clerk, { items })
  await stage.deliver()
  terminal.say('demo.published', { number: bulletin.number, count: items.length, version: bulletin.listVersion })
  await told(stage, clerk, { bulletinId: bulletin.id })
  const duties = await listDuties(house, clerk, { limit: 200, offset: 0 })
  terminal.say('demo.duties', { count: duties.total })
}

/** A citizen asks: a name alone is not enough, and the undisclosed do not exist. */
async function ask({ house, terminal }: Stage, items: Items): Promise<void> {
  const { say } = terminal
  const shown = await showListing(house, OPERATOR, items.at(-1)?.id ?? '')
  const { name, identifier } = shown.content.debtor
  say('demo.asks', { name })
  try {
    await enquire(house, PUBLIC, { name })
  } catch (error) {
    if (!isAppError(error)) throw error
    say('demo.answer', { text: house.catalog.problem(error.code, error.values) })
  }
  const answer = await enquire(house, PUBLIC, { name, identifier: identifier.slice(-4) })
  for (const entry of answer.entries)
    say('demo.found', { name: entry.name, identifier: entry.identifier, caseNo: entry.caseNo, court: entry.court })
}

async function exit(stage: Stage, clerk: Actor, items: Items): Promise<void> {
  const { house, terminal } = stage
  const item = await firstWithoutTerm(house, items)
  const outcome = await shieldListings(house, clerk, { items: [item], ground: 'fully_performed', reason: terminal.words('demo.performed') })
  await stage.deliver()
  terminal.say('demo.shielded', { number: outcome.bulletin.number, version: outcome.bulletin.listVersion })
  await told(stage, clerk, { listingId: item.id }, 1)
  await told(stage, clerk, { bulletinId: outcome.bulletin.id })
}

async function firstWithoutTerm(house: House, items: Items): Promise<{ id: string }> {
  for (const item of items.toReversed()) {
    const { content } = await showListing(house, OPERATOR, item.id)
    if (content.termMonths === null && content.disclosure === 'public' && content.debtor.phone !== undefined) return item
  }
  throw new Error('the list has no entry without a fixed term')
}

/** Who was told, over which way, with which words, and whether it arrived. Newest promises first in the store, oldest first here. */
async function told(
  { house, terminal }: Stage,
  clerk: Actor,
  filter: { listingId?: string; bulletinId?: string },
  newest = 12,
): Promise<void> {
  const { items, total } = await listNotices(house, clerk, { filter, page: { limit: newest, offset: 0 } })
  for (const item of items.toReversed()) show(house, terminal, await getNotice(house, clerk, item.id))
  if (total > items.length && filter.bulletinId !== undefined) terminal.say('demo.more', { count: total - items.length })
}

/** A clerk's task can name sixty units: here the first few will do. */
const LONGEST = 160

function show(house: House, terminal: Terminal, notice: NoticeView): void {
  const { words } = house.catalog
  terminal.say('demo.told', { addressee: notice.addressee, verdict: terminal.words(`verdict.${notice.verdict}`) })
  for (const delivery of notice.deliveries) {
    if (delivery.state === 'held' || delivery.state === 'cancelled') continue
    const state = words('states', `delivery.${delivery.state}`)
    const way = words('states', `medium.${delivery.medium}`)
    terminal.say('demo.way', { way, address: delivery.address ?? '', state })
    for (const line of (delivery.text ?? '').split('\n').filter((each) => each.trim() !== ''))
      terminal.line(`      ${line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line}`)
  }
}
