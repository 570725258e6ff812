// Requests that the server refuses: everything that a client can get wrong.
// The form of answers is answers.test.ts.

import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { openServer, type Answer, type Body, type TestServer } from '../../support/http-server.ts'
import { testRoutes } from '../../support/http-routes.ts'
import { makeApp, type TestApp } from '../../support/app.ts'
import { until } from '../../support/until.ts'

describe('the server refuses', () => {
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
  const json = (body: Body, headers: Record<string, string> = {}): Promise<Answer> =>
    client.ask('POST', '/echo', { body, headers: { 'content-type': 'application/json', ...headers } })

  it('a body that is not JSON', async () => {
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

  it('JSON that does not fit the schema, naming every field', async () => {
    const problems = async (body: unknown): Promise<unknown> =>
      ((await json(JSON.stringify(body))).body['problems'] as { code: string; field?: string }[]).map(
        ({ field, code: problem }) => `${field ?? ''} ${problem}`,
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

  it('a body over the limit, with or without a declared length', async () => {
    const large = JSON.stringify({ text: 'x'.repeat(32_768) })
    const declared = await json(large)
    expect(declared.status).to.equal(413)
    expect(code(declared)).to.equal('body_too_large')
    const endless = await raw('/echo', { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }, large)
    expect(endless.status).to.equal(413)
    expect(JSON.parse(endless.body)).to.include({ code: 'body_too_large' })
    expect((await json(JSON.stringify({ text: 'x'.repeat(32_000) }))).status).to.equal(200)
    const form = (body: string): Promise<Answer> =>
      client.ask('POST', '/form', { body, headers: { 'content-type': 'application/x-www-form-urlencoded' } })
    expect((await form(`text=${'x'.repeat(32_768)}`)).status).to.equal(413)
    expect((await form(`text=${'x'.repeat(32_000)}`)).status).to.equal(204)
    expect((await form('a&'.repeat(501))).text).to.include('最多 500 个字段')
  })

  it('a body of more than 32 kB from anybody, unless the route takes more, before it is parsed', async () => {
    const long = JSON.stringify({ text: 'x'.repeat(100_000) })
    expect((await json(long)).status).to.equal(413)
    const headers = { 'content-type': 'application/json' }
    expect((await client.ask('POST', '/echo/long', { body: long, headers })).status).to.equal(204)
    expect((await client.ask('POST', '/echo/long', { body: JSON.stringify({ text: 'x'.repeat(200_000) }), headers })).status).to.equal(413)
    // Whoever has an account or a key is refused as a stranger before the body is looked at.
    expect((await client.ask('POST', '/echo/known', { body: long, headers })).status).to.equal(401)
  })

  it('many unknown fields with the first problems and the number of the others, in a short answer', async () => {
    const many = (count: number): string => JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, 1])))
    const { status, body, text } = await json(many(400))
    expect(status).to.equal(400)
    const problems = body['problems'] as { code: string; message: string; field?: string }[]
    expect(problems.map(({ code: problem }) => problem)).to.deep.equal([
      'required',
      ...Array.from({ length: 19 }, () => 'field_unknown'),
      'problems_more',
    ])
    expect(problems.at(-1)).to.deep.include({ message: '另有 381 处问题没有列出，请先改正以上各处。' })
    expect(text.length).to.be.below(4_000)
    const long = (await json(JSON.stringify({ ['k'.repeat(20_000)]: 1 }))).body['problems'] as typeof problems
    expect(long[1]?.field).to.equal('k'.repeat(100))
  })

  it('an object with more fields, or a list with more items, than any schema has, without checking them', async () => {
    const headers = { 'content-type': 'application/json' }
    const problems = async (value: unknown): Promise<unknown> => {
      const { status, body } = await client.ask('POST', '/echo/long', { body: JSON.stringify(value), headers })
      return [status, ...(body['problems'] as { code: string }[]).map(({ code: problem }) => problem)]
    }
    const fields = Object.fromEntries(Array.from({ length: 501 }, (_, n) => [`k${n}`, 1]))
    expect(await problems(fields)).to.deep.equal([400, 'most_fields'])
    expect(await problems({ text: [{ deep: fields }] })).to.deep.equal([400, 'most_fields'])
    expect(await problems({ text: Array.from({ length: 20_001 }, () => 1) })).to.deep.equal([400, 'most_count'])
    const inEachOther = (count: number): unknown => Array.from({ length: count }).reduce((inner: unknown) => [inner], 1)
    expect(await problems({ text: inEachOther(20) })).to.deep.equal([400, 'most_depth'])
    expect(await problems({ text: inEachOther(19) }), 'a wrong type').not.to.include('most_depth')
    const brackets = await client.ask('POST', '/echo', { body: JSON.stringify({ text: '\\"[[[['.repeat(40) }), headers })
    expect(brackets.status, 'brackets within a text').to.equal(200)
  })

  it('a seventeenth unfinished body of one network, but no whole one while others are worked on', async () => {
    const held = Array.from({ length: 16 }, () => unfinished(client, '/echo', 'application/json'))
    await until('one more is refused', async () => {
      const { socket } = unfinished(client, '/echo', 'application/json')
      const answer = await Promise.race([once(socket, 'data'), delay(200)])
      socket.destroy()
      return String(answer).startsWith('HTTP/1.1 429')
    })
    const whole = await Promise.all(Array.from({ length: 40 }, () => json('{"text":"a"}')))
    expect(whole.filter(({ status }) => status !== 200)).to.have.length(0)
    for (const { socket } of held) socket.destroy()
  })

  it('a body that does not come: after five seconds of a provider, after ten of anybody', async () => {
    const [signed, json10, form] = [
      unfinished(client, '/hook', 'text/xml'),
      unfinished(client, '/echo', 'application/json'),
      unfinished(client, '/form', 'application/x-www-form-urlencoded'),
    ]
    const seconds = await Promise.all([signed, json10, form].map(({ closed }) => closed))
    expect(seconds[0]).to.be.within(4, 8)
    expect(seconds[1]).to.be.within(9, 14)
    expect(seconds[2]).to.be.within(9, 14)
  }).timeout(20_000)

  it('a body of another media type or a compressed body', async () => {
    for (const headers of [
      { 'content-type': 'text/xml' },
      { 'content-type': '' },
      { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    ]) {
      const answer = await client.ask('POST', '/echo', { body: '{"text":"a"}', headers })
      expect(answer.status).to.equal(415)
      expect(answer.body['detail']).to.include('application/json')
    }
    expect((await json('{"text":"a"}', { 'content-type': 'Application/JSON ; charset=utf-8' })).status).to.equal(200)
  })

  it('unknown addresses, and methods that an address does not accept, naming those that it does', async () => {
    for (const path of ['/nowhere', '/echo/more', '//echo', '/ECHO', '/items/', '/.env', '/echo%00'])
      expect(code(await client.ask('POST', path)), path).to.equal('route_missing')
    for (const [method, path, allow] of [
      ['PUT', '/echo', 'OPTIONS, POST'],
      ['DELETE', '/fail', 'GET, HEAD, OPTIONS'],
      ['PROPFIND', '/echo', 'OPTIONS, POST'],
    ] as const) {
      const answer = await client.ask(method, path)
      expect(answer.status, `${method} ${path}`).to.equal(405)
      expect(answer.headers.get('allow')).to.equal(allow)
    }
  })

  it('path traversal and malformed ids', async () => {
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

  it('bytes that are not HTTP, and goes on working', async () => {
    for (const bytes of [
      'GARBAGE\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a\r\nX: \u0000\r\n\r\n',
      `GET / HTTP/1.1\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`,
      'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
    ])
      expect(await wire(client, bytes), bytes.slice(0, 20)).to.match(/^HTTP\/1\.1 4\d\d /)
    expect((await json('{"text":"a"}')).status).to.equal(200)
  })

  it('an upload over the limit, of another type, or cut off', async () => {
    const upload = (body: Body, headers: Record<string, string>): Promise<Answer> => client.ask('POST', '/upload', { body, headers })
    expect((await upload('x'.repeat(100_001), { 'content-type': 'text/csv' })).status).to.equal(413)
    expect((await raw('/upload', { 'content-type': 'text/csv', 'transfer-encoding': 'chunked' }, 'x'.repeat(300_000))).status).to.equal(413)
    expect((await upload('x', { 'content-type': 'application/json' })).status).to.equal(415)
    await wire(client, 'POST /upload HTTP/1.1\r\nHost: a\r\nContent-Type: text/csv\r\nContent-Length: 50\r\n\r\nonly this', 'cut')
    await until('the log has the event', () => testApp.logged.some(({ event }) => event === 'http.left'))
    expect(testApp.logged.filter(({ level }) => level === 'error')).to.deep.equal([])
  })

  it('requests beyond the rate limit of a route', async () => {
    const answers: Answer[] = []
    for (let n = 0; n < 4; n++) answers.push(await client.ask('GET', '/ip'))
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200, 429])
    expect(Number(answers[3]?.headers.get('retry-after'))).to.be.within(1, 60)
  })

  it('to believe a client’s forwarded address, unless a proxy is trusted', async () => {
    const forged = { 'x-forwarded-for': '10.9.8.7, 10.1.1.1' }
    const direct = await openServer(testApp, testRoutes)
    expect((await direct.ask('GET', '/ip', { headers: forged })).text).to.match(/127\.0\.0\.1$/)
    await direct.close()
    const behind = await makeApp({ env: { TRUSTED_PROXIES: '1' } })
    const proxied = await openServer(behind, testRoutes)
    expect((await proxied.ask('GET', '/ip', { headers: forged })).text, 'only the address that the trusted proxy added').to.equal(
      '10.1.1.1',
    )
    await proxied.close()
    await behind.close()
  })

  /** Sends a request without the normalisation of fetch, so that dots in the path stay. */
  function raw(path: string, headers: Record<string, string>, body?: string, method = 'POST'): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const outgoing = request(client.url, { method, path, headers }, (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') }))
      })
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }
})

/** A request whose body stops in the middle; `closed` are the seconds after which the server closed it. */
function unfinished(client: TestServer, path: string, type: string): { socket: Socket; closed: Promise<number> } {
  const started = performance.now()
  const socket = connect(Number(new URL(client.url).port), '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\nContent-Length: 900\r\n\r\n{"text":`)
  const closed = new Promise<number>((resolve) => socket.on('close', () => resolve((performance.now() - started) / 1000)))
  return { socket, closed }
}

/** Sends bytes over a socket and returns the answer until the server closes. With `cut` the socket is closed after 50 ms. */
function wire(client: TestServer, bytes: string, after: 'wait' | 'cut' = 'wait'): Promise<string> {
  return new Promise((resolve) => {
    let received = ''
    const socket = connect(Number(new URL(client.url).port), '127.0.0.1', () => {
      socket.write(bytes, () => {
        if (after === 'cut') setTimeout(() => socket.destroy(), 50)
      })
    })
    socket.setEncoding('latin1').on('data', (part: string) => (received += part))
    socket.on('error', () => undefined).on('close', () => resolve(received))
  })
}
