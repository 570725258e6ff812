// Helpers for tests of deadlines: opening and closing them, reading one, reading the notices about them, and adding people to notify.
// Everything is done by the real commands.

import { deliveryTable } from '../../src/messaging/deliveries.store.ts'
import { openRow } from '../../src/platform/database/sealing.ts'
import { expect } from 'chai'
import { closeDeadlines, openDeadlines, type NewDeadline, type Timeliness } from '../../src/features/deadlines/commands.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { addLiaison } from '../../src/features/units/commands.ts'
import { instantAt, type Day } from '../../src/core/calendar.ts'
import { newId } from '../../src/core/ids.ts'
import type { ClockCode } from '../../src/features/deadlines/clocks.rules.ts'
import type { Actor } from '../../src/platform/commands/permissions.ts'
import type { DeadlineRow } from '../../src/features/deadlines/store.ts'
import { searchDeadlines } from '../../src/features/deadlines/search.store.ts'
import { insertStaff } from '../../src/features/staff/store.ts'
import { insertUnits } from '../../src/features/units/store.ts'
import { setStaffReach } from '../../src/features/staff/commands.ts'

export const ADMIN: Actor = { id: 'staff:admin', roles: ['admin'] }
export const CLERK: Actor = { id: 'staff:clerk', roles: ['clerk'] }
export const PAGE = { limit: 200, offset: 0 }

/** Opens deadlines. */
export const openClocks = (app: AppContext, openings: readonly NewDeadline[]): Promise<void> =>
  app.store.write((tx) => openDeadlines({ app, tx, now: app.clock.now() }, openings))
/** Closes a deadline; answers whether it was in time. */
export const closeClock = (app: AppContext, code: ClockCode, subject: string): Promise<Timeliness | undefined> =>
  app.store.write(async (tx) => (await closeDeadlines({ tx, now: app.clock.now() }, code, [subject])).get(subject))

/** The only deadline of a subject. */
export async function theClock(app: AppContext, subject: string): Promise<DeadlineRow> {
  const { items } = await app.store.read((db) => searchDeadlines(db, { subject }, PAGE))
  expect(items).to.have.length(1)
  return items[0] as DeadlineRow
}

/** A notice with the text of its first step. */
export interface Told {
  event: string
  recipient: string
  text: string
  media: string
}

/** All notices whose event begins with a prefix, with the text of the first step. */
export async function told(app: AppContext, prefix = 'deadline.'): Promise<Told[]> {
  const rows = await app.store.read((db) =>
    db.query<Omit<Told, 'text'> & { id: string; body: string }>(
      `select d.id, n.event, n.recipient, d.body, d.medium as media from notice n join delivery d on d.notice_id = n.id
        where d.rung = 0 and n.event like ? order by n.event, n.recipient`,
      [`${prefix}%`],
    ),
  )
  return rows.map(({ id, body, ...row }) => ({ ...row, text: openRow(deliveryTable, app.secrets, { id, body }).body.text }))
}

/** Adds an account with these roles (comma-separated), and a phone when given; answers the actor's id. */
export async function addStaff(app: AppContext, roles: string, phone?: string): Promise<string> {
  const id = newId()
  const blank = {
    mustChange: false,
    failures: 0,
    lockedUntil: null,
    disabledAt: null,
    adminUntil: null,
    lastLoginAt: null,
    factorWay: null,
    passwordHash: '-',
  }
  await app.store.write((tx) =>
    insertStaff(tx, app, { ...blank, id, login: id.toLowerCase(), name: '某人', roles, createdAt: app.clock.now() }),
  )
  if (phone !== undefined) await setStaffReach(app, ADMIN, { id, phone })
  return `staff:${id}`
}

/** Adds a unit with a liaison and a head; answers their recipient ids. */
export async function addUnit(app: AppContext, id: string): Promise<{ liaison: string; head: string }> {
  const blank = { kind: 'government', isClass: false, classId: null, leadingGroupMember: false, active: true, seeded: true }
  await app.store.write((tx) => insertUnits(tx, [{ ...blank, id, name: `${id}局` }]))
  const liaison = await addLiaison(app, ADMIN, { unitId: id, name: '甲', phone: '13800000001' })
  const head = await addLiaison(app, ADMIN, { unitId: id, name: '乙', head: true, phone: '13800000002' })
  return { liaison: `liaison:${liaison.id}`, head: `liaison:${head.id}` }
}

/** An instant by day, hour and minute in Shanghai. */
export const at = (day: Day, hour = 0, minute = 5): Date => instantAt(day, hour, minute)
