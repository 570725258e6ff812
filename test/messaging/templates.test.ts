// Every check of templates, by an example that fails it: file, line and reason.

import { expect } from 'chai'

import { NOTICES, type NoticeRule } from '../../src/messaging/notices.rules.ts'
import { parseTemplate } from '../../src/messaging/template-reader.ts'
import { checkTemplates } from '../../src/messaging/templates.ts'

const RULE: NoticeRule = {
  event: 'listing.corrected',
  audience: 'debtor',
  template: 'good',
  fallbackOrder: ['wechat', 'sms'],
  urgent: false,
  statutory: null,
  needsConsent: false,
  conversational: false,
}

const GOOD = `---
version: 3
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
    phrase3: 已更正
---

## wechat

{name}：
已更正{count}条。

## sms

{name}：已更正{count}条。(编号{reference})
`

/** The problems of the correct template with one change. */
function troubles(from: string, to: string, rule: NoticeRule = RULE): string[] {
  const source = GOOD.replace(from, () => to)
  if (source === GOOD) throw new Error(`the example does not change: ${from}`)
  return listed([{ file: 'good.md', source }], [rule])
}

function listed(files: { file: string; source: string }[], rules: readonly NoticeRule[]): string[] {
  return checkTemplates(files, rules).troubles.map(({ file, line, message }) => `${file}:${line}: ${message}`)
}

