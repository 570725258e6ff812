// Rules of the quarterly list: which quarters are due, what happened to an entry, and numbers as they are read aloud.
// Preparing, approving and handing over is test/features/quarterly-list/commands.test.ts.

import { expect } from 'chai'
import { entryChangeOf, mustBeOver, quarterBefore, quarterNamed, quartersDue } from '../../../src/features/quarterly-list/rules.ts'
import { spelled, spokenCount, spokenText } from '../../../src/features/quarterly-list/spoken.rules.ts'
import { loadCatalog } from '../../../src/catalog.ts'

const { words } = loadCatalog('templates')
const WORDS = {
  digits: words('pushes', 'spoken.digits'),
  units: words('pushes', 'spoken.units'),
  groups: words('pushes', 'spoken.groups'),
  point: words('pushes', 'spoken.point'),
  year: words('pushes', 'spoken.year'),
}

describe('the quarterly list', () => {
  it('belongs to a quarter that is named correctly and is over', () => {
    expect(quarterNamed('2026Q3')).to.deep.equal({ name: '2026Q3', first: '2026-07-01', last: '2026-09-30' })
    for (const name of ['2026Q5', '2026q3', '26Q3', '2026Q3 ', '2026-Q3', '0000Q1', ''])
      expect(() => quarterNamed(name), name).to.throw('request_invalid')
    expect(() => mustBeOver(quarterNamed('2026Q3'), '2026-09-30')).to.throw('push_quarter_open')
    expect(() => mustBeOver(quarterNamed('2026Q3'), '2026-10-01')).to.not.throw()
  })

  it('is due once per quarter, with missed quarters oldest first, across the end of a year', () => {
    expect(quarterBefore('2027-01-01').name).to.equal('2026Q4')
    expect(quartersDue(null, '2026-11-22').map(({ name }) => name)).to.deep.equal(['2026Q3'])
    expect(quartersDue('2026Q3', '2026-12-31')).to.deep.equal([])
    expect(quartersDue('2026Q2', '2027-04-01').map(({ name }) => name)).to.deep.equal(['2026Q3', '2026Q4', '2027Q1'])
  })

  it('distinguishes entries that are no longer public or listed from those that were only corrected', () => {
    const handed = { contentVersion: 1 }
    const now = { state: 'listed', disclosure: 'public', contentVersion: 1 }
    expect(entryChangeOf(handed, now)).to.equal(null)
    expect(entryChangeOf(handed, { ...now, contentVersion: 2 })).to.equal('corrected')
    for (const gone of [{ state: 'shielded' }, { state: 'revoked' }, { disclosure: 'undisclosed', contentVersion: 2 }])
      expect(entryChangeOf(handed, { ...now, ...gone })).to.equal('gone')
  })
})

describe('numbers read aloud', () => {
  const counts: Readonly<Record<string, string>> = {
    0: '零',
    7: '七',
    10: '十',
    12: '十二',
    20: '二十',
    101: '一百零一',
    110: '一百一十',
    1005: '一千零五',
    10000: '一万',
    12000: '一万二千',
    100020: '十万零二十',
    71000: '七万一千',
    1000001: '一百万零一',
    100000000: '一亿',
    100000001: '一亿零一',
    210030405: '二亿一千零三万零四百零五',
    '0012': '十二',
    1234567890123: '一二三四五六七八九零一二三',
  }
  for (const [number, spoken] of Object.entries(counts))
    it(`are ${spoken} for ${number}`, () => {
      expect(spokenCount(number, WORDS)).to.equal(spoken)
    })

  it('are read by their value in free text, and digit by digit for years and numbers with a leading zero', () => {
    expect(spokenText('支付货款71,000.50元，自2026年9月30日起', WORDS)).to.equal('支付货款七万一千点五零元，自二零二六年九月三十日起')
    expect(spokenText('电话0887-8222333', WORDS)).to.include('零八八七')
    expect(spokenText('没有数字', WORDS)).to.equal('没有数字')
    expect(spelled('云3401执123号', WORDS)).to.equal('云三四零一执一二三号')
  })
})
