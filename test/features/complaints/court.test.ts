// Complaints that are, or may be, about the court: the group office alone has them from the first word, however the court was named.
// Every answer of every route that the court's people may call is searched for the complaint's words.

import { expect } from 'chai'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { openUnderstanding } from '../../../src/app.ts'
import { accusedOf, mayAccuseCourt } from '../../../src/features/complaints/accused.rules.ts'
import { addEvidence } from '../../../src/features/complaints/evidence.commands.ts'
import {
  acceptComplaint,
  answerComplaint,
  assignComplaint,
  decideComplaint,
  declineComplaint,
  fileComplaint,
  recordInvestigation,
  resolveComplaint,
  type FiledComplaint,
} from '../../../src/features/complaints/commands.ts'
import { listComplaints, showComplaint, statusOfComplaint } from '../../../src/features/complaints/views.ts'
import type { ComplaintForm } from '../../../src/features/complaints/form.rules.ts'
import { listHandoffs, showHandoff } from '../../../src/features/handoffs/inbox.views.ts'
import { loadCatalogue, readCatalogue } from '../../../src/features/units/catalogue.tasks.ts'
import { createMetrics } from '../../../src/platform/http/metrics.ts'
import { PUBLIC, type Actor, type Role } from '../../../src/platform/commands/permissions.ts'
import { allRoutes } from '../../../src/routes.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { openServer } from '../../support/http-server.ts'
import { jpeg } from '../../support/media.ts'
import { refusal } from '../../support/refusal.ts'
import { talk } from '../../support/talk.ts'

const PAGE = { limit: 50, offset: 0 }
const staff = (...roles: Role[]): Actor => ({ id: `staff:${roles.join('-')}`, roles })
const CLERK = staff('clerk')
const OFFICE = staff('group_office')
const COURT_ROLES = ['clerk', 'approver', 'auditor', 'operator'] as const
const FORM: ComplaintForm = { about: 'unit', text: '交了材料三个月，一直没有查封那套房子。', unitWords: '执行局', anonymous: true }
const WORDS = ['交了材料三个月', '那套房子', '扎西平措', '13887100001', '3887****', '****0001', '查得属实已调换']

describe('whom a complaint is about', () => {
  const units = [
    { id: 'court', names: ['香格里拉市人民法院', '市法院', '人民法院', '执行法院', '法院'] },
    { id: 'leading_group_office', names: ['领导小组办公室'] },
    { id: 'land', names: ['香格里拉市国土资源局', '国土局', '国土部门'] },
    { id: 'tax_state', names: ['国家税务局', '税务部门'] },
    { id: 'tax_local', names: ['地方税务局', '税务部门'] },
    { id: 'supreme_court', names: ['最高人民法院', '最高院'] },
  ]
  const named = (unitWords: string): { unitId: string | null; unresolved: boolean } =>
    accusedOf({ about: 'unit', unitId: null, unitWords, text: '拖着不办。' }, units)

  for (const words of [
    '香格里拉市人民法院',
    ' 市法院 ',
    '法院',
    '你们法院',
    '你院',
    '贵院',
    '你们单位',
    '执行局',
    '法院执行局王法官',
    '王法官',
    '李书记员',
    '你们这的法警',
    '立案庭',
  ])
    it(`knows the court as ${words}`, () => expect(named(words)).to.deep.equal({ unitId: 'court', unresolved: false }))
  for (const [words, unitId] of [
    ['国土局', 'land'],
    ['香格里拉市国土局', 'land'],
    ['我们这里国土部门的人', 'land'],
    ['最高人民法院', 'supreme_court'],
    ['领导小组办公室', 'leading_group_office'],
  ] as const)
    it(`knows ${unitId} as ${words}`, () => expect(named(words)).to.deep.equal({ unitId, unresolved: false }))
  for (const words of ['税务部门', '昆明市中级人民法院', '那个窗口', '某某办'])
    it(`leaves ${words} to the group office`, () => expect(named(words)).to.deep.equal({ unitId: null, unresolved: true }))

  it('takes a debtor by name of the court, and a text against it, as no complaint about something else', () => {
    const debtor = (debtorName: string, text: string): unknown => accusedOf({ about: 'debtor', unitId: null, debtorName, text }, units)
    expect(debtor('你们法院', '拖着不办。')).to.deep.equal({ unitId: 'court', unresolved: false })
    expect(debtor('和志强', '执行法官收了他的钱，放他坐飞机。')).to.deep.equal({ unitId: null, unresolved: true })
    expect(debtor('和志强', '法院判决以后一直不履行，昨天又坐飞机。')).to.deep.equal({ unitId: null, unresolved: false })
    expect(accusedOf({ about: 'unit', unitId: 'land', text: '书记员叫他们别查。' }, units)).to.deep.equal({
      unitId: 'land',
      unresolved: true,
    })
  })

  it('tells complaints of the court from texts that mention it', () => {
    for (const text of ['你们法院不执行', '法院拖了两年', '法院的人态度很差', '法官偏袒', '你们不管'])
      expect(mayAccuseCourt(text), text).to.equal(true)
    for (const text of ['他被法院列入名单还贷款', '法院已经判了他不还', '银行没有查名单'])
      expect(mayAccuseCourt(text), text).to.equal(false)
  })
})

