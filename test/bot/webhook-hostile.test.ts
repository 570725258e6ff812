// Forged webhook requests: a thousand changed signatures and ciphertexts, old messages, hostile XML, forged forms. The server refuses all
// of them, and none leaves a trace in a conversation. Genuine requests are chat-routes.test.ts.

import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { expect } from 'chai'
import { WECHAT_ENV } from '../support/account.ts'
import { openServer, type Answer, type TestServer } from '../support/http-server.ts'
import { makeApp, type TestApp } from '../support/app.ts'
import { STAND_IN } from '../support/providers.ts'
import { readEvent } from '../../src/messaging/channels/wechat-official/webhook.ts'
import { leastSpent } from '../support/spent.ts'
import { until } from '../support/until.ts'
import { signedPost } from '../support/wechat-events.ts'

const AT = 1772335596
const NOW = new Date(AT * 1000)
const SAMPLES = 'test/support/samples/'
const XML = readFileSync(`${SAMPLES}in/text.xml`, 'utf8')
const { aesKey, appId, token } = STAND_IN.wechat
const TWILIO_ENV = {
  TWILIO_ACCOUNT_SID: STAND_IN.twilio.accountSid,
  TWILIO_AUTH_TOKEN: STAND_IN.twilio.authToken,
  TWILIO_FROM: '+15005550006',
  PUBLIC_URL: 'https://court.example',
}
const MUTATIONS = 1_000

/** The text with one character changed, left out or doubled, or rotated at it. `seed` selects the character and the change. */
function mutated(text: string, seed: number): string {
  const at = (seed * 7919) % text.length
  const character = text[at] ?? ''
  const other = '0123456789abcdefABCDEF+/'.replace(character, '')[seed % 22] ?? 'x'
  return [
    text.slice(0, at) + other + text.slice(at + 1),
    text.slice(0, at) + text.slice(at + 1),
    text.slice(0, at) + character + character + text.slice(at + 1),
    text.slice(at + 1) + text.slice(0, at + 1),
  ][seed % 4] as string
}

