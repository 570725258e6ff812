// Complaints over the real server, on both databases: access, refusals, the whole procedure by staff, evidence uploaded and downloaded.
// What the commands themselves refuse is commands.test.ts.

import { expect } from 'chai'
import { openServer, type Answer, type TestServer, type Person } from '../../support/http-server.ts'
import { addTheUnits } from '../../support/complaints.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { exif, jpeg, pdf } from '../../support/media.ts'

const FORM = {
  about: 'unit',
  text: '国土局没有查名单就办了手续。',
  unitId: 'land',
  anonymous: false,
  name: '央宗卓玛',
  phone: '138 8711 2233',
}
const PUBLIC_PATH = '/api/v1/public/complaints'

const bytes = (buffer: Buffer): Uint8Array<ArrayBuffer> => Uint8Array.from(buffer)

const withCode = (key: string): { headers: Record<string, string> } => ({ headers: { 'x-query-code': key } })

describe('the routes of complaints', () => {
  eachDatabase((_db, make) => {
    let made: TestApp
    let server: TestServer
    let clerk: Person
    let office: Person

    before(async () => {
      made = await make()
      await addTheUnits(made.app)
      server = await openServer(made)
      clerk = await server.person('clerk')
      office = await server.person('group_office')
    })
    after(() => server.close())

    const code = (answer: Answer): unknown => answer.body['code']
    const upload = ([path, key]: [string, string], content: Buffer, type = 'application/octet-stream'): Promise<Answer> =>
      server.ask('POST', path, { body: bytes(content), headers: { 'content-type': type, 'x-query-code': key } })

    it('refuse callers without a session or the right role', async () => {
      for (const [method, path] of [
        ['GET', '/api/v1/complaints'],
        ['POST', '/api/v1/complaints'],
        ['GET', '/api/v1/complaints/01KB0000000000000000000000'],
      ] as const)
        expect((await server.ask(method, path)).status, path).to.equal(401)
      const admin = await server.person('admin')
      expect((await admin.ask('GET', '/api/v1/complaints')).status).to.equal(403)
    })

    it('refuse an incomplete complaint, an unproven WeChat account, and a way that is not the caller’s', async () => {
      const wrong = await server.ask('POST', PUBLIC_PATH, { json: { ...FORM, text: '?', phone: '12', name: '' } })
      expect([wrong.status, code(wrong)]).to.deep.equal([400, 'complaint_incomplete'])
      const problems = wrong.body['problems'] as { field: string; message: string }[]
      expect(problems.map((each) => each.field)).to.deep.equal(['text', 'complainantName', 'phone'])
      expect(problems[0]?.message).to.equal('“投诉举报内容”写得太短了，请多写几个字。')
      expect((await server.ask('POST', PUBLIC_PATH, { json: { ...FORM, wechat: 'oYangzong_0123456789' } })).status).to.equal(400)
      expect((await clerk.ask('POST', '/api/v1/complaints', { json: { ...FORM, way: 'web' } })).status).to.equal(400)
    })

    it('lead a complaint from filing to the answer', async () => {
      const filed = await server.ask('POST', PUBLIC_PATH, { json: FORM })
      expect(filed.status).to.equal(201)
      expect(Object.keys(filed.body).sort()).to.deep.equal(['code', 'number'])
      const { number, code: key } = filed.body as { number: string; code: string }
      const own = `${PUBLIC_PATH}/${number}`

      const inAddress = await server.ask('GET', `${own}?code=${key}`)
      expect([inAddress.status, inAddress.body['code']]).to.deep.equal([400, 'request_invalid'])
      const before = await server.ask('GET', own, withCode(key))
      expect(before.body).to.deep.include({ number, state: 'received', evidence: 0, open: true })
      const misses = [
        await server.ask('GET', own, withCode('AAAA-AAAA-AAAA')),
        await server.ask('GET', `${PUBLIC_PATH}/TS20261122-9999`, withCode(key)),
      ]
      for (const miss of misses) expect([miss.status, code(miss)]).to.deep.equal([404, 'complaint_missing'])
      expect((await server.ask('GET', own)).status).to.equal(400)

      expect(code(await upload([`${own}/evidence`, 'AAAA'], jpeg(), 'image/jpeg'))).to.equal('complaint_missing')
      expect(code(await upload([`${own}/evidence`, key], Buffer.from('<html><script>x()</script>'), 'image/jpeg'))).to.equal(
        'evidence_type_refused',
      )
      // Of a file the content decides, and not what a browser calls it; a form is no file.
      expect((await upload([`${own}/evidence`, key], jpeg(), 'application/json')).status).to.equal(415)
      const photo = await upload([`${own}/evidence`, key], jpeg({ before: [exif(6, Buffer.from('GPS 27.82'))] }), 'image/jpeg')
      expect([photo.status, photo.body['kind']]).to.deep.equal([201, 'jpeg'])

      const list = await clerk.ask('GET', '/api/v1/complaints?state=received')
      const [item] = list.body['items'] as { id: string; version: number; view: string; complainant: unknown; evidence: { id: string }[] }[]
      expect(item).to.deep.include({
        view: 'handler',
        version: 2,
        complainant: { name: '央宗卓玛', phone: '+8613887112233', wechat: false },
      })
      const path = `/api/v1/complaints/${item?.id ?? ''}`
      const added = await clerk.ask('POST', `${path}/evidence`, { body: bytes(pdf()), headers: { 'content-type': 'application/pdf' } })
      expect(added.status).to.equal(201)
      const down = await clerk.ask('GET', `${path}/evidence/${item?.evidence[0]?.id ?? ''}`)
      expect(down.status).to.equal(200)
      expect(down.headers.get('content-type')).to.equal('application/octet-stream')
      expect(down.headers.get('content-disposition')).to.match(/^attachment;.*-1\.jpg/)
      expect(down.headers.get('x-content-type-options')).to.equal('nosniff')
      expect(down.text).to.not.include('GPS')
      expect(code(await office.ask('GET', `${path}/evidence/${item?.evidence[0]?.id ?? ''}`))).to.equal('evidence_missing')

      const act = async (person: Person, name: string, json: object): Promise<unknown> => {
        const answer = await person.ask('POST', `${path}/${name}`, { json })
        return answer.status === 200 ? answer.body['state'] : code(answer)
      }
      expect(await act(clerk, 'accept', { version: 1 })).to.equal('complaint_version_stale')
      expect(await act(clerk, 'accept', { version: 3 })).to.equal('accepted')
      expect(await act(office, 'accept', {})).to.equal('complaint_not_yours')
      expect(await act(clerk, 'assign', { unitId: 'land', brief: '请核查。' })).to.equal('complaint_own_unit')
      expect(await act(clerk, 'assign', { brief: '请核查国土局的审批。' })).to.equal('assigned')
      const shown = await office.ask('GET', `/api/v1/complaints/${number}`)
      expect(shown.body).to.deep.include({ view: 'overseer', brief: '请核查国土局的审批。' })
      expect(shown.text).to.not.match(/央宗|13887112233|没有查名单就/)
      expect(await act(office, 'findings', { findings: '审批时没有查名单。' })).to.equal('investigated')
      expect(await act(clerk, 'decide', { finding: 'upheld', outcome: '已撤销审批。' })).to.equal('upheld')
      expect(await act(clerk, 'answer', { answer: '经查属实，已撤销审批。' })).to.equal('answered')
      const after = await server.ask('GET', own, withCode(key))
      expect(after.body).to.deep.include({ state: 'answered', finding: 'upheld', answer: '经查属实，已撤销审批。', open: false })
      expect(code(await upload([`${own}/evidence`, key], jpeg()))).to.equal('complaint_act_impossible')
    })

    it('let staff enter a complaint made by phone, and decline it with a reason of the list', async () => {
      const entered = await clerk.ask('POST', '/api/v1/complaints', { json: { ...FORM, way: 'phone' } })
      expect(entered.status).to.equal(201)
      const { id, number, code: key } = entered.body as { id: string; number: string; code: string }
      expect((await clerk.ask('POST', `/api/v1/complaints/${id}/decline`, { json: { reason: '不想办' } })).status).to.equal(400)
      expect((await clerk.ask('POST', `/api/v1/complaints/${id}/decline`, { json: { reason: 'no_facts' } })).body['state']).to.equal(
        'declined',
      )
      expect((await server.ask('GET', `${PUBLIC_PATH}/${number}`, withCode(key))).body).to.deep.include({ declineReason: 'no_facts' })
    })

    it('count wrong codes of one network however they come, also at once and at two servers, and then not even the right one opens', async () => {
      made.clock.advance(3_600_000)
      const another = await openServer(made)
      const filed = await server.ask('POST', PUBLIC_PATH, { json: FORM })
      const { number, code: key } = filed.body as { number: string; code: string }
      const own = `${PUBLIC_PATH}/${number}`
      const guess = (n: number): Promise<Answer> => {
        const at = n % 2 === 0 ? server : another
        const wrong = `WRONG${String(n).padStart(7, '0')}`
        if (n % 4 === 1) return at.ask('POST', `${own}/additions`, { json: { code: wrong, text: '补充一点情况说明' } })
        if (n % 4 === 2) return at.ask('POST', `${own}/withdraw`, { json: { code: wrong } })
        return at.ask('GET', own, withCode(wrong))
      }
      const answers = await Promise.all(Array.from({ length: 24 }, (_, n) => guess(n)))
      const states = answers.map(({ status }) => status).sort((a, b) => a - b)
      expect(states).to.deep.equal([...Array<number>(10).fill(404), ...Array<number>(14).fill(429)])
      expect((await another.ask('GET', own, withCode(key))).status).to.equal(429)
      made.clock.advance(3_600_000)
      expect((await server.ask('GET', own, withCode(key))).status).to.equal(200)
      await another.close()
    })

    it('limit how many complaints one address may file in a minute', async () => {
      const answers: number[] = []
      for (let n = 0; n < 8; n += 1) answers.push((await server.ask('POST', PUBLIC_PATH, { json: { ...FORM, anonymous: true } })).status)
      expect(answers).to.include(429)
    })
  })
})
