// Nothing typed is lost on the pages with forms: large text is chosen in the middle, a refused form is shown again under an address of its own.
// What each form does with what it gets is tested with its feature.

import { expect } from 'chai'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { jpeg } from '../../support/media.ts'
import { visitor } from '../../support/visitor.ts'

const ID = '533421198410140222'
const LARGE = { act: 'large:yes' }

eachDatabase((_db, make) => {
  describe('a page with a form', () => {
    let made: TestApp
    let server: TestServer
    beforeEach(async () => {
      made = await make()
      server = await openServer(made)
    })
    afterEach(() => server.close())

    it('keeps every field and photo when large text is chosen in the middle', async () => {
      const browser = visitor(server)
      await browser.get('/complaints')
      expect(browser.text()).to.match(/form="form" name="act" value="large:yes" formnovalidate/)
      await browser.send('/complaints', { about: 'unit', unitWords: '某窗口', text: '写了一半', ...LARGE }, [jpeg()])
      expect(browser.cookies.get('zxt_large')).to.equal('yes')
      expect(browser.text()).to.include('写了一半').and.include('value="某窗口"').and.include('第1份，照片').and.not.include('role="alert"')
      expect(browser.text()).to.match(/value="unit" checked/)
      await browser.send('/complaints', { act: 'large:no' })
      expect(browser.cookies.has('zxt_large')).to.equal(false)
    })

    it('keeps them on the short forms too', async () => {
      const forms: readonly (readonly [string, Record<string, string>, RegExp])[] = [
        ['/enquiry', { name: '扎西', identifier: ID, from: '' }, new RegExp(`value="扎西"[^]*value="${ID}"`)],
        ['/enquiry', { name: '扎西', from: 'home' }, /<h1>查名单和办事[^]*value="扎西"/],
        ['/own', { identifier: ID }, new RegExp(`value="${ID}"`)],
        ['/own/code', { code: '1234' }, /value="1234"/],
        ['/complaints/mine', { number: 'TS1', code: 'ABCD' }, /value="TS1"[^]*value="ABCD"/],
        ['/creditors/mine', { number: 'NR1', code: 'ABCD' }, /value="NR1"[^]*value="ABCD"/],
        ['/creditors', { kind: 'clue', name: '木某某', text: '车在昆明' }, /value="clue"[^>]*checked[^]*value="木某某"[^]*车在昆明/],
        ['/chat', { text: '我想问一下' }, /value="我想问一下"/],
      ]
      for (const [path, fields, kept] of forms) {
        const browser = visitor(server)
        const { status } = await browser.post(path, { ...fields, ...LARGE })
        expect(status, path).to.equal(200)
        expect(browser.text(), path).to.match(kept)
        expect(browser.cookies.get('zxt_large'), path).to.equal('yes')
      }
    })

    it('is shown again after a refusal under its own address, to this browser, and empty to whoever opens it anew', async () => {
      const type = 'application/x-www-form-urlencoded'
      const body = new TextEncoder().encode('kind=clue&name=木某某')
      const { status, headers } = await server.ask('POST', '/creditors', { body, headers: { 'content-type': type } })
      expect([status, headers.get('location')]).to.deep.equal([303, '/creditors?again=1'])
      const browser = visitor(server)
      await browser.post('/creditors', { kind: 'clue', name: '木某某' })
      expect(browser.text()).to.include('role="alert"').and.include('value="木某某"')
      expect((await browser.get('/creditors?again=1')).text).to.include('value="木某某"')
      expect((await browser.get('/creditors')).text).to.not.include('木某某')
      expect((await visitor(server).get('/creditors?again=1')).text).to.not.include('木某某')
      made.clock.advance(31 * 60_000)
      expect((await browser.get('/creditors?again=1')).text).to.not.include('木某某')
    })

    it('keeps no identity number of somebody who asks for a code', async () => {
      const browser = visitor(server)
      await browser.post('/own', { identifier: '5334211984101402' })
      expect(browser.text()).to.include('这个号码不对').and.not.include('5334211984101402')
    })

    it('names the photo that is too large, and the limit', async () => {
      const small = await make({ env: { EVIDENCE_MAX_MB: '1' } })
      const other = await openServer(small)
      const browser = visitor(other)
      await browser.get('/complaints')
      await browser.send('/complaints', { text: '他又买了车' }, [jpeg(), Buffer.alloc(1_200_000, 1)])
      expect(browser.text()).to.include('第2张照片超过1MB').and.include('第1份，照片').and.include('他又买了车')
      await other.close()
    })
  })
})
