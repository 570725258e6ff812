// Names of persons and organisations: one spelling for comparing, and how a name is masked.
// A name alone never identifies anybody.

import { tidy, HAN } from './text.ts'

/** A name on one line: no blanks beside Chinese characters, `·` for every kind of middle dot, full-width brackets in Chinese names. Latin names keep their blanks. */
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

/** Keeps the first character: `扎**`. */
export function maskName(text: string): string {
  const signs = Array.from(text)
  return signs.slice(0, 1).join('') + '*'.repeat(Math.max(signs.length - 1, 0))
}

export const TIDY_NAME = /^[\u4e00-\u9fff（）·]*$/