eachDatabase((_db, make) => {
  describe('a complaint about the court', () => {
    let made: TestApp
    let app: AppContext
    beforeEach(async () => {
      made = await make()
      app = made.app
      await loadCatalogue(app, await readCatalogue(app.config.templatesFolder))
    })

    const file = (by: Actor, form: Partial<ComplaintForm> = {}, way: 'web' | 'bot' | 'phone' = 'web'): Promise<FiledComplaint> =>
      fileComplaint(app, by, { ...FORM, anonymous: false, name: '扎西平措', phone: '13887100001', ...form, way })
    const ids = async (by: Actor): Promise<string[]> =>
      (await listComplaints(app, by, { filter: {}, page: PAGE })).items.map(({ id }) => id)

    for (const [kind, form] of [
      ['named', {}],
      ['unresolved', { unitWords: '那个窗口' }],
      [
        'in the text alone',
        { about: 'debtor', debtorName: '和志强', unitWords: undefined, text: '交了材料三个月，法官不理，那套房子没查封。' },
      ],
    ] as const)
      for (const role of COURT_ROLES)
        it(`does not exist for the ${role} (${kind}): not listed, shown, opened or acted on`, async () => {
          const { id, number, code } = await file(PUBLIC, form)
          const by = staff(role)
          const other = await file(PUBLIC, { unitWords: '国土局', text: '国土局没有查名单就办了。' })
          expect(await ids(by)).to.deep.equal([other.id])
          expect((await listComplaints(app, by, { filter: { number }, page: PAGE })).total).to.equal(0)
          for (const key of [id, number]) await refusal('complaint_missing', () => showComplaint(app, by, key))
          const content = (async function* () {
            yield await Promise.resolve(jpeg())
          })()
          await addEvidence(app, PUBLIC, { complaint: { number, code }, content })
          const view = await showComplaint(app, OFFICE, id)
          expect(view.view).to.equal('handler')
          expect(JSON.stringify(view)).to.include('交了材料三个月')
          const denied = role === 'clerk' ? 'complaint_not_yours' : 'not_allowed'
          await refusal(denied, () => acceptComplaint(app, by, { id, unitId: 'land' }))
          await refusal(denied, () => declineComplaint(app, by, { id, reason: 'no_facts' }))
          await refusal(denied, () => assignComplaint(app, by, { id, brief: '请核查。' }))
          await refusal('not_allowed', () => resolveComplaint(app, by, { id, unitId: null }))
          await refusal('complaint_missing', () => showComplaint(app, staff('group_office', 'clerk'), id))
        })

    it('is settled by the group office: about the court it stays, about another it goes to the clerks', async () => {
      const { id } = await file(PUBLIC, { unitWords: '那个窗口' })
      await acceptComplaint(app, OFFICE, { id })
      await refusal('complaint_unresolved', () => assignComplaint(app, OFFICE, { id, unitId: 'land_resources', brief: '请核查。' }))
      await refusal('unit_missing', () => resolveComplaint(app, OFFICE, { id, unitId: 'nobody' }))
      await resolveComplaint(app, OFFICE, { id, unitId: 'court' })
      await refusal('complaint_own_unit', () => assignComplaint(app, OFFICE, { id, unitId: 'court', brief: '请核查。' }))
      expect(await ids(CLERK)).to.deep.equal([])
      await resolveComplaint(app, OFFICE, { id, unitId: 'land_resources' })
      expect(await ids(CLERK)).to.deep.equal([id])
      await refusal('complaint_not_yours', () => resolveComplaint(app, OFFICE, { id, unitId: null }))
      await refusal('complaint_own_unit', () => assignComplaint(app, CLERK, { id, unitId: 'land_resources', brief: '请核查。' }))
    })

    it('can be entered by a clerk who took the call, who sees nothing of it afterwards, not even by number and code', async () => {
      const { id, number, code } = await file(CLERK, {}, 'phone')
      await refusal('complaint_missing', () => showComplaint(app, CLERK, id))
      await acceptComplaint(app, OFFICE, { id })
      await assignComplaint(app, OFFICE, { id, unitId: 'leading_group_office', brief: '请核查。' })
      await recordInvestigation(app, OFFICE, { id, findings: '查得属实已调换' })
      await decideComplaint(app, OFFICE, { id, finding: 'upheld', outcome: '查得属实已调换' })
      await answerComplaint(app, OFFICE, { id, answer: '查得属实已调换承办人。' })
      const status = await statusOfComplaint(app, PUBLIC, { number, code })
      expect(status).to.deep.include({ state: 'answered', answer: null })
      const own = await file(PUBLIC)
      expect(await statusOfComplaint(app, PUBLIC, { number: own.number, code: own.code })).to.deep.include({ state: 'received' })
    })

    it('is in no answer of any route that the court’s people may call', async function () {
      // Some hundreds of questions, one after the other.
      this.timeout(240_000)
      const server = await openServer(made)
      const entered = await file(CLERK, {}, 'phone')
      const { id, number } = await file(PUBLIC, { unitWords: '那个窗口' })
      for (const each of [entered.id, id]) {
        await acceptComplaint(app, OFFICE, { id: each, unitId: 'court' })
        await assignComplaint(app, OFFICE, { id: each, unitId: 'leading_group_office', brief: '查得属实已调换，请核。' })
        await recordInvestigation(app, OFFICE, { id: each, findings: '查得属实已调换' })
        await decideComplaint(app, OFFICE, { id: each, finding: 'upheld', outcome: '查得属实已调换' })
        await answerComplaint(app, OFFICE, { id: each, answer: '查得属实已调换承办人。' })
      }
      const notices = await app.store.read((db) => db.query<{ id: string }>('select id from notice'))
      const keys = [id, entered.id, number, 'court', 'leading_group_office', ...notices.map((row) => row.id)]
      let answers = 0
      for (const role of ['clerk', 'approver', 'auditor', 'admin'] as const) {
        const person = await server.person(role)
        for (const route of allRoutes(app.config, createMetrics([]))) {
          if (route.method !== 'GET' || !['session', 'unit'].includes(route.access)) continue
          for (const key of route.path.includes(':') ? keys : ['']) {
            const path = route.path.replace(/:\w+/g, key)
            const { text } = await person.ask('GET', path)
            answers += 1
            for (const word of [...WORDS, '经查属实']) expect(text, `${role} ${path}`).not.to.include(word)
          }
        }
      }
      expect(answers).to.be.above(400)
      expect(JSON.stringify(made.logged)).not.to.include('那套房子')
      await server.close()
    })

    it('is in no handoff, neither what was told to the bot before nor what led to it', async () => {
      const talking: AppContext = { ...app, understand: openUnderstanding(app.config) }
      const who = { channel: 'web', from: 'court-talker-0000000000001' } as const
      await talk(talking, who, ['我要投诉', '执行局的扎西平措', '交了材料三个月，一直没有查封那套房子', '人工'])
      const { items } = await listHandoffs(app, CLERK, PAGE)
      expect(items).to.have.length(1)
      expect(JSON.stringify(items)).not.to.include('那套房子').and.not.to.include('扎西平措')
      await talk(talking, who, ['取消'])
      await talk(talking, who, ['法官收了钱，那套房子不查封，转人工'])
      for (const { id } of (await listHandoffs(app, CLERK, PAGE)).items) {
        const shown = JSON.stringify(await showHandoff(app, CLERK, { id }))
        expect(shown).not.to.include('那套房子').and.not.to.include('扎西平措')
      }
    })
  })
})
