// The walls: who may import whom, type imports included, and the one home of every outside package, of time, randomness and the environment.
// Words are words.test.ts; the map these tables keep is the README's.

import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { expect } from 'chai'
import ts from 'typescript'
import { SIDEWAYS } from './arrows.ts'
import { nodesOf, sourcesUnder, whereIs, type Source } from '../support/sources.ts'

const HANDS = ['src/store', 'src/messages', 'src/channels', 'src/sheets', 'src/media']
const RULES = ['src/domain', 'bot/engine.ts', 'bot/dialogs', 'bot/understand']
const BELOW_ACTS = ['src/core', 'src/config/config.ts', ...RULES, ...HANDS]
const BELOW_DOORS = ['src/core', 'src/config/config.ts', ...RULES, 'src/actions', 'bot/answer.ts']

/** Each room with the rooms below it that it may import. A room that is not here has no floor to stand on. */
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  'src/core': [],
  'src/domain': ['src/core'],
  'bot/understand': ['src/core', 'src/domain'],
  'bot/engine.ts': ['src/core', 'src/domain', 'bot/understand'],
  'bot/dialogs': ['src/core', 'src/domain', 'bot/understand', 'bot/engine.ts'],
  'src/store': ['src/core', 'src/domain'],
  'src/messages': ['src/core', 'src/domain', 'bot/understand', 'bot/engine.ts', 'bot/dialogs'],
  'src/channels': ['src/core', 'src/domain'],
  'src/sheets': ['src/core', 'src/domain'],
  'src/media': ['src/core'],
  migrations: ['src/platform/database/columns.ts'],
  'src/config/config.ts': ['src/core', 'src/config/setting.ts', 'src/config/settings.ts', 'src/config/providers.ts'],
  'src/config/settings.ts': ['src/core', 'src/config/setting.ts'],
  'src/config/providers.ts': ['src/core', 'src/config/setting.ts'],
  'src/config/setting.ts': [],
  'src/actions': BELOW_ACTS,
  'bot/answer.ts': [...BELOW_ACTS, 'src/actions'],
  'bot/effects/effects.ts': [...BELOW_ACTS, 'src/actions', 'bot/wants'],
  'bot/wants': [...BELOW_ACTS, 'src/actions'],
  'src/http': BELOW_DOORS,
  'src/jobs': BELOW_DOORS,
  'src/cli': BELOW_DOORS,
  'bot/wechaty': [...BELOW_DOORS, 'src/messaging/channels/channel.ts'],
  'src/config/data-key.ts': ['src/core', 'src/config/config.ts'],
  'src/app.ts': ['src', 'bot', 'migrations'],
  'src/main.ts': ['src'],
  'src/serve.ts': ['src'],
  'src/serve-wechaty.ts': ['src', 'bot/wechaty'],
  'src/demo': ['src', 'bot'],
  'src/demo.ts': ['src'],
}

/** Rooms whose files are free among themselves; cycles are refused everywhere. */
const FREE = [
  'src/core',
  'src/messages',
  'src/sheets',
  'src/media',
  'bot/understand',
  'bot/dialogs',
  'bot/wants',
  'bot/wechaty',
  'migrations',
  'src/http',
  'src/cli',
  'src/jobs',
  'src/demo',
]

