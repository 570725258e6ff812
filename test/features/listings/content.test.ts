// One shape of a listing's content: what the API gives can be written back unchanged, for every kind of debtor and document.
// What a correction may change is corrections.rules.test.ts.

import { expect } from 'chai'
import type { RawContent } from '../../../src/features/debtors/row-reader.rules.ts'
import { columnsOf } from '../../../src/features/listings/content.rules.ts'
import { draftListing } from '../../../src/features/listings/commands.ts'
import { checkContent } from '../../../src/features/listings/rows.rules.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { born, check, ORGANISATION, PERSON, TODAY } from '../../support/drafts.ts'
import { openServer, type Person, type TestServer } from '../../support/http-server.ts'
import { CLERK, listed } from '../../support/listed.ts'

/** An invented number that is valid as a resident's and as a credit code. */
function validAsBoth(): string {
  for (let day = 0; day < 4000; day += 1) {
    const number = born(new Date(Date.UTC(1970, 0, 1 + day)).toISOString().slice(0, 10).replaceAll('-', ''))
    if (check({ identifier: number, legalRepresentative: '卓玛某', name: '某某商贸有限公司' }).content !== null) return number
  }
  throw new Error('no number is valid as both')
}

const KINDS: Readonly<Record<string, RawContent>> = {
  'a person': PERSON,
  'a person of whom everything is known': {
    ...PERSON,
    province: '云南',
    phone: '13900001111',
    openid: 'oDebtorAccount00000000000005',
    address: '建塘镇某路九号',
    employer: '某某学校',
    official: '人大代表',
    superior: '市人大常委会、某某局',
    applicantName: '央宗',
    applicantPhone: '13988120001',
    ground: '1、4',
    term: '二年零六个月',
  },
  'a person who is not disclosed': { ...PERSON, disclosure: '否', employer: '某某学校', ownMotion: '拒不申报财产，依职权列入' },
  'a person with a residence permit': { ...PERSON, identifier: permit(), documentType: '港澳居民居住证' },
  'a person with a passport': { ...PERSON, name: 'MICHAEL BROWN', identifier: 'G12345678', sex: '男', documentType: '护照' },
  'a person with a travel permit': { ...PERSON, name: '陈嘉某', identifier: 'H0123456701', documentType: '回乡证' },
  'an organisation': ORGANISATION,
  'an organisation with officers': {
    ...ORGANISATION,
    representativeIdentifier: born('19770707'),
    officers: `董事：长孙某某 ${born('19660606')}；高级管理人员 尼玛某；实际控制人 取次某；法定代表人：另一某`,
  },
  'an organisation whose number is valid as a person’s': { ...ORGANISATION, identifier: validAsBoth() },
  'an organisation with an old code': { ...ORGANISATION, identifier: '12345678-8', documentType: '组织机构代码证' },
  'a public body': { ...ORGANISATION, official: '事业单位', superior: '市国资委' },
}

/** An invented number of a residence permit of Hong Kong. */
function permit(): string {
  return `810000${born('19841014').slice(6, 17)}`.concat(checkDigit(`810000${born('19841014').slice(6, 17)}`))
}

function checkDigit(digits: string): string {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  const sum = Array.from(digits).reduce((total, digit, index) => total + Number(digit) * (weights[index] ?? 0), 0)
  return '10X98765432'[sum % 11] ?? ''
}

describe('a listing’s content', () => {
  for (const [kind, raw] of Object.entries(KINDS))
    it(`is read again as it was from what the API shows of ${kind}`, () => {
      const { content } = check({}, 'draft', raw)
      expect(content).to.not.equal(null)
      const again = checkContent(columnsOf(content ?? {}), { today: TODAY, mode: 'draft' })
      expect(again.content).to.deep.equal(content)
    })
})

