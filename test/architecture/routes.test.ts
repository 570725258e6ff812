// Every route declares who may call it, has Chinese texts, and needs a permission that its callers can have.
// What the routes do is tested with the features.

import { expect } from 'chai'
import { z } from 'zod'
import { readConfig } from '../../src/config/config.ts'
import { PERMISSIONS, isAllowed, rolesOf, STAFF_ROLES, type Permission } from '../../src/platform/commands/permissions.ts'
import { scopeOf } from '../../src/platform/commands/scopes.ts'
import { fieldsOf } from '../../src/platform/http/openapi.ts'
import { createMetrics } from '../../src/platform/http/metrics.ts'
import { allRoutes } from '../../src/routes.ts'
import { loadCatalog } from '../../src/catalog.ts'

const config = readConfig({})
const catalog = loadCatalog(config.templatesFolder)
const routes = allRoutes(config, createMetrics([]))
const production = allRoutes({ ...config, production: true }, createMetrics([]))

const names = (wrong: typeof routes): string[] => wrong.map(({ name }) => name)

/** Public routes without a permission. They show no personal data. */
const OPEN = [
  'page.board_script',
  'page.board_style',
  'page.complaint_form',
  'page.creditor_form',
  'page.enquiry_form',
  'page.favicon',
  'page.home',
  'page.icon',
  'page.large_style',
  'page.large_text',
  'page.unit_wechat',
  'page.unit_wechat_back',
  'system.docs',
  'system.healthz',
  'system.metrics',
  'system.openapi',
  'system.readyz',
  'system.style',
]

