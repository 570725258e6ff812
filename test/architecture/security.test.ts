// docs/security.md against the repository: each test that it names exists once, each promise and each surface names one.

import { readFileSync, readdirSync } from 'node:fs'
import { expect } from 'chai'

const page = readFileSync('docs/security.md', 'utf8')
const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.test.ts'))

/** The rows of the table below a heading, without its head. */
function rowsOf(heading: string): string[] {
  const [, section = ''] = page.split(`\n## ${heading}\n`)
  return (section.split('\n## ')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
}

describe('docs/security.md', () => {
  it('names only tests that exist, each so that one file is meant', () => {
    const named = [...new Set([...page.matchAll(/`([\w./-]+\.test\.ts)`/g)].map(([, name = '']) => name))]
    expect(named.length).to.be.above(50)
    expect(named.filter((name) => files.filter((file) => `/${file}`.endsWith(`/${name}`)).length !== 1)).to.deep.equal([])
  })

  it('names a test for every promise and every surface', () => {
    const rows = [...rowsOf('Promises and their tests'), ...rowsOf('Surface by surface')]
    expect(rows.length).to.be.above(40)
    expect(rows.filter((row) => !/`[\w./-]+\.test\.ts`/.test(row))).to.deep.equal([])
  })

  it('says of every attacker what is left to them', () => {
    const rows = rowsOf('Who attacks').map((row) => row.split(' | ').map((cell) => cell.replace(/^\|\s*|\s*\|$/g, '').trim()))
    expect(rows.length).to.be.above(10)
    for (const cells of rows)
      expect(
        cells.filter((cell) => cell !== ''),
        cells[0],
      ).to.have.length(5)
  })
})
