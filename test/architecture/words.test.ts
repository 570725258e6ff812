// The vocabulary of the project: texts for people are in templates, each thing has one name, and nothing is postponed or switched off.
// Imports are walls.test.ts; what the texts themselves must say is templates.test.ts.

import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import ts from 'typescript'
import { nodesOf, sourcesUnder, whereIs, type Source } from '../support/sources.ts'

/** Code (files, or folders with a slash) with Chinese texts, and why they are data. All texts that people read are in templates/. */
const CHINESE: Readonly<Record<string, string>> = {
  'src/config/settings.ts': 'the name and address of the court in the sample settings',
  'src/core/calendar.ts': 'how documents write a day',
  'src/features/accountability/consequences.rules.ts': 'citations',
  'src/features/deadlines/clocks.rules.ts': 'citations, and how statutes name their articles',
  'src/features/complaints/accused.rules.ts': 'words by which people name the court and complain of it',
  'src/features/debtors/columns.rules.ts': 'headings that lists use',
  'src/features/debtors/headings.rules.ts': 'headings that only number rows, and brackets in headings',
  'src/core/documents.ts': 'types of documents as lists and people write them',
  'src/core/identifiers.ts': 'how old licences write their number',
  'src/core/personal-numbers.ts': 'what stands before an identity number, and units of sums',
  'src/features/deadlines/holidays.rules.ts': 'how the yearly notice writes days off and worked weekends',
  'src/features/debtors/kind.rules.ts': 'endings that tell an organisation from a person',
  'src/features/debtors/row-reader.rules.ts': 'what a cell says when it means: nothing',
  'src/features/listings/grounds.rules.ts': 'grounds as lists write them',
  'src/features/screening/sandbox.rules.ts': 'an invented list, and the businesses that lead to each advice',
  'src/features/units/clauses.rules.ts': 'words that negate or say nothing in what a unit writes of its business',
  'src/messaging/notices.rules.ts': 'citations',
  'src/features/debtors/officers.rules.ts': 'offices as lists write them',
  'src/features/listings/rows.rules.ts': 'footers below a list',
  'src/features/debtors/values.rules.ts': 'days, terms and sexes as lists write them',
  'bot/understanding/': 'tables that recognise what people write, and sample values for the sentences they are trained on',
}

/** Words that would be a second name for something, with its name in docs/glossary.md. */
const SYNONYMS: Readonly<Record<string, string>> = {
  blacklist: 'listing',
  laolai: 'debtor',
  dishonest: 'debtor, listing',
  executee: 'debtor',
  defendant: 'debtor',
  plaintiff: 'applicant',
  claimant: 'applicant',
  judgement: 'decision',
  announcement: 'bulletin',
  delist: 'shield, revoke',
  unlist: 'shield, revoke',
  unpublish: 'shield, revoke',
  rescind: 'revoke',
  annul: 'revoke',
  amend: 'correct',
  sanction: 'measure',
  penalty: 'measure',
  punishment: 'measure',
  agency: 'unit',
  bureau: 'unit',
  department: 'unit',
  tipoff: 'complaint',
  whistleblower: 'complaint',
  appeal: 'objection, reconsideration',
  notification: 'notice',
  inquiry: 'enquiry',
  employee: 'staff',
  whitelist: 'say what is allowed',
  organization: 'organisation',
}

