// How many people may have what the public sees of an entry: numbers are counted, for whoever knows county and sex. The numbers are made up.

import { expect } from 'chai'
import { addDays, ageOn, daysBetween } from '../../../src/core/calendar.ts'
import { idCheckDigit, maskForPublic, maskIdNumbers, publicIdentifier } from '../../../src/core/identifiers.ts'
import { ageBandOf } from '../../../src/features/enquiry/age-band.rules.ts'

const CANDIDATES = 1000
const TODAY = '2026-11-30'

/** All days from one to another, both included. */
function days(from: string, until: string): string[] {
  return Array.from({ length: daysBetween(from, until) + 1 }, (_, n) => addDays(from, n))
}

/** The days of birth of which an entry published on a day shows the same band on another day as of the one given; nobody is a minor. */
function sharing(birth: string, published: string, today: string): string[] {
  const shown = ageBandOf(birth, published, today)
  const grown = days(addDays(birth, -5000), addDays(birth, 5000)).filter((day) => day <= published && ageOn(day, published) >= 18)
  return grown.filter((day) => {
    const band = ageBandOf(day, published, today)
    return band.from === shown.from && band.to === shown.to
  })
}

/** How many texts have each mask. */
function masksOf(texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>()
  const masks = new Map<string, string>()
  let n = 0
  for (const text of texts) {
    // To mask a million numbers takes long: the mask of a last four is kept, and compared again for some of the others.
    const tail = text.slice(-4)
    const kept = masks.get(tail)
    const mask = kept === undefined || n % 101 === 0 ? publicIdentifier('person', text) : kept
    if (kept !== undefined && mask !== kept) throw new Error(`${text} is masked by more than its last four`)
    masks.set(tail, mask)
    counts.set(mask, (counts.get(mask) ?? 0) + 1)
    n += 1
  }
  return counts
}

const least = (counts: ReadonlyMap<string, number>): number => Math.min(...counts.values())

/** All numbers of eighteen characters with an area, a sex, and one of some days of birth. */
function* numbersOf(area: string, odd: boolean, births: readonly string[]): Generator<string> {
  const checks = Array.from({ length: 11 }, (_, rest) => '10X98765432'.charAt(rest))
  for (const birth of births) {
    const before = `${area}${birth.replaceAll('-', '')}`
    const sum = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5].reduce((total, weight, at) => total + weight * Number(before[at]), 0)
    for (let order = odd ? 1 : 0; order < 1000; order += 2) {
      const digits = [Math.floor(order / 100), Math.floor(order / 10) % 10, order % 10] as const
      yield `${before}${digits[0]}${digits[1]}${digits[2]}${checks[(sum + 8 * digits[0] + 4 * digits[1] + 2 * digits[2]) % 11] ?? ''}`
    }
  }
}

describe('what the public sees of a person', function () {
  this.timeout(30_000)

  it('leaves a thousand numbers and more of a known county, sex and age band, whoever is looked at', () => {
    const areas: readonly (readonly [string, string, string])[] = [
      ['533421', '1984-10-14', '2026-11-22'],
      // A residence permit of Macau; those of Hong Kong and Taiwan differ by a digit.
      ['820000', '1990-06-12', '2026-11-22'],
      // The card of permanent residence since 2023: 9, an area, a state.
      ['911840', '1971-03-05', '2026-11-22'],
    ]
    for (const [area, birth, published] of areas) {
      const births = sharing(birth, published, TODAY)
      const counts = masksOf(numbersOf(area, area === '533421', births))
      const [any = ''] = numbersOf(area, true, births.slice(-1))
      expect(idCheckDigit(any.slice(0, 17)), any).to.equal(any[17])
      expect(counts.size, `${area}: nothing of a number tells one from another`).to.equal(1)
      expect(least(counts), area).to.be.at.least(CANDIDATES)
    }
  })

  it('leaves them also of somebody who has just come of age when the entry is published', () => {
    for (const published of ['2028-01-01', '2028-01-05', '2032-12-31', '2033-01-01']) {
      const birth = `${Number(published.slice(0, 4)) - 18}${published.slice(4)}`
      for (const today of [published, '2034-06-01', '2046-01-01'])
        expect(sharing(birth, published, today).length, `${published} ${today}`).to.be.at.least(4 * 365)
    }
    expect(least(masksOf(numbersOf('533421', false, sharing('2010-01-05', '2028-01-05', '2028-01-05'))))).to.be.at.least(CANDIDATES)
  })

  it('shows nothing by a change of the band from one day to another', () => {
    for (const [one, other] of [
      ['1980-01-01', '1984-12-31'],
      ['1982-11-29', '1982-12-01'],
    ] as const)
      for (const today of ['2026-12-30', '2026-12-31', '2027-01-01', '2031-07-01', '2041-07-01'])
        expect(ageBandOf(one, TODAY, today), today).to.deep.equal(ageBandOf(other, TODAY, today))
    expect(ageBandOf('1984-10-14', TODAY, TODAY)).to.deep.equal({ from: 41, to: 46 })
  })

  it('leaves them of an old number of fifteen digits in a text, where no band is shown', () => {
    const old = Array.from(
      numbersOf('533421', true, days('1984-01-01', '1984-06-30')),
      (number) => number.slice(0, 6) + number.slice(8, 17),
    )
    expect(least(masksOf(old))).to.be.at.least(CANDIDATES)
    expect(maskIdNumbers('向533421841014022和53342119841014022X支付8000元')).to.equal('向***************和******************支付8000元')
  })

  it('leaves them of an old card of permanent residence, whose last digit follows from the others', () => {
    // A check digit of the kind that documents have (weights 7, 3, 1), which the application does not even ask for.
    const digit = (text: string): number =>
      Array.from(text).reduce((sum, sign, at) => sum + parseInt(sign, 36) * ([7, 3, 1][at % 3] as number), 0) % 10
    const cards = days('1950-01-01', '1989-12-31').flatMap((birth) =>
      Array.from({ length: 10 }, (_, order) => {
        const first = `USA5301${birth.replaceAll('-', '').slice(2)}${order}`
        return first + String(digit(first))
      }),
    )
    expect(least(masksOf(cards))).to.be.at.least(CANDIDATES)
  })

  it('leaves them of passports and permits, whatever letters are known', () => {
    for (const sample of [
      'E12345678',
      'EA1234567',
      'G1234567',
      'AB123456',
      'A123456',
      'ABC1234',
      'AB1234',
      'X12345A',
      'H01234567',
      '01234567',
    ]) {
      const mask = maskForPublic(sample)
      const hidden = Array.from(sample).filter((_, at) => mask[at] === '*')
      expect(10 ** hidden.filter((sign) => /\d/.test(sign)).length, sample).to.be.at.least(CANDIDATES)
    }
    expect(maskForPublic('E12345678')).to.equal('*********')
    expect(maskForPublic('ABC1234')).to.equal('*******')
  })
})
