// Who can be listed: the debtor and the people around an organisation.
// Types only; checks live in rows.ts and listing.ts.

import type { Day } from '../../core/calendar.ts'

export type DebtorKind = 'person' | 'organisation'
export type Sex = 'male' | 'female'

/** Offices whose holders a measure may reach besides the debtor (seed measures, `targets`). */
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

export interface Officer {
  office: Office
  name: string
  /** 18-digit ID number, when the court knows it. */
  identifier?: string
}

/** Whose unit or superior must be told (法释〔2017〕7号 第八条): staff of the state, deputies, members of the consultative conference; public bodies. */
export const OFFICIAL_CAPACITIES = ['state_staff', 'deputy', 'cppcc', 'public_body'] as const
export type OfficialCapacity = (typeof OFFICIAL_CAPACITIES)[number]

/** The debtor as one listing states them. `identifier` is an 18-digit ID number or a USCC, normalised. */
export interface Debtor {
  kind: DebtorKind
  name: string
  identifier: string
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
  /** The debtor's unit: told instead of the public when a listing is not disclosed. */
  employer?: string
  /** An official or a public body, and who is told of it: the unit, the superior body, the owner. */
  official?: { capacity: OfficialCapacity; superiors: readonly string[] }
}

export type Disclosure = 'public' | 'undisclosed'
