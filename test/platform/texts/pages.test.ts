// platform/texts/pages: what is refused when pages are loaded, and that no value ever becomes markup.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { OnMissing } from '../../../src/platform/texts/fill.ts'
import { loadPages, type Pages, type PageValues } from '../../../src/platform/texts/pages.ts'

describe('pages', () => {
  const folders: string[] = []
  after(() => {
    for (const folder of folders) rmSync(folder, { recursive: true })
  })

  function load(files: Record<string, string>, onMissing?: OnMissing): Pages {
    const folder = mkdtempSync(join(tmpdir(), 'zxt-'))
    folders.push(folder)
    mkdirSync(join(folder, 'pages', 'zh-CN'), { recursive: true })
    for (const [name, text] of Object.entries({ layout: '<title>{{title}}</title>{{content}}', ...files }))
      writeFileSync(join(folder, 'pages', 'zh-CN', `${name}.html`), text)
    return loadPages(folder, onMissing)
  }

  const filled = (text: string, values: PageValues): string =>
    load({ a: `标题\n${text}` })
      .page('a', values)
      .replace('<title>标题</title>', '')

  it('with an unclosed, unopened or crossing part, or without a title, are refused by file name', () => {
    for (const text of [
      't\n{{#a}}',
      't\n{{/a}}',
      't\n{{#a}}{{#b}}{{/a}}{{/b}}',
      't\n{{^a}}{{/b}}',
      '<p>no title</p>\n',
      '\n<p></p>',
      'one line',
    ])
      expect(() => load({ broken: text }), text).to.throw(/broken\.html/)
  })

  it('throw for an unknown page, a missing value, and a list in place of a value', () => {
    expect(() => load({}).page('none', {})).to.throw('no page none')
    expect(() => filled('{{missing}}', {})).to.throw('missing')
    expect(() => filled('{{#missing}}{{/missing}}', {})).to.throw('missing')
    expect(() => filled('{{constructor}}', {})).to.throw('constructor')
    expect(() => filled('{{list}}', { list: [{}] })).to.throw('list')
  })

  it('are shown with a mark in place of a missing value or a list, and without a missing part, once that is reported rather than thrown', () => {
    const missing: string[] = []
    const { page } = load({ a: '{{t}}\n{{m}}{{#p}}x{{/p}}{{^q}}y{{/q}}{{list}}{{ok}}' }, (text, value) => missing.push(`${text} ${value}`))
    expect(page('a', { list: [{}], ok: 1 })).to.equal('<title>〔—〕</title>〔—〕y〔—〕1')
    expect(missing).to.deep.equal(['t', 'm', 'p', 'q', 'list'].map((name) => `pages: a ${name}`))
  })

  it('escape every value in text, attribute and title, and do not fill placeholders inside values', () => {
    const evil = `<img src=x onerror="alert('1')">&{{b}}{{#c}}`
    const escaped = '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;{{b}}{{#c}}'
    expect(filled('<p title="{{a}}">{{a}}</p>', { a: evil, b: 'no' })).to.equal(`<p title="${escaped}">${escaped}</p>`)
    expect(load({ a: '{{a}}\n' }).page('a', { a: evil })).to.equal(`<title>${escaped}</title>`)
    expect(filled('{{content}}{{title}}', { content: '<b>', title: '<i>' })).to.equal('&lt;b&gt;&lt;i&gt;')
  })

  it('fill in values and parts, with the innermost value of a name', () => {
    const values = { n: 0, t: '', yes: true, no: false, nothing: null, list: [{ x: 1 }, { x: 2, n: 'own' }], none: [] }
    expect(filled('{{n}}{{t}}{{nothing}}', values)).to.equal('0')
    expect(filled('{{#yes}}y{{/yes}}{{#no}}n{{/no}}{{^no}}-{{/no}}{{#n}}0{{/n}}{{#t}}t{{/t}}{{#nothing}}x{{/nothing}}', values)).to.equal(
      'y-0',
    )
    expect(filled('{{#list}}[{{x}} {{n}}]{{/list}}{{^list}}none{{/list}}', values)).to.equal('[1 0][2 own]')
    expect(filled('{{#none}}x{{/none}}{{^none}}none{{/none}}', values)).to.equal('none')
  })
})
