// The texts of the project: every template is used and present, every error and state has words, and nobody is told what is not for them.

import { CONSENT_WITHDRAWN, OVERTAKEN, RECIPIENT_LEFT, RECIPIENT_REPLACED } from '../../src/messaging/overtaking.rules.ts'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'

import { DOCUMENTS } from '../../src/core/documents.ts'
import { CODES, type Code } from '../../src/core/errors.ts'
import { CLOCK_CODES, CLOCK_OWNERS } from '../../src/features/deadlines/clocks.rules.ts'
import { CHECKS } from '../../src/features/debtors/checks.rules.ts'
import { EXIT_GROUNDS, HIGHER_COURTS, type ListingAct, type ListingState } from '../../src/features/listings/rules.ts'
import { EXCLUSIONS } from '../../src/features/listings/exclusions.rules.ts'
import { LISTING_PROPOSAL_STATES } from '../../src/features/listings/proposals.rules.ts'
import { AUDIENCES, NOTICES } from '../../src/messaging/notices.rules.ts'
import { OFFICIAL_CAPACITIES } from '../../src/features/debtors/rules.ts'
import type { Role } from '../../src/platform/commands/permissions.ts'
import { SCOPES } from '../../src/platform/commands/scopes.ts'
import { loadCatalog } from '../../src/catalog.ts'
import { render, segmentsOf } from '../../src/messaging/rendering.ts'
import type { DeliveryState } from '../../src/messaging/deliveries.store.ts'
import { DEADLINE_STATES } from '../../src/features/deadlines/store.ts'
import type { NoticeState } from '../../src/messaging/notices.store.ts'
import { MEDIUMS } from '../../src/core/mediums.ts'
import { OUR_COURT } from '../../src/features/units/conflicts.rules.ts'

const catalog = loadCatalog('templates')
const STAMP = { signature: '香格里拉市人民法院', reference: 'A1B2C3' }

const LISTING: Record<ListingState, true> = {
  draft: true,
  pending: true,
  decided: true,
  served: true,
  listed: true,
  shielded: true,
  revoked: true,
  withdrawn: true,
}
const ACT: Record<ListingAct, true> = {
  edit: true,
  submit: true,
  approve: true,
  reject: true,
  record_service: true,
  withdraw: true,
  publish: true,
  correct: true,
  shield: true,
  revoke: true,
}
const DELIVERY: Record<DeliveryState, true> = {
  held: true,
  queued: true,
  sending: true,
  accepted: true,
  delivered: true,
  unconfirmed: true,
  closed: true,
  refused: true,
  exhausted: true,
  unknown: true,
  in_doubt: true,
  waiting_person: true,
  done: true,
  cancelled: true,
}
const NOTICE: Record<NoticeState, true> = {
  open: true,
  accepted: true,
  delivered: true,
  settled: true,
  undeliverable: true,
  cancelled: true,
}
const ROLE: Record<Role, true> = {
  clerk: true,
  approver: true,
  group_office: true,
  liaison: true,
  unit_system: true,
  admin: true,
  auditor: true,
  public: true,
  operator: true,
  house: true,
}

const sorted = (names: Iterable<string>): string[] => [...names].sort()

