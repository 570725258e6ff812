// Numbers as they are read aloud: 71000 by its value, a case number or a year digit by digit. Pure; the words are handed in.
// The sentences around them are templates/words/zh-CN/pushes.yaml.

export interface SpokenWords {
  /** Ten signs, nought to nine. */
  digits: string
  /** Ten, hundred, thousand. */
  units: string
  /** Ten thousand, hundred million. */
  groups: string
  point: string
  /** What follows a year. */
  year: string
}

/** A thousand of hundred millions: beyond it digits are easier to follow than the value. */
const LONGEST = 12

/** Digit by digit, in whatever text. */
export function spelled(text: string, { digits }: Pick<SpokenWords, 'digits'>): string {
  return text.replace(/\d/g, (digit) => digits[Number(digit)] ?? digit)
}

/** A whole number by its value: 10 is ten, 100020 a hundred thousand and twenty. */
export function spokenCount(whole: string, words: SpokenWords): string {
  const number = whole.replace(/^0+(?=\d)/, '')
  if (number.length > LONGEST) return spelled(number, words)
  const zero = words.digits.charAt(0)
  const groups = number.padStart(Math.ceil(number.length / 4) * 4, '0').match(/\d{4}/g) ?? []
  let said = ''
  for (const [at, group] of groups.entries()) {
    if (Number(group) === 0) continue
    // A gap is heard as one nought, however many digits it has.
    const gap = said !== '' && (group.startsWith('0') || groups[at - 1] === '0000')
    said += (gap ? zero : '') + groupSaid(Number(group), words) + words.groups.charAt(groups.length - at - 2)
  }
  return said === '' ? zero : withoutOne(said, words)
}

/** Ten to nineteen begin with ten, not with one ten. */
function withoutOne(said: string, { digits, units }: SpokenWords): string {
  const one = digits.charAt(1)
  return said.startsWith(one + units.charAt(0)) ? said.slice(one.length) : said
}

/** 1 to 9999. */
function groupSaid(group: number, { digits, units }: SpokenWords): string {
  const text = String(group)
  let said = ''
  let owed = false
  for (const [position, digit] of [...text].entries()) {
    const power = text.length - position - 1
    if (digit === '0') {
      owed = said !== ''
      continue
    }
    said += (owed ? digits.charAt(0) : '') + digits.charAt(Number(digit)) + (power === 0 ? '' : units.charAt(power - 1))
    owed = false
  }
  return said
}

/** Thousands may be parted by commas; what stands before a year's sign is read digit by digit. */
const NUMBER = /(\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.(\d+))?/g

/** A clerk's free text, with every number as it is spoken. */
export function spokenText(text: string, words: SpokenWords): string {
  return text.replace(NUMBER, (found: string, whole: string, fraction: string | undefined, at: number) => {
    const plain = whole.replaceAll(',', '')
    const isYear = plain.length === 4 && text.startsWith(words.year, at + found.length)
    const byDigit = isYear || (plain.startsWith('0') && plain.length > 1)
    const said = byDigit ? spelled(plain, words) : spokenCount(plain, words)
    return fraction === undefined ? said : said + words.point + spelled(fraction, words)
  })
}
