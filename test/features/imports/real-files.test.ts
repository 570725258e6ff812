// Lists as other systems wrote them: names, numbers and telephone cells that were once read wrongly. The people in them are invented.

import { expect } from 'chai'
import { codesOf, readList } from '../../support/real-files.ts'

describe('a list from another system', () => {
  it('is refused row by row where a code page has damaged the name, or a cell names several people', async () => {
    const rows = await readList('03-list.csv')
    expect(rows.map((row) => [row.content, codesOf(row)[0]])).to.deep.equal([
      ...Array.from({ length: 6 }, () => [null, 'name_damaged']),
      ...Array.from({ length: 3 }, () => [null, 'name_several']),
      ...Array.from({ length: 2 }, () => [null, 'name_form']),
    ])
  })

  it('has the characters that its private-use code points and radicals stand for', async () => {
    const rows = await readList('05-list.csv')
    expect(rows.map(({ content }) => content?.debtor.name)).to.deep.equal(['刘\u4dae', '张\u{215d7}', '马明', '长江'])
  })

  it('warns of numbers that take no message, and reads the others out of their remarks', async () => {
    const rows = await readList('11-list.csv', 'draft')
    expect(rows.map((row) => [row.content?.debtor.phone, codesOf(row).join()])).to.deep.equal([
      ['+868878221234', 'phone_landline'],
      ['+864008208820', 'phone_hotline'],
      ['+8613955550002', 'phone_several'],
      ['+8613955550004', ''],
      ['+8613955550005', ''],
      ['+8613955550006', ''],
    ])
  })

  it('is read from a workbook whose parts are named in letters of another case', async () => {
    expect((await readList('08-part-names.xlsx')).map(({ content }) => content?.debtor.kind)).to.include('person')
  })

  it('is read from every sheet of a workbook', async () => {
    expect(await readList('07-two-tabs.xlsx')).to.have.length(7)
  })

  it('has a header of two levels, whose groups tell the debtor from the applicant', async () => {
    const [row] = await readList('14-grouped-header.xlsx', 'draft')
    expect(row?.content?.applicant?.name).to.match(/\p{Script=Han}{2}/u)
    expect(row?.content?.debtor.name).not.to.equal(row?.content?.applicant?.name)
  })

  it('has numbers in the formula that keeps a text', async () => {
    const rows = await readList('15-formula-guard.csv')
    expect(rows.map(({ content }) => content?.debtor.identifier)).to.deep.equal(['533421198404120217'])
  })
})
