// The fields of WeChat template messages and their limits (official account, 模板消息 "参数值内容限制说明"; a breach answers 47003).
// Filling them is in messaging/rendering.

/** What each kind of field takes; limits in UTF-16 units. Rendering cuts a `thing` to its limit; other kinds are refused when too long. */
const KINDS: Readonly<Record<string, { limit: number; pattern: RegExp; takes: string }>> = {
  thing: { limit: 20, pattern: /./su, takes: 'up to 20 characters' },
  character_string: { limit: 32, pattern: /^[\x20-\x7e]+$/, takes: 'up to 32 letters, digits and signs, no Chinese' },
  phrase: { limit: 5, pattern: /^\p{Script=Han}+$/u, takes: 'up to 5 Chinese characters' },
  number: { limit: 32, pattern: /^\d+(\.\d+)?$/, takes: 'digits' },
  time: { limit: 32, pattern: /\d/, takes: 'a date and time' },
  date: { limit: 32, pattern: /\d/, takes: 'a date' },
}

/** The longest text of a `thing` field, in characters. */
export const THING_LIMIT = 20

/** The kind of a field: `thing` for `thing1`. Null when WeChat has no such kind, or the application does not use it. */
export function kindOf(field: string): string | null {
  const kind = /^([a-z_]+?)\d{1,2}$/.exec(field)?.[1]
  return kind !== undefined && Object.hasOwn(KINDS, kind) ? kind : null
}

/** Why WeChat would refuse a text in a field; null when it would not. Never quotes the text. */
export function fieldProblem(field: string, text: string): string | null {
  const kind = kindOf(field)
  const rule = kind === null ? undefined : KINDS[kind]
  if (rule === undefined) return `${field} is no kind of field`
  return text.length <= rule.limit && rule.pattern.test(text) ? null : `${field} takes ${rule.takes}`
}