/** Each outside package (`node:` ones too, where they reach the world) with the files that may name it. */
const HOMES: Readonly<Record<string, RegExp>> = {
  typeorm: /^(src\/store|migrations)\//,
  mysql2: /^src\/store\/connect/,
  'better-sqlite3': /^src\/store\/database/,
  'p-limit': /^src\/store\/database/,
  koa: /^src\/http\//,
  '@koa/router': /^src\/http\//,
  'koa-helmet': /^src\/http\//,
  cookie: /^src\/http\/cookies/,
  'content-disposition': /^src\/http\/body/,
  'rate-limiter-flexible': /^src\/(http|actions)\//,
  dataloader: /^src\/http\//,
  'prom-client': /^src\/(http|core|jobs)\/metrics/,
  twilio: /^src\/(channels\/twilio-|http\/access)/,
  'fast-xml-parser': /^src\/channels\/wechat-/,
  'sms-segments-calculator': /^src\/messages\/render/,
  cockatiel: /^src\/jobs\//,
  'node-schedule': /^src\/jobs\/schedule/,
  zod: /^src\/(config(-\w+)?\.ts|http\/|messages\/)/,
  yaml: /^src\/messages\//,
  'csv-parse': /^src\/sheets\/csv/,
  docx: /^src\/sheets\/docx-write/,
  yauzl: /^src\/sheets\/zip/,
  saxes: /^src\/sheets\/xml/,
  'write-excel-file': /^src\/sheets\/xlsx-write/,
  'libphonenumber-js': /^src\/core\/phone/,
  pino: /^src\/core\/log/,
  ulid: /^src\/core\/ids/,
  'chinese-days': /^src\/domain\/workdays/,
  'opencc-js': /^bot\/understand\/normalise/,
  '@node-rs/argon2': /^src\/actions\/(staff|passwords)/,
  '@zxcvbn-ts/core': /^src\/actions\/passwords/,
  '@zxcvbn-ts/language-common': /^src\/actions\/passwords/,
  commander: /^src\/cli\//,
  'cli-progress': /^src\/cli\//,
  'string-width': /^src\/cli\/terminal/,
  wechaty: /^bot\/wechaty\//,
  'file-box': /^bot\/wechaty\//,
  'node:http': /^src\/(http|channels)\//,
  'node:https': /^src\/channels\//,
}

/** What only one room may do, and how it looks. */
const DEEDS: Readonly<Record<string, { home: RegExp; is: (node: ts.Node) => boolean }>> = {
  'reads process.env': { home: /^src\/config\.ts$/, is: (node) => ts.isPropertyAccessExpression(node) && node.getText() === 'process.env' },
  'asks the machine for the time': {
    home: /^src\/core\/clock\.ts$/,
    is: (node) =>
      (ts.isNewExpression(node) && node.expression.getText() === 'Date' && (node.arguments ?? []).length === 0) ||
      (ts.isPropertyAccessExpression(node) && ['Date.now', 'performance.now'].includes(node.getText())),
  },
  'makes randomness': {
    home: /^src\/core\/(ids|secrets)\.ts$/,
    is: (node) => ts.isIdentifier(node) && /^(random(Bytes|Int|UUID|Fill|FillSync)?|getRandomValues)$/.test(node.text),
  },
  'calls fetch': {
    home: /^src\/channels\/fetch\.ts$/,
    is: (node) => ts.isCallExpression(node) && /^(globalThis\.)?fetch$/.test(node.expression.getText()),
  },
}

const sources = sourcesUnder('src', 'bot', 'migrations')
const imports = new Map(sources.map((source) => [source.path, importsOf(source)]))
const arrows = sources.flatMap(({ path }) =>
  imported(path)
    .filter((name) => name.startsWith('.'))
    .map((name) => [path, posix.join(posix.dirname(path), name)] as const),
)
const outside = sources.flatMap(({ path }) =>
  imported(path)
    .filter((name) => !name.startsWith('.'))
    .map((name) => [path, packageOf(name)] as const),
)

function importsOf(source: Source): string[] {
  return ts.preProcessFile(source.text, true, true).importedFiles.map((each) => each.fileName)
}

function imported(path: string): readonly string[] {
  return imports.get(path) ?? []
}

function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')
}

