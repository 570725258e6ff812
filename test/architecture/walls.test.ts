// The layers: which file may import which (type imports included), and the one home of every package, of time, randomness and environment.
// The arrows between features are arrows.ts; the vocabulary of code and texts is words.test.ts.

import { readFileSync, readdirSync } from 'node:fs'
import { posix } from 'node:path'
import { expect } from 'chai'
import ts from 'typescript'
import { nodesOf, sourcesUnder, whereIs, type Source } from '../support/sources.ts'
import { ARROWS, FOUNDATION } from './arrows.ts'

/**
 * The areas from the bottom up: a file may import its own area and those before it. `start` are the files directly under src, and the demo.
 */
const AREAS = ['core', 'config', 'platform', 'messaging', 'features', 'bot', 'start'] as const
type Area = (typeof AREAS)[number]

/**
 * Layers of a file inside a feature, by the last part of its name; `notices` and `recipients` say whom a command notifies, `access` who is
 * calling.
 */
const LAYERS: Readonly<Record<string, number>> = {
  rules: 1,
  store: 2,
  commands: 3,
  views: 3,
  tasks: 3,
  access: 3,
  notices: 3,
  recipients: 3,
  routes: 4,
  pages: 4,
  cli: 4,
}
const [RULES, STORE, ENTRY_POINTS] = [1, 2, 4]

/** Each outside package (and each `node:` module for network access) with the files that may import it. */
const HOMES: Readonly<Record<string, RegExp>> = {
  typeorm: /^(src\/platform\/database\/|migrations\/|src\/.*\bstore\.ts$)/,
  'lru-cache': /^src\/platform\/http\/limits/,
  mysql2: /^src\/platform\/database\/connect/,
  'better-sqlite3': /^src\/platform\/database\/database/,
  'p-limit': /^src\/platform\/database\/database/,
  koa: /^src\/platform\/http\//,
  '@koa/router': /^src\/platform\/http\//,
  'koa-compress': /^src\/platform\/http\//,
  'koa-helmet': /^src\/platform\/http\//,
  cookie: /^src\/platform\/http\/cookies/,
  'content-disposition': /^src\/platform\/http\/body/,
  dataloader: /^src\/platform\/commands\/waves/,
  'prom-client': /^src\/platform\/http\/metrics/,
  twilio: /^src\/messaging\/channels\/twilio-/,
  'fast-xml-parser': /^src\/messaging\/channels\/wechat-/,
  'sms-segments-calculator': /^src\/messaging\/rendering/,
  cockatiel: /^src\/messaging\//,
  'node-schedule': /^src\/platform\/scheduler\/schedule/,
  zod: /^(src\/config\/|src\/platform\/http\/|src\/platform\/files\/manifest|src\/messaging\/template|src\/features\/units\/catalogue|.*\b(routes|pages)\.ts$)/,
  yaml: /^src\/(platform\/texts\/|messaging\/|features\/units\/catalogue)/,
  'csv-parse': /^src\/platform\/sheets\/csv/,
  docx: /^src\/platform\/sheets\/docx-/,
  fflate: /^src\/platform\/sheets\/zip/,
  yauzl: /^src\/platform\/sheets\/zip/,
  saxes: /^src\/platform\/sheets\/xml/,
  'write-excel-file': /^src\/platform\/sheets\/xlsx-write/,
  'libphonenumber-js': /^src\/core\/phone/,
  pino: /^src\/core\/log/,
  ulid: /^src\/core\/ids/,
  'chinese-days': /^src\/features\/deadlines\/(?:workdays|holidays)/,
  'opencc-js': /^src\/core\/person-names/,
  '@node-rs/argon2': /^src\/features\/staff\/passwords/,
  '@zxcvbn-ts/core': /^src\/features\/staff\/passwords/,
  '@zxcvbn-ts/language-common': /^src\/features\/staff\/passwords/,
  commander: /\bcli(\/answers)?\.ts$/,
  'cli-progress': /^src\/platform\/cli\//,
  'string-width': /^src\/platform\/cli\/terminal/,
  wechaty: /^bot\/doors\/wechaty\//,
  'file-box': /^bot\/doors\/wechaty\//,
  'node:http': /^src\/(platform\/http|messaging\/channels|features\/sessions\/access)/,
  'node:https': /^src\/messaging\/channels\//,
}

/** What only one file may do, and how it is recognised in the syntax tree. */
const PRIVILEGES: Readonly<Record<string, { home: RegExp; is: (node: ts.Node) => boolean }>> = {
  'reads process.env': {
    home: /^src\/config\/config\.ts$/,
    is: (node) => ts.isPropertyAccessExpression(node) && node.getText() === 'process.env',
  },
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
    home: /^src\/messaging\/channels\/fetch\.ts$/,
    is: (node) => ts.isCallExpression(node) && /^(globalThis\.)?fetch$/.test(node.expression.getText()),
  },
}

