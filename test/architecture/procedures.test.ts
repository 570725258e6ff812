// docs/procedures.md as a proof: every core procedure has a row, what the row names is there, and its test speaks of it.
// What the tests show is theirs.

import { existsSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { CLOCK_CODES } from '../../src/features/deadlines/clocks.rules.ts'
import { NOTICE_EVENTS } from '../../src/messaging/notices.rules.ts'
import { PERMISSIONS } from '../../src/platform/commands/permissions.ts'
import { CORE_PROCEDURES } from '../support/core-procedures.ts'

interface Row {
  id: string
  title: string
  citation: string
  livesIn: string
  section: string
  test: string
}

const rows = readFileSync(new URL('../../docs/procedures.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => /^\| P\d/.test(line))
  .map((line): Row => {
    const [, id = '', title = '', citation = '', livesIn = '', section = '', test = ''] = line.split('|').map((cell) => cell.trim())
    return { id, title, citation, livesIn, section, test }
  })

function named(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
}

/** Acts, clocks, and events that somebody hears of. */
const NAMES = new Set<string>([...PERMISSIONS, ...CLOCK_CODES, ...NOTICE_EVENTS])

describe('docs/procedures.md', () => {
  it('has each of the 46 core procedures once, in order, and no other', () => {
    expect(CORE_PROCEDURES).to.have.length(46)
    expect(rows.map(({ id }) => id)).to.deep.equal(CORE_PROCEDURES)
  })

  it('names what each is, the text it follows, and where it lives', () => {
    const bare = rows.filter(
      ({ title, citation, livesIn, section }) =>
        title === '' || !/^(?:实施意见|联动意见) \S/.test(citation) || livesIn.length < 20 || !/^§\d/.test(section),
    )
    expect(bare).to.deep.equal([])
  })

  it('promises nothing: no row is planned', () => {
    const unfinished = rows.filter((row) => /\bplanned\b|\bto be \w+ed\b|\bissue \d|\bnot yet\b/.test(`${row.livesIn} ${row.test}`))
    expect(unfinished.map(({ id, livesIn, test }) => `${id} ${livesIn} ${test}`)).to.deep.equal([])
  })

  it('names tests that are there and speak of the procedure by its number', () => {
    const silent = rows.flatMap(({ id, test }) => {
      const files = named(test)
      const wrong = files.filter(
        (file) => !/\.test\.ts$/.test(file) || !existsSync(file) || !new RegExp(`\\b${id}\\b`).test(readFileSync(file, 'utf8')),
      )
      return files.length === 0 ? [`${id} names no test`] : wrong.map((file) => `${id} ${file}`)
    })
    expect(silent).to.deep.equal([])
  })

  it('names acts, clocks, events and files that are there', () => {
    const strangers = rows.flatMap(({ id, livesIn }) =>
      named(livesIn)
        .filter((name) => (/^[a-z]+\/[\w-]+$/.test(name) ? !existsSync(`src/${name}.ts`) && !existsSync(`${name}.ts`) : !isKnown(name)))
        .map((name) => `${id} ${name}`),
    )
    expect(strangers).to.deep.equal([])
  })
})

/** What looks like the name of an act, a clock or an event has to be one. */
function isKnown(name: string): boolean {
  if (!/^[a-z_]+\.[a-z_]+$/.test(name)) return true
  return NAMES.has(name)
}
