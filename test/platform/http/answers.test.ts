// The answers of the server: what they never reveal, their form and headers, and how the server stops.
// Requests that are refused are server.test.ts.

import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { AppError, CODES, type Code } from '../../../src/core/errors.ts'
import { statusOf } from '../../../src/platform/http/problems.ts'
import { openServer, type Answer, type TestServer } from '../../support/http-server.ts'
import { testRoutes, knobs, SECRET } from '../../support/http-routes.ts'
import { makeApp, type TestApp } from '../../support/app.ts'

describe('the server', () => {
  let testApp: TestApp
  let client: TestServer

  before(async () => {
    testApp = await makeApp()
    client = await openServer(testApp, testRoutes)
  })
  after(async () => {
    await client.close()
    await testApp.close()
  })
  beforeEach(() => {
    testApp.logged.length = 0
  })

  const code = (answer: Answer): unknown => answer.body['code']

  describe('does not reveal', () => {
    it('the cause of an internal error, which only the log has, under the id of the answer', async () => {
      for (const thrown of [
        new Error(SECRET),
        SECRET,
        null,
        new TypeError(SECRET),
        Object.assign(new Error(SECRET), { status: 200, expose: true }),
      ]) {
        testApp.logged.length = 0
        knobs.failure = () => thrown
        const answer = await client.ask('GET', '/fail')
        expect(answer.status).to.equal(500)
        expect(code(answer)).to.equal('internal')
        expect(answer.text).not.to.include('select').and.not.to.include('.ts').and.not.to.include('at ')
        expect(answer.headers.get('set-cookie'), 'the cookie that the handler had set').to.equal(null)
        const line = testApp.logged.find(({ event }) => event === 'http.failed')
        expect(line).to.deep.include({ level: 'error', cause: thrown })
        expect(line?.facts['request']).to.equal(answer.body['instance'])
        expect(answer.headers.get('x-request-id')).to.equal(answer.body['instance'])
      }
    })

    it('the stack of any error code, each of which has a status, a Chinese title and a Chinese sentence', async () => {
      for (const errorCode of Object.keys(CODES) as Code[]) {
        knobs.failure = () => new AppError(errorCode, {}, [], new Error(SECRET))
        const answer = await client.ask('GET', '/fail')
        expect(answer.status, errorCode).to.equal(statusOf(errorCode, CODES[errorCode])).and.be.within(400, 599)
        expect(answer.headers.get('content-type')).to.equal('application/problem+json; charset=utf-8')
        expect(answer.body).to.have.keys(['type', 'title', 'status', 'detail', 'code', 'instance', 'problems'])
        expect(String(answer.body['title']) + String(answer.body['detail']), errorCode).to.match(/\p{Script=Han}.*\p{Script=Han}/u)
        expect(answer.text).not.to.include('select').and.not.to.include('"stack"')
      }
    })

    it('fields that the schema of a reply does not name', async () => {
      const strict = await client.ask('GET', '/leak')
      expect(strict.status, 'in tests it is an error').to.equal(500)
      expect(String(testApp.logged.find(({ event }) => event === 'http.failed')?.cause))
        .to.include('items.0.hash')
        .and.not.to.include('select')
      const misfit = await client.ask('GET', '/misfit')
      expect(misfit.status).to.equal(500)
      expect(String(testApp.logged.findLast(({ event }) => event === 'http.failed')?.cause))
        .to.include('n invalid_type')
        .and.not.to.include('select')
    })

    it('what a person asked, because paths and queries are not logged', async () => {
      await client.ask('GET', '/items/01ARZ3NDEKTSV4RRFFQ69G5FAV?identifier=533421198410140222')
      await client.ask('GET', '/nowhere/533421198410140222')
      expect(testApp.logged.length).to.be.above(0)
      expect(JSON.stringify(testApp.logged)).not.to.include('533421198410140222')
    })
  })

  describe('answers', () => {
    it('HEAD like GET but without a body, and OPTIONS with the methods', async () => {
      const head = await client.ask('HEAD', '/items/01ARZ3NDEKTSV4RRFFQ69G5FAV')
      const get = await client.ask('GET', '/items/01ARZ3NDEKTSV4RRFFQ69G5FAV')
      expect([head.status, head.text, head.headers.get('content-length')]).to.deep.equal([200, '', get.headers.get('content-length')])
      expect((await client.ask('HEAD', '/nowhere')).status).to.equal(404)
      const options = await client.ask('OPTIONS', '/echo')
      expect([options.status, options.headers.get('allow')]).to.deep.equal([204, 'OPTIONS, POST'])
      expect(options.headers.get('access-control-allow-origin')).to.equal(null)
    })

    it('browsers with a page and programs with problem+json', async () => {
      knobs.failure = () => new AppError('listing_missing')
      const page = await client.ask('GET', '/page')
      expect([page.status, page.headers.get('content-type')]).to.deep.equal([404, 'text/html; charset=utf-8'])
      expect(page.text)
        .to.include('没有找到这个条目')
        .and.include(page.headers.get('x-request-id') ?? '-')
      const browser = await client.ask('GET', '/nowhere', { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } })
      expect([browser.status, browser.headers.get('content-type')]).to.deep.equal([404, 'text/html; charset=utf-8'])
      expect((await client.ask('GET', '/nowhere', { headers: { accept: '*/*' } })).headers.get('content-type')).to.include('problem+json')
    })

    it('with security headers that forbid browsers everything else', async () => {
      for (const path of ['/items/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/nowhere', '/page']) {
        const { headers } = await client.ask('GET', path)
        expect(headers.get('content-security-policy')).to.equal(
          "default-src 'none';style-src 'self';img-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'",
        )
        expect(headers.get('x-content-type-options')).to.equal('nosniff')
        expect(headers.get('referrer-policy')).to.equal('no-referrer')
        expect(headers.get('cache-control')).to.equal('no-store')
        expect(headers.get('x-powered-by')).to.equal(null)
      }
    })

    it('with long JSON compressed for those who ask for it, and short JSON and pages as they are', async () => {
      const echo = (text: string, encoding: string): Promise<Answer> =>
        client.ask('POST', '/echo', { json: { text }, headers: { 'accept-encoding': encoding } })
      const long = '执'.repeat(3000)
      const answers = [await echo(long, 'gzip, br'), await echo(long, 'identity'), await echo('短', 'gzip, br')]
      expect(answers.map(({ headers }) => headers.get('content-encoding'))).to.deep.equal(['gzip', null, null])
      expect(answers.map(({ body }) => body['text'])).to.deep.equal([long, long, '短'])
      expect(answers.map(({ headers }) => headers.get('vary'))).to.deep.equal(Array(3).fill('Accept-Encoding'))
      const page = await openServer(testApp)
      const { headers } = await page.ask('GET', '/measures', { headers: { 'accept-encoding': 'gzip, br' } })
      await page.close()
      expect([headers.get('content-type'), headers.get('content-encoding')]).to.deep.equal(['text/html; charset=utf-8', null])
    })

    it('with a request id of its own, whatever the client sends', async () => {
      const answers = await Promise.all([1, 2].map(() => client.ask('GET', '/nowhere', { headers: { 'x-request-id': 'mine' } })))
      const ids = answers.map(({ headers }) => headers.get('x-request-id'))
      expect(new Set(ids).size).to.equal(2)
      expect(ids.every((id) => /^[0-9A-Z]{26}$/.test(id ?? ''))).to.equal(true)
    })

    it('with a file of any name, without its name changing another header', async () => {
      const names = ['名单 2026.csv', 'a"b.csv', 'a\r\nSet-Cookie: zxt=evil.csv', '../../etc/passwd', 'x'.repeat(500), '\u202Efdp.exe']
      for (const name of names) {
        const answer = await client.ask('GET', `/file?name=${encodeURIComponent(name)}`)
        expect([answer.status, answer.text], name).to.deep.equal([200, 'a,b\n'])
        expect(answer.headers.get('set-cookie')).to.equal(null)
        expect(answer.headers.get('content-disposition')).to.match(/^attachment; filename/)
        expect(answer.headers.get('content-type')).to.equal('text/csv; charset=utf-8')
      }
    })

    it('with a problem for a missing file, and breaks the connection for a file that breaks, so that it never seems whole', async () => {
      const missing = await client.ask('GET', '/file?name=a&broken=before')
      expect(code(missing)).to.equal('file_missing')
      expect(missing.headers.get('content-disposition')).to.equal(null)
      const broken = await client.ask('GET', '/file?name=a&broken=after').catch((error: unknown) => error)
      expect(broken).to.be.instanceOf(Error)
    })

    it('an upload with its name from the query or the header, without folders', async () => {
      const name = async (path: string, headers: Record<string, string> = {}): Promise<unknown> =>
        (await client.ask('POST', path, { body: 'a,b', headers: { 'content-type': 'text/csv', ...headers } })).body['fileName']
      expect(await name('/upload')).to.equal('')
      expect(await name(`/upload?fileName=${encodeURIComponent('C:\\tmp\\名单.csv')}`)).to.equal('名单.csv')
      expect(await name('/upload?fileName=../../etc/passwd')).to.equal('passwd')
      expect(await name('/upload?fileName=..')).to.equal('')
      expect(await name('/upload', { 'content-disposition': "attachment; filename*=UTF-8''%E5%90%8D%E5%8D%95.csv" })).to.equal('名单.csv')
      expect(await name('/upload', { 'content-disposition': 'attachment; filename="a b.csv"' })).to.equal('a b.csv')
      expect(await name('/upload', { 'content-disposition': 'attachment; filename="a\\"b; c.csv"; size=3' })).to.equal('a"b; c.csv')
      const both = 'attachment; filename="plain.csv"; filename*=UTF-8\'\'%E5%90%8D%E5%8D%95.csv'
      expect(await name('/upload', { 'content-disposition': both })).to.equal('名单.csv')
      const bytes = Buffer.from('attachment; filename="名单.csv"', 'utf8').toString('latin1')
      expect(await name('/upload', { 'content-disposition': bytes })).to.equal('名单.csv')
      expect(await name('/upload', { 'content-disposition': 'attachment' })).to.equal('')
      expect(await name('/upload', { 'content-disposition': "attachment; filename*=UTF-8''%E0%A4%A" })).to.equal('')
    })

    it('a webhook after passing the handler the signed bytes and the signed address', async () => {
      const body = Buffer.from('<xml>\u0000 签名 </xml>')
      const answer = await client.ask('POST', '/hook?signature=a%2Bb&x=1', {
        body: new Uint8Array(body),
        headers: { 'content-type': 'text/xml' },
      })
      expect(answer.text).to.equal(`${body.toString('base64')} /hook?signature=a%2Bb&x=1`)
    })
  })

  it('logs a warning for a slow request with its route', async () => {
    const waiting = client.ask('GET', '/slow')
    await sleep(50)
    testApp.clock.advance(1500)
    knobs.release()
    expect((await waiting).status).to.equal(204)
    expect(testApp.logged.find(({ event }) => event === 'http.slow')?.facts).to.include({ route: 't.slow', milliseconds: 1500 })
  })

  it('closes when running requests are done, and takes no new requests meanwhile', async () => {
    const closing = await openServer(testApp, testRoutes)
    const running = closing.ask('GET', '/slow')
    await sleep(50)
    const closed = closing.server.close(60_000)
    const late = await closing.ask('GET', '/nowhere').catch((error: unknown) => error)
    expect(late).to.be.instanceOf(Error)
    knobs.release()
    const last = await running
    expect([last.status, last.headers.get('connection')]).to.deep.equal([204, 'close'])
    await closed
  })

  it('closes the connection of a request that outlasts the grace period', async () => {
    const closing = await openServer(testApp, testRoutes)
    const running = closing.ask('GET', '/slow').catch((error: unknown) => error)
    await sleep(50)
    await closing.server.close(50)
    expect(await running).to.be.instanceOf(Error)
  })
})
