// The page of an applicant of a case over the real server, on both databases: refusals first, then handing in and following.
// The interface for programs is routes.test.ts.

import { expect } from 'chai'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { eachDatabase } from '../../support/app.ts'

const FORM = {
  kind: 'clue',
  name: '央宗卓玛',
  phone: '13988120001',
  caseNo: '(2026)云3401执9号',
  debtorName: '扎西某',
  debtorIdentifier: '533421198410140222',
  text: '他在尼西乡有一台挖掘机。',
}
const EVIL = '"><script>alert(1)</script>{{courtPhone}}'

describe('the page of an applicant', () => {
  eachDatabase((_db, make) => {
    let server: TestServer
    before(async () => {
      server = await openServer(await make())
    })
    after(() => server.close())

    const post = (path: string, form: Record<string, string>): ReturnType<TestServer['ask']> =>
      server.ask('POST', path, {
        body: new TextEncoder().encode(new URLSearchParams(form).toString()),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })

    it('shows the form again with what is missing and what was typed, as text', async () => {
      const { status, text } = await post('/creditors', { ...FORM, kind: 'exit_objection', name: EVIL, phone: '', caseNo: '9号' })
      expect(status).to.equal(200)
      expect(text).to.include('“您的手机号码”没有填写').and.include('案号无法识别').and.include('value="9号"')
      expect(text).to.include('value="exit_objection" required checked').and.not.include('value="clue" required checked')
      expect(text).to.not.include('<script').and.not.include('查询码只显示')
      expect((await post('/creditors', { ...FORM, kind: 'bribe' })).status).to.equal(400)
    })

    it('answers a wrong number and a wrong code alike', async () => {
      const texts = [
        (await post('/creditors/progress', { number: 'XS20261122-9999', code: 'AAAA-AAAA-AAAA' })).text,
        (await post('/creditors/progress', {})).text,
      ]
      expect(texts[0]).to.include('请核对编号和查询码')
      expect(texts[1]).to.equal(texts[0])
    })

    it('takes in what is filled in, and shows how far it is, with neither name nor case', async () => {
      expect((await server.ask('GET', '/creditors')).text).to.include('name="caseNo"')
      const filed = await post('/creditors', FORM)
      const [, number = '', code = ''] = /编号(XS[\d-]+)，查询码([\dA-Z-]+)。/.exec(filed.text) ?? []
      expect(number).to.match(/^XS\d{8}-0001$/)
      const { text } = await post('/creditors/progress', { number, code })
      expect(text).to.include('财产线索').and.include('已收到，等待核对身份')
      expect(text).to.not.match(/央宗|扎西|13988120001|执9号/)
    })
  })
})