/** Files that seal or open a text themselves, and why they do not use platform/database/sealing.ts. */
const SEALERS: Readonly<Record<string, string>> = {
  'src/platform/database/sealing.ts': 'its home',
  'src/platform/commands/reseal.ts': 'moves stored ciphertexts to another key',
  'src/platform/commands/bearers.ts': 'seals what earlier versions left bare, and binds anew what was bound to it',
  'src/platform/commands/key-checks.ts': 'tries whether a key opens what is stored',
  'src/messaging/addresses.ts': 'columns of three tables of features, which messaging does not know',
  'src/features/listings/store.ts': 'writes 200,000 rows of an import, whose index of the case it has computed already',
  'src/features/screening/commands.ts': 'not moved yet',
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

function isUnder(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`)
}

function areaOf(path: string): Area | null {
  if (path.startsWith('migrations/')) return 'platform'
  if (path.startsWith('bot/')) return 'bot'
  const [, second = ''] = path.split('/')
  if (second.endsWith('.ts') || second === 'demo') return 'start'
  return AREAS.find((area) => area === second) ?? null
}

/** The feature of a file: `listings` for `src/features/listings/store.ts`. */
function featureOf(path: string): string | null {
  return /^src\/features\/([^/]+)\//.exec(path)?.[1] ?? null
}

/** The layer of a file inside a feature. Messaging has rules and stores, too. */
function layerOf(path: string): number | null {
  const kind = /(?:\.|\/)([a-z-]+)\.ts$/.exec(path)?.[1] ?? ''
  return LAYERS[kind] ?? null
}

/** Whether a file is a pure part of the conversation: understanding, dialogs, the engine. */
function isPureBot(path: string): boolean {
  return ['bot/understanding', 'bot/dialogs', 'bot/engine.ts'].some((place) => isUnder(path, place))
}

function isRule(path: string): boolean {
  return ['features', 'messaging'].includes(areaOf(path) ?? '') && layerOf(path) === RULES
}

/** Pure files of the platform that rules and dialogs may import: roles and scopes are tables, texts a type. */
const PURE_PLATFORM = ['src/platform/commands/permissions.ts', 'src/platform/commands/scopes.ts', 'src/platform/texts/dialogs.ts']

function isPure(path: string): boolean {
  return areaOf(path) === 'core' || isRule(path) || isPureBot(path) || PURE_PLATFORM.includes(path)
}

/** Whether one feature may import another, by the foundation or by an arrow. */
function isNamed(from: string, to: string): boolean {
  const [lower, upper] = [FOUNDATION.indexOf(to as Foundation), FOUNDATION.indexOf(from as Foundation)]
  if (lower >= 0 && (upper < 0 || lower < upper)) return true
  return ARROWS.some(([importer, imported]) => importer === from && imported === to)
}
type Foundation = (typeof FOUNDATION)[number]

/** Whether an import between files of features goes down by layer. An entry point (routes, pages, CLI) never imports a store. */
function fitsLayers(from: string, to: string): boolean {
  const [upper, lower] = [layerOf(from) ?? 0, layerOf(to) ?? 0]
  return lower <= upper && !(upper === ENTRY_POINTS && lower === STORE)
}

const position = (path: string): number => AREAS.indexOf(areaOf(path) as Area)
const shareFeatures = (from: string, to: string): boolean => featureOf(from) !== null && featureOf(to) !== null

/** What an import must not do, in the order in which it is checked. */
const REFUSALS: readonly (readonly [why: string, refuses: (from: string, to: string) => boolean])[] = [
  ['lies in no area', (from, to) => position(from) < 0 || position(to) < 0],
  [
    'a migration may import columns.ts only',
    (from, to) => isUnder(from, 'migrations') && !isUnder(to, 'migrations') && to !== 'src/platform/database/columns.ts',
  ],
  ['goes up', (from, to) => position(to) > position(from)],
  ['config may import core only', (from, to) => areaOf(from) === 'config' && !['core', 'config'].includes(areaOf(to) ?? '')],
  ['a rule or dialog is pure', (from, to) => (isRule(from) || isPureBot(from)) && !isPure(to)],
  [
    'no arrow between these features',
    (from, to) => shareFeatures(from, to) && featureOf(from) !== featureOf(to) && !isNamed(featureOf(from) ?? '', featureOf(to) ?? ''),
  ],
  ['goes against the layers', (from, to) => shareFeatures(from, to) && !fitsLayers(from, to)],
]

/** Why an import is refused; null when it is allowed. */
function refusal(from: string, to: string): string | null {
  return REFUSALS.find(([, refuses]) => refuses(from, to))?.[0] ?? null
}

/** The first cycle of imports found, as its files in order, or null. */
function cycle(): string[] | null {
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

describe('the layers', () => {
  it('are checked for all imports, including type imports and dynamic imports', () => {
    const text =
      "import type { A } from './a.ts'\nexport type { B } from './b.ts'\nimport { type C } from './c.ts'\nconst d = import('./d.ts')\n"
    expect(importsOf({ path: 'x.ts', text })).to.deep.equal(['./a.ts', './b.ts', './c.ts', './d.ts'])
    expect(arrows.length).to.be.above(200)
    expect(refusal('src/features/listings/rules.ts', 'src/features/listings/store.ts')).to.be.a('string')
    expect(refusal('src/features/listings/routes.ts', 'src/features/listings/store.ts')).to.be.a('string')
    expect(refusal('src/features/deadlines/commands.ts', 'src/features/objections/commands.ts')).to.be.a('string')
    expect(refusal('src/messaging/outbox.ts', 'src/features/units/store.ts')).to.be.a('string')
    expect(refusal('src/features/objections/commands.ts', 'src/features/deadlines/commands.ts')).to.equal(null)
  })

  it('have an area for every file, and a layer for every file of a feature', () => {
    const paths = sources.map(({ path }) => path)
    expect(paths.filter((path) => areaOf(path) === null)).to.deep.equal([])
    expect(paths.filter((path) => featureOf(path) !== null && layerOf(path) === null)).to.deep.equal([])
  })

  it('allow imports down by area and layer, and between features only along an arrow', () => {
    const refused = arrows.flatMap(([from, to]) => {
      const why = refusal(from, to)
      return why === null ? [] : [`${from} -> ${to}: ${why}`]
    })
    expect(refused).to.deep.equal([])
  })

  it('have no cycle of imports', () => {
    expect(cycle()?.join(' -> ') ?? null).to.equal(null)
  })

  it('have no unused arrow, and no arrow of a feature that does not exist', () => {
    const pairs = new Set(arrows.map(([from, to]) => `${featureOf(from)} ${featureOf(to)}`))
    expect(ARROWS.filter(([from, to]) => !pairs.has(`${from} ${to}`))).to.deep.equal([])
    const folders = readdirSync('src/features')
    expect([...FOUNDATION, ...ARROWS.flatMap(([from, to]) => [from, to])].filter((name) => !folders.includes(name))).to.deep.equal([])
  })

  it('have no barrels, which are files that re-export what another file exports', () => {
    const barrels = sources.flatMap((source) =>
      nodesOf(source)
        .filter((node) => ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined)
        .map((node) => whereIs(source, node)),
    )
    expect(barrels).to.deep.equal([])
  })

  it('allow each outside package in its home only', () => {
    const strays = outside.filter(([path, name]) => (HOMES[name] === undefined ? !name.startsWith('node:') : !HOMES[name].test(path)))
    expect(strays.map(([path, name]) => `${path} -> ${name}`)).to.deep.equal([])
  })

  it('name a home for exactly the packages that are installed', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> }
    const homes = Object.keys(HOMES).filter((name) => !name.startsWith('node:'))
    expect(homes.sort()).to.deep.equal(Object.keys(dependencies).sort())
  })

  it('keep rules and dialogs pure, with built-in modules only where tables are loaded at start', () => {
    const impure = outside.filter(([path, name]) => name.startsWith('node:') && (isRule(path) || isPureBot(path)))
    expect(impure.map(([path, name]) => `${path} -> ${name}`)).to.have.members([
      'src/features/deadlines/holidays.rules.ts -> node:module',
      'src/features/deadlines/workdays.rules.ts -> node:module',
      'bot/understanding/lexicon.ts -> node:fs',
      'bot/understanding/lexicon.ts -> node:path',
      'bot/understanding/lexicon.ts -> node:url',
      'bot/understanding/utterances.ts -> node:fs',
      'bot/understanding/utterances.ts -> node:path',
    ])
  })

  it('leave sealing and opening to sealing.ts, except in the files named with a reason', () => {
    const found = sources.flatMap((source) =>
      nodesOf(source)
        .filter((node) => ts.isCallExpression(node) && /\bsecrets\.(seal|open)$/.test(node.expression.getText()))
        .map((node) => ({ path: source.path, where: whereIs(source, node) })),
    )
    expect(found.filter(({ path }) => SEALERS[path] === undefined).map(({ where }) => where)).to.deep.equal([])
    const used = new Set(found.map(({ path }) => path))
    expect(Object.keys(SEALERS).filter((path) => !used.has(path))).to.deep.equal([])
  })

  it('keep what ships from reading a file of the tests', () => {
    const readers = sources.flatMap((source) =>
      nodesOf(source)
        .filter((node) => ts.isStringLiteralLike(node) && /(^|\/)test\//.test(node.text))
        .map((node) => whereIs(source, node)),
    )
    expect(readers).to.deep.equal([])
  })

  for (const [privilege, { home, is }] of Object.entries(PRIVILEGES))
    it(`have one home for the code that ${privilege}`, () => {
      const found = sources.flatMap((source) =>
        nodesOf(source)
          .filter(is)
          .map((node) => ({ path: source.path, where: whereIs(source, node) })),
      )
      expect(
        found.some(({ path }) => home.test(path)),
        'no file of the home does it, so the check finds nothing',
      ).to.equal(true)
      expect(found.filter(({ path }) => !home.test(path)).map(({ where }) => where)).to.deep.equal([])
    })
})
