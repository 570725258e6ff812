// Nothing typed is lost on the pages with forms: large text is chosen in the middle, a refused form is shown again under an address of its own.
// What each form does with what it gets is tested with its feature.

import { readdir, readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { keepForm } from '../../../src/features/forms/commands.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { PUBLIC } from '../../../src/platform/commands/permissions.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { jpeg } from '../../support/media.ts'
import { refusal } from '../../support/refusal.ts'
import { until } from '../../support/until.ts'
import { visitor } from '../../support/visitor.ts'

const ID = '533421198410140222'
/** A form that stops in the middle of its photo. */
function unfinished({ url }: TestServer): Socket {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  const head = 'POST /complaints HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=a\r\nContent-Length: 9000000\r\n\r\n'
  socket.write(`${head}--a\r\nContent-Disposition: form-data; name="photo1"; filename="a"\r\n\r\n${'SECRET'.repeat(100_000)}`)
  return socket
}
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

    it('keeps its own fields alone, to a length, and so many of one network in an hour', async () => {
      const browser = visitor(server)
      await browser.get('/complaints')
      const other = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`x${n}`, '多'.repeat(10_000)]))
      const long = {
        text: '文'.repeat(20_000),
        place: '地'.repeat(20_000),
        name: '名'.repeat(20_000),
        phone: '1'.repeat(20_000),
        unitWords: '单'.repeat(20_000),
      }
      await browser.send('/complaints', { ...other, ...long, act: 'photos' })
      expect(browser.text()).to.include('文'.repeat(100))
      const rows = await made.app.store.read((db) => db.query<{ size: number }>('select length(record) as size from form_receipt'))
      expect(Number(rows[0]?.size)).to.be.within(1_000, 200_000)
    })

    it('is kept so many times of one network in an hour', async () => {
      const keep = (origin: string) => (): Promise<string> => keepForm(made.app, PUBLIC, { origin, purpose: 'kept_form', record: {} })
      for (let count = 0; count < 120; count += 1) await keep('192.0.2.1')()
      await refusal('rate_limited', keep('192.0.2.1'))
      await keep('192.0.2.2')()
    })

    it('is refused when the space of all forms is used up by what was typed', async () => {
      const keep = (app: AppContext) => (): Promise<string> =>
        keepForm(app, PUBLIC, { origin: '192.0.2.1', purpose: 'kept_form', record: { typed: '多'.repeat(100) } })
      await keep(made.app)()
      await refusal('uploads_full', keep({ ...made.app, config: { ...made.app.config, formFilesBytes: 100 } }))
    })

    it('with photos lets a network have eight open, keeps nothing of them in memory or readable on the disk', async () => {
      const held = Array.from({ length: 8 }, () => unfinished(server))
      await until(
        'eight photos are on their way',
        async () => (await readdir(join(made.folder, 'files'))).filter((name) => name.startsWith('.incoming')).length === 8,
      )
      const files = await Promise.all((await readdir(join(made.folder, 'files'))).map((name) => readFile(join(made.folder, 'files', name))))
      expect(files.some((bytes) => bytes.includes('SECRETSECRET'))).to.equal(false)
      const browser = visitor(server)
      await browser.get('/complaints')
      await browser.send('/complaints', { text: '写了一半', act: 'photos' })
      expect(browser.status()).to.equal(429)
      for (const socket of held) socket.destroy()
      await until('they are gone', async () => (await readdir(join(made.folder, 'files'))).length === 0)
      await browser.get('/complaints')
      await browser.send('/complaints', { text: '写了一半', act: 'photos' }, [jpeg()])
      expect(browser.text()).to.include('第1份，照片')
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
