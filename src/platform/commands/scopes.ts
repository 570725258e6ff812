// Scopes of a unit's API key: one for each subject, so that a unit gives each of its systems no more than it needs (个保法 6).
// Which roles have a permission at all is permissions.ts.

/** The scopes that a key can have. */
export const SCOPES = ['screening', 'feed', 'feedback', 'lifts', 'complaints', 'repairs', 'clocks', 'assistance', 'ledger'] as const
/** A scope of a key. */
export type Scope = (typeof SCOPES)[number]

/** The scope that is needed for each subject, the first part of a permission's name. */
const OF_SUBJECT: Readonly<Record<string, Scope>> = {
  screening: 'screening',
  catalogue: 'screening',
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
  portal: 'ledger',
}

/** The scope that a permission needs; null when no key is sufficient, whatever the roles are. */
export function scopeOf(permission: string): Scope | null {
  return OF_SUBJECT[permission.split('.', 1)[0] ?? ''] ?? null
}
