// The profile of periods: whether the city's policy or the statute of the Supreme People's Court applies.
// What differs between them is in features/deadlines/clocks.rules.ts and features/listings/rules.ts.

export const CLOCK_PROFILES = ['seed', 'statute'] as const

/** `seed` serves the decision before publishing (实施意见 四(二)3); `statute` lets a decision take effect when made (法释〔2017〕7号 art. 5). */
export type Profile = (typeof CLOCK_PROFILES)[number]
