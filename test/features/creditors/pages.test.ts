// The page of an applicant over the real server, on both databases: refusals first, then handing in once and following.
// The interface for programs is routes.test.ts.

import { expect } from 'chai'
import { listMatters } from '../../../src/features/creditors/views.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { CLERK } from '../../support/listed.ts'
import { tokenOf, visitor } from '../../support/visitor.ts'

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

eachDatabase((_db, make) => {
  describe('the page of an applicant', () => {
    let made: TestApp
    let server: TestServer
    beforeEach(async () => {
      made = await make()
      server = await openServer(made)
    })
    afterEach(() => server.close())

    const all = async (): Promise<number> => (await listMatters(made.app, CLERK, { filter: {}, page: { limit: 10, offset: 0 } })).total

    it('shows the form again with what is missing and what was typed, as text, with a link to each field', async () => {
      const browser = visitor(server)
      const { status, text } = await browser.post('/creditors', { ...FORM, kind: 'exit_objection', name: EVIL, phone: '', caseNo: '9号' })
      expect(status).to.equal(200)
      expect(text).to.include('“您的手机号码”没有填写').and.include('案号无法识别').and.include('value="9号"')
      for (const field of ['phone', 'caseNo']) expect(text).to.include(`href="#${field}"`).and.include(`aria-describedby="${field}-error"`)
      expect(text).to.include('value="exit_objection" required checked').and.not.include('value="clue" required checked')
      expect(text).to.not.include('<script').and.not.include('已收到')
      expect((await browser.post('/creditors', { ...FORM, kind: 'bribe' })).status).to.equal(400)
      expect(await all()).to.equal(0)
    })

    it('answers a wrong number and a wrong code alike, and stops guessing', async () => {
      const wrong = async (fields: Record<string, string>): Promise<string> => {
        const { text } = await visitor(server).post('/creditors/mine', fields)
        return text.replace(/value="XS[^"]*"/, 'value=""')
      }
      const texts = [await wrong({ number: 'XS20261122-9999', code: 'AAAA-AAAA-AAAA' }), await wrong({})]
      expect(texts[0]).to.include('请核对编号和查询码')
      expect(texts[1]).to.equal(texts[0])
      for (let count = 0; count < 8; count += 1) await wrong({ number: 'XS20261122-9999', code: `AAAA-AAAA-AAA${count}` })
      expect(await wrong({ number: 'XS20261122-0001', code: 'AAAA-AAAA-AAAA' })).to.include('操作过于频繁')
    })

    it('takes in what is filled in once, however often it is sent, and shows how far it is, with neither name nor case', async () => {
      const browser = visitor(server)
      const form = tokenOf((await browser.get('/creditors')).text)
      await Promise.all([1, 2].map(() => browser.post('/creditors', { ...FORM, form })))
      expect(await all()).to.equal(1)
      const [, number = ''] = /<dd>(XS\d{8}-0001)<\/dd>/.exec(browser.text()) ?? []
      const [, code = ''] = /<dd>([\dA-Z]{4}-[\dA-Z]{4}-[\dA-Z]{4})<\/dd>/.exec(browser.text()) ?? []
      expect(browser.text()).to.include('财产线索').and.include('已收到，等待核对身份')
      expect(browser.text()).to.not.match(/央宗|扎西|13988120001|执9号/)
      const other = visitor(server)
      await other.post('/creditors/mine', { number, code: code.toLowerCase() })
      expect(other.text()).to.include(number).and.include('等待核对身份').and.not.include('请把下面两项抄下来')
      await other.post('/creditors/mine/end', {})
      expect((await other.get('/creditors/mine')).text)
        .to.include('name="code"')
        .and.not.include(number)
      made.clock.advance(31 * 60_000)
      expect((await browser.get('/creditors/mine')).text).to.not.include(number)
    })
  })
})