const SHORTCUTS = [
  /\b(?:describe|context|suite|it|test|specify)\.(?:only|skip)\(/,
  /\bx(?:describe|context|it)\(/,
  /\bthis\.skip\(/,
  /\b(?:TODO|FIXME|HACK)\b/,
  /eslint-disable|prettier-ignore|@ts-(?:ignore|nocheck|expect-error)/,
  /\bas any\b|<any>|: any\b(?! [a-z])/,
]

const LINES = 400

const app = sourcesUnder('src', 'bot', 'migrations')
const everything = [...app, ...sourcesUnder('test', 'bench', 'scripts')]

function isChinese(node: ts.Node): boolean {
  const isText =
    ts.isStringLiteralLike(node) ||
    ts.isRegularExpressionLiteral(node) ||
    ts.isTemplateHead(node) ||
    ts.isTemplateMiddleOrTemplateTail(node)
  return isText && /\p{Script=Han}/u.test(node.getText())
}

/** The words of an identifier: issue, lift and order of `issueLiftOrder`. */
function wordsOf(name: string): string[] {
  return name.split(/_|(?=[A-Z])/).map((word) => word.toLowerCase().replace(/s$/, ''))
}

/** The lines of a source that match a pattern. This file is left out, because it has to name what it forbids. */
function linesWith(source: Source, patterns: readonly RegExp[]): string[] {
  if (source.path === 'test/architecture/words.test.ts') return []
  return source.text
    .split('\n')
    .flatMap((line, index) => (patterns.some((pattern) => pattern.test(line)) ? [`${source.path}:${index + 1} ${line.trim()}`] : []))
}

describe('the vocabulary', () => {
  it('keeps texts that people read in templates/, not in code', () => {
    const found = app.flatMap((source) =>
      nodesOf(source)
        .filter(isChinese)
        .map((node) => ({ source, node })),
    )
    const declared = Object.keys(CHINESE)
    const strays = found.filter(({ source }) => !declared.some((place) => source.path.startsWith(place)))
    expect(strays.map(({ source, node }) => `${whereIs(source, node)} ${node.getText()}`)).to.deep.equal([])
    const unused = declared.filter((place) => !found.some(({ source }) => source.path.startsWith(place)))
    expect(unused, 'declared without Chinese texts').to.deep.equal([])
  })

  it('has no derogatory names for persons and for the list', () => {
    const texts = readdirSync('templates', { recursive: true, encoding: 'utf8' }).filter((path) =>
      /^(?:messages|words|dialogs)\b.*\.\w+$/.test(path),
    )
    expect(texts.length).to.be.above(20)
    expect(texts.filter((path) => /老赖|黑名单/.test(readFileSync(`templates/${path}`, 'utf8')))).to.deep.equal([])
  })

  it('has one name for the number of a matter and one for the code that opens it, in everything that people read', () => {
    const other = /受理号|受理编号|查询号|查询密码|取件码|号码\{number\}/
    const texts = readdirSync('templates', { recursive: true, encoding: 'utf8' }).filter(
      (path) => /\.\w+$/.test(path) && !/^(?:utterances|lexicon)\b/.test(path),
    )
    expect(texts.length).to.be.above(100)
    expect(texts.filter((path) => other.test(readFileSync(`templates/${path}`, 'utf8')))).to.deep.equal([])
  })

  it('does not repeat the court’s name in an SMS, which begins with it as its signature', () => {
    const folder = 'templates/messages/zh-CN'
    const repeating = readdirSync(folder).filter((file) => {
      const [, sms = ''] = readFileSync(`${folder}/${file}`, 'utf8').split(/^## sms$/m)
      return sms.split(/^## /m)[0]?.includes('{court}')
    })
    expect(repeating).to.deep.equal([])
  })

  it('sends nobody outside the court to a log-in: units have a portal, but whatever is asked of them can be answered without it', () => {
    const folder = 'templates/messages/zh-CN'
    // A unit may answer in a chat, by its system, or through a clerk; a message that knew only the portal would take that from it.
    // The code goes to somebody who is logging in already.
    const outward = readdirSync(folder).filter((file) => !file.endsWith('-court.md') && file !== 'session-code-talker.md')
    expect(outward.length).to.be.above(20)
    expect(outward.filter((file) => /登录|登陆/.test(readFileSync(`${folder}/${file}`, 'utf8')))).to.deep.equal([])
  })

  it('has one word for one thing', () => {
    const found = app.flatMap((source) =>
      nodesOf(source)
        .filter(ts.isIdentifier)
        .filter((node) => wordsOf(node.text).some((word) => Object.hasOwn(SYNONYMS, word)))
        .map((node) => `${whereIs(source, node)} ${node.text}`),
    )
    expect(found).to.deep.equal([])
    expect(wordsOf('sendNotifications').some((word) => Object.hasOwn(SYNONYMS, word))).to.equal(true)
  })

  it('postpones nothing and switches nothing off', () => {
    expect(everything.flatMap((source) => linesWith(source, SHORTCUTS))).to.deep.equal([])
  })

  it('opens every file with a comment that says what the file does', () => {
    const hasHeader = (source: Source, lines: number): boolean =>
      source.text
        .replace(/^#!.*\n/, '')
        .split('\n', lines)
        .every((line) => line.startsWith('// ') && line.length > 20)
    const withoutHeader = [...app.filter((source) => !hasHeader(source, 2)), ...everything.filter((source) => !hasHeader(source, 1))]
    expect([...new Set(withoutHeader.map(({ path }) => path))]).to.deep.equal([])
  })

  it('writes no row of a table twice in a document, as a careless merge does', () => {
    const documents = ['README.md', ...readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((path) => join('docs', path))]
    const twice = documents
      .filter((path) => path.endsWith('.md'))
      .flatMap((path) => {
        const firsts = [...readFileSync(path, 'utf8').matchAll(/^\| *([^|]*[^-| ])[^|]*\|.*\|$(?!\n\| *-)/gm)].map(([row]) =>
          row.replace(/ +/g, ' '),
        )
        return [...new Set(firsts.filter((row, at) => firsts.indexOf(row) !== at))].map((row) => `${path}: ${row.slice(0, 60)}`)
      })
    expect(twice).to.deep.equal([])
  })

  it(`fills no file beyond ${LINES} lines`, () => {
    const long = everything.filter(({ text }) => text.trimEnd().split('\n').length > LINES)
    expect(long.map(({ path, text }) => `${path}: ${text.trimEnd().split('\n').length}`)).to.deep.equal([])
  })
})
