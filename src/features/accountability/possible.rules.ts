// What an actor may do next with a proposal, circular, interview, consequence, joint circular or meeting: by state, role and second person.
// Pure; the commands check the same again. Each act needs the permission that its command asks for.

import { isAllowed, type Actor, type Permission } from '../../platform/commands/permissions.ts'
import { CONSEQUENCE_LIFE, CONSEQUENCES, type Consequence } from './consequences.rules.ts'
import { JOINT_LIFE, MEETING_LIFE, type JointCircular, type Meeting } from './joint.rules.ts'
import { CIRCULAR_LIFE, INTERVIEW_LIFE, PROPOSAL_LIFE, type Circular, type Interview, type Proposal } from './rules.ts'

/** Decide or dismiss; sources are added and proposals reopened by other acts. */
export function proposalActs(actor: Actor, { state }: Pick<Proposal, 'state'>): string[] {
  return permitted(actor, 'accountability.decide', PROPOSAL_LIFE.possible(state)).filter((act) => act === 'decide' || act === 'dismiss')
}

const CIRCULAR_PERMISSIONS = {
  issue: 'accountability.issue',
  discard: 'accountability.discard',
  withdraw: 'accountability.withdraw',
} as const satisfies Record<string, Permission>

/** Whoever drafted a circular does not issue it. */
export function circularActs(actor: Actor, { state, draftedBy }: Pick<Circular, 'state' | 'draftedBy'>): string[] {
  return CIRCULAR_LIFE.possible(state).filter(
    (act) => isAllowed(actor, CIRCULAR_PERMISSIONS[act]) && (act !== 'issue' || draftedBy !== actor.id),
  )
}

export function interviewActs(actor: Actor, { state }: Pick<Interview, 'state'>): string[] {
  return permitted(actor, 'accountability.interview', INTERVIEW_LIFE.possible(state))
}

/**
 * Only the role that decides the kind acts; whoever brought a consequence about does not confirm it. It lapses by itself.
 * @param causers who brought it about.
 */
export function consequenceActs(
  actor: Actor,
  { state, kind }: Pick<Consequence, 'state' | 'kind'>,
  causers: ReadonlySet<string>,
): string[] {
  if (!actor.roles.includes(CONSEQUENCES[kind].decider)) return []
  return permitted(actor, 'accountability.confirm', CONSEQUENCE_LIFE.possible(state)).filter(
    (act) => act !== 'lapse' && (act !== 'confirm' || !causers.has(actor.id)),
  )
}

/** Whoever drafted a joint circular does not issue it. */
export function jointActs(actor: Actor, { state, draftedBy }: Pick<JointCircular, 'state' | 'draftedBy'>): string[] {
  return permitted(actor, 'accountability.joint', JOINT_LIFE.possible(state)).filter((act) => act !== 'issue' || draftedBy !== actor.id)
}

export function meetingActs(actor: Actor, { state }: Pick<Meeting, 'state'>): string[] {
  return permitted(actor, 'accountability.meet', MEETING_LIFE.possible(state))
}

function permitted<Act extends string>(actor: Actor, permission: Permission, acts: readonly Act[]): Act[] {
  return isAllowed(actor, permission) ? [...acts] : []
}