eachDatabase((_db, make) => {
  describe('the content of a listing over the API', () => {
    let made: TestApp
    let server: TestServer
    let clerk: Person
    before(async () => {
      made = await make()
      server = await openServer(made)
      clerk = await server.person('clerk')
    })
    after(() => server.close())

    const show = async (id: string): Promise<Record<string, unknown>> => (await clerk.ask('GET', `/api/v1/listings/${id}`)).body
    const linesOf = (body: Readonly<Record<string, unknown>>): string[] =>
      (body['problems'] as { code: string; field?: string }[]).map(({ code, field }) => `${code} ${field ?? ''}`)

    it('is put back as it was got, and drafted anew from it, for every kind of debtor', async () => {
      for (const [n, [kind, raw]] of Object.entries(KINDS).entries()) {
        const { id } = await draftListing(made.app, CLERK, { content: { ...raw, caseNo: `（2026）云3401执${n + 1}号` } })
        const { version, content } = await show(id)
        const put = await clerk.ask('PUT', `/api/v1/listings/${id}`, { json: { version, content } })
        expect(put.status, `${kind}: ${put.text}`).to.equal(200)
        expect((await show(id))['content'], kind).to.deep.equal(content)
        const other = { ...(content as object), caseNo: `（2026）云3401执${n + 101}号` }
        const posted = await clerk.ask('POST', '/api/v1/listings', { json: { content: other } })
        expect(posted.status, `${kind}: ${posted.text}`).to.equal(201)
        expect((await show(String(posted.body['id'])))['content'], kind).to.deep.equal(other)
      }
    })

    it('names every fault by its place, and refuses the names of columns', async () => {
      const draft = (content: unknown): ReturnType<typeof clerk.ask> => clerk.ask('POST', '/api/v1/listings', { json: { content } })
      const { body } = await draft({ debtor: { name: '扎西某', identifier: '533421198410140223', phone: '13900001111' }, grounds: [2] })
      expect(body['code']).to.equal('listing_incomplete')
      expect(linesOf(body)).to.include.members([
        'id_check_wrong content.debtor.identifier',
        'field_missing content.caseNo',
        'term_missing content.termMonths',
      ])
      expect(linesOf((await draft({ name: '扎西某', ground: '1' })).body)).to.deep.equal([
        'field_unknown content.name',
        'field_unknown content.ground',
      ])
      expect(linesOf((await draft({ grounds: [7], debtor: { document: '护照' } })).body)).to.deep.equal([
        'one_of content.debtor.document',
        'most_number content.grounds.0',
      ])
    })

    it('refuses a kind or a day of birth that the number contradicts, and an officer whose number is wrong', async () => {
      const { id } = await draftListing(made.app, CLERK, { content: { ...ORGANISATION, caseNo: '（2026）云3401执77号' } })
      const { version, content } = (await show(id)) as { version: number; content: { debtor: object } }
      const put = async (debtor: object): Promise<string[]> => {
        const json = { version, content: { ...content, debtor: { ...content.debtor, ...debtor } } }
        return linesOf((await clerk.ask('PUT', `/api/v1/listings/${id}`, { json })).body)
      }
      expect(await put({ kind: 'person' })).to.deep.equal(['kind_doubtful content.debtor.identifier'])
      expect(await put({ birth: '1984-10-14' })).to.deep.equal(['birth_disagrees content.debtor.birth'])
      expect(await put({ officers: [{ office: 'director', name: '尼玛某', identifier: '533421198410140223' }] })).to.deep.equal([
        'officer_unreadable content.debtor.officers',
      ])
    })

    it('is corrected by the same parts, null removes one, and a proposal shows them as they were written', async () => {
      const [id = ''] = await listed(made.app, 1, { address: '建塘镇1号', phone: '13900001111' }, 501)
      const patch = { debtor: { address: null, phone: '+8613900002222' }, obligation: '支付货款72000元', applicant: { name: '央宗' } }
      const terms = { act: 'correct', patch, reason: '金额录入有误' }
      const proposed = await clerk.ask('POST', '/api/v1/listing-proposals', { json: { items: [{ id }], terms } })
      expect(proposed.status, proposed.text).to.equal(201)
      const { proposals } = (await show(id)) as { proposals: { id: string; patch: unknown }[] }
      expect(proposals.map((each) => each.patch)).to.deep.equal([patch])
      const approver = await server.person('approver')
      const ids = proposals.map((each) => each.id)
      expect((await approver.ask('POST', '/api/v1/listing-proposals/approve', { json: { ids } })).status).to.equal(200)
      const { content } = (await show(id)) as { content: { debtor: Record<string, unknown>; obligation: string; applicant: unknown } }
      expect(content.debtor).to.include({ phone: '+8613900002222' }).and.not.to.have.property('address')
      expect([content.obligation, content.applicant]).to.deep.equal(['支付货款72000元', { name: '央宗' }])
      const fixed = { items: [{ id }], terms: { ...terms, patch: { debtor: { name: '扎西另' } } } }
      expect(linesOf((await clerk.ask('POST', '/api/v1/listing-proposals', { json: fixed })).body)).to.deep.equal([
        'field_fixed terms.patch.debtor.name',
      ])
      const auditor = await server.person('auditor')
      const masked = (await auditor.ask('GET', `/api/v1/listings/${id}`)).body as { proposals: { patch: object }[] }
      expect(JSON.stringify(masked.proposals[0]?.patch)).to.include('***')
    })
  })
})
