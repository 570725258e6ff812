// Declarations of the settings: each is documented and read, no undeclared one is read, and they generate docs/configuration.md.

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

/** Variables that are no settings of the application: the home folder for libraries, and those of tests and benchmarks. */
const OTHERS = ['HOME', 'PEERS_DIR', 'YEAR_SEED', 'BENCH_MARIADB_URL', 'TEST_MARIADB', 'TEST_MARIADB_URL']

interface Reading {
  name: string
  where: string
}

/** The variables that a source reads from `process.env`, `environment` or `env`, in any syntax. */
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

  it('give a unit to each number except the port', () => {
    const withoutUnit = settings.filter(([, { schema, unit }]) => schema instanceof z.ZodNumber && unit === undefined)
    expect(withoutUnit.map(([name]) => name)).to.deep.equal(['PORT'])
  })

  it('have defaults and examples that are valid', () => {
    const wrong = settings.flatMap(([name, { schema, default: fallback, example }]) =>
      [fallback, example].filter((text) => text !== undefined && !schema.safeParse(text).success).map((text) => `${name}: ${text}`),
    )
    expect(wrong).to.deep.equal([])
  })

  it('mark every setting that is named like a secret as a secret', () => {
    const open = settings.filter(([name, { secret }]) => /KEY$|SECRET|TOKEN$|PASSWORD/.test(name) && secret !== true)
    expect(open.map(([name]) => name)).to.deep.equal([])
  })

  it('give no default to a secret or to what production requires', () => {
    const withDefault = settings.filter(
      ([, setting]) => (setting.secret ?? setting.requiredInProduction) !== undefined && setting.default !== undefined,
    )
    expect(withDefault.map(([name]) => name)).to.deep.equal([])
  })
})

describe('the environment', () => {
  let reads: Reading[] = []
  before(() => {
    reads = sources.flatMap(readings)
  })

  it('is searched for reads in every syntax', () => {
    const text = "process.env.A_B\nprocess.env['A_C']\nenv.A_D\nconst { A_E: e, A_F } = env\nother.A_G\n"
    expect(readings({ path: 'x.ts', text }).map(({ name }) => name)).to.deep.equal(['A_B', 'A_C', 'A_D', 'A_E', 'A_F'])
  })

  it('is not read for an undeclared setting', () => {
    expect(reads.length).to.be.above(settings.length)
    expect(reads.filter(({ name }) => !(name in SETTINGS) && !OTHERS.includes(name)).map(({ where }) => where)).to.deep.equal([])
  })

  it('is read for every declared setting', () => {
    const read = new Set(reads.map(({ name }) => name))
    expect(settings.map(([name]) => name).filter((name) => !read.has(name))).to.deep.equal([])
  })

  it('is documented without variables that do not exist', () => {
    const pages = readdirSync('docs', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.md'))
    const mentioned = ['README.md', ...pages.map((path) => `docs/${path}`)].flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`/g)].map(([, name = '']) => ({ path, name })),
    )
    expect(mentioned.length).to.be.above(settings.length)
    // The guides name tables of the program in the same spelling.
    const constants = new Set(
      sources.flatMap(({ text }) => [...text.matchAll(/^export const ([A-Z][A-Z0-9_]*)/gm)].map(([, name]) => name)),
    )
    const unknown = mentioned.filter(({ name }) => !(name in SETTINGS) && !OTHERS.includes(name) && !constants.has(name))
    expect(unknown.map(({ path, name }) => `${path}: ${name}`)).to.deep.equal([])
  })
})

describe('the configuration page', () => {
  it('is what the declarations generate (run `npm run docs` after a change)', async () => {
    expect(readFileSync(CONFIGURATION_PAGE, 'utf8')).to.equal(await configurationPage(SETTINGS))
  })

  it('changes when a declaration changes or is missing', async () => {
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
