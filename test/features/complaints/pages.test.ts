// The pages of complaints over the real server, on both databases: refused, filed once, followed, added to, withdrawn, expired.
// The rules and commands behind them are tested beside this file.

import { expect } from 'chai'
import { assignComplaint, acceptComplaint, decideComplaint, recordInvestigation } from '../../../src/features/complaints/commands.ts'
import { listComplaints, showComplaint } from '../../../src/features/complaints/views.ts'
import { forgetForms } from '../../../src/features/forms/commands.ts'
import { CLERK, told } from '../../support/deadlines.ts'
import { addTheUnits } from '../../support/complaints.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { exif, jpeg, png } from '../../support/media.ts'
import { tokenOf, visitor } from '../../support/visitor.ts'

const EVIL = '"><script>alert(1)</script>{{phone}}'
const FORM = { about: 'debtor', debtorName: '和某某', text: '他名下有三辆车，天天在外面跑。', named: 'no', phone: '13988120001' }
const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic\0\0\0\0mif1heic', 'latin1')])
const MINUTE = 60_000

eachDatabase((_db, make) => {
  describe('the pages of complaints', () => {
    let made: TestApp
    let server: TestServer
    beforeEach(async () => {
      made = await make({ env: { TRUSTED_PROXIES: '1' } })
      await addTheUnits(made.app)
      server = await openServer(made)
    })
    afterEach(() => server.close())

    const all = async (): Promise<number> => (await listComplaints(made.app, CLERK, { filter: {}, page: { limit: 10, offset: 0 } })).total

    it('show the form again with everything typed, as text, and each error above it with a link to its field', async () => {
      const browser = visitor(server)
      await browser.get('/complaints')
      await browser.send('/complaints', { ...FORM, debtorName: '', place: EVIL, text: '他', phone: '12', happenedOn: '2099年1月1日' })
      const text = browser.text()
      expect(browser.status()).to.equal(200)
      for (const field of ['debtorName', 'text', 'phone', 'happenedOn'])
        expect(text)
          .to.include(`href="#${field}"`)
          .and.match(new RegExp(`id="${field}"[^>]* aria-invalid="true" aria-describedby="${field}-error"`))
      expect(text).to.include('role="alert"').and.include('autofocus').and.include('value="12"').and.not.include('<script')
      expect(text.match(/<h1>/g)).to.have.length(1)
      expect(await all()).to.equal(0)
    })

    it('file with photos, show number and code once to this browser, and take device data off the photos', async () => {
      const browser = visitor(server)
      await browser.get('/complaints')
      await browser.send('/complaints', FORM, [jpeg({ before: [exif(6, Buffer.from('GPS 27.8'))] }), png()])
      const [, number = ''] = /<dd>(TS\d{8}-0001)<\/dd>/.exec(browser.text()) ?? []
      const [, code = ''] = /<dd>([\dA-Z]{4}-[\dA-Z]{4}-[\dA-Z]{4})<\/dd>/.exec(browser.text()) ?? []
      expect([number, code].every((each) => each !== '')).to.equal(true)
      expect(browser.text()).to.include('已收到，正在审查是否受理').and.include('2份').and.not.include('和某某').and.not.include('1398812')
      const view = await showComplaint(made.app, CLERK, number)
      if (view.view !== 'handler') throw new Error('not the handler')
      expect(view.evidence.map(({ kind }) => kind)).to.deep.equal(['jpeg', 'png'])
      expect(view.complainant).to.deep.equal({ name: null, phone: '+8613988120001', wechat: false })
      expect(await made.app.files.list()).to.have.length(2)
      expect((await visitor(server).get('/complaints/mine')).text)
        .to.include('name="code"')
        .and.not.include(number)
    })

    it('file once however often the form is sent, also at the same time; changed content is another complaint', async () => {
      const browser = visitor(server)
      await browser.get('/complaints')
      const form = tokenOf(browser.text())
      await Promise.all([1, 2, 3].map(() => browser.send('/complaints', { ...FORM, form })))
      await browser.send('/complaints', { ...FORM, form })
      expect(await all()).to.equal(1)
      expect(browser.text()).to.match(/TS\d{8}-0001/)
      await browser.send('/complaints', { ...FORM, form, text: '他又买了一套房，登记在弟弟名下。' })
      expect(await all()).to.equal(2)
      // A number that nobody has shown to be theirs is confirmed once a day.
      expect(await told(made.app, 'complaint.received')).to.have.length(1)
    })

    it('keep photos while the form comes back, refuse HEIC in plain words, and let go of one photo alone', async () => {
      const browser = visitor(server)
      await browser.get('/complaints')
      await browser.send('/complaints', { ...FORM, text: '' }, [jpeg(), heic])
      expect(browser.text()).to.include('第1份，照片').and.include('HEIC 格式').and.include('href="#photos"')
      const [, first = ''] = /value="drop:(\w+)"/.exec(browser.text()) ?? []
      await browser.send('/complaints', { ...FORM, act: 'photos' }, [png()])
      expect(browser.text()).to.include('第2份，图片').and.include('value="和某某"').and.not.include('role="alert"')
      await browser.send('/complaints', { ...FORM, act: `drop:${first}` })
      expect(browser.text()).to.include('第1份，图片').and.not.include('第2份')
      await visitor(server).send('/complaints', { form: 'A'.repeat(43), act: `drop:${first}` })
      expect(await made.app.files.list()).to.have.length(1)
      await browser.send('/complaints', FORM)
      expect(browser.text()).to.include('1份')
    })

    it('take ten photos, say so at the eleventh, and delete those of forms that were never handed in', async () => {
      const browser = visitor(server)
      await browser.get('/complaints')
      await browser.send(
        '/complaints',
        { ...FORM, act: 'photos' },
        Array.from({ length: 11 }, () => jpeg()),
      )
      expect(browser.text()).to.include('最多上传 10 份').and.include('第10份').and.not.include('type="file"')
      made.clock.advance(121 * MINUTE)
      await forgetForms(made.app)
      expect(await made.app.files.list()).to.deep.equal([])
      expect(await made.app.store.read((db) => db.query('select * from form_file'))).to.deep.equal([])
    })

    it('limit photos of one address in an hour, also after a restart, and not those of another address', async () => {
      const upload = async (address: string): Promise<string> => {
        const browser = visitor(server, address)
        await browser.get('/complaints')
        await browser.send(
          '/complaints',
          { act: 'photos' },
          Array.from({ length: 10 }, () => png()),
        )
        return browser.text()
      }
      for (let form = 0; form < 6; form += 1) await upload('192.0.2.1')
      const first = server
      server = await openServer(made)
      await first.close()
      expect(await upload('192.0.2.1')).to.include('照片太多')
      expect(await upload('192.0.2.2')).to.include('第10份')
    })

    it('count photos that are refused as well, before anybody looks into them', async () => {
      const browser = visitor(server, '192.0.2.1')
      const photos = Array.from({ length: 20 }, () => heic)
      for (let form = 0; form < 3; form += 1) {
        await browser.get('/complaints')
        await browser.send('/complaints', { act: 'photos' }, photos)
        expect(browser.text()).to.include('HEIC 格式，这里打不开').and.not.include('照片太多')
      }
      await browser.send('/complaints', { act: 'photos' }, [heic])
      expect(browser.text()).to.include('照片太多').and.not.include('HEIC 格式，这里打不开')
    })

    it('limit how much one address files in an hour, and keep what was typed', async () => {
      // A second process: the limit of an hour is the same for both.
      const other = await openServer(made)
      for (let count = 1; count <= 11; count += 1) {
        const browser = visitor(count < 9 ? server : other)
        await browser.get('/complaints')
        await browser.send('/complaints', { ...FORM, text: `第${count}次看见他开新车。` })
        if (count > 10) expect(browser.text()).to.include('操作过于频繁').and.include('第11次看见他开新车')
      }
      await other.close()
      expect(await all()).to.equal(10)
    })

    it('take a day without a year as the latest such day, and other words as they are', async () => {
      const days: readonly (readonly [string, string | undefined, RegExp])[] = [
        ['11月21号', '2026-11-21', /^他买车了$/],
        ['11.25', '2025-11-25', /^他买车了$/],
        ['上礼拜三', undefined, /^他买车了\n上礼拜三$/],
      ]
      for (const [happenedOn, day, text] of days) {
        const browser = visitor(server)
        await browser.get('/complaints')
        await browser.send('/complaints', { ...FORM, text: '他买车了', happenedOn })
        const view = await showComplaint(made.app, CLERK, /TS\d{8}-\d{4}/.exec(browser.text())?.[0] ?? '')
        if (view.view !== 'handler') throw new Error('not the handler')
        expect(view.content.happenedOn, happenedOn).to.equal(day)
        expect(view.content.text, happenedOn).to.match(text)
      }
    })

    it('say that a text is too short, and show the complainant their words and the last day of the next step', async () => {
      const browser = visitor(server)
      await browser.get('/complaints')
      await browser.send('/complaints', { ...FORM, text: '他' })
      expect(browser.text()).to.include('写得太短了，请多写几个字')
      const number = await filed(browser)
      expect(browser.text())
        .to.include(FORM.text)
        .and.match(/最迟<\/dt><dd>2026年11月24日/)
      const code = /<dd>([\dA-Z]{4}-[\dA-Z]{4}-[\dA-Z]{4})<\/dd>/.exec(browser.text())?.[1] ?? ''
      const other = visitor(server)
      await other.post('/complaints/mine', { number: number.replace(/^(TS)(\d{4})(\d{4})-/, ' $1 $2 $3 '), code })
      expect(other.text()).to.include(FORM.text)
    })

    it('answer a wrong number and a wrong code alike, and stop guessing of one address', async () => {
      const browser = visitor(server)
      const number = await filed(browser)
      const wrong = async (fields: Record<string, string>): Promise<string> =>
        (await visitor(server).post('/complaints/mine', fields)).text
          .replace(/name="form" value="[\w-]+"/, '')
          .replace(/value="TS[\d-]+"/, '')
      const texts = [await wrong({ number, code: 'AAAA-AAAA-AAAA' }), await wrong({ number: 'TS20261122-9999', code: 'AAAA-AAAA-AAAA' })]
      expect(texts[0]).to.include('请核对')
      expect(texts[1]).to.equal(texts[0])
      for (let count = 0; count < 8; count += 1) await wrong({ number, code: `AAAA-AAAA-AAA${count}` })
      expect(await wrong({ number, code: 'BBBB-AAAA-AAAA' })).to.include('操作过于频繁')
    })

    it('add text and photos, which the handler reads; words against the court are sent another way', async () => {
      const browser = visitor(server)
      const number = await filed(browser)
      await browser.send('/complaints/mine/add', { text: '他昨天又坐了飞机。' }, [jpeg()])
      expect(browser.text())
        .to.include('补充已经收到')
        .and.include('1份')
        .and.match(/2026年11月22日<\/span> 您补充了：他昨天又坐了飞机/)
      const view = await showComplaint(made.app, CLERK, number)
      if (view.view !== 'handler') throw new Error('not the handler')
      expect(view.content.additions?.map(({ text }) => text)).to.deep.equal(['他昨天又坐了飞机。'])
      await browser.send('/complaints/mine/add', { text: '' })
      expect(browser.text()).to.include('href="#text"')
      await browser.send('/complaints/mine/add', { text: '执行局的书记员收了他的钱。' })
      expect(browser.text()).to.include('另外提出一件举报').and.include('执行局的书记员收了他的钱')
      expect((await showComplaint(made.app, CLERK, number)).version).to.equal(3)
    })

    it('withdraw after asking once, stop the unit that looks into it, and not once there is a finding', async () => {
      const browser = visitor(server)
      const number = await filed(browser)
      await acceptComplaint(made.app, CLERK, { id: (await showComplaint(made.app, CLERK, number)).id })
      const { id } = await showComplaint(made.app, CLERK, number)
      await assignComplaint(made.app, CLERK, { id, unitId: 'land', brief: '请核查车辆登记。' })
      await browser.post('/complaints/mine/withdraw', {})
      expect(browser.text()).to.include('href="#sure"')
      await browser.post('/complaints/mine/withdraw', { sure: 'yes' })
      expect(browser.text()).to.include('您已撤回，不再办理').and.not.include('提交补充').and.not.include('撤回举报')
      await browser.post('/complaints/mine/withdraw', { sure: 'yes' })
      expect(browser.status()).to.equal(200)
      // The unit alone: the complainant's number has had its message of the day, and the page has said it.
      expect(await told(made.app, 'complaint.withdrawn')).to.have.length(1)
      const open = await made.app.store.read((db) =>
        db.query("select code from deadline where state = 'open' and subject = ?", [`complaint:${id}`]),
      )
      expect(open).to.deep.equal([])

      const decided = await filed(browser, '另一件事，他把房子过户给了弟弟。')
      const other = (await showComplaint(made.app, CLERK, decided)).id
      await acceptComplaint(made.app, CLERK, { id: other })
      await assignComplaint(made.app, CLERK, { id: other, unitId: 'land', brief: '请核查。' })
      await recordInvestigation(made.app, CLERK, { id: other, findings: '已核查。' })
      await decideComplaint(made.app, CLERK, { id: other, finding: 'not_upheld', outcome: '过户在列入之前。' })
      await browser.post('/complaints/mine/withdraw', { sure: 'yes' })
      expect((await showComplaint(made.app, CLERK, decided)).state).to.equal('not_upheld')
      expect(browser.text()).to.include('正在审查结果').and.not.include('撤回举报')
    })

    it('forget the browser after half an hour or at once when it asks, and keep what was being written', async () => {
      const browser = visitor(server)
      const number = await filed(browser)
      const [, code = ''] = /<dd>([\dA-Z]{4}-[\dA-Z]{4}-[\dA-Z]{4})<\/dd>/.exec(browser.text()) ?? []
      made.clock.advance(31 * MINUTE)
      await browser.send('/complaints/mine/add', { text: '他今天又买了车。' }, [png()])
      expect(browser.text()).to.include('请再填一次编号和查询码').and.not.include(number)
      const form = tokenOf(browser.text())
      await browser.post('/complaints/mine', {
        number: ` ${number.toLowerCase()}`,
        code: code.toLowerCase(),
        form,
        text: '他今天又买了车。',
      })
      expect(browser.text()).to.include('他今天又买了车').and.include('第1份，图片').and.not.include(code)
      await browser.send('/complaints/mine/add', { text: '他今天又买了车。' })
      expect(browser.text()).to.include('补充已经收到')
      const cookies = new Map(browser.cookies)
      await browser.post('/complaints/mine/end', {})
      expect(browser.text()).to.include('提交举报')
      for (const [name, value] of cookies) browser.cookies.set(name, value)
      await browser.get('/complaints/mine')
      expect(browser.text()).to.not.include(number)
    })

    it('refuse a form that is cut off, is no form or has too many parts', async () => {
      const type = 'multipart/form-data; boundary=x'
      const part = (name: string): string => `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\na\r\n`
      const post = (body: string, contentType = type): Promise<{ status: number; text: string }> =>
        server.ask('POST', '/complaints', { body, headers: { 'content-type': contentType } })
      for (const body of ['', 'nothing', part('text'), `${part('text')}--x`, `--x\r\n\r\na\r\n--x--`, `${part('a').repeat(120)}--x--`])
        expect((await post(body)).text, body.slice(0, 40)).to.include('没有传完整')
      expect((await post('a=b', 'application/x-www-form-urlencoded')).status).to.equal(415)
      expect((await post('', 'multipart/form-data')).status).to.equal(400)
      expect(await all()).to.equal(0)
    })

    async function filed(browser: ReturnType<typeof visitor>, text = FORM.text): Promise<string> {
      await browser.get('/complaints')
      await browser.send('/complaints', { ...FORM, text })
      return /<dd>(TS\d{8}-\d{4})<\/dd>/.exec(browser.text())?.[1] ?? ''
    }
  })
})
