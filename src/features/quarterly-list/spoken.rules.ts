// Writes numbers as they are read aloud: 71000 by its value, a case number or a year digit by digit. Pure; the words are passed in.
// The sentences around them are templates/words/zh-CN/pushes.yaml.

/** The characters that numbers are written with. */
export interface SpokenWords {
  /** Ten characters, for 0 to 9. */
  digits: string
  /** The characters for ten, hundred and thousand. */
  units: string
  /** The characters for ten thousand and hundred million. */
  groups: string
  point: string
  /** The character that follows a year. */
  year: string
}

/** Most digits of a number that is read by its value; longer ones are easier to follow digit by digit. */
const MAX_DIGITS = 12

/** A text with every digit replaced by its character. */
export function spelled(text: string, { digits }: Pick<SpokenWords, 'digits'>): string {
  return text.replace(/\d/g, (digit) => digits[Number(digit)] ?? digit)
}

/** A whole number by its value: 10 is 十, 100020 is 十万零二十. */
export function spokenCount(whole: string, words: SpokenWords): string {
  const number = whole.replace(/^0+(?=\d)/, '')
  if (number.length > MAX_DIGITS) return spelled(number, words)
  const zero = words.digits.charAt(0)
  const groups = number.padStart(Math.ceil(number.length / 4) * 4, '0').match(/\d{4}/g) ?? []
  let spoken = ''
  for (const [at, group] of groups.entries()) {
    if (Number(group) === 0) continue
    // A gap of any number of digits is read as one zero.
    const gap = spoken !== '' && (group.startsWith('0') || groups[at - 1] === '0000')
    spoken += (gap ? zero : '') + spokenGroup(Number(group), words) + words.groups.charAt(groups.length - at - 2)
  }
  return spoken === '' ? zero : withoutLeadingOne(spoken, words)
}

/** Ten to nineteen begin with 十, not with 一十. */
function withoutLeadingOne(spoken: string, { digits, units }: SpokenWords): string {
  const one = digits.charAt(1)
  return spoken.startsWith(one + units.charAt(0)) ? spoken.slice(one.length) : spoken
}

/** A number from 1 to 9999 by its value. */
function spokenGroup(group: number, { digits, units }: SpokenWords): string {
  const text = String(group)
  let spoken = ''
  let zeroPending = false
  for (const [position, digit] of [...text].entries()) {
    const power = text.length - position - 1
    if (digit === '0') {
      zeroPending = spoken !== ''
      continue
    }
    spoken += (zeroPending ? digits.charAt(0) : '') + digits.charAt(Number(digit)) + (power === 0 ? '' : units.charAt(power - 1))
    zeroPending = false
  }
  return spoken
}

/** A number in a text: thousands may be separated by commas, a fraction may follow. */
const NUMBER = /(\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.(\d+))?/g

/** A clerk's text with every number as it is read aloud; years and numbers with a leading zero digit by digit. */
export function spokenText(text: string, words: SpokenWords): string {
  return text.replace(NUMBER, (found: string, whole: string, fraction: string | undefined, at: number) => {
    const plain = whole.replaceAll(',', '')
    const isYear = plain.length === 4 && text.startsWith(words.year, at + found.length)
    const byDigit = isYear || (plain.startsWith('0') && plain.length > 1)
    const spoken = byDigit ? spelled(plain, words) : spokenCount(plain, words)
    return fraction === undefined ? spoken : spoken + words.point + spelled(fraction, words)
  })
}
