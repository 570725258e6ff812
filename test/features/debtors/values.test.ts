// Reading days, terms, case numbers and document numbers as lists write them (features/debtors/values.rules.ts).
// Whole rows are test/features/imports/list-files.test.ts.

import { expect } from 'chai'
import type { Cell } from '../../../src/features/debtors/headings.rules.ts'
import { readBasisNo, readCaseNo, readDay, readTerm, serialDay } from '../../../src/features/debtors/values.rules.ts'

describe('a cell of a list', () => {
  it('is read as a day in every form that lists use', () => {
    const same = [
      '2026-09-30',
      '2026年9月30日',
      '2026年09月30号',
      '2026/9/30',
      '2026.9.30',
      '2026-9-30',
      '20260930',
      '２０２６年９月３０日',
      ' 2026 年 9 月 30 日 ',
      '2026-09-30 00:00:00',
      '2026/9/30 8:05',
      '2026-09-30T00:00:00.000',
      46295,
      '46295',
      46295.75,
      20260930,
    ]
    for (const cell of same) expect(readDay(cell), String(cell)).to.equal('2026-09-30')
    for (const cell of [
      '',
      '2026-09',
      '2026-13-01',
      '2026-02-29',
      '30/9/2026',
      '26-9-30',
      '2026930',
      '2026-09-3010:00',
      '2026-09-30 25点多',
      '二〇二六年十三月一日',
      '2026-09-30 到 10-01',
      '昨天',
      1,
      -46295,
      99_999,
      Number.NaN,
      2.6e30,
    ])
      expect(readDay(cell), String(cell)).to.equal(null)
    expect(readDay('2024-02-29')).to.equal('2024-02-29')
    for (const cell of [
      '2026-09-30 10:00:00.0',
      '2026/9/30 上午10:30',
      '2026年9月30日10时30分',
      '2026年9月30日 10点半',
      '2026-09-30T10:30',
      '2026-09-30T00:00:00+08:00',
      '2026-09-29T16:00:00.000Z',
      '二〇二六年九月三十日',
      '二○二六年九月三十日',
      '二零二六年九月三十号',
      46294.99951,
    ])
      expect(readDay(cell), String(cell)).to.equal('2026-09-30')
  })

  it('is read as an Excel serial on both sides of the day 29 February 1900 that did not exist', () => {
    expect([1, 59, 60, 61, 45606].map(serialDay)).to.deep.equal(['1900-01-01', '1900-02-28', null, '1900-03-01', '2024-11-10'])
    expect([0, -1, 1.5].map(serialDay)).to.deep.equal([null, null, null])
  })

  it('is read as a term in months', () => {
    const terms: [Cell, number | null][] = [
      ['2年', 24],
      ['二年', 24],
      ['两年', 24],
      ['贰年', 24],
      ['3 年', 36],
      ['３年', 36],
      ['24个月', 24],
      ['二十四个月', 24],
      ['36月', 36],
      ['2年6个月', 30],
      ['二年零六个月', 30],
      ['两年半', 30],
      ['2年半', 30],
      [2, 24],
      ['2', 24],
      [24, 24],
      ['11', null],
      ['', null],
      ['0年', null],
      [0, null],
      [10, null],
      [9, 108],
      [12, 12],
      ['年', null],
      ['长期', null],
      ['2-3年', null],
      ['一二年', null],
      [-2, null],
      [2.5, null],
    ]
    for (const [cell, months] of terms) expect(readTerm(cell), String(cell)).to.equal(months)
  })

  it('is normalised to one form of case number', () => {
    const same = [
      '（2026）云3401执123号',
      '(2026)云3401执123号',
      '〔2026〕云3401执123号',
      '[2026]云3401执123号',
      '【2026】云3401执123号',
      '（２０２６）云３４０１执１２３号',
      ' ( 2026 ) 云 3401 执 123 号\n',
      '(2026)云3401执123',
      '2026云3401执123号',
      '（2026）云3401执00123号',
    ]
    for (const cell of same) expect(readCaseNo(cell), cell).to.deep.equal({ caseNo: '（2026）云3401执123号', year: 2026 })
    for (const kind of ['执恢', '执保', '执异', '执监', '执复', '执他', '执协'])
      expect(readCaseNo(`(2025)云34${kind}7号`)?.caseNo).to.equal(`（2025）云34${kind}7号`)
    for (const [cell, expected] of [
      ['(2014)香执字第0012号', '（2014）香执字第0012号'],
      ['(2015)香法执恢字第9号', '（2015）香法执恢字第9号'],
      ['(2024)最高法执监3号', '（2024）最高法执监3号'],
      ['(2024)新0102执3号', '（2024）新0102执3号'],
      ['(2024)云执3号', '（2024）云执3号'],
    ] as const)
      expect(readCaseNo(cell)?.caseNo).to.equal(expected)
    for (const cell of [
      '',
      '123',
      '（2026）云3401民初123号',
      '（26）云3401执123号',
      '云3401执123号',
      '（2026）云3401执号',
      '（2026）云3401执123号之一',
      '（2026）执',
      '（2026）云3401执123号、124号',
    ])
      expect(readCaseNo(cell), cell).to.equal(null)
  })

  it('keeps the form of the number of an award or a notarial deed', () => {
    for (const [cell, expected] of [
      ['(2023) 云3401民初 2513号', '（2023）云3401民初2513号'],
      ['〔2023〕云3401民初1号', '（2023）云3401民初1号'],
      ['迪劳人仲案〔2023〕12号', '迪劳人仲案〔2023〕12号'],
      ['(2020)云迪香证执字第12号', '（2020）云迪香证执字第12号'],
    ] as const)
      expect(readBasisNo(cell)).to.equal(expected)
  })
})
