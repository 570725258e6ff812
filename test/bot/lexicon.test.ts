// Checks the word lists of the understanding: sorted by code point, no duplicates, no blanks, shared entries only where the table allows.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect } from 'chai'
import { anyOf, LEXICON_FOLDER, readWords, wordSet } from '../../bot/understanding/lexicon.ts'
import { sourcesUnder } from '../support/sources.ts'

/** Every list, by the kind of its entries. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  surname: ['surnames-common', 'surnames-everyday', 'surnames-other', 'surnames-double'],
  sound: ['given-characters', 'tibetan-first', 'tibetan-second', 'yi-sounds', 'lisu-first', 'lisu-sounds'],
  half: ['tibetan-half-names', 'yi-clans'],
  sentence: ['sentence-characters', 'doubtful-characters', 'dotted-name-stops'],
  lookalike: ['words-like-names', 'words-ending-in-surnames'],
  neighbour: [
    'before-names-strong',
    'before-names',
    'after-names-strong',
    'after-names',
    'words-after-names',
    'before-companies',
    'too-general-for-companies',
  ],
  company: ['company-endings-weak', 'company-endings'],
  body: ['offices', 'bank-kinds', 'bank-names'],
  place: ['places-before-companies', 'towns'],
  business: ['businesses', 'not-businesses'],
}

/**
 * Kinds whose lists may share entries, with the reason. Parts of one list (`-strong`, `-weak`, `-common`, `-everyday`, `-other`) never do.
 */
const SHARING: readonly (readonly [one: string, other: string, why: string])[] = [
  ['sound', 'surname', 'where it stands in the name decides'],
  ['sound', 'sound', 'one character writes sounds of several peoples'],
  ['sentence', 'sentence', 'three questions about the same characters'],
  ['sentence', 'surname', 'a surname that sentences use too weighs less'],
  ['sentence', 'sound', 'so does a character of a given name'],
  ['neighbour', 'neighbour', 'a word may stand on either side of names and companies'],
  ['neighbour', 'sentence', 'neighbours of one character make sentences'],
  ['neighbour', 'sound', 'the longer candidate decides'],
  ['neighbour', 'surname', 'the weight of the candidate decides'],
  ['lookalike', 'neighbour', 'what is no name may stand beside one'],
  ['business', 'neighbour', 'a business is often named right beside who wants it'],
  ['company', 'neighbour', 'a company may follow another'],
  ['lookalike', 'lookalike', 'a word may begin and end with a surname'],
  ['company', 'lookalike', 'an ending may look like a name'],
  ['body', 'lookalike', 'so may an office'],
  ['lookalike', 'place', 'and a place'],
  ['business', 'lookalike', 'and a business'],
  ['place', 'place', 'a town may begin the name of a company'],
]

const files = readdirSync(LEXICON_FOLDER)
const lists = files.map((file) => basename(file, '.txt')).sort()

function linesOf(name: string): string[] {
  return readFileSync(join(LEXICON_FOLDER, `${name}.txt`), 'utf8').split('\n')
}

function kindOf(name: string): string {
  return Object.keys(KINDS).find((kind) => KINDS[kind]?.includes(name)) ?? '?'
}

function familyOf(name: string): string {
  return name.replace(/-(?:strong|weak|common|everyday|other)$/, '')
}

/** Pairs of lists that share entries, with the row of the table that allows it; -1 without such a row. */
function overlaps(): { pair: string; row: number; entries: string[] }[] {
  const sets = new Map(lists.map((name) => [name, wordSet(name)]))
  return lists.flatMap((one, at) =>
    lists.slice(at + 1).flatMap((other) => {
      const entries = [...(sets.get(one) ?? [])].filter((entry) => sets.get(other)?.has(entry))
      const kinds = [kindOf(one), kindOf(other)].sort().join()
      const row = familyOf(one) === familyOf(other) ? -1 : SHARING.findIndex(([a, b]) => [a, b].join() === kinds)
      return entries.length === 0 ? [] : [{ pair: `${one} and ${other}`, row, entries }]
    }),
  )
}

function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'))
}

describe('the lexicon', () => {
  it('consists of text files that both the table in this test and the code name', () => {
    expect(files.filter((file) => !file.endsWith('.txt'))).to.deep.equal([])
    expect(lists).to.deep.equal(Object.values(KINDS).flat().sort())
    const code = sourcesUnder('bot/understanding').map(({ text }) => text)
    expect(lists.filter((name) => !code.some((text) => text.includes(`'${name}'`)))).to.deep.equal([])
  })

  for (const name of lists)
    it(`has in ${name} a heading, then one entry on each line, sorted by code point, without duplicates and blanks`, () => {
      const [head = '', ...lines] = linesOf(name)
      expect(head).to.match(/^# [A-Z].{20,}\.$/)
      expect(lines.pop(), 'the file ends with a line end').to.equal('')
      const entries = lines.filter((line) => !line.startsWith('# '))
      expect(entries.filter((entry) => entry === '' || /\s/.test(entry))).to.deep.equal([])
      expect(entries).to.deep.equal([...new Set(entries)].sort(byCodePoint))
      expect(readWords(name)).to.deep.equal(entries)
    })

  it('has no entry in two lists unless the table gives a reason', () => {
    const found = overlaps()
    expect(found.filter(({ row }) => row === -1).map(({ pair, entries }) => `${pair}: ${entries.join(' ')}`)).to.deep.equal([])
    expect(SHARING.filter((_, row) => !found.some((each) => each.row === row)).map(([a, b]) => `${a}, ${b}`)).to.deep.equal([])
  })

  it('has entries of the lengths that the code looks up', () => {
    const lengths: Readonly<Record<string, readonly number[]>> = {
      'surnames-double': [2],
      'tibetan-half-names': [2],
      'yi-clans': [2],
      'words-like-names': [2, 3],
      'words-ending-in-surnames': [2],
    }
    const characters = [...(KINDS['sound'] ?? []), ...(KINDS['sentence'] ?? []), 'surnames-common', 'surnames-everyday', 'surnames-other']
    for (const name of characters)
      expect(
        readWords(name).filter((entry) => entry.length !== 1),
        name,
      ).to.deep.equal([])
    for (const [name, allowed] of Object.entries(lengths))
      expect(
        readWords(name).filter((entry) => !allowed.includes(entry.length)),
        name,
      ).to.deep.equal([])
  })

  it('prefers the longest entry that fits', () => {
    expect(new RegExp(anyOf('businesses')).exec('不动产登记')?.[0]).to.equal('不动产登记')
    expect(new RegExp(anyOf('businesses')).exec('采矿许可证')?.[0]).to.equal('采矿许可证')
  })
})

describe('a word list that cannot be used', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'lexicon-'))
  })
  after(() => {
    rmSync(folder, { recursive: true })
  })

  it('stops the start with the name of the file when it is missing', () => {
    expect(() => readWords('nowhere', folder)).to.throw(`cannot read the word list ${join(folder, 'nowhere.txt')}`)
  })

  it('stops the start when it is empty, because an empty pattern would match everywhere', () => {
    writeFileSync(join(folder, 'empty.txt'), '# Nothing is listed here yet.\n\n')
    expect(() => readWords('empty', folder)).to.throw(`no entries in ${join(folder, 'empty.txt')}`)
  })

  it('stops the start when an entry has other characters than letters and digits', () => {
    writeFileSync(join(folder, 'strange.txt'), '甲\n(乙\n')
    expect(() => readWords('strange', folder)).to.throw('that are no words: (乙')
  })
})
