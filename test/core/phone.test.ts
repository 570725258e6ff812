// core/phone: parsing phone numbers to E.164. The numbers are made up.

import { expect } from 'chai'
import fc from 'fast-check'
import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { toE164 } from '../../src/core/phone.ts'

describe('parsing a phone number', () => {
  it('refuses texts that cannot be a number, and numbers with an extension', () => {
    for (const text of [
      '',
      '无',
      '1390000527',
      '139000052790',
      '12345678901',
      '0887',
      '13900005279转8',
      '+8613900005279 ext. 8',
      '打13900005279',
    ])
      expect(toE164(text), text).to.equal(null)
  })

  it('accepts mobile, landline and foreign numbers in any spelling', () => {
    const numbers: [string, string][] = [
      ['13900005279', '+8613900005279'],
      ['１３９ ００００ ５２７９', '+8613900005279'],
      ['139-0000-5279', '+8613900005279'],
      ["'13900005279", '+8613900005279'],
      ['+86 139 0000 5279', '+8613900005279'],
      ['8613900005279', '+8613900005279'],
      ['0086 13900005279', '+8613900005279'],
      ['0887-8220000', '+868878220000'],
      ['+85291234567', '+85291234567'],
    ]
    for (const [text, expected] of numbers) expect(toE164(text), text).to.equal(expected)
  })

  it('property: the shortcut for mobile numbers agrees with the library', () => {
    fc.assert(
      fc.property(fc.integer({ min: 13_000_000_000, max: 19_999_999_999 }), (number) => {
        const parsed = parsePhoneNumberFromString(String(number), { defaultCountry: 'CN', extract: false })
        expect(toE164(String(number))).to.equal(parsed?.isValid() ? parsed.number : null)
      }),
      { numRuns: 500 },
    )
  })
})
