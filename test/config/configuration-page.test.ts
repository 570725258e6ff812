// The declarations of the settings: each is documented and read, none is read that is not declared, and docs/configuration.md is what they generate.

import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import ts from 'typescript'
import { z } from 'zod'
import { CONFIGURATION_PAGE, configurationPage } from '../../scripts/configuration-page.ts'
import { SETTINGS } from '../../src/config/config.ts'
import type { Setting } from '../../src/config/setting.ts'
import { nodesOf, sourcesUnder, whereIs, type Source } from '../support/sources.ts'

const settings = Object.entries(SETTINGS) as [name: string, setting: Setting][]
const sources = sourcesUnder('src', 'bot', 'migrations')

/** Not settings of the program: the home folder that it leaves to libraries, and what tests and benchmarks are told. */
const OTHERS = ['HOME', 'PEERS_DIR', 'YEAR_SEED', 'BENCH_MARIADB_URL', 'TEST_MARIADB', 'TEST_MARIADB_URL']

interface Reading {
  name: string
  where: string
}

/** The variables that a source takes out of `process.env`, `environment` or `env`, however it spells that. */
function readings(source: Source): Reading[] {
  return nodesOf(source).flatMap((node) =>
    namesIn(node)
      .filter((name) => /^[A-Z][A-Z0-9_]*$/.test(name))
      .map((name) => ({ name, where: `${whereIs(source, node)} ${name}` })),
  )
}

function namesIn(node: ts.Node): string[] {
  if (ts.isPropertyAccessExpression(node) && isEnvironment(node.expression)) return [node.name.text]
  if (ts.isElementAccessExpression(node) && isEnvironment(node.expression) && ts.isStringLiteralLike(node.argumentExpression))
    return [node.argumentExpression.text]
  if (ts.isVariableDeclaration(node) && ts.isObjectBindingPattern(node.name) && node.initializer && isEnvironment(node.initializer))
    return node.name.elements.map((element) => (element.propertyName ?? element.name).getText())
  return []
}

function isEnvironment(node: ts.Node): boolean {
  return /^(process\.env|environment|env)$/.test(node.getText())
}

describe('the declarations of the settings', () => {
  it('describe each setting in whole sentences', () => {
    expect(settings.length).to.be.above(40)
    expect(settings.filter(([, { doc }]) => !/^[A-Z].{15,}\.$/su.test(doc)).map(([name]) => name)).to.deep.equal([])
  })

  it('name what each number counts, the port alone excepted', () => {
    const bare = settings.filter(([, { schema, unit }]) => schema instanceof z.ZodNumber && unit === undefined)
    expect(bare.map(([name]) => name)).to.deep.equal(['PORT'])
  })

  it('have defaults and examples that pass their own checks', () => {
    const wrong = settings.flatMap(([name, { schema, default: fallback, example }]) =>
      [fallback, example].filter((text) => text !== undefined && !schema.safeParse(text).success).map((text) => `${name}: ${text}`),
    )
    expect(wrong).to.deep.equal([])
  })

  it('mark as secret whatever sounds like a secret', () => {
    const open = settings.filter(([name, { secret }]) => /KEY$|SECRET|TOKEN$|PASSWORD/.test(name) && secret !== true)
    expect(open.map(([name]) => name)).to.deep.equal([])
  })

  it('give no default to a secret or to what production requires', () => {
    const given = settings.filter(([, each]) => (each.secret ?? each.requiredInProduction) !== undefined && each.default !== undefined)
    expect(given.map(([name]) => name)).to.deep.equal([])
  })
})

describe('the environment', () => {
  let found: Reading[] = []
  before(() => {
    found = sources.flatMap(readings)
  })

  it('is searched for readings of every spelling', () => {
    const text = "process.env.A_B\nprocess.env['A_C']\nenv.A_D\nconst { A_E: e, A_F } = env\nother.A_G\n"
    expect(readings({ path: 'x.ts', text }).map(({ name }) => name)).to.deep.equal(['A_B', 'A_C', 'A_D', 'A_E', 'A_F'])
  })

  it('is asked for no setting that is not declared', () => {
    expect(found.length).to.be.above(settings.length)
    expect(found.filter(({ name }) => !(name in SETTINGS) && !OTHERS.includes(name)).map(({ where }) => where)).to.deep.equal([])
  })

  it('is declared with no setting that nothing reads', () => {
    const read = new Set(found.map(({ name }) => name))
    expect(settings.map(([name]) => name).filter((name) => !read.has(name))).to.deep.equal([])
  })

  it('is described to people with no variable that does not exist', () => {
    const pages = readdirSync('docs', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.md'))
    const named = ['README.md', ...pages.map((path) => `docs/${path}`)].flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`/g)].map(([, name = '']) => ({ path, name })),
    )
    expect(named.length).to.be.above(settings.length)
    const unknown = named.filter(({ name }) => !(name in SETTINGS) && !OTHERS.includes(name))
    expect(unknown.map(({ path, name }) => `${path}: ${name}`)).to.deep.equal([])
  })
})

describe('the page of the settings', () => {
  it('is what the declarations generate: run `npm run docs` after a change', async () => {
    expect(readFileSync(CONFIGURATION_PAGE, 'utf8')).to.equal(await configurationPage(SETTINGS))
  })

  it('is another one when a declaration changes or is missing', async () => {
    const { PORT, ...rest } = SETTINGS
    const page = readFileSync(CONFIGURATION_PAGE, 'utf8')
    expect(await configurationPage(rest)).not.to.equal(page)
    const changes: Partial<Setting>[] = [
      { default: '1' },
      { unit: 'doors' },
      { doc: 'Another sentence.' },
      { secret: true },
      { houseRule: true },
    ]
    for (const change of changes) expect(await configurationPage({ ...rest, PORT: { ...PORT, ...change } })).not.to.equal(page)
  })

  it('has a row for every setting', () => {
    const page = readFileSync(CONFIGURATION_PAGE, 'utf8')
    expect(settings.filter(([name]) => !page.includes(`\n| \`${name}\` `)).map(([name]) => name)).to.deep.equal([])
  })
})