describe('the comments of the templates', () => {
  it('name files that exist', () => {
    const files = readdirSync('templates', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'))
    const named = files.flatMap((path) =>
      [...readFileSync(`templates/${path}`, 'utf8').matchAll(/(?<![\w./-])(?:[a-z-]+\/)+[\w.-]+\.ts\b/g)].map(([name]) => ({ path, name })),
    )
    expect(named.length).to.be.above(20)
    const missing = named.filter(({ name }) => ![name, `src/${name}`].some((file) => existsSync(file)))
    expect(missing.map(({ path, name }) => `${path}: ${name}`)).to.deep.equal([])
  })
})

describe('the message templates', () => {
  it('are exactly those that the notices name', () => {
    expect(sorted(catalog.templates().map((template) => template.name))).to.deep.equal(sorted(NOTICES.map((rule) => rule.template)))
  })

  for (const template of catalog.templates())
    for (const medium of MEDIUMS.filter((candidate) => template.sections[candidate] !== undefined))
      it(`include ${template.name}, whose ${medium} text renders its samples with nothing cut and nothing left open`, () => {
        const body = render(template, medium, template.values, STAMP)
        expect(body.text).to.not.match(/[{}]|\*\*|undefined/)
        // A reply of the bot has its own text, which names the phone number where it is needed.
        const { phone, officePhone = phone } = template.values
        if (template.event !== 'chat.replied') expect(body.text).to.include(officePhone)
        expect(body.template?.shortened).to.equal(undefined)
        if (medium === 'sms') expect(segmentsOf(body.text)).to.be.at.most(5)
      })

  it('fit an SMS however long their values are, and keep the reference at the end', () => {
    for (const template of catalog.templates().filter(({ sections }) => sections.sms !== undefined)) {
      const long = Object.fromEntries(Object.keys(template.values).map((name) => [name, '1'.repeat(400)]))
      const { text } = render(template, 'sms', long, STAMP)
      expect(segmentsOf(text), template.name).to.be.at.most(8)
      expect(text).to.match(/\(编号A1B2C3\)$/)
    }
  })

  /** The leading group is told why a unit approved (实施意见 五1), by WeChat and in person; no debtor is named. */
  const ALLOWED_REASON = 'screening-approved_despite_hit-court reason'

  it('name no person to units, media, the public, other courts and complainants, nor to an employer by SMS', () => {
    for (const template of catalog.templates()) {
      const personal = Object.keys(template.values).some(
        (name) => ['name', 'caseNo', 'reason', 'decisionNo'].includes(name) && `${template.name} ${name}` !== ALLOWED_REASON,
      )
      if (['unit', 'media', 'public', 'source', 'court', 'complainant'].includes(template.audience))
        expect(personal, template.name).to.equal(false)
      if (template.audience === 'employer') expect(template.sections.sms?.text).to.not.match(/\{(name|caseNo)\}/)
    }
  })

  it('tell a debtor whose listing is decided the grounds, the term and the right to ask for correction, in every written medium', () => {
    const { sections } = catalog.template('listing-decided-debtor')
    for (const medium of ['wechat', 'sms', 'clerk'] as const)
      expect(sections[medium]?.text).to.match(/\{grounds\}[\s\S]*\{term\}[\s\S]*\{correctionDays\}日内/)
  })

  it('do not mention the list in a voice call before it is public, because anybody may answer the phone', () => {
    expect(catalog.template('listing-decided-debtor').sections.voice?.text).to.not.match(/失信/)
  })

  it('order units to lift measures in the words of the policy', () => {
    const { sections } = catalog.template('bulletin-lifted-unit')
    for (const section of Object.values(sections)) {
      expect(section.text).to.match(/立即解除/)
      expect(section.text).to.match(/确需保留的须说明法律依据和期限/)
      expect(section.text).to.match(/\{replyDays\}个工作日内/)
    }
  })
})

describe('the words of the application', () => {
  it('have a sentence for every error code, and no others', () => {
    expect(sorted(catalog.keys('problems'))).to.deep.equal(sorted(Object.keys(CODES)))
  })

  it('name every deadline with its states and owners, and otherwise only the lines of a report', () => {
    const states = [...DEADLINE_STATES, 'missed_provisional'].map((state) => `deadline.${state}`)
    const keys = [...CLOCK_CODES.map((code) => `clock.${code}`), ...states, ...CLOCK_OWNERS.map((owner) => `owner.${owner}`)]
    const lines = catalog.keys('clocks').filter((key) => key.startsWith('line.'))
    expect(sorted(catalog.keys('clocks'))).to.deep.equal(sorted([...keys, ...lines]))
    expect(lines).to.have.length(8)
  })

  it('express every error as a whole sentence, even without its values', () => {
    for (const code of Object.keys(CODES) as Code[]) expect(catalog.problem(code), code).to.match(/^[^{}]+。$/)
  })

  it('have a sentence for every check, and no others', () => {
    expect(sorted(catalog.keys('checks'))).to.deep.equal(sorted(Object.keys(CHECKS)))
  })

  it('name every state, act, exit ground, medium, audience, court and role, and no others', () => {
    const expected = {
      listing: Object.keys(LISTING),
      act: Object.keys(ACT),
      exit: EXIT_GROUNDS,
      term: ['fixed', 'none'],
      decision: ['number'],
      disclosure: ['public', 'undisclosed'],
      court: [OUR_COURT, ...HIGHER_COURTS],
      medium: MEDIUMS,
      audience: AUDIENCES,
      document: DOCUMENTS,
      official: OFFICIAL_CAPACITIES,
      delivery: Object.keys(DELIVERY),
      notice: Object.keys(NOTICE),
      role: Object.keys(ROLE),
      scope: SCOPES,
      overtaken: [...Object.keys(OVERTAKEN), 'listing.served', 'matter.done', CONSENT_WITHDRAWN, RECIPIENT_LEFT, RECIPIENT_REPLACED],
      waits: ['time', 'person', 'provider', 'today', 'tomorrow'],
    }
    const keys = Object.entries(expected).flatMap(([section, names]) => names.map((name) => `${section}.${name}`))
    expect(sorted(catalog.keys('states'))).to.deep.equal(sorted(keys))
  })

  it('name every exclusion and every state of a proposal to change a listing, and no others', () => {
    const keys = [...EXCLUSIONS.map((name) => `exclusion.${name}`), ...LISTING_PROPOSAL_STATES.map((name) => `state.${name}`)]
    const others = catalog.keys('listings').filter((key) => !key.startsWith('export.'))
    expect(sorted(others)).to.deep.equal(sorted(keys))
  })
})