describe('the routes', () => {
  it('have unique names and unique addresses', () => {
    expect(routes.length).to.be.above(30)
    expect(new Set(names(routes)).size).to.equal(routes.length)
    expect(new Set(routes.map(({ method, path }) => `${method} ${path.replace(/:\w+/g, ':')}`)).size).to.equal(routes.length)
  })

  it('each declare who may call them', () => {
    expect(
      names(routes.filter(({ access }) => !['public', 'session', 'unit', 'liaison', 'people', 'webhook'].includes(access))),
    ).to.deep.equal([])
  })

  it('with a session each need a permission that staff can have', () => {
    const idle = routes.filter(
      ({ access, permission }) =>
        access === 'session' && (permission === 'none' || !STAFF_ROLES.some((role) => rolesOf(permission).includes(role))),
    )
    expect(names(idle)).to.deep.equal([])
  })

  it('with a unit’s key each need a permission that a unit’s system has, under a scope', () => {
    const idle = routes.filter(
      ({ access, permission }) =>
        access === 'unit' && (permission === 'none' || !rolesOf(permission).includes('unit_system') || scopeOf(permission) === null),
    )
    expect(names(idle)).to.deep.equal([])
    expect(names(routes.filter(({ access }) => access === 'unit'))).to.have.length.above(5)
  })

  it('with a log-in of a liaison each need a permission that liaisons have', () => {
    const idle = routes.filter(
      ({ access, permission }) => access === 'liaison' && (permission === 'none' || !rolesOf(permission).includes('liaison')),
    )
    expect(names(idle)).to.deep.equal([])
  })

  it('for people of the court and of units alike each need a permission that both have', () => {
    const both = routes.filter(({ access }) => access === 'people')
    const idle = both.filter(({ permission }) => permission === 'none' || !rolesOf(permission).includes('liaison'))
    expect(names(idle)).to.deep.equal([])
    expect(names(both)).to.deep.equal(['todo.show'])
  })

  it('leave no permission of a unit’s system without a scope', () => {
    const permissions = PERMISSIONS.filter((permission) => rolesOf(permission).includes('unit_system'))
    expect(permissions.filter((permission) => scopeOf(permission) === null)).to.deep.equal([])
  })

  it('without a session need a permission that anyone has, or none if they are named here', () => {
    const anyone = { id: 'public', roles: ['public'] as const }
    const open = routes.filter(({ access }) => access === 'public')
    expect(names(open.filter(({ permission }) => permission !== 'none' && !isAllowed(anyone, permission)))).to.deep.equal([])
    expect(names(open.filter(({ permission }) => permission === 'none')).sort()).to.deep.equal(OPEN)
  })

  it('change nothing without a session, except for log-in, complaints, what creditors hand in, the bot, one-time links, the size of text, and calls that providers sign', () => {
    const changing = routes.filter(({ method, access }) => method !== 'GET' && access === 'public')
    expect(names(changing).sort()).to.deep.equal([
      'chat.history',
      'chat.say',
      'complaints.add_evidence',
      'complaints.add_text',
      'complaints.file',
      'complaints.withdraw',
      'creditors.file',
      // A question that is asked by POST so that no number stands in an address; it changes nothing.
      'enquiries.ask',
      'page.assistance_answer',
      'page.assistance_confirm',
      'page.assistance_review',
      'page.chat_photo',
      'page.chat_say',
      'page.complaint_add',
      'page.complaint_end',
      'page.complaint_file',
      'page.complaint_open',
      'page.complaint_withdraw',
      'page.creditor',
      'page.creditor_end',
      'page.creditor_progress',
      'page.enquiry',
      'page.large_text',
      'page.own_ask',
      'page.own_confirm',
      'page.own_end',
      'page.own_file',
      'page.push_changes_docx',
      'page.push_changes_txt',
      'page.push_changes_xlsx',
      'page.push_docx',
      'page.push_published',
      'page.push_txt',
      'page.push_xlsx',
      'page.unit_wechat_enter',
      'session.log_in',
      'unit_session.log_in',
      'unit_session.request_code',
    ])
    expect(names(routes.filter(({ access, path }) => (access === 'webhook') !== path.startsWith('/webhooks/')))).to.deep.equal([])
  })

  it('change nothing by GET, whose permission is one to read', () => {
    const reading = /\.(read|read_own|see_self|enquire|follow)$|^none$/
    expect(names(routes.filter(({ method, permission }) => method === 'GET' && !reading.test(permission)))).to.deep.equal([])
  })

  it('offer the main permissions of staff', () => {
    const offered = new Set<Permission | 'none'>(routes.map(({ permission }) => permission))
    for (const permission of ['listing.draft', 'listing.approve', 'import.commit', 'notice.read', 'staff.manage', 'unit.manage'] as const)
      expect(offered.has(permission), permission).to.equal(true)
  })

  it('each have a title and a description in Chinese, and no texts exist for routes that do not', () => {
    const expected = ['title', 'description'].flatMap((part) => routes.map(({ name }) => `${name}.${part}`))
    for (const key of expected) expect(catalog.words('api', key), key).to.match(/\p{Script=Han}/u)
    const existing = catalog.keys('api').filter((key) => /\.(title|description)$/.test(key) && !key.startsWith('info.'))
    expect(existing.sort()).to.deep.equal(expected.sort())
    const subjects = new Set(routes.map(({ name }) => name.split('.')[0]))
    expect(
      catalog
        .keys('api')
        .filter((key) => key.startsWith('subject.'))
        .sort(),
    ).to.deep.equal([...subjects].map((subject) => `subject.${subject}`).sort())
  })

  it('declare the parameters of their paths, and read no body by GET', () => {
    expect(names(routes.filter(({ path, params }) => path.includes(':') !== (params !== undefined)))).to.deep.equal([])
    expect(names(routes.filter(({ method, body }) => method === 'GET' && body.kind !== 'none'))).to.deep.equal([])
  })

  it('that a unit’s key sends many items to count each of them', () => {
    const many = routes.filter(({ access, body }) => access === 'unit' && fieldsOf(body.schema).some(({ name }) => name === 'items'))
    expect(names(many)).to.deep.equal(['screenings.batch', 'screenings.report_many'])
    expect(names(many.filter(({ countsItems }) => !countsItems))).to.deep.equal([])
  })

  it('without a session take 32 kB, unless their texts may be longer than that, and all that their fields may hold', () => {
    const open = routes.filter(({ access, body }) => access === 'public' && ['json', 'form'].includes(body.kind))
    expect(open.length).to.be.above(20)
    expect(names(open.filter(({ mostBytes }) => mostBytes > 32_768)).sort()).to.deep.equal([
      'complaints.add_text',
      'complaints.file',
      'creditors.file',
      'page.assistance_answer',
      'page.assistance_review',
      'page.chat_say',
      'page.complaint_open',
      'page.creditor',
    ])
    // Of a character JSON has six bytes at most (escaped), a form nine (three of UTF-8, each percent-encoded).
    const needed = ({ body: { kind, schema } }: (typeof open)[number]): number =>
      bytesOf(z.toJSONSchema(schema ?? z.null(), { io: 'input' }), kind === 'json' ? 6 : 9)
    expect(open.filter((each) => needed(each) > each.mostBytes).map((each) => `${each.name} ${needed(each)}`)).to.deep.equal([])
    expect(names(open.filter((each) => each.mostBytes > 32_768 && needed(each) <= 32_768))).to.deep.equal([])
  })

  it('do not include the sandbox in production', () => {
    expect(names(routes.filter(({ name }) => !names(production).includes(name)))).to.deep.equal(['page.sandbox'])
    expect(names(production.filter(({ permission }) => permission === 'sandbox.read'))).to.deep.equal([])
  })
})

/** Bytes of the longest value of a JSON schema, with so many bytes for a character of its texts. */
function bytesOf(schema: z.core.JSONSchema._JSONSchema, character: number): number {
  if (typeof schema === 'boolean') return 0
  if (schema.properties !== undefined)
    return Object.entries(schema.properties).reduce((sum, [name, each]) => sum + name.length + 6 + bytesOf(each, character), 2)
  const choices = [...(schema.enum ?? []), schema.const ?? ''].map((each) => String(each).length)
  return Math.max(10, schema.maxLength ?? 0, ...choices) * character
}
