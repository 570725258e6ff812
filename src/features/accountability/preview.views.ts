// What an act would tell whom, before it is done: each message in full, and how many people get it. Nothing is changed or sent.
// The same plans as the commands make (notices.ts); a number that is only given by the act is shown as dots.

import { dayOf, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { fallbackOrderFor } from '../../messaging/fallback.rules.ts'
import { noticesOf } from '../../messaging/notices.rules.ts'
import { pickShown, render } from '../../messaging/rendering.ts'
import { query, type AppContext, type QueryContext } from '../../platform/commands/command.ts'
import { planIssued, planWithdrawn } from './circulars.commands.ts'
import { CONSEQUENCES, mustDecideConsequence } from './consequences.rules.ts'
import { planJoint, planMeeting } from './joint.commands.ts'
import { findJoint, findMeeting, toJoint, toMeeting } from './joint.store.ts'
import { planInterview, planSettled, type PlanContext, type PlannedNotice } from './notices.ts'
import { findCircular, findConsequence, findInterview, standingCirculars, toCircular, toConsequence, toInterview } from './steps.store.ts'
import { findProposal } from './store.ts'

/** A message as its recipients would read it. */
export interface PreviewedMessage {
  /** The unit or body. */
  to: string
  title: string
  text: string
  /** How many people of it get the message; 0: a clerk has to tell it by hand. */
  people: number
}
export interface Preview {
  items: PreviewedMessage[]
}

const UNNUMBERED = '…'

type Planning = QueryContext & PlanContext
const planning = (context: QueryContext): Planning => ({ ...context, tx: context.db })

/** What calling an interview would tell the unit. @throws `proposal_missing`. */
export const previewInterviewCall = query(
  'accountability.decide',
  async (context, { id, calledFor }: { id: string; calledFor: Day }): Promise<Preview> => {
    const row = await findProposal(context.db, id)
    if (row === null) throw new AppError('proposal_missing')
    const interview = { id: '', version: 1, number: UNNUMBERED, unitId: row.unitId, calledFor, state: 'called' } as const
    return previewOf(context.app, [await planInterview(planning(context), 'interview.called', interview)])
  },
)

/** What issuing or withdrawing a circular would tell the unit. @throws `circular_missing`. */
export const previewCircular = query(
  'accountability.issue',
  async (context, { id, act }: { id: string; act: 'issue' | 'withdraw' }): Promise<Preview> => {
    const { db, app, now } = context
    const row = await findCircular(db, id)
    if (row === null) throw new AppError('circular_missing')
    const circular = toCircular(app.secrets, row)
    if (act === 'withdraw') return previewOf(app, [await planWithdrawn(planning(context), circular)])
    const issuedOn = dayOf(now)
    const year = Number(issuedOn.slice(0, 4))
    const issued = { ...circular, year, issuedOn, number: app.catalog.words('circulars', 'number', { year, number: UNNUMBERED }) }
    const standing = [...(await standingCirculars(db, row.unitId)).filter((each) => each.id !== id), { issuedOn }]
    return previewOf(app, [await planIssued(planning(context), issued, standing)])
  },
)

/** What cancelling or concluding an interview would tell the unit. @throws `interview_missing`. */
export const previewInterview = query(
  'accountability.interview',
  async (context, { id, act }: { id: string; act: 'cancel' | 'find_changed' | 'find_unchanged' }): Promise<Preview> => {
    const row = await findInterview(context.db, id)
    if (row === null) throw new AppError('interview_missing')
    const interview = toInterview(context.app.secrets, row)
    if (act === 'cancel') return previewOf(context.app, [await planInterview(planning(context), 'interview.cancelled', interview)])
    const state = act === 'find_changed' ? 'changed' : 'unchanged'
    return previewOf(context.app, [await planInterview(planning(context), 'interview.concluded', { ...interview, state })])
  },
)

export interface ConsequencePreview {
  id: string
  act: 'confirm' | 'cancel'
  bodies?: readonly string[] | undefined
}

/**
 * What confirming or cancelling a consequence would tell the bodies and the unit. It may name persons, so only whoever decides sees it.
 * @throws `consequence_missing`, `consequence_not_yours`.
 */
export const previewConsequence = query(
  'accountability.confirm',
  async (context, { id, act, bodies = [] }: ConsequencePreview): Promise<Preview> => {
    const row = await findConsequence(context.db, id)
    if (row === null) throw new AppError('consequence_missing')
    mustDecideConsequence(row, context.actor.roles)
    const consequence = toConsequence(context.app.secrets, row)
    if (act === 'cancel') return previewOf(context.app, await planSettled(planning(context), 'consequence.cancelled', consequence))
    const told = (bodies.length === 0 ? CONSEQUENCES[row.kind].bodies : bodies).filter((body) => body !== row.unitId)
    const confirmed = { ...consequence, bodies: [...new Set(told)] }
    return previewOf(context.app, await planSettled(planning(context), 'consequence.confirmed', confirmed))
  },
)

/** What issuing or withdrawing a joint circular would tell the bodies and the units. @throws `joint_missing`. */
export const previewJointMessages = query(
  'accountability.joint',
  async (context, { id, act }: { id: string; act: 'issue' | 'withdraw' }): Promise<Preview> => {
    const { db, app, now } = context
    const row = await findJoint(db, id)
    if (row === null) throw new AppError('joint_missing')
    const circular = toJoint(app.secrets, row)
    if (act === 'withdraw') return previewOf(app, await planJoint(planning(context), 'joint.withdrawn', circular))
    const number = app.catalog.words('joints', 'number', { year: dayOf(now).slice(0, 4), number: UNNUMBERED })
    return previewOf(app, await planJoint(planning(context), 'joint.issued', { ...circular, number }))
  },
)

/** What calling a meeting would tell the members of the leading group. */
export const previewMeetingCall = query(
  'accountability.meet',
  async (context, { plannedFor, place }: { plannedFor: Day; place: string }): Promise<Preview> => {
    const meeting = { id: '', version: 1, number: UNNUMBERED, plannedFor, record: { agenda: '', place } }
    return previewOf(context.app, await planMeeting(planning(context), 'meeting.called', meeting))
  },
)

/** What holding or cancelling a meeting would tell the members. @throws `meeting_missing`. */
export const previewMeeting = query(
  'accountability.meet',
  async (context, { id, act }: { id: string; act: 'hold' | 'cancel' }): Promise<Preview> => {
    const row = await findMeeting(context.db, id)
    if (row === null) throw new AppError('meeting_missing')
    const event = act === 'hold' ? 'meeting.held' : 'meeting.cancelled'
    return previewOf(context.app, await planMeeting(planning(context), event, toMeeting(context.app.secrets, row)))
  },
)

function previewOf(app: AppContext, planned: readonly PlannedNotice[]): Preview {
  return { items: planned.flatMap((each) => messageOf(app, each)) }
}

function messageOf({ catalog, config }: AppContext, { event, audience, values, to, recipients }: PlannedNotice): PreviewedMessage[] {
  const rule = noticesOf(event).find((each) => each.audience === audience)
  if (rule === undefined) return []
  const template = catalog.template(rule.template)
  const known = pickShown(template, { court: config.court.name, phone: config.court.phone, ...values })
  const { text } = render(template, 'wechat', known, { signature: config.court.name, reference: '' })
  const people = recipients.filter(({ addresses }) => fallbackOrderFor(rule, addresses).some((medium) => medium !== 'clerk')).length
  return [{ to, title: template.title, text, people }]
}
