// The ways by which a message can reach a person.
// Which provider stands behind each of them is configuration.

/**
 * A way of reaching a person. Which provider stands behind it is configuration. `wechaty` is an account of our own that chats: a second way to
 * WeChat. `clerk` is a person's task, not a provider.
 */
export const MEDIUMS = ['wechat', 'wechaty', 'sms', 'voice', 'clerk'] as const

export type Medium = (typeof MEDIUMS)[number]