describe('the webhooks', () => {
  let made: TestApp
  let server: TestServer
  const openWith = async (env: Readonly<Record<string, string>>): Promise<void> => {
    made = await makeApp({ now: NOW, env })
    server = await openServer(made)
  }
  const post = (url: string, body: string): Promise<Answer> => server.ask('POST', url, { body, headers: { 'content-type': 'text/xml' } })
  const countConversations = async (): Promise<number> =>
    (await made.app.store.read((db) => db.query('select id from conversation'))).length

  afterEach(async () => {
    expect(await countConversations(), 'no conversation').to.equal(0)
    expect(
      made.logged.filter((line) => line.level === 'error'),
      'no error in the log',
    ).to.deep.equal([])
    await server.close()
    await made.close()
  })

  it('read no more than 64 kB, and each character of it once, however many sections are opened and none closed', async () => {
    await openWith(WECHAT_ENV)
    const signed = signedPost({ url: '/webhooks/wechat', token }, appId, XML, 'o1', AT)
    expect((await post(signed.url, `<xml>${' '.repeat(70_000)}</xml>`)).status).to.equal(413)
    const account = { appId, token }
    const query = Object.fromEntries(new URL(signed.url, 'http://localhost').searchParams)
    const spent = (length: number): Promise<number> => {
      const body = `<xml>${'<![CDATA['.repeat(length)}`
      return leastSpent(() => {
        for (let times = 0; times < 20; times += 1) expect(() => readEvent(account, query, body, NOW)).to.throw()
      })
    }
    // Eight times the length: eight times the time, where it was sixty-four times.
    expect((await spent(64_000)) / (await spent(8_000))).to.be.below(24)
  })

  it(`refuse ${MUTATIONS} changed signatures of plain messages`, async () => {
    await openWith(WECHAT_ENV)
    for (let seed = 0; seed < MUTATIONS; seed += 1) {
      const { url, body } = signedPost({ url: 'http://x/webhooks/wechat', token }, appId, XML, 'o1', AT)
      const address = new URL(url)
      const name = (['signature', 'timestamp', 'nonce'] as const)[seed % 3] ?? 'signature'
      const right = address.searchParams.get(name) ?? ''
      const wrong = mutated(right, seed)
      if (wrong === right) continue
      address.searchParams.set(name, wrong)
      expect((await post(address.pathname + address.search, body)).status, `${name} ${wrong}`).to.equal(403)
    }
  })

  it(`refuse ${MUTATIONS} changed ciphertexts and signatures of encrypted messages`, async () => {
    await openWith({ ...WECHAT_ENV, WECHAT_AES_KEY: aesKey })
    for (let seed = 0; seed < MUTATIONS; seed += 1) {
      const { url, body } = signedPost({ url: 'http://x/webhooks/wechat', token, aesKey }, appId, XML, 'o1', AT)
      const address = new URL(url)
      const encrypted = /<Encrypt><!\[CDATA\[([^\]]+)/.exec(body)?.[1] ?? ''
      if (seed % 2 === 0) {
        const right = address.searchParams.get('msg_signature') ?? ''
        address.searchParams.set('msg_signature', mutated(right, seed))
        if (address.searchParams.get('msg_signature') === right) continue
      }
      const wrong = seed % 2 === 0 ? body : body.replace(encrypted, mutated(encrypted, seed))
      if (seed % 2 === 1 && wrong === body) continue
      expect((await post(address.pathname + address.search, wrong)).status, `${seed}`).to.equal(403)
    }
  })

  it('refuse messages of another account, plain messages where a key is configured, and unsigned messages', async () => {
    await openWith({ ...WECHAT_ENV, WECHAT_AES_KEY: aesKey })
    const callback = { url: '/webhooks/wechat', token }
    for (const each of [
      signedPost({ ...callback, aesKey }, 'wxother', XML, 'o1', AT),
      signedPost({ ...callback, aesKey: `x${aesKey.slice(1)}` }, appId, XML, 'o1', AT),
      signedPost(callback, appId, XML, 'o1', AT),
      { url: '/webhooks/wechat', body: XML },
    ])
      expect((await post(each.url, each.body)).status).to.equal(403)
  })

  it('refuse messages whose time is more than five minutes in the past or in the future', async () => {
    await openWith(WECHAT_ENV)
    for (const seconds of [-301, -3600, -86_400, 301, 86_400]) {
      const { url, body } = signedPost({ url: '/webhooks/wechat', token }, appId, XML, 'o1', AT + seconds)
      expect((await post(url, body)).status, String(seconds)).to.equal(403)
    }
  })

  it('refuse a DOCTYPE, entities and a body that is no message, even with a right signature', async () => {
    await openWith(WECHAT_ENV)
    const hostile = [
      readFileSync(`${SAMPLES}in/hostile-xxe.xml`, 'utf8'),
      XML.replace('<xml>', '<xml><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'),
      `<?xml version="1.0"?>${XML}`,
      XML.replace('<Content>', '<Content a="b">'),
      '<xml>'.repeat(10_000),
      '<xml><__proto__>1</__proto__></xml>',
      '{}',
      '',
      XML.slice(0, -9),
    ]
    for (const xml of hostile) {
      const { url, body } = signedPost({ url: '/webhooks/wechat', token }, appId, xml, 'o1', AT)
      const answer = await post(url, body)
      expect(answer.status, xml.slice(0, 60)).to.equal(400)
      expect(answer.text).not.to.include('passwd')
    }
  })

  it('refuse forms that Twilio did not character, also when the address of a picture was changed', async () => {
    await openWith(TWILIO_ENV)
    const sent = Object.fromEntries(new URLSearchParams(readFileSync(`${SAMPLES}twilio/inbound-mms.form`, 'utf8')))
    const body = new URLSearchParams(sent).toString()
    const text = Object.keys(sent)
      .sort()
      .reduce((all, name) => all + name + (sent[name] ?? ''), `${TWILIO_ENV.PUBLIC_URL}/webhooks/twilio/message`)
    const right = createHmac('sha1', STAND_IN.twilio.authToken).update(text).digest('base64')
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    const ask = (signature: string, form = body): Promise<Answer> =>
      server.ask('POST', '/webhooks/twilio/message', { body: form, headers: { ...type, 'x-twilio-signature': signature } })
    for (let seed = 0; seed < 300; seed += 1) {
      const wrong = mutated(right, seed)
      if (wrong !== right) expect((await ask(wrong)).status, wrong).to.equal(403)
    }
    expect((await ask(right, body.replace('api.twilio.com', '169.254.169.254'))).status).to.equal(403)
    expect((await server.ask('POST', '/webhooks/twilio/message', { body, headers: type })).status).to.equal(403)
  })

  it('close a connection that sends too slowly, and refuse more than two hundred at once from one network', async () => {
    await openWith(WECHAT_ENV)
    const { hostname, port } = new URL(server.url)
    const head = `POST /webhooks/wechat?signature=x HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 100\r\n\r\n<`
    const slow = Array.from({ length: 200 }, () =>
      connect(Number(port), hostname, function (this: Socket) {
        this.write(head)
      }),
    )
    const closed = Promise.all(
      slow.map((socket) =>
        once(
          socket.on('error', () => undefined),
          'close',
        ),
      ),
    )
    await until('all places are taken', async () => (await post('/webhooks/wechat', XML)).status === 429)
    expect((await server.ask('GET', '/healthz')).status).to.equal(200)
    await closed
    expect((await post('/webhooks/wechat', XML)).status).to.equal(403)
  })
})
