// The catalogue that is shipped: its numbers, its texts in our own words, and the refusal of broken files.
// Rules between rows are tested in measures.test.ts.

import { expect } from 'chai'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { measuresOfUnit, type Catalogue } from '../../../src/features/units/measures.rules.ts'
import { copiedRuns } from '../../support/policy-text.ts'
import { readCatalogue } from '../../../src/features/units/catalogue.tasks.ts'

const templates = 'templates'
const file = (folder: string, name: string): string => join(folder, 'catalogue', 'zh-CN', name)

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    if (error instanceof Error) return error.message
  }
  throw new Error('nothing was refused')
}

describe('a broken catalogue file', () => {
  let folder: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'catalogue-'))
    await mkdir(dirname(file(folder, 'x')), { recursive: true })
    for (const name of ['units.json', 'measures.json', 'clauses.yaml', 'businesses.yaml'])
      await writeFile(file(folder, name), await readFile(file(templates, name)))
  })

  afterEach(() => rm(folder, { recursive: true }))

  async function change(name: string, edit: (text: string) => string): Promise<void> {
    const before = await readFile(file(folder, name), 'utf8')
    const after = edit(before)
    expect(after, 'the edit changed something').to.not.equal(before)
    await writeFile(file(folder, name), after)
  }

  it('is refused when it is missing', async () => {
    await rm(file(folder, 'units.json'))
    expect(await refusal(readCatalogue(folder))).to.include('units.json')
  })

  it('is refused by name when it is not JSON', async () => {
    await change('measures.json', (text) => text.slice(0, 100))
    expect(await refusal(readCatalogue(folder))).to.include('measures.json: not JSON')
  })

  it('is refused when it is not a list', async () => {
    await change('units.json', () => '{}')
    expect(await refusal(readCatalogue(folder))).to.include('units.json')
  })

  it('is refused with every wrong value and unknown key listed', async () => {
    await change('measures.json', (text) =>
      text.replace('"category": 1,', '"category": "one",').replace('"openEnded"', '"open"').replace('"1.3"', '"1.3a"'),
    )
    const message = await refusal(readCatalogue(folder))
    for (const place of ['0.category', '0.openEnded', '"open"', '2.id']) expect(message).to.include(place)
  })

  it('is refused when its clauses or businesses are broken, or belong to no measure', async () => {
    await change('clauses.yaml', (text) => text.replace('id: 1.1a', 'id: 99.9a'))
    expect(await refusal(readCatalogue(folder))).to.include('unknown measures: 99.9')
    await change('clauses.yaml', (text) => text.replace('id: 99.9a', 'id: 1.1a').replace('advice: restrict', 'advice: forbid'))
    expect(await refusal(readCatalogue(folder))).to.include('clauses.yaml')
    await change('clauses.yaml', (text) => text.replace('advice: forbid', 'advice: restrict'))
    await change('businesses.yaml', (text) => text.replace('$bank', '$banks'))
    expect(await refusal(readCatalogue(folder))).to.include('cannot be read by')
    await change('businesses.yaml', () => 'a: [')
    expect(await refusal(readCatalogue(folder))).to.include('businesses.yaml: not YAML')
  })

  it('is refused when the two files disagree', async () => {
    await change('units.json', (text) => text.replace('"id": "customs"', '"id": "custom"'))
    const message = await refusal(readCatalogue(folder))
    expect(message).to.include('measure 4.1: customs is unknown')
    expect(message).to.include('unit custom: 4.1 does not name it')
  })
})

describe('the catalogue that is shipped', () => {
  let catalogue: Catalogue

  before(async () => {
    catalogue = await readCatalogue(templates)
  })

  const measuresOf = (unitId: string): string[] => measuresOfUnit(catalogue, unitId).map((measure) => measure.id)

  it('has the numbers of the policy', () => {
    const implementing = catalogue.units.filter((unit) => unit.measureIds.length > 0)
    expect(catalogue.units).to.have.length(97)
    expect(implementing).to.have.length(66)
    expect(implementing.filter((unit) => unit.isClass)).to.have.length(14)
    expect(catalogue.units.filter((unit) => unit.leadingGroupMember)).to.have.length(21)
    expect(catalogue.measures).to.have.length(42)
    const items = new Map<number, number>()
    for (const { category } of catalogue.measures) items.set(category, (items.get(category) ?? 0) + 1)
    expect([...items.values()]).to.deep.equal([6, 4, 8, 3, 3, 4, 6, 1, 4, 1, 1, 1])
  })

  it('has the 104 clauses of the policy, counted by hand, each with a short quotation and no number deciding its advice', () => {
    const clauses = catalogue.measures.flatMap((measure) => measure.clauses)
    expect(clauses).to.have.length(104)
    const counted = new Map<string, number>()
    for (const { advice } of clauses) counted.set(advice, (counted.get(advice) ?? 0) + 1)
    expect(Object.fromEntries(counted)).to.deep.equal({
      reference: 18,
      restrict: 59,
      assist: 17,
      strict_review: 3,
      supervise: 4,
      limit: 1,
      none: 2,
    })
    const mixed = catalogue.measures.filter((measure) => new Set(measure.clauses.map(({ advice }) => advice)).size > 1)
    expect(mixed.map(({ id }) => id)).to.include.members(['1.1', '1.4', '4.2', '5.3', '7.3', '8.1'])
  })

  it('reads the misprint of 1.4 as the finance bureau', () => {
    const finance = catalogue.units.find((unit) => unit.aliases.includes('财市政局'))
    expect(finance?.id).to.equal('finance')
    expect(finance?.name).to.include('财政局')
    expect(catalogue.measuresById.get('1.4')?.unitIds).to.deep.equal(['development_reform', 'finance'])
  })

  it('gives units the measures whose articles name them', () => {
    expect(measuresOf('public_security')).to.deep.equal(['1.3', '3.4', '7.2', '7.3', '7.4', '8.1', '11.1'])
    expect(measuresOf('railway_station')).to.deep.equal(['7.1'])
    expect(measuresOf('publicity_dept')).to.deep.equal([])
  })

  it('gives a commercial bank the measures of its class, and a policy bank not', () => {
    expect(measuresOf('icbc')).to.deep.equal(['5.3', '9.1'])
    expect(measuresOf('adbc')).to.deep.equal(['9.1'])
  })

  it('has the court coordinate 9.1 and 9.2', () => {
    expect(catalogue.measures.filter((m) => m.coordinatorUnitId === 'court').map((m) => m.id)).to.deep.equal(['9.1', '9.2'])
  })

  it('describes everything in our own words', () => {
    for (const { id, title, summary, note = '' } of catalogue.measures)
      expect(copiedRuns(`${summary} ${note}`, title), id).to.deep.equal([])
    for (const { id, name, note = '' } of catalogue.units) expect(copiedRuns(note, name), id).to.deep.equal([])
  })

  it('would detect copied words, with or without their punctuation', () => {
    const copied = catalogue.measuresById.get('1.5')?.title ?? ''
    expect(copied.length).to.be.greaterThan(14)
    expect(copiedRuns(copied)).to.have.length(copied.length - 13)
    expect(copiedRuns(copied.replace('项目', '、项目'))).to.not.deep.equal([])
    expect(copiedRuns(copied, copied)).to.deep.equal([])
  })
})
