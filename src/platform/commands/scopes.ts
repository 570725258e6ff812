// What a unit's API key opens: one scope a subject, so that a unit gives each of its systems no more than it needs (个保法 6).
// Which roles may do an act at all is roles.ts.

/** Scopes a key can be given. */
export const SCOPES = ['screening', 'feed', 'feedback', 'lifts', 'complaints', 'repairs', 'clocks', 'assistance', 'ledger'] as const
export type Scope = (typeof SCOPES)[number]

/** The first part of an act's name, with the scope it needs. */
const OF_SUBJECT: Readonly<Record<string, Scope>> = {
  screening: 'screening',
  feed: 'feed',
  feedback: 'feedback',
  lift: 'lifts',
  complaint: 'complaints',
  repair: 'repairs',
  clock: 'clocks',
  assistance: 'assistance',
  suggestion: 'assistance',
  ledger: 'ledger',
  circular: 'ledger',
}

/** The scope an act needs; null: no key opens it, whatever its roles say. */
export function scopeOf(act: string): Scope | null {
  return OF_SUBJECT[act.split('.', 1)[0] ?? ''] ?? null
}
