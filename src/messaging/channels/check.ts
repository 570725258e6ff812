// What a harmless call to a provider showed: whether the account works, without sending anything to anybody.
// The calls are check.ts of each provider; `zxt doctor` and `/readyz` show the result.

export type ProviderCheck =
  /** The account may send; `templates` are the ids that it has, where the provider has templates. */
  | { kind: 'up'; templates: readonly string[] }
  /** The provider answered and refuses the account. */
  | { kind: 'refused'; code: string }
  /** No answer that can be read. */
  | { kind: 'silent'; reason: string }
