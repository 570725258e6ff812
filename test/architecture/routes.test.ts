// Every route decides who may come in, has words, and stands on an act that those who come in may do.
// What the routes do is test/http.

import { expect } from 'chai'
import { readConfig } from '../../src/config/config.ts'
import { PERMISSIONS, isAllowed, rolesOf, STAFF_ROLES, type Permission } from '../../src/platform/commands/permissions.ts'
import { scopeOf } from '../../src/platform/commands/scopes.ts'
import { createMetrics } from '../../src/platform/http/metrics.ts'
import { allRoutes } from '../../src/routes.ts'
import { loadCatalog } from '../../src/catalog.ts'

const config = readConfig({})
const catalog = loadCatalog(config.templatesFolder)
const routes = allRoutes(config, createMetrics([]))
const production = allRoutes({ ...config, production: true }, createMetrics([]))

const names = (wrong: typeof routes): string[] => wrong.map(({ name }) => name)

/** Public routes that stand on no act: they show nothing of anybody. */
const OPEN = [
  'page.enquiry_form',
  'page.home',
  'system.docs',
  'system.healthz',
  'system.metrics',
  'system.openapi',
  'system.readyz',
  'system.style',
]

describe('the routes', () => {
  it('are there at all, each under one name and one address', () => {
    expect(routes.length).to.be.above(30)
    expect(new Set(names(routes)).size).to.equal(routes.length)
    expect(new Set(routes.map(({ method, path }) => `${method} ${path.replace(/:\w+/g, ':')}`)).size).to.equal(routes.length)
  })

  it('each say who may come in', () => {
    expect(names(routes.filter(({ access }) => !['public', 'session', 'unit', 'webhook'].includes(access)))).to.deep.equal([])
  })

  it('with a session each stand on an act that staff may do', () => {
    const idle = routes.filter(
      ({ access, permission }) =>
        access === 'session' && (permission === 'none' || !STAFF_ROLES.some((role) => rolesOf(permission).includes(role))),
    )
    expect(names(idle)).to.deep.equal([])
  })

  it('with a unit’s key each stand on an act that a unit’s system may do, under a scope', () => {
    const idle = routes.filter(
      ({ access, permission }) =>
        access === 'unit' && (permission === 'none' || !rolesOf(permission).includes('unit_system') || scopeOf(permission) === null),
    )
    expect(names(idle)).to.deep.equal([])
    expect(names(routes.filter(({ access }) => access === 'unit'))).to.have.length.above(5)
  })

  it('leave no act of a unit’s system without a scope', () => {
    const acts = PERMISSIONS.filter((act) => rolesOf(act).includes('unit_system'))
    expect(acts.filter((act) => scopeOf(act) === null)).to.deep.equal([])
  })

  it('without a session stand on an act that anyone may do, or on none and are named here', () => {
    const anyone = { id: 'public', roles: ['public'] as const }
    const open = routes.filter(({ access }) => access === 'public')
    expect(names(open.filter(({ permission }) => permission !== 'none' && !isAllowed(anyone, permission)))).to.deep.equal([])
    expect(names(open.filter(({ permission }) => permission === 'none')).sort()).to.deep.equal(OPEN)
  })

  it('change nothing without a session, but for logging in, complaining, talking to the bot, and what providers sign', () => {
    const changing = routes.filter(({ method, access }) => method !== 'GET' && access === 'public')
    expect(names(changing).sort()).to.deep.equal([
      'chat.history',
      'chat.say',
      'complaints.add_evidence',
      'complaints.file',
      'page.assistance_answer',
      'page.assistance_confirm',
      'page.assistance_review',
      'page.chat_say',
      'page.enquiry',
      'page.push_docx',
      'page.push_published',
      'page.push_txt',
      'page.push_xlsx',
      'session.log_in',
    ])
    expect(names(routes.filter(({ access, path }) => (access === 'webhook') !== path.startsWith('/webhooks/')))).to.deep.equal([])
  })

  it('never change anything by GET: what they stand on is a reading act', () => {
    const reading = /\.(read|see_self|enquire|follow)$|^none$/
    expect(names(routes.filter(({ method, permission }) => method === 'GET' && !reading.test(permission)))).to.deep.equal([])
  })

  it('lead to every act of staff, but for those that have no door of their own', () => {
    const reached = new Set<Permission | 'none'>(routes.map(({ permission }) => permission))
    for (const act of ['listing.draft', 'listing.approve', 'import.commit', 'notice.read', 'staff.manage', 'unit.manage'] as const)
      expect(reached.has(act), act).to.equal(true)
  })

  it('each have a title and a description in Chinese, and no words are kept for a route that is not there', () => {
    const said = ['title', 'description'].flatMap((part) => routes.map(({ name }) => `${name}.${part}`))
    for (const key of said) expect(catalog.words('api', key), key).to.match(/\p{Script=Han}/u)
    const kept = catalog.keys('api').filter((key) => /\.(title|description)$/.test(key) && !key.startsWith('info.'))
    expect(kept.sort()).to.deep.equal(said.sort())
    const subjects = new Set(routes.map(({ name }) => name.split('.')[0]))
    expect(
      catalog
        .keys('api')
        .filter((key) => key.startsWith('subject.'))
        .sort(),
    ).to.deep.equal([...subjects].map((subject) => `subject.${subject}`).sort())
  })

  it('name their parameters in the path, and read a body only where one may come', () => {
    expect(names(routes.filter(({ path, params }) => path.includes(':') !== (params !== undefined)))).to.deep.equal([])
    expect(names(routes.filter(({ method, body }) => method === 'GET' && body.kind !== 'none'))).to.deep.equal([])
  })

  it('show nothing of the sandbox in production', () => {
    expect(names(routes.filter(({ name }) => !names(production).includes(name)))).to.deep.equal(['page.sandbox'])
    expect(names(production.filter(({ permission }) => permission === 'sandbox.read'))).to.deep.equal([])
  })
})
