// Meetings of the leading group (联动意见 第二十三条): called, held or cancelled; its member units are told. What is decided there is written down in short.
// Circulars and interviews that a meeting leads to are acts of their own (actions/accountability).

import { dayOf, writtenDay, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { dayNumber, mustSay } from './rules.ts'
import { callFor } from './steps.rules.ts'
import { cancelMeeting as cancelled, holdMeeting as held, MEETING_LIFE, type Meeting, type MeetingState } from './joint.rules.ts'
import { findMeeting, insertMeeting, leadingGroupIds, searchMeetings, toMeeting, toMeetingRow, updateMeeting } from './joint.store.ts'
import { detailOf, outcomeFacts, outcomeOf, tellUnit, type Item, type Outcome } from './changes.commands.ts'
import { act, view, type ActContext } from '../../platform/commands/command.ts'
import { takeNumbers } from '../../platform/database/counters.ts'
import { named } from '../../platform/commands/field-names.ts'

/** @throws `request_invalid` for a day that has passed, `reason_needed` without an agenda. */
export const callMeeting = act(
  'accountability.meet',
  async (context, input: { plannedFor: Day; agenda: string; place: string }): Promise<Outcome> => {
    const { tx, house, now, actor } = context
    const today = dayOf(now)
    const number = dayNumber('HY', today, await takeNumbers(tx, `meeting:${today}`, 1))
    const record = { agenda: mustSay(input.agenda), place: mustSay(input.place, 100) }
    const plannedFor = named(house, 'proposals', () => callFor(input.plannedFor, today))
    const meeting: Meeting = { id: newId(), number, state: 'called', version: 1, plannedFor, calledBy: actor.id, heldOn: null, record }
    await insertMeeting(tx, toMeetingRow(house.secrets, meeting))
    await context.auditAll([{ subject: `meeting:${meeting.id}`, detail: detailOf(meeting) }], 'fresh')
    await tellMembers(context, 'meeting.called', meeting)
    return outcomeOf(meeting)
  },
  outcomeFacts,
)

/** @throws `meeting_missing`, `meeting_version_stale`, `meeting_act_impossible`, `reason_needed`, `request_invalid`. */
export const holdMeeting = act(
  'accountability.meet',
  async (context, input: Item & { heldOn: Day; minutes: string }): Promise<Outcome> => {
    const before = await load(context, input)
    const meeting = named(context.house, 'proposals', () => held(before, { ...input, today: dayOf(context.now) }))
    await save(context, before, meeting)
    await tellMembers(context, 'meeting.held', meeting)
    return outcomeOf(meeting)
  },
  outcomeFacts,
)

/** @throws as `holdMeeting`. */
export const cancelMeeting = act(
  'accountability.meet',
  async (context, input: Item & { reason: string }): Promise<Outcome> => {
    const before = await load(context, input)
    const meeting = cancelled(before, input.reason)
    await save(context, before, meeting)
    await tellMembers(context, 'meeting.cancelled', meeting)
    return outcomeOf(meeting)
  },
  outcomeFacts,
)

async function load({ tx, house }: ActContext, item: Item): Promise<Meeting> {
  const row = await findMeeting(tx, item.id)
  if (row === null) throw new AppError('meeting_missing')
  if (item.version !== undefined && item.version !== row.version)
    throw new AppError('meeting_version_stale', { number: row.number, state: row.state })
  return toMeeting(house.secrets, row)
}

async function save(context: ActContext, before: Meeting, meeting: Meeting): Promise<void> {
  await context.audit({ subject: `meeting:${meeting.id}`, detail: detailOf(meeting, before) })
  await updateMeeting(context.tx, toMeetingRow(context.house.secrets, meeting), before.version)
}

async function tellMembers(
  context: ActContext,
  event: 'meeting.called' | 'meeting.held' | 'meeting.cancelled',
  meeting: Meeting,
): Promise<void> {
  const { number, plannedFor, record } = meeting
  const values = { number, plannedFor: writtenDay(plannedFor), place: record.place }
  for (const unitId of await leadingGroupIds(context.tx)) await tellUnit(context, unitId, { event, item: meeting, values })
}

export type MeetingView = Meeting & { possible: string[] }

/** Newest first. */
export const listMeetings = view(
  'accountability.read',
  async (
    { db, house },
    input: { filter: { state?: MeetingState | undefined }; page: { limit: number; offset: number } },
  ): Promise<{ items: MeetingView[]; total: number }> => {
    const { items, total } = await searchMeetings(db, input.filter, input.page)
    return { items: items.map((row) => ({ ...toMeeting(house.secrets, row), possible: MEETING_LIFE.possible(row.state) })), total }
  },
)

/** @throws `meeting_missing`. */
export const showMeeting = view('accountability.read', async ({ db, house }, id: string): Promise<MeetingView> => {
  const row = await findMeeting(db, id)
  if (row === null) throw new AppError('meeting_missing')
  return { ...toMeeting(house.secrets, row), possible: MEETING_LIFE.possible(row.state) }
})