function lies(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`)
}

function roomOf(path: string): string | undefined {
  return Object.keys(FLOORS).find((room) => lies(path, room))
}

function fits(path: string, pattern: string): boolean {
  const [head = '', tail] = pattern.split('*')
  const name = path.replace(/\.ts$/, '')
  return tail === undefined ? name === head : name.startsWith(head) && !name.slice(head.length).includes('/')
}

function allowed(from: string, to: string): boolean {
  const room = roomOf(from)
  if (room === undefined) return false
  if (FLOORS[room]?.some((below) => lies(to, below))) return true
  if (FREE.includes(room) && lies(to, room)) return true
  return SIDEWAYS.some(([one, other]) => fits(from, one) && fits(to, other))
}

/** The first ring of imports found, as its files in order, or null. */
function ring(): string[] | null {
  const done = new Set<string>()
  const walk = (path: string, trail: readonly string[]): string[] | null => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path]
    if (done.has(path)) return null
    for (const [, to] of arrows.filter(([from]) => from === path)) {
      const found = walk(to, [...trail, path])
      if (found !== null) return found
    }
    done.add(path)
    return null
  }
  for (const { path } of sources) {
    const found = walk(path, [])
    if (found !== null) return found
  }
  return null
}

describe('the walls', () => {
  it('see the imports that are there, type imports and late ones included', () => {
    const text =
      "import type { A } from './a.ts'\nexport type { B } from './b.ts'\nimport { type C } from './c.ts'\nconst d = import('./d.ts')\n"
    expect(importsOf({ path: 'x.ts', text })).to.deep.equal(['./a.ts', './b.ts', './c.ts', './d.ts'])
    expect(arrows.length).to.be.above(200)
    expect(allowed('src/features/listings/rules.ts', 'src/features/listings/store.ts')).to.equal(false)
    expect(allowed('src/features/listings/routes.ts', 'src/features/listings/store.ts')).to.equal(false)
  })

  it('give every file a floor', () => {
    expect(sources.map(({ path }) => path).filter((path) => roomOf(path) === undefined)).to.deep.equal([])
  })

  it('let imports go down, and sideways only where it is named', () => {
    expect(arrows.filter(([from, to]) => !allowed(from, to)).map(([from, to]) => `${from} -> ${to}`)).to.deep.equal([])
  })

  it('hold no ring of imports', () => {
    expect(ring()).to.equal(null)
  })

  it('keep no way sideways that nobody goes', () => {
    const unused = SIDEWAYS.filter(([one, other]) => !arrows.some(([from, to]) => fits(from, one) && fits(to, other)))
    expect(unused.map(([one, other]) => `${one} -> ${other}`)).to.deep.equal([])
  })

  it('hold no barrels: a file that hands on what another exports', () => {
    const barrels = sources.flatMap((source) =>
      nodesOf(source)
        .filter((node) => ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined)
        .map((node) => whereIs(source, node)),
    )
    expect(barrels).to.deep.equal([])
  })

  it('give each outside package one home', () => {
    const strays = outside.filter(([path, name]) => (HOMES[name] === undefined ? !name.startsWith('node:') : !HOMES[name].test(path)))
    expect(strays.map(([path, name]) => `${path} -> ${name}`)).to.deep.equal([])
  })

  it('know exactly the packages that are installed', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> }
    const homes = Object.keys(HOMES).filter((name) => !name.startsWith('node:'))
    expect(homes.sort()).to.deep.equal(Object.keys(dependencies).sort())
  })

  it('keep the rules pure: no built-in module but those that load the calendar and the lexicon at start', () => {
    const impure = outside.filter(([path, name]) => name.startsWith('node:') && RULES.some((room) => lies(path, room)))
    expect(impure.map(([path, name]) => `${path} -> ${name}`)).to.have.members([
      'src/features/deadlines/workdays.rules.ts -> node:module',
      'bot/understanding/lexicon.ts -> node:fs',
      'bot/understanding/lexicon.ts -> node:path',
      'bot/understanding/lexicon.ts -> node:url',
    ])
  })

  for (const [deed, { home, is }] of Object.entries(DEEDS))
    it(`know who ${deed}`, () => {
      const found = sources.flatMap((source) =>
        nodesOf(source)
          .filter(is)
          .map((node) => ({ path: source.path, where: whereIs(source, node) })),
      )
      expect(
        found.some(({ path }) => home.test(path)),
        'nobody does it at home: the rule sees nothing',
      ).to.equal(true)
      expect(found.filter(({ path }) => !home.test(path)).map(({ where }) => where)).to.deep.equal([])
    })
})
