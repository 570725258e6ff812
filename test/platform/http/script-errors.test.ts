// What the author of a script reads in a refusal: what came, what is accepted, and the way out.
// The statuses and codes of all errors are server.test.ts.

import { expect } from 'chai'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { eachDatabase } from '../../support/app.ts'

eachDatabase((_db, make) => {
  describe('a refusal for a script’s author', () => {
    let server: TestServer
    before(async () => (server = await openServer(await make())))
    after(() => server.close())

    it('says which content type came and which are taken', async () => {
      const { ask } = await server.person('clerk')
      const wrong = await ask('POST', '/api/v1/listings/search', { body: 'a=b', headers: { 'content-type': 'text/csv' } })
      expect(wrong.status).to.equal(415)
      expect(wrong.body['detail']).to.match(/text\/csv.*Content-Type.*application\/json/)
      const packed = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
      expect((await ask('POST', '/api/v1/listings/search', { body: '{}', headers: packed })).body['detail']).to.include('gzip')
    })

    it('names the header against forged requests, and that keys need none', async () => {
      const { ask } = await server.person('clerk')
      const { status, body } = await ask('POST', '/api/v1/listings/search', { json: {}, headers: { 'x-csrf-token': '' } })
      expect([status, body['code']]).to.deep.equal([403, 'csrf_wrong'])
      expect(body['detail']).to.match(/X-CSRF-Token.*单位密钥/)
    })

    it('says how to send a key, where the addresses stand, and which methods there are', async () => {
      const anybody = await server.ask('POST', '/api/v1/screenings', { json: {} })
      expect(anybody.status).to.equal(401)
      expect(anybody.body['detail']).to.match(/Authorization.*Bearer/)
      const nowhere = await server.ask('GET', '/api/v1/nowhere', { headers: { accept: 'application/json' } })
      expect([nowhere.status, nowhere.body['detail']]).to.deep.equal([404, '没有这个地址，请核对网址；接口的地址见 /docs。'])
      const method = await server.ask('PATCH', '/api/v1/screenings', { headers: { accept: 'application/json' } })
      expect(method.status).to.equal(405)
      expect(method.body['detail']).to.match(/GET.*POST/)
    })

    it('says how large a body is and how large it may be', async () => {
      const { ask } = await server.person('clerk')
      const json = { text: 'x'.repeat(1_100_000) }
      const { status, body } = await ask('POST', '/api/v1/listings/search', { json })
      expect(status).to.equal(413)
      expect(body['detail'])
        .to.include(String(JSON.stringify(json).length))
        .and.to.include('1048576')
    })

    it('names the field of a nested part, and the word that makes a password common', async () => {
      const { ask, password } = await server.person('clerk')
      const nested = await ask('POST', '/api/v1/listings/search', { json: { decided: { from: '2026/01/01' } } })
      expect(nested.body['problems']).to.deep.include({
        code: 'format_date',
        field: 'decided.from',
        message: '应当是日期，写法如 2026-01-31。',
        severity: 'error',
      })
      const weak = await ask('POST', '/api/v1/session/password', { json: { current: password, next: 'password1234' } })
      expect(weak.text)
        .to.match(/password_common/)
        .and.to.match(/如“password/)
    })
  })
})
