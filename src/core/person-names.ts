// Names of persons and organisations: one spelling for comparison, and masking. A name alone never identifies anybody.
// Identity numbers are in identifiers.ts.

import { tidy, HAN } from './text.ts'

/**
 * A name on one line, without blanks beside Chinese characters, with `·` for every middle dot and full-width brackets in Chinese names.
 * Latin names keep blanks.
 */
export function tidyName(text: string): string {
  if (TIDY_NAME.test(text)) return text
  const line = tidy(text).replace(/\n/g, ' ')
  if (!HAN.test(line)) return line
  return line
    .replace(/\(/g, '（')
    .replace(/\)/g, '）')
    .replace(/(?<=[^\u0020-\u024f]) +| +(?=[^\u0020-\u024f])/g, '')
    .replace(/(?<=\p{Script=Han})[.．•‧・･⋅∙●](?=\p{Script=Han})/gu, '·')
}

/** Masks all but the first character: `扎**`. */
export function maskName(text: string): string {
  const characters = Array.from(text)
  return characters.slice(0, 1).join('') + '*'.repeat(Math.max(characters.length - 1, 0))
}

/** A name that `tidyName` would not change. */
const TIDY_NAME = /^[\u4e00-\u9fff（）·]*$/
