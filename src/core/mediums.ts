// The media by which a message can reach a person.
// Which provider stands behind each of them is configuration (config/providers.ts).

/**
 * Media of messages. `wechaty` is a personal WeChat account of the court, driven by the application: a second way to WeChat.
 * `clerk` is a duty for a clerk, not a provider.
 */
export const MEDIUMS = ['wechat', 'wechaty', 'sms', 'voice', 'clerk'] as const

/** Media that send to an address. */
export const ADDRESSED = ['wechat', 'wechaty', 'sms', 'voice'] as const satisfies readonly (typeof MEDIUMS)[number][]

export type Medium = (typeof MEDIUMS)[number]
