// The checks at the end of the simulated year: what must be true of every deadline, message and count, however chance decided.
// Each function answers a list of what is wrong; an empty list is correct.

import { listRounds, feedbackReport } from '../../../src/features/feedback/views.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { dayOf, timeOf, type Day } from '../../../src/core/calendar.ts'
import { CLOCKS, type ClockCode } from '../../../src/features/deadlines/clocks.rules.ts'
import { toInstant } from '../../../src/platform/database/database.ts'
import type { DeliveryRow } from '../../../src/messaging/deliveries.store.ts'
import type { DeliverySetup } from '../delivery-setup.ts'
import type { World } from './world.ts'

interface ClockRow {
  code: ClockCode
  subject: string
  owner: string
  unitId: string | null
  due: Day
  state: string
  overOn: Day | null
  missingYear: number | null
}

/** No deadline is open past its due day, and every missed one that escalates was notified to its owner and the person above. */
export async function openEnds(app: AppContext): Promise<string[]> {
  const today = dayOf(app.clock.now())
  const rows = await app.store.read((db) =>
    db.query<ClockRow>(
      'select code, subject, owner, unit_id as unitId, due, state, over_on as overOn, missing_year as missingYear from deadline',
    ),
  )
  const notified = new Set(
    (
      await app.store.read((db) =>
        db.query<{ event: string; recipient: string }>("select event, recipient from notice where event like 'deadline.missed:%'"),
      )
    ).map(({ event, recipient }) => `${event} ${recipient}`),
  )
  const people = await findPeople(app)
  const left = rows.filter((row) => row.state === 'open' && row.due < today && row.missingYear === null)
  const escalated = rows.filter((row) => row.overOn !== null && CLOCKS[row.code].miss.effect === 'escalate')
  const unnotified = escalated.flatMap((row) =>
    recipientsOf(row, people)
      .filter((person) => !notified.has(`deadline.missed:${row.overOn ?? ''} ${person}`))
      .map((person) => `${row.code} ${row.subject} missed on ${row.overOn ?? ''}: ${person} was not notified`),
  )
  return [...left.map((row) => `${row.code} ${row.subject} was due on ${row.due} and is ${row.state}`), ...unnotified]
}

/** Recipient ids by unit and by role. */
interface People {
  ofUnit: Map<string, string[]>
  ofRole: Map<string, string[]>
}

async function findPeople(app: AppContext): Promise<People> {
  const ofUnit = new Map<string, string[]>()
  const ofRole = new Map<string, string[]>()
  await app.store.read(async (db) => {
    const liaisons = await db.query<{ id: string; unitId: string }>('select id, unit_id as unitId from liaison where active = ?', [true])
    for (const { id, unitId } of liaisons) ofUnit.set(unitId, [...(ofUnit.get(unitId) ?? []), `liaison:${id}`])
    const staff = await db.query<{ id: string; roles: string }>('select s.id, s.roles from staff s join staff_reach r on r.staff_id = s.id')
    for (const { id, roles } of staff) for (const role of roles.split(',')) ofRole.set(role, [...(ofRole.get(role) ?? []), `staff:${id}`])
  })
  return { ofUnit, ofRole }
}

/** The recipients of a missed deadline: its owner, and whoever the table of deadlines names above. */
function recipientsOf(row: ClockRow, { ofUnit, ofRole }: People): string[] {
  const role = (name: string): string[] => ofRole.get(name) ?? [`role:${name}`]
  const above = CLOCKS[row.code].miss.notify.flatMap((recipient) => (recipient === 'unit_head' ? [] : role(recipient)))
  const owner = row.owner === 'clerk' ? role('clerk') : row.unitId === null ? [] : (ofUnit.get(row.unitId) ?? [`unit:${row.unitId}`])
  return [...owner, ...above]
}

/** Every message reached its provider once, and twice only where its row is marked as repeated. */
export async function wronglySent(setup: DeliverySetup): Promise<string[]> {
  const rows = (await setup.deliveries()).filter((row) => row.medium === 'sms' || row.medium === 'wechat')
  const times = new Map<string, number>()
  const keys = [
    ...setup.twilio.sent.map((sent) => /编号([A-Z0-9]+)\)$/.exec(sent.body)?.[1] ?? `? ${sent.body}`),
    ...setup.wechat.sent.map((sent) => sent.id ?? '?'),
  ]
  for (const key of keys) times.set(key, (times.get(key) ?? 0) + 1)
  const wrong = rows.flatMap((row) => {
    const key = row.medium === 'sms' ? row.id.slice(-8) : row.id
    const taken = times.get(key) ?? 0
    times.delete(key)
    return faultsOf(row, taken).map((fault) => `${row.medium} ${row.id} ${fault}`)
  })
  return [...wrong, ...[...times.keys()].map((key) => `of unknown origin: ${key}`)]
}

/** What is wrong with a delivery. @param taken how often the provider accepted it. */
function faultsOf({ state, repeated, dueAt, lastCode }: DeliveryRow, taken: number): string[] {
  const sent = state === 'accepted' || state === 'delivered'
  return [
    ...(sent && taken === 0 ? [`is ${state} and never came`] : []),
    ...(!sent && taken > 0 ? [`is ${state} and came`] : []),
    ...(taken > 1 && !repeated ? [`came ${taken} times without a mark`] : []),
    ...(['queued', 'sending', 'unknown'].includes(state) ? [`is still ${state} until ${dueAt.toISOString()} ${lastCode ?? ''}`] : []),
  ]
}

/** An attempt that its provider accepted, with what the limits of sending go by. */
interface Attempt {
  id: string
  state: string
  repeated: number
  acceptedAt: unknown
  event: string
  urgent: number
  overCap: number
  statutory: number
  address: string
  startedAt: unknown
}

