// Tables of joint circulars and of leading group meetings, and the SQL that counts how units fell short in a period.
// The rules are joint.rules.ts.

import { AppError } from '../../core/errors.ts'
import type { Secrets } from '../../core/secrets.ts'
import type { JointCircular, JointLine, JointState, Meeting, MeetingState } from './joint.rules.ts'
import { openRow, sealRow } from '../../platform/database/sealing.ts'
import { day, id, int, long, optional, primary, sealedJson, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { placeholders } from '../../platform/database/placeholders.ts'
import { OUR_COURT } from '../units/conflicts.rules.ts'
import { seenAbout, seenComplaints } from '../units/conflicts.store.ts'

export type JointRow = Omit<JointCircular, 'record' | 'lines'> & {
  /** JSON of the lines: units and counts. */
  named: string
  record: string
}

export const jointCircularTable = table<JointRow, { record: JointCircular['record'] }>(
  'joint_circular',
  {
    id: primary(id()),
    number: text(60),
    fromDay: day(),
    toDay: day(),
    state: text(10),
    version: int(),
    draftedOn: optional(day()),
    draftedBy: optional(text(60)),
    issuedOn: optional(day()),
    issuedBy: optional(text(60)),
    named: long(),
    record: sealedJson(long()),
  },
  [{ name: 'ux_joint_circular_number', columns: ['number'], unique: true }],
)

export type MeetingRow = Omit<Meeting, 'record'> & { record: string }

export const meetingTable = table<MeetingRow, { record: Meeting['record'] }>(
  'meeting',
  {
    id: primary(id()),
    number: text(20),
    state: text(10),
    version: int(),
    plannedFor: day(),
    calledBy: text(60),
    heldOn: optional(day()),
    record: sealedJson(long()),
  },
  [{ name: 'ux_meeting_number', columns: ['number'], unique: true }],
)

type Page = { limit: number; offset: number }

export function toJointRow(secrets: Secrets, { lines, ...rest }: JointCircular): JointRow {
  return sealRow(jointCircularTable, secrets, { ...rest, named: JSON.stringify(lines) })
}

export function toJoint(secrets: Secrets, { named, ...row }: JointRow): JointCircular {
  return { ...openRow(jointCircularTable, secrets, row), lines: JSON.parse(named) as JointLine[] }
}

export async function insertJoint(tx: Tx, row: JointRow): Promise<void> {
  await tx.insert(jointCircularTable, [row])
}

/** Updates a joint circular if its stored version is still `readVersion`. @throws AppError `joint_version_stale`. */
export async function updateJoint(tx: Tx, row: JointRow, readVersion: number): Promise<void> {
  const { affected } = await tx.manager.getRepository(jointCircularTable.schema).update({ id: row.id, version: readVersion }, row)
  if (affected !== 1) throw new AppError('joint_version_stale', { number: row.number, state: row.state })
}

export async function findJoint(db: Db, jointId: string): Promise<JointRow | null> {
  return db.manager.getRepository(jointCircularTable.schema).findOneBy({ id: jointId })
}

/** A page of joint circulars, newest first. */
export async function searchJoints(
  db: Db,
  filter: { state?: JointState | undefined },
  page: Page,
): Promise<{ items: JointRow[]; total: number }> {
  const where = filter.state === undefined ? {} : { state: filter.state }
  const [items, total] = await db.manager
    .getRepository(jointCircularTable.schema)
    .findAndCount({ where, order: { id: 'DESC' }, take: page.limit, skip: page.offset })
  return { items, total }
}

export const toMeetingRow = (secrets: Secrets, meeting: Meeting): MeetingRow => sealRow(meetingTable, secrets, meeting)
export const toMeeting = (secrets: Secrets, row: MeetingRow): Meeting => openRow(meetingTable, secrets, row)

export async function insertMeeting(tx: Tx, row: MeetingRow): Promise<void> {
  await tx.insert(meetingTable, [row])
}

/** Updates a meeting if its stored version is still `readVersion`. @throws AppError `meeting_version_stale`. */
export async function updateMeeting(tx: Tx, row: MeetingRow, readVersion: number): Promise<void> {
  const { affected } = await tx.manager.getRepository(meetingTable.schema).update({ id: row.id, version: readVersion }, row)
  if (affected !== 1) throw new AppError('meeting_version_stale', { number: row.number, state: row.state })
}

export async function findMeeting(db: Db, meetingId: string): Promise<MeetingRow | null> {
  return db.manager.getRepository(meetingTable.schema).findOneBy({ id: meetingId })
}

/** A page of meetings, newest first. */
export async function searchMeetings(
  db: Db,
  filter: { state?: MeetingState | undefined },
  page: Page,
): Promise<{ items: MeetingRow[]; total: number }> {
  const where = filter.state === undefined ? {} : { state: filter.state }
  const [items, total] = await db.manager
    .getRepository(meetingTable.schema)
    .findAndCount({ where, order: { id: 'DESC' }, take: page.limit, skip: page.offset })
  return { items, total }
}

/** Unit ids of the active members of the leading group. */
export async function leadingGroupIds(db: Db): Promise<string[]> {
  const rows = await db.query<{ id: string }>('select id from unit where leading_group_member = ? and active = ? order by id', [true, true])
  return rows.map((row) => row.id)
}

/**
 * Counts per unit between two days, both included, without complaints about our court, which its staff do not see: missed deadlines, upheld
 * complaints, standing circulars, interviews called. Ordered by unit id.
 * @param codes deadlines that count.
 * @param span `from` and `to` as YYYY-MM-DD, `since` and `until` the same period as instants, `until` excluded.
 */
export async function shortfalls(
  db: Db,
  codes: readonly string[],
  span: { from: string; to: string; since: Date; until: Date },
): Promise<JointLine[]> {
  const clocks = seenAbout('subject', [OUR_COURT])
  const complaints = seenComplaints('c', [OUR_COURT])
  const rows = await db.query<Record<keyof JointLine, string | number>>(
    `select t.unit_id as unitId, sum(t.missed) as missed, sum(t.complaints) as complaints, sum(t.circulars) as circulars, sum(t.interviews) as interviews
      from (
        select unit_id, 1 as missed, 0 as complaints, 0 as circulars, 0 as interviews from deadline
          where over_on between ? and ? and owner = 'liaison' and unit_id is not null and code in (${placeholders(codes)})
            and ${clocks.sql}
        union all select c.unit_id, 0, 1, 0, 0 from complaint_step s join complaint c on c.id = s.complaint_id
          where s.act = 'uphold' and s.at >= ? and s.at < ? and c.unit_id is not null and ${complaints.sql}
        union all select unit_id, 0, 0, 1, 0 from circular where state = 'issued' and issued_on between ? and ?
        union all select unit_id, 0, 0, 0, 1 from interview where state <> 'cancelled' and called_for between ? and ?
      ) t group by t.unit_id order by t.unit_id`,
    [span.from, span.to, ...codes, ...clocks.params, span.since, span.until, ...complaints.params, span.from, span.to, span.from, span.to],
  )
  return rows.map(({ unitId, missed, complaints, circulars, interviews }) => ({
    unitId: String(unitId),
    missed: Number(missed),
    complaints: Number(complaints),
    circulars: Number(circulars),
    interviews: Number(interviews),
  }))
}
