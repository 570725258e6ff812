// Rendering of templates: missing and undeclared values are errors, and no value can change the shape of a message.

import { expect } from 'chai'
import fc from 'fast-check'

import { parseTemplate } from '../../src/messaging/template-reader.ts'
import { pickValues, render, segmentsOf } from '../../src/messaging/rendering.ts'
import type { Template } from '../../src/platform/texts/template.ts'

const SOURCE = `---
version: 1
title: 更正
audience: debtor
event: listing.corrected
whenInDoubt: resend
values:
  name: 扎西次仁
  count: 2
wechat:
  template: case_notice
  fields:
    thing1: '{name}'
    character_string2: '{count}'
---

## wechat

{name}：

已更正{count}条。

## sms

{name}：
已更正{count}条。(编号{reference})

## voice

{name}您好，
更正{count}条。
`

const STAMP = { signature: '某某市人民法院', reference: 'A1B2C3' }
const template = ((): Template => {
  const { template, troubles } = parseTemplate('good.md', SOURCE)
  if (template === undefined || troubles.length > 0) throw new Error('the example is broken')
  return template
})()

const sms = (name: string): string => render(template, 'sms', { name, count: 2 }, STAMP).text

describe('rendering a message', () => {
  it('refuses a missing value, an undeclared value and a medium without a section, quoting no value', () => {
    expect(() => render(template, 'sms', { name: '某甲' }, STAMP)).to.throw('template good: missing count')
    expect(() => render(template, 'sms', { name: '某甲', count: 1, more: '某乙' }, STAMP)).to.throw(/^template good: undeclared more$/)
    expect(() => render(template, 'clerk', template.values, STAMP)).to.throw('template good: no section for clerk')
  })

  it('does not take an inherited property of the values for a value', () => {
    expect(() => pickValues(template, { name: '某甲', toString: '某乙' })).to.throw('template good: nobody knows {count}')
  })

  for (const signature of ['', '【某某】', '某\n某', ' 某', '某'.repeat(31)])
    it(`refuses the signature ${JSON.stringify(signature)}`, () => {
      expect(() => render(template, 'sms', template.values, { ...STAMP, signature })).to.throw(/SMS signature/)
    })

  for (const reference of ['', 'abc123', 'A1', 'A1B2C3D4E5F6G', 'A1 B2)'])
    it(`refuses the reference ${JSON.stringify(reference)}`, () => {
      expect(() => render(template, 'sms', template.values, { ...STAMP, reference })).to.throw(/SMS reference/)
    })

  it('refuses a field that WeChat would refuse, quoting no value', () => {
    expect(() => render(template, 'wechat', { name: '某甲', count: '两条' }, STAMP)).to.throw(
      /^template good: character_string2 takes [^两]*$/,
    )
    expect(() => render(template, 'wechat', { name: ' ', count: 1 }, STAMP)).to.throw('thing1')
  })

  it('begins an SMS with the signature, ends it with the reference, and keeps it on one line', () => {
    expect(sms('扎西次仁')).to.equal('【某某市人民法院】扎西次仁：已更正2条。(编号A1B2C3)')
  })

  it('keeps the lines of a WeChat text and fills its fields', () => {
    expect(render(template, 'wechat', template.values, STAMP)).to.deep.equal({
      text: '扎西次仁：\n\n已更正2条。',
      template: { key: 'case_notice', fields: { thing1: '扎西次仁', character_string2: '2' } },
    })
    expect(render(template, 'voice', template.values, STAMP)).to.deep.equal({ text: '扎西次仁您好，更正2条。' })
  })

  it('cuts a thing field to 20 characters, reports it, and never cuts a rare character in two', () => {
    const body = render(template, 'wechat', { name: '𠮷'.repeat(15), count: 1 }, STAMP)
    expect(body.template?.fields['thing1']).to.equal(`${'𠮷'.repeat(9)}…`)
    expect(body.template?.shortened).to.deep.equal(['thing1'])
    expect(body.text).to.include('𠮷'.repeat(15))
    expect(render(template, 'wechat', { name: '甲'.repeat(20), count: 1 }, STAMP).template?.shortened).to.equal(undefined)
  })

  it('shortens long values in an SMS only as far as 8 segments of 67 require', () => {
    const fixed = '【某某市人民法院】'.length + '：(编号A1B2C3)'.length
    const withText = (length: number): Template => ({
      ...template,
      sections: { sms: { text: `{name}：${'条'.repeat(length)}(编号{reference})`, line: 1 } },
    })
    const rendered = (length: number): string => render(withText(length), 'sms', { name: '甲'.repeat(200), count: 1 }, STAMP).text
    const available = 8 * 67 - fixed - 120
    expect(rendered(available)).to.include(`${'甲'.repeat(119)}…`)
    expect(segmentsOf(rendered(available))).to.equal(8)
    expect(rendered(available + 1)).to.include(`】${'甲'.repeat(59)}…`)
    expect(rendered(available + 61)).to.include(`】${'甲'.repeat(29)}…`)
  })

  it('takes only the values that a template declares', () => {
    expect(pickValues(template, { name: '某甲', count: 0, version: 7 })).to.deep.equal({ name: '某甲', count: 0 })
  })
})