/** One message of a day, so that a day with too many explains itself. */
function howReceived({ id, event, state, repeated, startedAt, acceptedAt }: Attempt): string {
  const times = [startedAt, acceptedAt].map((at) => (at === null ? '-' : toInstant(at as string).toISOString()))
  return `${id.slice(-4)} ${event} ${state}${Number(repeated) === 1 ? ' repeated' : ''} ${times.join(' ')}`
}

/** Only urgent messages were sent in quiet hours; only statutory ones, marked in their row, came on top of the daily cap. */
export async function disturbances(app: AppContext): Promise<string[]> {
  const rows = await app.store.read((db) =>
    db.query<Attempt>(
      `select d.id, d.state, d.repeated, d.accepted_at as acceptedAt, n.event, n.urgent, n.statutory, d.over_cap as overCap, d.address_index as address, a.started_at as startedAt
        from attempt a join delivery d on d.id = a.delivery_id join notice n on n.id = d.notice_id
        where d.medium <> 'clerk' and a.outcome = 'accepted' order by a.started_at, a.id`,
    ),
  )
  const { quietHours, dailyCap } = app.config
  const wrong: string[] = []
  const receivedPerDay = new Map<string, string[]>()
  for (const row of rows) {
    const at = toInstant(row.startedAt as string)
    const { hour, minute } = timeOf(at)
    const time = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
    const quiet = time >= quietHours.from || time < quietHours.to
    if (quiet && Number(row.urgent) === 0) wrong.push(`${row.event} at ${time}`)
    const key = `${row.address} ${dayOf(at)}`
    if (Number(row.overCap) === 1) {
      // It is not counted: of messages that begin together, the one above the cap may be the first to leave.
      if (Number(row.statutory) === 0) wrong.push(`${row.event} passed the cap and is not statutory`)
      continue
    }
    const received = [...(receivedPerDay.get(key) ?? []), howReceived(row)]
    receivedPerDay.set(key, received)
    if (received.length > dailyCap) wrong.push(`${row.event}: number ${received.length} of a day, not recorded: ${received.join(', ')}`)
  }
  return wrong
}

/** The counts of what people did are the counts in the database. */
export async function sums(world: World): Promise<string[]> {
  const { app, done } = world
  const countOf = async (sql: string, ...params: string[]): Promise<number> =>
    Number((await app.store.read((db) => db.query<{ n: string | number }>(sql, params)))[0]?.n ?? 0)
  const events = (event: string): Promise<number> => countOf('select count(*) as n from journal where event = ?', `listing.${event}`)
  const expected: readonly (readonly [what: string, counted: number, stored: number])[] = [
    ['published', sum(done, 'published', 'published by others', 'taken over'), await events('listed')],
    ['shielded', sum(done, 'shielded'), await events('shielded')],
    ['revoked', sum(done, 'revoked'), await events('revoked')],
    ['corrected', sum(done, 'corrected'), await events('corrected')],
    ['suspensions', sum(done, 'suspensions'), await events('suspended')],
    ['retained', sum(done, 'retained'), await countOf('select count(*) as n from lift_answer where until is not null')],
    [
      'retentions refused',
      sum(done, 'retentions refused'),
      await countOf("select count(*) as n from lift_answer where review = 'refused'"),
    ],
    ['complaints', sum(done, 'complaints'), await countOf('select count(*) as n from complaint')],
    ['complaints upheld', sum(done, 'complaints upheld'), await countOf("select count(*) as n from complaint_step where act = 'uphold'")],
    ['objections', sum(done, 'objections'), await countOf('select count(*) as n from objection')],
    ['repairs granted', sum(done, 'repairs granted'), await countOf("select count(*) as n from repair where state = 'approved'")],
    ['the journal', await countOf('select max(seq) as n from journal'), await countOf('select count(*) as n from journal')],
  ]
  return expected
    .filter(([, counted, stored]) => counted !== stored)
    .map(([what, counted, stored]) => `${what}: ${counted} were done, ${stored} are stored`)
}

/** Every round is closed, and the figures known in its report are what units did. */
export async function quarters(world: World): Promise<string[]> {
  const { app, done, office } = world
  const { items } = await listRounds(app, office, { filter: {}, page: { limit: 10, offset: 0 } })
  const wrong = items.filter((round) => round.state !== 'closed').map((round) => `${round.quarter} is ${round.state}`)
  let returned = 0
  for (const { id, quarter } of items) {
    const { totals, units, notReturned, approvals } = await feedbackReport(app, office, id)
    const known = (figure: 'checked' | 'restricted' | 'approved'): number => units.reduce((all, unit) => all + unit.known[figure], 0)
    const expected: readonly (readonly [what: string, counted: number, stored: number])[] = [
      ['checked', sum(done, `checked ${quarter}`), known('checked')],
      ['refused', sum(done, `refused ${quarter}`), known('restricted')],
      ['approved', sum(done, `approved ${quarter}`), known('approved')],
      ['approved with reasons', sum(done, `approved ${quarter}`), approvals.length],
      ['units', totals.units, totals.returned + notReturned.length],
    ]
    returned += totals.returned
    for (const [what, counted, stored] of expected)
      if (counted !== stored) wrong.push(`${quarter} ${what}: ${counted} were done, ${stored} are reported`)
  }
  if (returned !== sum(done, 'returns')) wrong.push(`returns: ${sum(done, 'returns')} were made, ${returned} are reported`)
  if (items.length < 4) wrong.push(`${items.length} rounds in a year`)
  return wrong
}

function sum(done: ReadonlyMap<string, number>, ...names: string[]): number {
  return names.reduce((all, name) => all + (done.get(name) ?? 0), 0)
}
