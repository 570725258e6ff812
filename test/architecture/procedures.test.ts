// docs/procedures.md against the code: each core procedure has a row, all that the row names exists, and its test mentions the procedure.
// What the tests show is in the tests themselves.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { CLOCK_CODES } from '../../src/features/deadlines/clocks.rules.ts'
import { NOTICE_EVENTS } from '../../src/messaging/notices.rules.ts'
import { PERMISSIONS } from '../../src/platform/commands/permissions.ts'
import { CORE_PROCEDURES, OTHER_PROCEDURES } from '../support/core-procedures.ts'

interface Row {
  id: string
  title: string
  citation: string
  livesIn: string
  section: string
  test: string
}

const [first = '', others = ''] = readFileSync(new URL('../../docs/procedures.md', import.meta.url), 'utf8').split('## The other 34')
const [core = '', screens = ''] = first.split('## Where people do it')

/** The cells of a table's rows. */
function cellsOf(page: string): string[][] {
  return page
    .split('\n')
    .filter((line) => /^\| P\d/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()))
}

const rows = cellsOf(core).map(([, id = '', title = '', citation = '', livesIn = '', section = '', test = '']): Row => {
  return { id, title, citation, livesIn, section, test }
})

/** The addresses of the screens of desk and portal, as their routes name them. */
const addresses = new Set(
  ['desk', 'unit'].flatMap((part) =>
    (readdirSync(`web/${part}`, { recursive: true }) as string[])
      .filter((file) => /(?:^|\/)routes\.ts$/.test(file))
      .flatMap((file) => [...readFileSync(`web/${part}/${file}`, 'utf8').matchAll(/path: '(\/[^']+)'/g)])
      .map(([, path = '']) => `/${part}${path}`),
  ),
)

/** The names in backquotes in a cell. */
function quotedNames(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
}

/** Permissions, deadlines, and events of notices. */
const NAMES = new Set<string>([...PERMISSIONS, ...CLOCK_CODES, ...NOTICE_EVENTS])

describe('docs/procedures.md', () => {
  it('has each of the 46 core procedures once, in order, and no others', () => {
    expect(CORE_PROCEDURES).to.have.length(46)
    expect(rows.map(({ id }) => id)).to.deep.equal(CORE_PROCEDURES)
  })

  it('gives each row a title, a citation and the place of its code', () => {
    const incomplete = rows.filter(
      ({ title, citation, livesIn, section }) =>
        title === '' || !/^(?:实施意见|联动意见) \S/.test(citation) || livesIn.length < 20 || !/^§\d/.test(section),
    )
    expect(incomplete).to.deep.equal([])
  })

  it('has no row that is only planned', () => {
    const unfinished = rows.filter((row) => /\bplanned\b|\bto be \w+ed\b|\bissue \d|\bnot yet\b/.test(`${row.livesIn} ${row.test}`))
    expect(unfinished.map(({ id, livesIn, test }) => `${id} ${livesIn} ${test}`)).to.deep.equal([])
  })

  it('names tests that exist and mention the procedure by its number', () => {
    const faults = rows.flatMap(({ id, test }) => {
      const files = quotedNames(test)
      const wrong = files.filter(
        (file) => !/\.test\.ts$/.test(file) || !existsSync(file) || !new RegExp(`\\b${id}\\b`).test(readFileSync(file, 'utf8')),
      )
      return files.length === 0 ? [`${id} names no test`] : wrong.map((file) => `${id} ${file}`)
    })
    expect(faults).to.deep.equal([])
  })

  it('names permissions, deadlines, events and files that exist', () => {
    const described = [
      ...rows.map(({ id, livesIn }) => [id, livesIn] as const),
      ...cellsOf(others).map((cells) => [cells[1], cells[5]] as const),
    ]
    const unknown = described.flatMap(([id, text = '']) =>
      quotedNames(text)
        .filter((name) =>
          /^[a-z-]+(?:\/[\w.-]+)+$/.test(name) ? ![`src/${name}.ts`, `${name}.ts`, name].some((path) => existsSync(path)) : !isKnown(name),
        )
        .map((name) => `${id} ${name}`),
    )
    expect(unknown).to.deep.equal([])
  })

  it('names for each core procedure where people do it, by addresses that the screens have', () => {
    const cells = cellsOf(screens)
    expect(cells.map(([, id]) => id)).to.deep.equal(CORE_PROCEDURES)
    const faults = cells.flatMap(([, id = '', text = '']) => {
      const named = quotedNames(text)
      const unknown = named.filter((name) => /^\/(?:desk|unit)\//.test(name) && !addresses.has(name))
      return text === '' || unknown.length > 0 ? [`${id} ${unknown.join(' ')}`] : []
    })
    expect(faults).to.deep.equal([])
    expect(addresses.size).to.be.above(30)
  })

  it('says of each of the other 34 procedures what is here of it, and why the rest is not', () => {
    const cells = cellsOf(others)
    expect(cells.map(([, id]) => id)).to.deep.equal(OTHER_PROCEDURES)
    const faults = cells.filter(
      ([, , title = '', article = '', here = '', text = '']) =>
        title === '' ||
        !/^(?:实施意见|联动意见) \S/.test(article) ||
        !['yes', 'in part', 'no'].includes(here) ||
        text.length < 40 ||
        (here === 'no') !== text.startsWith('Left out:') ||
        (here !== 'no' && quotedNames(text).length === 0 && !/\bP\d\d\b/.test(text)),
    )
    expect(faults.map(([, id]) => id)).to.deep.equal([])
  })
})

/** Whether a text that looks like the name of a permission, deadline or event is one. */
function isKnown(name: string): boolean {
  if (!/^[a-z_]+\.[a-z_]+$/.test(name)) return true
  return NAMES.has(name)
}
