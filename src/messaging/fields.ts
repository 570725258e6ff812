// The fields of WeChat template messages and their limits (official account, 模板消息 "参数值内容限制说明"; a breach answers 47003).
// Filling them is render.ts.

/** What each kind of field takes. `thing` is cut to its limit by the renderer; the others are refused. */
const KINDS: Readonly<Record<string, { limit: number; pattern: RegExp; takes: string }>> = {
  thing: { limit: 20, pattern: /./su, takes: 'up to 20 characters' },
  character_string: { limit: 32, pattern: /^[\x20-\x7e]+$/, takes: 'up to 32 letters, digits and signs, no Chinese' },
  phrase: { limit: 5, pattern: /^\p{Script=Han}+$/u, takes: 'up to 5 Chinese characters' },
  number: { limit: 32, pattern: /^\d+(\.\d+)?$/, takes: 'digits' },
  time: { limit: 32, pattern: /\d/, takes: 'a date and time' },
  date: { limit: 32, pattern: /\d/, takes: 'a date' },
}

export const THING_LIMIT = 20

/** The kind of a field: `thing` of `thing1`. Null when WeChat has no such kind, or the house doesn't use it. */
export function kindOf(field: string): string | null {
  const kind = /^([a-z_]+?)\d{1,2}$/.exec(field)?.[1]
  return kind !== undefined && Object.hasOwn(KINDS, kind) ? kind : null
}

/** Why WeChat would refuse a text in a field, or null. Never quotes the text. */
export function fieldProblem(field: string, text: string): string | null {
  const kind = kindOf(field)
  const rule = kind === null ? undefined : KINDS[kind]
  if (rule === undefined) return `${field} is no kind of field`
  return text.length <= rule.limit && rule.pattern.test(text) ? null : `${field} takes ${rule.takes}`
}
