// Finding the header of a court's sheet and recognising its headings (features/debtors/columns.rules.ts).
// Whole lists are test/features/imports/list-files.test.ts.

import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import fc from 'fast-check'
import { parse } from 'yaml'
import { AppError } from '../../../src/core/errors.ts'
import { FIELDS, fieldOf, findHeader } from '../../../src/features/debtors/columns.rules.ts'
import type { Cell } from '../../../src/features/debtors/headings.rules.ts'

const labels = parse(readFileSync(new URL('../../../templates/words/zh-CN/columns.yaml', import.meta.url), 'utf8')) as Record<
  string,
  string
>
const HEADER = [
  '被执行人姓名/名称',
  '身份证号码/统一社会信用代码',
  '执行法院',
  '案号',
  '立案时间',
  '执行依据文号',
  '做出执行依据单位',
  '生效法律文书确定的义务',
  '被执行人的履行情况',
  '失信被执行人行为具体情形',
]

function refusal(rows: readonly (readonly Cell[])[]): AppError {
  try {
    findHeader(rows)
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('accepted')
}

describe('the header of a sheet', () => {
  it('is not found in an empty sheet, in titles, or after the first 20 rows', () => {
    for (const rows of [
      [],
      [[]],
      [['']],
      [['被执行人'], ['案号', '姓名']],
      [...Array.from({ length: 20 }, () => ['说明']), HEADER],
      [[1, 2, 3]],
    ])
      expect(refusal(rows).code).to.equal('import_header_missing')
  })

  it('is refused with every missing column named at once', () => {
    const error = refusal([HEADER.filter((heading) => heading !== '案号' && heading !== '立案时间')])
    expect(error.code).to.equal('import_columns_missing')
    expect(error.values).to.deep.equal({ columns: '案号、立案时间' })
    expect(error.problems).to.deep.equal([
      { code: 'column_missing', field: 'caseNo', column: '案号' },
      { code: 'column_missing', field: 'filedOn', column: '立案时间' },
    ])
  })

  it('is refused when two columns mean the same, and the second is named', () => {
    const error = refusal([[...HEADER, '执行案号']])
    expect(error.code).to.equal('import_columns_twice')
    expect(error.problems).to.deep.equal([{ code: 'column_twice', field: 'caseNo', column: '执行案号' }])
  })

  it('is recognised regardless of blanks, line breaks, brackets, asterisks, full width and remarks in headings', () => {
    const headings: [string, string | null][] = [
      [' 姓\u3000名 ', 'name'],
      ['*被执行人\n姓名／名称（必填）', 'name'],
      ['身份证号码\n(统一社会信用代码)', 'identifier'],
      ['组织机构代码', 'uscc'],
      ['法定代表人（或者负责人）姓名', 'legalRepresentative'],
      ['法院名称：', 'court'],
      ['执行案号【以立案为准】', 'caseNo'],
      ['发布日期', 'publishedOn'],
      ['公布时间', 'publishedOn'],
      ['ＯpenID', 'openid'],
      ['微信号', null],
      ['', null],
      ['（备注）', null],
    ]
    for (const [heading, field] of headings) expect(fieldOf(heading), heading).to.equal(field)
  })

  it('is found below titles and remarks, and lists the columns that are not read', () => {
    const rows = [
      ['香格里拉市人民法院失信被执行人名单'],
      ['制表单位：执行局', '', '制表日期：2026-09-30'],
      ['序号', ...HEADER, '备注', '承办人'],
    ]
    const header = findHeader(rows)
    expect(header.headerRow).to.equal(2)
    expect(header.unknown).to.deep.equal(['备注', '承办人'])
    expect(header.columns.get('name')).to.deep.equal({ index: 1, heading: '被执行人姓名/名称' })
  })

  it('may have two rows with cells merged downwards', () => {
    const upper = ['被执行人信息', '', ...HEADER.slice(2)]
    const lower = ['姓名', '证件号码', '', '', ...HEADER.slice(4)]
    const header = findHeader([upper, lower])
    expect(header.columns.get('caseNo')?.index).to.equal(3)
    expect(header.columns.get('name')?.index).to.equal(0)
  })

  it('may have separate columns for the names and identifiers of persons and organisations', () => {
    const header = findHeader([['姓名', '单位名称', '身份证号', '统一社会信用代码', ...HEADER.slice(2)]])
    expect([...header.columns.keys()]).to.include.members(['name', 'organisation', 'identifier', 'uscc'])
  })

  it('is read the same in any order of columns (property)', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(HEADER, { minLength: HEADER.length }), (row) => {
        const { columns } = findHeader([row])
        for (const { index, heading } of columns.values()) expect(row[index]).to.equal(heading)
        expect(columns.size).to.equal(HEADER.length)
      }),
    )
  })

  it('recognises the name that templates give to each field', () => {
    // `written` is no column of a list, but what forms call a text that a person must write.
    expect(Object.keys(labels)).to.have.members([...FIELDS, 'written'])
    for (const field of FIELDS) expect(fieldOf(labels[field] ?? ''), field).to.equal(field)
  })
})
