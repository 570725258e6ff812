// The server's edges: everything a client can get wrong.
// What it never says, and how it answers, is door-answers.test.ts.

import { request } from 'node:http'
import { connect } from 'node:net'
import { expect } from 'chai'
import { openDoor, type Answer, type Body, type Door } from '../../support/http-server.ts'
import { doorRoutes } from '../../support/http-routes.ts'
import { makeApp, type TestApp } from '../../support/app.ts'
import { until } from '../../support/until.ts'

describe('the door refuses', () => {
  let made: TestApp
  let door: Door

  before(async () => {
    made = await makeApp()
    door = await openDoor(made, doorRoutes)
  })
  after(async () => {
    await door.close()
    await made.close()
  })
  beforeEach(() => {
    made.logged.length = 0
  })

  const code = (answer: Answer): unknown => answer.body['code']
  const json = (body: Body, headers: Record<string, string> = {}): Promise<Answer> =>
    door.ask('POST', '/echo', { body, headers: { 'content-type': 'application/json', ...headers } })

  it('what is not JSON, in words', async () => {
    const bodies = [
      '',
      '{',
      '{"text":"a"}}',
      'text=a',
      '\u0000',
      '{"text":"\ud800',
      Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
      '[1,2',
      "{'text':'a'}",
    ]
    for (const body of bodies) {
      const answer = await json(body)
      expect(answer.status, String(body)).to.equal(400)
      expect(code(answer)).to.equal('body_not_json')
    }
  })

  it('JSON that does not fit, naming every field', async () => {
    const problems = async (body: unknown): Promise<unknown> =>
      ((await json(JSON.stringify(body))).body['problems'] as { code: string; field?: string }[]).map(
        (each) => `${each.field ?? ''} ${each.code}`,
      )
    expect(await problems({})).to.deep.equal(['text required'])
    expect(await problems({ text: null })).to.deep.equal(['text type_string'])
    expect(await problems([])).to.deep.equal([' type_object'])
    expect(await problems('text')).to.deep.equal([' type_object'])
    expect(await problems({ text: 'a', admin: true, constructor: 1 })).to.deep.equal(['admin field_unknown', 'constructor field_unknown'])
    const proto = await json('{"text":"a","__proto__":{"admin":true}}')
    expect(code(proto)).to.equal('request_invalid')
    expect(({} as { admin?: unknown }).admin).to.equal(undefined)
  })

  it('a body over the limit, whether it says so or just goes on', async () => {
    const large = JSON.stringify({ text: 'x'.repeat(1_048_576) })
    const declared = await json(large)
    expect(declared.status).to.equal(413)
    expect(code(declared)).to.equal('body_too_large')
    const endless = await raw('/echo', { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }, large)
    expect(endless.status).to.equal(413)
    expect(JSON.parse(endless.body)).to.include({ code: 'body_too_large' })
    expect((await json(JSON.stringify({ text: 'x'.repeat(1_000_000) }))).status).to.equal(200)
  })

  it('a body of another type, or packed', async () => {
    for (const headers of [
      { 'content-type': 'text/xml' },
      { 'content-type': '' },
      { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    ]) {
      const answer = await door.ask('POST', '/echo', { body: '{"text":"a"}', headers })
      expect(answer.status).to.equal(415)
      expect(answer.body['detail']).to.include('application/json')
    }
    expect((await json('{"text":"a"}', { 'content-type': 'Application/JSON ; charset=utf-8' })).status).to.equal(200)
  })

  it('addresses nobody has, and methods an address does not take, naming those it does', async () => {
    for (const path of ['/nowhere', '/echo/more', '//echo', '/ECHO', '/items/', '/.env', '/echo%00'])
      expect(code(await door.ask('POST', path)), path).to.equal('route_missing')
    for (const [method, path, allow] of [
      ['PUT', '/echo', 'OPTIONS, POST'],
      ['DELETE', '/fail', 'GET, HEAD, OPTIONS'],
      ['PROPFIND', '/echo', 'OPTIONS, POST'],
    ] as const) {
      const answer = await door.ask(method, path)
      expect(answer.status, `${method} ${path}`).to.equal(405)
      expect(answer.headers.get('allow')).to.equal(allow)
    }
  })

  it('ways out of a folder and other shapes of an id', async () => {
    const ids = [
      '..%2f..%2fetc%2fpasswd',
      '%2e%2e',
      '..\\..\\x',
      '%c0%ae%c0%ae',
      '%E0%A4%A',
      '%',
      '1',
      "'%20or%20'1'='1",
      '01ARZ3NDEKTSV4RRFFQ69G5FAV%00',
      '01arz3ndektsv4rrffq69g5fav',
    ]
    for (const id of ids) {
      const { status } = await raw(`/items/${id}`, {}, undefined, 'GET')
      expect(status, id).to.equal(400)
    }
    for (const path of ['/items/../fail', '/items/01ARZ3NDEKTSV4RRFFQ69G5FAV/../../fail', '/../../etc/passwd'])
      expect((await raw(path, {}, undefined, 'GET')).status, path).to.equal(404)
  })

  it('HTTP that is none, without falling over', async () => {
    for (const bytes of [
      'GARBAGE\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a\r\nX: \u0000\r\n\r\n',
      `GET / HTTP/1.1\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`,
      'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
    ])
      expect(await wire(door, bytes), bytes.slice(0, 20)).to.match(/^HTTP\/1\.1 4\d\d /)
    expect((await json('{"text":"a"}')).status).to.equal(200)
  })

  it('an upload over the limit, of another type, and one that is cut off', async () => {
    const upload = (body: Body, headers: Record<string, string>): Promise<Answer> => door.ask('POST', '/upload', { body, headers })
    expect((await upload('x'.repeat(100_001), { 'content-type': 'text/csv' })).status).to.equal(413)
    expect((await raw('/upload', { 'content-type': 'text/csv', 'transfer-encoding': 'chunked' }, 'x'.repeat(300_000))).status).to.equal(413)
    expect((await upload('x', { 'content-type': 'image/png' })).status).to.equal(415)
    await wire(door, 'POST /upload HTTP/1.1\r\nHost: a\r\nContent-Type: text/csv\r\nContent-Length: 50\r\n\r\nonly this', 'cut')
    await until('the log says it', () => made.logged.some(({ event }) => event === 'http.left'))
    expect(made.logged.filter(({ level }) => level === 'error')).to.deep.equal([])
  })

  it('more than a route’s share of requests', async () => {
    const answers: Answer[] = []
    for (let n = 0; n < 4; n++) answers.push(await door.ask('GET', '/ip'))
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200, 429])
    expect(Number(answers[3]?.headers.get('retry-after'))).to.be.within(1, 60)
  })

  it('a client’s word about its own address, unless a proxy is trusted', async () => {
    const forged = { 'x-forwarded-for': '10.9.8.7, 10.1.1.1' }
    const direct = await openDoor(made, doorRoutes)
    expect((await direct.ask('GET', '/ip', { headers: forged })).text).to.match(/127\.0\.0\.1$/)
    await direct.close()
    const behind = await makeApp({ env: { TRUSTED_PROXIES: '1' } })
    const proxied = await openDoor(behind, doorRoutes)
    expect((await proxied.ask('GET', '/ip', { headers: forged })).text, 'only what our own proxy added').to.equal('10.1.1.1')
    await proxied.close()
    await behind.close()
  })

  /** A request as it is written, without the tidying of fetch: dots stay dots. */
  function raw(path: string, headers: Record<string, string>, body?: string, method = 'POST'): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const outgoing = request(door.url, { method, path, headers }, (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') }))
      })
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }
})

/** Bytes straight onto the wire; what comes back until the server closes. `cut`: hang up at once. */
function wire(door: Door, bytes: string, after: 'wait' | 'cut' = 'wait'): Promise<string> {
  return new Promise((resolve) => {
    let heard = ''
    const socket = connect(Number(new URL(door.url).port), '127.0.0.1', () => {
      socket.write(bytes, () => {
        if (after === 'cut') setTimeout(() => socket.destroy(), 50)
      })
    })
    socket.setEncoding('latin1').on('data', (part: string) => (heard += part))
    socket.on('error', () => undefined).on('close', () => resolve(heard))
  })
}
