// platform/texts/words: words are found by file and key, strictly; the sentence of an error is always found.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect } from 'chai'

import { CHECKS } from '../../../src/features/debtors/checks.rules.ts'
import { loadCatalog } from '../../../src/catalog.ts'
import { loadWords } from '../../../src/platform/texts/words.ts'

describe('the words', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'words-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)

  const bad: [what: string, text: string, message: RegExp][] = [
    ['a number', 'a: 1', /a.yaml: a is neither/],
    ['a list', 'a: [x]', /a.yaml: a is neither/],
    ['an empty text', 'a: ""', /a.yaml: a is empty/],
    ['an empty file', '', /a.yaml: top is neither/],
    ['a stray brace', 'a:\n  b: "{x"', /a.yaml: a.b is empty or has a brace/],
    ['a key twice', 'a: x\na: y', /unique/],
  ]
  for (const [what, text, message] of bad)
    it(`refuse ${what} when they are loaded`, () => {
      write('a.yaml', text)
      expect(() => loadWords(folder)).to.throw(message)
    })

  it('throw for a missing file, key or value', () => {
    write('a.yaml', 'one: "第{n}行"')
    const { words } = loadWords(folder)
    expect(() => words('b', 'one')).to.throw('words: no one in b')
    expect(() => words('a', 'two')).to.throw('words: no two in a')
    expect(() => words('a', 'one')).to.throw('words: a: one: no value for {n}')
    expect(() => words('a', 'one', { n: undefined as never })).to.throw('no value for {n}')
  })

  it('are whole but for a mark where something is missing, once that is reported rather than thrown', () => {
    write('a.yaml', 'one: "第{n}行"')
    const missing: string[] = []
    const { words } = loadWords(folder, (text, value) => missing.push(`${text} ${value}`))
    expect([words('b', 'one'), words('a', 'two'), words('a', 'one'), words('a', 'one', { n: undefined as never })]).to.deep.equal([
      ...['〔—〕', '〔—〕'],
      ...['第〔—〕行', '第〔—〕行'],
    ])
    expect(missing).to.deep.equal(['words: no one in b one', 'words: no two in a two', 'words: a: one n', 'words: a: one n'])
  })

  it('fill placeholders with plain values and ignore other values', () => {
    write('a.yaml', 'deep:\n  one: "第{n}行：{v}"')
    const { words, keys } = loadWords(folder)
    expect(words('a', 'deep.one', { n: 3, v: '甲\n乙{n}', unused: 1 })).to.equal('第3行：甲 乙{n}')
    expect(keys('a')).to.deep.equal(['deep.one'])
    expect(keys('b')).to.deep.equal([])
  })

  it('express an error in Chinese, with translated names of states and acts, and never throw for it', () => {
    write('problems.yaml', 'listing_act_impossible: "{state}/{act}/{possible}"')
    write('states.yaml', 'listing:\n  draft: 草稿\nact:\n  edit: 修改\n  submit: 提交')
    const { problem } = loadWords(folder)
    expect(problem('listing_act_impossible', { state: 'draft', act: 'edit', possible: 'edit submit' })).to.equal('草稿/修改/修改、提交')
    expect(problem('listing_act_impossible', { state: 'novel', possible: '' })).to.equal('novel/—/—')
    expect(problem('internal')).to.equal('internal')
  })
})

describe('the sentence of a fault', () => {
  const { check } = loadWords('templates/words/zh-CN')

  it('names a column by its heading or its Chinese name, and never by a path through the request', () => {
    expect(check({ code: 'required', field: 'debtor.name' })).to.equal('必须填写。')
    expect(check({ code: 'field_fixed', field: 'caseNo' })).to.include('“案号”')
    expect(check({ code: 'field_fixed', field: 'caseNo', column: '执行案号' })).to.include('“执行案号”')
    expect(check({ code: 'field_fixed', field: 'items.3.content.debtor.name' }))
      .to.include('“填写的内容”')
      .and.not.match(/[a-z]/)
  })

  it('shows no path for any fault of a cell or draft', () => {
    for (const code of Object.keys(CHECKS)) expect(check({ code, field: 'items.3.content.debtor' }), code).to.not.include('items.3')
  })

  it('is whole for every fault of a request too, wherever it is read', () => {
    for (const key of loadWords('templates/words/zh-CN').keys('http'))
      if (key.startsWith('issue.')) expect(check({ code: key.slice('issue.'.length) }), key).to.match(/^[^{}]+。$/)
  })
})

describe('the catalog', () => {
  it('refuses to load templates with faults, naming file and line', () => {
    const folder = mkdtempSync(join(tmpdir(), 'catalog-'))
    mkdirSync(join(folder, 'messages', 'zh-CN'), { recursive: true })
    mkdirSync(join(folder, 'words', 'zh-CN'), { recursive: true })
    writeFileSync(join(folder, 'messages', 'zh-CN', 'stray.md'), 'hello\n')
    expect(() => loadCatalog(folder)).to.throw(/stray\.md:1: no front matter/)
    rmSync(folder, { recursive: true })
  })

  it('finds a template by name and throws for an unknown name', () => {
    const catalog = loadCatalog('templates')
    expect(catalog.template('bulletin-lifted-unit').event).to.equal('bulletin.lifted')
    expect(() => catalog.template('nothing')).to.throw('no template nothing')
    expect(catalog.words('states', 'listing.shielded')).to.equal('已屏蔽')
  })
})
