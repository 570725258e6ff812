// Numbers of documents other than the resident's card: forms, what they say, what is compared. All numbers are made up.

import { expect } from 'chai'
import { mayBeDocument, readDocument, readDocumentNumber, readHolder, type Document } from '../../src/core/documents.ts'
import { idCheckDigit } from '../../src/core/identifiers.ts'

const card = (first: string): string => first + idCheckDigit(first)
const RESIDENT = card('53342119840214022')
const PERMIT = card('81000019900307001')
const NEW_CARD = card('91184019810803012')

describe('numbers of documents', () => {
  it('are read by the type that is stated, in the form in which they are compared', () => {
    const right: [Document, string, string][] = [
      ['resident', RESIDENT, RESIDENT],
      ['residence_permit', PERMIT, PERMIT],
      ['passport', 'g 12345678', 'G12345678'],
      ['passport', '123456789', '123456789'],
      ['hk_macau_permit', 'H0123456701', 'H01234567'],
      ['hk_macau_permit', 'M01234567', 'M01234567'],
      ['taiwan_permit', '01234567', '01234567'],
      ['taiwan_permit', '0123456701（B）', '01234567'],
      ['foreigner_card', 'usa530081080312', 'USA530081080312'],
      ['foreigner_card', NEW_CARD, NEW_CARD],
      ['organisation_code', '12345678-8', '123456788'],
    ]
    for (const [type, written, number] of right) expect(readDocumentNumber(type, written)?.number, written).to.equal(number)
    expect(readDocumentNumber('foreigner_card', NEW_CARD)).to.include({ kind: 'person', birth: '1981-08-03', sex: 'female' })
  })

  it('are refused when they cannot be of the type', () => {
    const wrong: [Document, string][] = [
      ['resident', PERMIT],
      ['residence_permit', RESIDENT],
      ['passport', 'ABCDEFGH'],
      ['passport', 'G1234567890'],
      ['hk_macau_permit', 'H0123456'],
      ['hk_macau_permit', 'T01234567'],
      ['taiwan_permit', '0123456'],
      ['foreigner_card', 'USA530081990312'],
      ['foreigner_card', NEW_CARD.slice(0, 17) + (NEW_CARD.endsWith('1') ? '2' : '1')],
      ['organisation_code', '12345678-9'],
      ['uscc', RESIDENT],
    ]
    for (const [type, written] of wrong) expect(readDocumentNumber(type, written), `${type} ${written}`).to.equal(null)
  })

  it('have types by many names', () => {
    expect(['护照（美国）', '回乡证', ' 台胞证', '外国人永久居留证', '身份证', '营业执照', 'passport'].map(readDocument)).to.deep.equal([
      'passport',
      'hk_macau_permit',
      'taiwan_permit',
      'foreigner_card',
      'resident',
      'uscc',
      'passport',
    ])
    expect(readDocument('驾驶证')).to.equal(null)
  })

  it('are told without a type where letters stand first, and by a word before digits alone', () => {
    const typed: [string, string | null][] = [
      [RESIDENT, RESIDENT],
      ['G12345678', 'G12345678'],
      ['H0123456701', 'H01234567'],
      ['USA530081080312', 'USA530081080312'],
      [NEW_CARD, NEW_CARD],
      ['台胞证01234567', '01234567'],
      ['护照号码：123456789', '123456789'],
      ['组织机构代码 12345678-8', '123456788'],
      ['01234567', null],
      ['12345678-8', null],
      ['123456789', null],
      ['5334', null],
    ]
    for (const [written, number] of typed) {
      const read = readHolder(written)
      expect(read.kind === 'none' ? null : read.number, written).to.equal(number)
    }
    expect(['01234567', 'G12345678', 'H01234567', '53342119840214022'].map(mayBeDocument)).to.deep.equal([true, true, true, false])
  })
})
