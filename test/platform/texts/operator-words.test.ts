// The words for whoever looks after the installation: every event of the log and every problem of a setting is said in both languages.
// The words are templates/log and templates/settings.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { parse } from 'yaml'
import { PERMISSIONS } from '../../../src/platform/commands/permissions.ts'
import { loadLogWords } from '../../../src/platform/texts/log-words.ts'
import { sourcesUnder } from '../../support/sources.ts'

const LANGUAGES = { zh: 'zh-CN', en: 'en' } as const
const HAN = /\p{Script=Han}/u
const sources = sourcesUnder('src', 'bot')

const read = (path: string): Record<string, unknown> => parse(readFileSync(path, 'utf8')) as Record<string, unknown>
/** All that a pattern finds in the code. */
const found = (pattern: RegExp, texts = sources): string[] =>
  texts.flatMap(({ text }) => [...text.matchAll(pattern)].map(([, one = '']) => one))

/** Every event that the code logs, with those that loops and tasks make of their names. */
const EVENTS = [
  ...found(/\blog\??\.(?:debug|info|warn|error)\(\s*'([^']+)'/g),
  ...[...found(/createLoop\([^;]*?name: '(\w+)'/g), ...found(/logFailure\([^;]*?'(\w+)'/g)].flatMap((name) => [
    `${name}.failed`,
    `${name}.database_away`,
  ]),
]

describe('the words of the log', () => {
  for (const [language, file] of Object.entries(LANGUAGES) as ['zh' | 'en', string][]) {
    it(`name in ${language} every event that the code logs, and no other`, () => {
      const { command, ...events } = read(`templates/log/${file}.yaml`)
      expect(command).to.match(/\{act\}/)
      expect(EVENTS.length).to.be.above(50)
      expect([...new Set(EVENTS)].filter((event) => events[event] === undefined)).to.deep.equal([])
      expect(Object.keys(events).filter((event) => !EVENTS.includes(event))).to.deep.equal([])
      for (const text of Object.values(events)) expect(HAN.test(String(text)), String(text)).to.equal(language === 'zh')
    })

    it(`name in ${language} every command`, () => {
      const textOf = loadLogWords('templates', language)
      const commands = PERMISSIONS.filter((permission) => !permission.endsWith('.read'))
      expect(commands.filter((name) => textOf(name) === undefined)).to.deep.equal([])
      expect(textOf('staff.confirm')).to.equal(language === 'zh' ? '已办理：确认账号变更' : 'Done: staff.confirm')
    })
  }

  it('are computed nowhere else: an event is a constant of the code, but for loops, tasks and commands', () => {
    const computed = sources.flatMap(({ path, text }) =>
      [...text.matchAll(/\b(?:log|logger)\??\.(?:debug|info|warn|error)\(\s*(?!['\s])([^,)]*)/g)].map(
        ([, event = '']) => `${path}: ${event}`,
      ),
    )
    expect(computed.filter((line) => !line.startsWith('src/core/log.ts'))).to.have.members([
      'src/platform/commands/command.ts: name',
      'src/platform/scheduler/loop.ts: `${name}.database_away`',
      'src/platform/scheduler/loop.ts: `${name}.failed`',
    ])
  })

  it('stand in the line beside the code, which is the same in both languages', () => {
    const line = (language: string): Record<string, unknown> => {
      const { stderr } = spawnSync('node', ['--import', 'tsx', 'test/support/log-child.ts', language], { encoding: 'utf8' })
      return JSON.parse(stderr) as Record<string, unknown>
    }
    const [zh, en] = [line('zh'), line('en')]
    expect(zh).to.include({ event: 'http.slow', text: '一个请求处理得很慢', route: 'x', milliseconds: 2000 })
    expect(en).to.include({ event: 'http.slow', text: 'A request took long', route: 'x', milliseconds: 2000 })
    expect(Object.keys(zh)).to.deep.equal(Object.keys(en))
  })
})

describe('the words of settings', () => {
  const config = sources.filter(({ path }) => path.startsWith('src/config/') || path === 'src/features/deadlines/rules.ts')
  const codes = [
    ...found(/\bcode: '(\w+)'/g, config),
    ...found(/\.regex\([^;]*?, '(\w+)'\)/g, config),
    ...found(/new URL\(text\)\.origin === text,\s*'(\w+)'/g, config),
    ...found(/(?:message|error): '(\w+)'/g, config),
    ...found(/\.refine\([^']*'(\w+)'/g, config),
  ]

  for (const [language, file] of Object.entries(LANGUAGES))
    it(`say in ${language} what every problem is`, () => {
      const { how, ...sentences } = read(`templates/settings/${file}.yaml`)
      expect(codes.length).to.be.above(25)
      expect([...new Set(codes)].filter((code) => code !== 'custom' && sentences[code] === undefined)).to.deep.equal([])
      expect(Object.keys(how as object)).to.deep.equal(['DATA_KEY', 'PUBLIC_URL'])
    })

  it('have the same keys in both languages', () => {
    const keys = (file: string): string[] => Object.keys(read(`templates/settings/${file}.yaml`)).sort()
    expect(keys('en')).to.deep.equal(keys('zh-CN'))
  })
})