describe('checking templates', () => {
  it('accepts a correct template', () => {
    expect(listed([{ file: 'a/good.md', source: GOOD }], [RULE])).to.deep.equal([])
  })

  const cases: [what: string, from: string, to: string, expected: string | RegExp][] = [
    ['no front matter', '---\nversion', 'version', /^good.md:1: no front matter/],
    ['front matter that is no YAML', 'title: 更正', 'title: [更正', /^good.md:\d+: front matter: /],
    ['a key given twice', 'title: 更正', 'title: 更正\ntitle: 又', /^good.md:4: front matter: .*unique/],
    ['a missing title', 'title: 更正\n', '', /^good.md:1: front matter: title: /],
    ['an unknown key', 'title: 更正', 'title: 更正\ncolour: red', /^good.md:1: front matter: top: .*colour/],
    ['a version that is no whole number', 'version: 3', 'version: 0.5', /^good.md:2: front matter: version: /],
    ['an unknown audience', 'audience: debtor', 'audience: everybody', /^good.md:4: front matter: audience: /],
    ['an unknown event', 'event: listing.corrected', 'event: listing.sold', /^good.md:5: front matter: event: /],
    ['an unknown answer to a doubt', 'whenInDoubt: resend', 'whenInDoubt: shrug', /^good.md:6: front matter: whenInDoubt: /],
    ['a value without a sample', 'count: 2', 'count:', /^good.md:9: front matter: values.count: /],
    ['an undeclared value', '已更正{count}条。\n\n', '已更正{count}条，{extra}。\n\n', 'good.md:21: undeclared value {extra}'],
    ['an undeclared value in a field', "thing1: '{name}'", "thing1: '{nobody}'", 'good.md:13: undeclared value {nobody}'],
    ['an unused value', '  count: 2', '  count: 2\n  spare: 1', 'good.md:10: unused value {spare}'],
    ['the reference outside SMS', '{name}：\n', '{name}{reference}：\n', 'good.md:20: undeclared value {reference}'],
    ['a declared reference', '  count: 2', '  count: 2\n  reference: A1', /^good.md:10: \{reference\} is filled by the house/],
    ['a stray brace', '{name}：\n', '{ name}：\n', 'good.md:20: a brace that belongs to no value'],
    ['text before the first section', '---\n\n## wechat', '---\n\nhello\n\n## wechat', 'good.md:18: text before the first section'],
    ['an unknown section', '## sms', '## fax', 'good.md:23: no such section: ## fax'],
    ['a section twice', '## sms', '## wechat', 'good.md:23: section wechat stands twice'],
    ['an empty section', '{name}：\n已更正{count}条。\n', '', 'good.md:18: an empty section'],
    [
      'a section outside the fallback order',
      '## sms',
      '## voice\n\n更正\n\n## sms',
      'good.md:25: section voice is not in the fallback order',
    ],
    [
      'a step without a section',
      '## sms\n\n{name}：已更正{count}条。(编号{reference})',
      '',
      'good.md:1: no section sms, which the fallback order names',
    ],
    [
      'an event other than that of the rule',
      'event: listing.corrected',
      'event: listing.listed',
      'good.md:5: the notices say event listing.corrected',
    ],
    ['an audience other than that of the rule', 'audience: debtor', 'audience: unit', 'good.md:4: the notices say audience debtor'],
    [
      'a thing over 20 characters',
      'name: 扎西次仁',
      `name: ${'扎'.repeat(21)}`,
      'good.md:13: with its samples: thing1 takes up to 20 characters',
    ],
    ['Chinese in a character_string', 'count: 2', 'count: 两', /^good.md:14: with its samples: character_string2 takes .* no Chinese$/],
    [
      'a character_string over 32',
      'count: 2',
      `count: '${'9'.repeat(33)}'`,
      /^good.md:14: with its samples: character_string2 takes up to 32/,
    ],
    ['a phrase over 5', 'phrase3: 已更正', 'phrase3: 已经全部更正', /^good.md:15: with its samples: phrase3 takes up to 5/],
    ['a phrase with a sign', 'phrase3: 已更正', 'phrase3: 已更正!', /^good.md:15: with its samples: phrase3 takes/],
    ['an unknown field', 'phrase3: 已更正', 'slogan3: 已更正', 'good.md:15: slogan3 is no kind of field'],
    [
      'a signature of its own',
      '{name}：已更正{count}条。(',
      '【法院】{name}：已更正{count}条。(',
      /^good.md:25: the signature 【】 is added/,
    ],
    ['an SMS without reference', '(编号{reference})', '', /^good.md:25: must end with the reference/],
    ['a reference in the middle', '(编号{reference})', '(编号{reference})。', /^good.md:25: must end with the reference/],
    ['a link in an SMS', '条。(编号', '条，见 https://court.example/a 。(编号', /^good.md:25: a link in an SMS/],
    ['a bare host in an SMS', '条。(编号', '条，见court.gov.cn。(编号', /^good.md:25: a link in an SMS/],
    ['an SMS over 8 segments', '条。(编号', `条。${'长'.repeat(540)}(编号`, /^good.md:25: 9 segments with its samples, at most 8$/],
    ['HTML', '{name}：\n已更正', '{name}：\n<b>已更正</b>', 'good.md:21: no HTML and no angle brackets'],
    [
      'no WeChat fields',
      GOOD.slice(GOOD.indexOf('wechat:\n'), GOOD.indexOf('---\n\n')),
      '',
      'good.md:1: no wechat fields in the front matter',
    ],
  ]
  for (const [what, from, to, expected] of cases)
    it(`refuses ${what}`, () => {
      const found = troubles(from, to)
      if (typeof expected === 'string') expect(found).to.include(expected)
      else
        expect(
          found.some((trouble) => expected.test(trouble)),
          found.join('\n') || 'no trouble',
        ).to.equal(true)
    })

  it('refuses WeChat fields where WeChat is not in the fallback order', () => {
    const source = GOOD.replace(/## wechat\n[\s\S]*?(?=## sms)/, '')
    expect(listed([{ file: 'good.md', source }], [{ ...RULE, fallbackOrder: ['sms'] }])).to.include(
      'good.md:11: wechat fields, but wechat is not in the fallback order',
    )
  })

  it('refuses a message that needs consent and does not say how to unsubscribe', () => {
    expect(listed([{ file: 'good.md', source: GOOD }], [{ ...RULE, needsConsent: true }])).to.deep.equal([
      'good.md:25: needs consent, but does not say how to unsubscribe (TD)',
    ])
  })

  it('refuses a template that no rule names, and a rule whose template is missing', () => {
    expect(listed([{ file: 'x/other.md', source: GOOD }], [RULE])).to.deep.equal([
      'good.md:1: no such template, but listing.corrected to debtor needs it',
      'x/other.md:1: no notice names this template',
    ])
  })

  it('refuses two sets of fields for one account template, and more templates than an account may have', () => {
    const second: NoticeRule = { ...RULE, audience: 'unit', template: 'second' }
    const source = GOOD.replace('audience: debtor', 'audience: unit').replace('phrase3', 'phrase4')
    const found = listed(
      [
        { file: 'good.md', source: GOOD },
        { file: 'second.md', source },
      ],
      [RULE, second],
    )
    expect(found).to.deep.equal(['second.md:1: wechat template case_notice has the fields character_string2 phrase3 thing1 elsewhere'])
    const many = Array.from({ length: 26 }, (_, index) => `t${String.fromCharCode(97 + index)}`)
    const files = many.map((name) => ({ file: `${name}.md`, source: GOOD.replace('case_notice', name) }))
    const rules = many.map((template) => ({ ...RULE, template }))
    expect(listed(files, rules)).to.deep.equal([':1: 26 wechat templates, an account has 25'])
  })

  it('reports every problem at once', () => {
    expect(troubles('audience: debtor\nevent: listing.corrected', 'audience: unit\nevent: listing.listed')).to.have.length(2)
  })
})

describe('the version of a template', () => {
  it('depends on the wording and not on line ends', () => {
    const hash = parseTemplate('good.md', GOOD).template?.hash
    expect(hash).to.match(/^[0-9a-f]{12}$/)
    expect(parseTemplate('good.md', `\uFEFF${GOOD.replaceAll('\n', ' \r\n')}\n\n`).template?.hash).to.equal(hash)
    expect(parseTemplate('good.md', GOOD.replace('条。', '条！')).template?.hash).to.not.equal(hash)
  })

  it('is given together with number and name', () => {
    const template = parseTemplate('deep/good.md', GOOD).template
    expect([template?.name, template?.version, template?.sections.wechat?.text]).to.deep.equal(['good', 3, '{name}：\n已更正{count}条。'])
  })
})

describe('checking the table of notices against the templates', () => {
  it('reports every template as missing when the folder is empty', () => {
    expect(listed([], NOTICES)).to.have.length(NOTICES.length)
  })
})
