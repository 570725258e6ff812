// core/phone: parsing phone numbers to E.164. The numbers are made up.

import { expect } from 'chai'
import fc from 'fast-check'
import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { phoneKind, readPhones, takesCalls, takesSms, toE164 } from '../../src/core/phone.ts'

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

describe('what a phone number can take', () => {
  it('tells mobile, landline, hotline and foreign numbers apart', () => {
    const kinds: [string, string | null, boolean, boolean][] = [
      ['+8613900005279', 'mobile', true, true],
      ['+8617012345678', 'mobile', true, true],
      ['+868878221234', 'landline', false, true],
      ['+861065291234', 'landline', false, true],
      ['+864008208820', 'hotline', false, false],
      ['+868008101234', 'hotline', false, false],
      ['+85291234567', 'foreign', true, true],
      ['+85225412345', 'foreign_landline', false, true],
      ['+12125550123', 'foreign', true, true],
    ]
    for (const [number, kind, sms, calls] of kinds)
      expect([number, phoneKind(number), takesSms(number), takesCalls(number)]).to.deep.equal([number, kind, sms, calls])
  })

  it('reads the telephone cells of real lists, the numbers that take messages first', () => {
    const cells: [string, string[], boolean][] = [
      ['13955550002 13955550003', ['+8613955550002', '+8613955550003'], false],
      ['13955550004（妻子）', ['+8613955550004'], false],
      ['妻子:13955550004', ['+8613955550004'], false],
      ['(+86)13955550005', ['+8613955550005'], false],
      ['（86）139 5555 0005', ['+8613955550005'], false],
      ['13955550006.0', ['+8613955550006'], false],
      ['0887-8221234/13955550002', ['+8613955550002', '+868878221234'], false],
      ['(0887)8221234', ['+868878221234'], false],
      ['400-820-8820', ['+864008208820'], false],
      ['13955550002；不详', ['+8613955550002'], true],
      ['13955550002,1390', ['+8613955550002'], true],
      ['不详', [], true],
      ['', [], false],
      ['1395555000', [], true],
      ['533421198404120217', [], true],
    ]
    for (const [cell, numbers, isUnreadable] of cells) expect(readPhones(cell), cell).to.deep.equal({ numbers, isUnreadable })
  })

  it('takes no time over a hostile cell', () => {
    for (const piece of ['1', '+8', '0887 ', '139 5555 ', '(', '13955550002 ']) readPhones(piece.repeat(20_000))
  })
})
