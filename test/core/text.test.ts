// Identifiers, texts, names and phone numbers of core: parsing, check digits, normalising and masking. People and numbers are made up.

import { expect } from 'chai'
import fc from 'fast-check'
import { addDays } from '../../src/core/calendar.ts'
import { squeeze, tidy } from '../../src/core/text.ts'
import {
  idCheckDigit,
  isUscc,
  maskDigits,
  maskIdentifier,
  maskForPublic,
  publicIdentifier,
  readIdentifier,
  usccCheckDigit,
} from '../../src/core/identifiers.ts'
import { maskName, tidyName } from '../../src/core/person-names.ts'
import { maskPhone } from '../../src/core/phone.ts'

const USCC_CHARACTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const day = fc.integer({ min: 0, max: 45_000 }).map((offset) => addDays('1901-01-01', offset).replaceAll('-', ''))
const digits = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789')), minLength: length, maxLength: length })
const idNumber = fc.tuple(digits(3), day, digits(3)).map(([area, birth, serial]) => {
  const first = `533${area}${birth}${serial}`
  return first + idCheckDigit(first)
})
const uscc = fc
  .tuple(digits(6), fc.string({ unit: fc.constantFrom(...Array.from(USCC_CHARACTERS)), minLength: 9, maxLength: 9 }))
  .map(([area, code]) => {
    const first = `91${area}${code}`
    return first + usccCheckDigit(first)
  })

describe('reading an identifier', () => {
  it('refuses a text that is no identifier and names the fault', () => {
    const faults: [string, string][] = [
      ['', 'form'],
      ['扎西拉姆', 'form'],
      ['53342119841014022', 'form'],
      ['5334211984101402222', 'form'],
      ['5.33421E+17', 'rounded'],
      ['533421198410140000', 'rounded'],
      ['73541234-5', 'code'],
      ['533421198402300013', 'id_birth'],
      ['533421198413140014', 'id_birth'],
      ['533421198410140223', 'id_check'],
      ['91533401506614261I', 'uscc_letter'],
      ['91533401506614261H', 'uscc_check'],
      ['915334012533289368', 'uscc_check'],
      ['533421841345678', 'id_birth'],
    ]
    for (const [text, fault] of faults) expect(readIdentifier(text), text).to.deep.equal({ kind: 'none', fault })
  })

  it('finds birthday and sex in an ID number', () => {
    expect(readIdentifier('533421198410140222')).to.deep.equal({
      kind: 'person',
      number: '533421198410140222',
      birth: '1984-10-14',
      sex: 'female',
      upgraded: false,
    })
  })

  it('accepts full-width characters, blanks, invisible characters, quotes, hyphens and a small x', () => {
    for (const text of [
      '５３３４２３２００１０１２１０６３ｘ',
      ' 533423 20010121 063x ',
      '\u200b53342320010121063X\ufeff',
      "'53342320010121063x",
      '533423-20010121-063X',
    ])
      expect(readIdentifier(text), text).to.include({ kind: 'person', number: '53342320010121063X', birth: '2001-01-21' })
  })

  it('upgrades the 15-digit form, which always means the 20th century', () => {
    expect(readIdentifier('533421841014022')).to.deep.equal({
      kind: 'person',
      number: '533421198410140222',
      birth: '1984-10-14',
      sex: 'female',
      upgraded: true,
    })
  })

  it('takes a USCC that is all digits for an organisation', () => {
    expect(readIdentifier('915334012533289367')).to.deep.equal({ kind: 'organisation', number: '915334012533289367' })
  })

  it('property: takes 18 digits that are valid as ID number and as USCC for a person, and shows at most two of them in public', () => {
    fc.assert(
      fc.property(idNumber, (number) => {
        fc.pre(isUscc(number))
        expect(readIdentifier(number).kind).to.equal('person')
        for (const kind of ['person', 'organisation'] as const) expect(publicIdentifier(kind, number)).to.equal(maskForPublic(number))
      }),
      { numRuns: 200 },
    )
    expect(publicIdentifier('organisation', '91533401506614261G')).to.equal('91533401506614261G')
  })

  it('names old numbers of organisations: business licences of 15 digits and tax registrations', () => {
    expect(readIdentifier('533421200001234').kind).to.equal('none')
    for (const number of ['110108000000016', '533421735412348', '企独云总字第000123号'])
      expect(readIdentifier(number), number).to.deep.equal({ kind: 'none', fault: 'registration' })
    expect(readIdentifier('53342119841014022200')).to.deep.equal({ kind: 'none', fault: 'tax' })
    expect(readIdentifier('993421198410140222')).to.deep.equal({ kind: 'none', fault: 'id_region' })
  })

  it('property: accepts an ID number with its check digit and refuses it with any other last character', () => {
    fc.assert(
      fc.property(idNumber, fc.constantFrom(...Array.from('0123456789X')), (number, last) => {
        fc.pre(!isUscc(number))
        expect(readIdentifier(number).kind).to.equal('person')
        const other = number.slice(0, 17) + last
        fc.pre(!isUscc(other))
        expect(readIdentifier(other).kind === 'person').to.equal(other === number)
      }),
    )
  })

  it('property: refuses an ID number with one wrong digit', () => {
    fc.assert(
      fc.property(idNumber, fc.integer({ min: 0, max: 16 }), fc.integer({ min: 1, max: 9 }), (number, at, shift) => {
        const wrong = number.slice(0, at) + String((Number(number[at]) + shift) % 10) + number.slice(at + 1)
        expect(readIdentifier(wrong).kind).to.not.equal('person')
      }),
    )
  })

  it('property: accepts a USCC and refuses it with one wrong character', () => {
    fc.assert(
      fc.property(uscc, fc.integer({ min: 0, max: 17 }), fc.constantFrom(...Array.from(USCC_CHARACTERS)), (code, at, sign) => {
        expect(isUscc(code)).to.equal(true)
        const other = code.slice(0, at) + sign + code.slice(at + 1)
        expect(isUscc(other)).to.equal(other === code)
      }),
    )
  })

  it('property: never throws, whatever the text is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(readIdentifier(text).kind).to.be.oneOf(['person', 'organisation', 'none'])
      }),
    )
  })
})

