// Types of who can be listed: the debtor and the officers of an organisation.
// The checks are identity.rules.ts and officers.rules.ts; the listing is features/listings/rules.ts.

import type { Day } from '../../core/calendar.ts'
import type { StatedDocument } from '../../core/documents.ts'

export type DebtorKind = 'person' | 'organisation'
export type Sex = 'male' | 'female'

/** Offices whose holders a measure may reach besides the debtor (the measures of the policy, `targets`). */
export const OFFICES = [
  'legal_representative',
  'principal',
  'actual_controller',
  'directly_responsible',
  'director',
  'supervisor',
  'senior_manager',
] as const
export type Office = (typeof OFFICES)[number]

/** A person who holds an office in a listed organisation. */
export interface Officer {
  office: Office
  name: string
  /** 18-digit ID number, when the court knows it. */
  identifier?: string
}

/**
 * Capacities whose unit or superior must be notified of a listing (法释〔2017〕7号 第八条): staff of the state, deputies, members of the
 * consultative conference, and public bodies.
 */
export const OFFICIAL_CAPACITIES = ['state_staff', 'deputy', 'cppcc', 'public_body'] as const
export type OfficialCapacity = (typeof OFFICIAL_CAPACITIES)[number]

/** The debtor as one listing states them. `identifier` is an 18-digit ID number or a USCC unless `document` says otherwise, normalised. */
export interface Debtor {
  kind: DebtorKind
  name: string
  identifier: string
  document?: StatedDocument
  sex?: Sex
  birth?: Day
  /** Organisations: the legal representative or person in charge, published by 法释〔2017〕7号 art. 6. */
  legalRepresentative?: string
  officers: readonly Officer[]
  /** E.164. */
  phone?: string
  /** openid in the court's official account. */
  wechat?: string
  address?: string
  /** The debtor's employer: notified instead of the public when a listing is not disclosed. */
  employer?: string
  /** Set for an official or a public body, with who is notified of it: the unit, the superior body or the owner. */
  official?: { capacity: OfficialCapacity; superiors: readonly string[] }
}

/** Whether a listing is public (公开) or told to the employer alone (不宜公开). */
export type Disclosure = 'public' | 'undisclosed'
