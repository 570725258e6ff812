// Texts that a person must write in a form: a reason, a note, an answer.
// What a feature asks besides is in its rules.

import { AppError, invalidRequest } from './errors.ts'

/** Longest such text in characters, where a rule sets no other limit. */
const TEXT_LIMIT = 2000

/** Trims a required text. @throws `reason_needed` below two characters, `request_invalid` above `limit` characters. */
export function requireText(text: string, limit = TEXT_LIMIT): string {
  const trimmed = text.trim()
  if (trimmed.length < 2) throw new AppError('reason_needed')
  if (trimmed.length > limit) throw invalidRequest({ code: 'field_too_long', field: 'written', values: { limit } })
  return trimmed
}