describe('normalising', () => {
  it('squeezes a text: blanks and zero-width characters go, full-width characters become half-width', () => {
    expect(squeeze(' （２０２６）云\u3000３４０１\u200b执\n１２３\u00a0号\ufeff')).to.equal('(2026)云3401执123号')
  })

  it('keeps the punctuation and lines of prose, and removes invisible characters', () => {
    expect(tidy('①支付\u3000８００元；\r\n \n②交付１２㎡（含税）\u200b ')).to.equal('①支付 800元；\n②交付12㎡（含税）')
    expect(tidy('⽥某')).to.equal('田某')
  })

  it('writes a name on one line, with one kind of middle dot and of brackets', () => {
    const names: [string, string][] = [
      [' 扎 西 ', '扎西'],
      ['卓玛\n永宗', '卓玛永宗'],
      ['买某•吐某', '买某·吐某'],
      ['买某.吐某', '买某·吐某'],
      ['迪庆(集团) 有限公司', '迪庆（集团）有限公司'],
      ['ABC Trading 有限公司', 'ABC Trading有限公司'],
      ['John  Doe (UK)', 'John Doe (UK)'],
    ]
    for (const [text, expected] of names) expect(tidyName(text), text).to.equal(expected)
  })

  it('property: changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('张 （）()·.•１a\u3000\u200b\n\r，①㎡é')) }), (text) => {
        for (const normalise of [squeeze, tidy, tidyName]) expect(normalise(normalise(text))).to.equal(normalise(text))
      }),
    )
  })
})

describe('masking', () => {
  it('shows at most the last four characters of an identifier, and fewer of a short one', () => {
    expect(maskIdentifier('533421198410140222')).to.equal('**************0222')
    expect(maskIdentifier('1234')).to.equal('***4')
    expect(maskIdentifier('12')).to.equal('**')
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('0123456789')) }), (text) => {
        expect(maskIdentifier(text).replaceAll('*', '').length).to.be.at.most(Math.min(4, text.length / 3))
      }),
    )
  })

  it('hides names, phone numbers and long numbers in texts of unknown content', () => {
    expect(maskName('扎西拉')).to.equal('扎**')
    expect(maskName('𠮷某')).to.equal('𠮷*')
    expect(maskName('')).to.equal('')
    expect(maskPhone('13900005279')).to.equal('139****5279')
    expect(maskPhone('+8613900005279')).to.equal('139****5279')
    expect(maskPhone('0887-8220000')).to.equal('********0000')
    expect(maskDigits('号码53342320010121063x，2026-09-30')).to.equal('号码**************063x，2026-09-30')
  })
})