describe('rendering a hostile value', () => {
  const cases: [what: string, value: string, shown: string][] = [
    ['line ends and controls', '甲\r\n\u2028乙\u0000\u0085丙', '甲 乙 丙'],
    ['invisible and direction-changing characters', '甲\u202e\u200b\ufeff乙', '甲乙'],
    ['a signature', '甲】【假法院', '甲][假法院'],
    ['a signature in vertical brackets', '甲︼︻假法院〗〖', '甲][假法院]['],
    ['markup', '<a href="x">甲</a>', '＜a href="x"＞甲＜/a＞'],
    ['a link', '甲 https://evil.example.com/a', '甲 https：//evil．example．com/a'],
    ['a bare host', '甲www.evil.cn', '甲www．evil．cn'],
    ['a Chinese host', '案款.中国/甲 法院.com', '案款．中国/甲 法院．com'],
    ['a host with other points', 'evil。com ｅｖｉｌ．com', 'evil。 com ｅｖｉｌ． com'],
    ['a host in full width', 'ｅｖｉｌ.ｃｏｍ', 'ｅｖｉｌ．ｃｏｍ'],
    ['an address of numbers', '203.0.113.7/甲', '203．0．113．7/甲'],
    ['a placeholder', '{count}{reference}', '{count}{reference}'],
    ['an ID number', '身份证53342119841014022X有误', '身份证******************有误'],
    ['an old ID number', '533421841014022', '***************'],
    ['a full-width ID number', '５３３４２１１９８４１０１４０２２２', '******************'],
    ['half a character', '甲\ud842乙', '甲\ufffd乙'],
  ]
  for (const [what, value, shown] of cases)
    it(`neutralises ${what}`, () => {
      expect(sms(value)).to.equal(`【某某市人民法院】${shown}：已更正2条。(编号A1B2C3)`)
    })

  it('does not change ordinary values', () => {
    const ordinary = [
      '（2026）云3401执恢12345号',
      '0887-8222333',
      '13900005279',
      '890000.50元',
      '阿布都·热西提',
      '91533421MA6K12345X',
      '𠮷野村',
      '2026年11月22日',
      '2026.11.22',
      '已还清。谢谢',
    ]
    for (const value of ordinary) expect(sms(value)).to.equal(`【某某市人民法院】${value}：已更正2条。(编号A1B2C3)`)
  })

  it('never adds a line, a signature, markup or a second ending to an SMS, and never makes it longer than 8 segments', () => {
    const hostile = fc.constantFrom(
      '\n',
      '\r',
      '\u2028',
      '\u2029',
      '\u0085',
      '\v',
      '【',
      '】',
      '<',
      '>',
      '{reference}',
      '{name}',
      '://',
      '甲',
      '𠮷',
      '\ud842',
    )
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.array(hostile, { maxLength: 400 }).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(value, value, (name, count) => {
        const { text } = render(template, 'sms', { name, count }, STAMP)
        expect(text).to.match(/^【某某市人民法院】[^【】〖〗<>\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*条。\(编号A1B2C3\)$/u)
        expect(segmentsOf(text)).to.be.at.most(8)
      }),
      { numRuns: 500 },
    )
  })

  it('never adds a line to a WeChat text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (name) => {
        fc.pre(name.replace(/[\p{C}\p{Z}]/gu, '') !== '')
        expect(render(template, 'wechat', { name, count: 1 }, STAMP).text.split(/[\n\r\u2028\u2029]/)).to.have.length(3)
      }),
    )
  })
})

describe('counting segments', () => {
  it('gives the number that providers bill', () => {
    expect(segmentsOf('a'.repeat(160))).to.equal(1)
    expect(segmentsOf('a'.repeat(161))).to.equal(2)
    expect(segmentsOf('法'.repeat(70))).to.equal(1)
    expect(segmentsOf('法'.repeat(71))).to.equal(2)
    expect(segmentsOf('法'.repeat(135))).to.equal(3)
  })
})
