// What other sites may show: only those that the court named may frame the page or read the JSON, and neither names a person.

import { expect } from 'chai'
import { readConfig } from '../../../src/config/config.ts'
import { ConfigError } from '../../../src/config/problems.ts'
import { listed } from '../../support/listed.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { eachDatabase, makeApp, type TestApp } from '../../support/app.ts'

const CITY = 'https://www.city.example'
const COUNTY = 'https://county.example:8443'
const JSON_PATH = '/api/v1/public/bulletins'

eachDatabase((_db, make) => {
  it('gives named sites the latest bulletins as a page and as JSON, with counts and without names', async () => {
    const made = await make({ env: { EMBED_ORIGINS: `${CITY},${COUNTY}`, BOARD: 'off' } })
    await listed(made.app, 2)
    await listed(made.app, 1, { caseNo: '（2026）云3401执88号', disclosure: 'undisclosed', employer: '某单位' })
    const server = await openServer(made)
    const page = await server.ask('GET', '/embed')
    expect(page.status).to.equal(200)
    expect(page.text).to.include('2026-0001').and.include('新增 2 条').and.include('/enquiry"')
    expect(page.text).not.to.include('2026-0002').and.not.to.include('扎西').and.not.to.include('云3401')
    const { status, body, text } = await server.ask('GET', JSON_PATH, { headers: { origin: COUNTY } })
    expect(status).to.equal(200)
    expect(body['items']).to.deep.equal([{ number: '2026-0001', on: '2026-11-22', listed: 2, corrected: 0, shielded: 0, revoked: 0 }])
    expect(text).not.to.include('扎西').and.not.to.include('云3401')
    await server.close()
  })
})

describe('the page and the JSON for other sites', () => {
  const open: (readonly [TestServer, TestApp])[] = []
  afterEach(async () => {
    for (const [server, made] of open.splice(0)) {
      await server.close()
      await made.close()
    }
  })

  async function serverWith(env: Record<string, string>): Promise<TestServer> {
    const made = await makeApp({ env })
    const server = await openServer(made)
    open.push([server, made])
    return server
  }

  it('do not exist unless the court names a site', async () => {
    const server = await serverWith({})
    for (const path of ['/embed', JSON_PATH]) {
      const { status, headers } = await server.ask('GET', path, { headers: { origin: CITY } })
      expect(status).to.equal(404)
      expect(headers.get('x-frame-options')).to.equal('DENY')
      expect(headers.get('access-control-allow-origin')).to.equal(null)
    }
  })

  it('may be framed by the named sites alone, and no other page with them', async () => {
    const server = await serverWith({ EMBED_ORIGINS: `${CITY},${COUNTY}`, ENQUIRY_PER_MINUTE: '1' })
    const page = await server.ask('GET', '/embed')
    const limited = await server.ask('GET', '/embed')
    expect([page.status, limited.status]).to.deep.equal([200, 429])
    // A refusal is readable inside the frame, too.
    for (const { headers } of [page, limited]) {
      expect(headers.get('content-security-policy')).to.include(`frame-ancestors ${CITY} ${COUNTY}`).and.not.to.include('script-src')
      expect(headers.get('x-frame-options')).to.equal(null)
    }
    for (const path of ['/', '/enquiry', '/board']) {
      const { headers } = await server.ask('GET', path)
      expect(headers.get('content-security-policy'), path).to.include("frame-ancestors 'none'")
      expect(headers.get('x-frame-options'), path).to.equal('DENY')
    }
  })

  it('let scripts of the named sites alone read the JSON, without credentials', async () => {
    const server = await serverWith({ EMBED_ORIGINS: CITY })
    const allowed = async (headers: Record<string, string>): Promise<string | null> =>
      (await server.ask('GET', JSON_PATH, { headers })).headers.get('access-control-allow-origin')
    expect(await allowed({ origin: CITY })).to.equal(CITY)
    for (const origin of [`${CITY}.evil.example`, 'http://www.city.example', `${CITY}:444`, 'null', COUNTY])
      expect(await allowed({ origin }), origin).to.equal(null)
    expect(await allowed({})).to.equal(null)
    const { headers } = await server.ask('GET', JSON_PATH, { headers: { origin: CITY } })
    expect([headers.get('vary'), headers.get('access-control-allow-credentials')]).to.deep.equal(['Origin', null])
  })

  it('stop the start when a site is not given as an origin', () => {
    for (const wrong of [`${CITY}/`, `${CITY}/news`, '*', 'www.city.example', 'null', `${CITY},`])
      expect(() => readConfig({ EMBED_ORIGINS: wrong }), wrong).to.throw(ConfigError, 'EMBED_ORIGINS')
    expect(readConfig({ EMBED_ORIGINS: `${CITY}, ${COUNTY}` }).embedOrigins).to.deep.equal([CITY, COUNTY])
  })
})
