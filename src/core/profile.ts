// Under which law a court counts its periods: the city's own rules or the Supreme People's Court's.
// What differs between them is features/deadlines/clocks.rules and features/listings/rules.

export const CLOCK_PROFILES = ['seed', 'statute'] as const

/** `seed` serves the decision before publishing (实施意见 四(二)3); `statute` lets a decision take effect when made (法释〔2017〕7号 art. 5). */
export type ClockProfile = (typeof CLOCK_PROFILES)[number]

export type Profile = ClockProfile
