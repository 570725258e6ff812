// The bot's channels over the real server: web API and page, official account plain and encrypted, SMS with TwiML, and the clerks' queue.
// Conversations line by line are conversation-scripts.test.ts; forged requests are webhook-hostile.test.ts.

import { createHmac } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { expect } from 'chai'
import { fetchMedia } from '../../src/features/complaints/chat-media.tasks.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { passiveText } from '../../src/messaging/channels/wechat-official/inbound.ts'
import { decrypt } from '../../src/messaging/channels/wechat-official/webhook.ts'
import { messageReply, readInbound } from '../../src/messaging/channels/twilio-sms/inbound.ts'
import { asking, openServer, type Answer, type TestServer } from '../support/http-server.ts'
import { eachDatabase } from '../support/app.ts'
import { listed } from '../support/listed.ts'
import { jpeg } from '../support/media.ts'
import { visitor } from '../support/visitor.ts'
import { STAND_IN } from '../support/providers.ts'
import { signedPost, type EventCallback } from '../support/wechat-events.ts'

const AT = 1772335596
const NOW = new Date(AT * 1000)
const WECHAT = { WECHAT_APP_ID: STAND_IN.wechat.appId, WECHAT_SECRET: STAND_IN.wechat.secret, WECHAT_TOKEN: STAND_IN.wechat.token }
const TWILIO = {
  TWILIO_ACCOUNT_SID: STAND_IN.twilio.accountSid,
  TWILIO_AUTH_TOKEN: STAND_IN.twilio.authToken,
  TWILIO_FROM: '+15005550006',
  PUBLIC_URL: 'https://court.example',
}
const SAMPLES = 'test/support/samples/in/'
const OPENID = 'oCourtUser0000000000000000001'

const form = (values: Readonly<Record<string, string>>): { body: string; headers: Record<string, string> } => ({
  body: new URLSearchParams(values).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
})

const opened: TestServer[] = []

/** Closes the server after the test. */
function closeLater(server: TestServer): TestServer {
  opened.push(server)
  return server
}

function textMessage(text: string, id: string): string {
  return `<xml><ToUserName><![CDATA[gh_court0000001]]></ToUserName><FromUserName><![CDATA[${OPENID}]]></FromUserName><CreateTime>${AT}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${text}]]></Content><MsgId>${id}</MsgId></xml>`
}

eachDatabase((_db, make) => {
  afterEach(async () => {
    for (const server of opened.splice(0)) await server.close()
  })

  describe('the web chat', () => {
    let server: TestServer
    let app: AppContext
    before(async () => {
      const made = await make({ env: { CHAT_PER_MINUTE: '60' } })
      app = made.app
      await listed(made.app, 1, { name: '扎西次仁' })
      server = await openServer(made)
    })
    after(() => server.close())

    it('continues a conversation by the token of the first reply, and answers a repeated message alike', async () => {
      const first = await server.ask('POST', '/api/v1/chat', { json: { text: '查一下扎西次仁' } })
      expect(first.body['reply']).to.match(/请补充/)
      const { conversation } = first.body
      expect(conversation).to.match(/^[\w-]{43}$/)
      const next = { json: { conversation, messageId: 'a', text: '0222' } }
      const second = await server.ask('POST', '/api/v1/chat', next)
      expect(second.body).to.include({ repeated: false, handedOver: false })
      expect(second.body['reply']).to.match(/查到1条/)
      const third = await server.ask('POST', '/api/v1/chat', next)
      expect(third.body).to.deep.equal({ ...second.body, repeated: true })
    })

    it('refuses a request that is not a message', async () => {
      for (const json of [{}, { text: 5 }, { text: 'x'.repeat(2001) }, { text: 'x', conversation: 'short' }, { text: 'x', messageId: '' }])
        expect((await server.ask('POST', '/api/v1/chat', { json })).status).to.equal(400)
      expect((await server.ask('POST', '/chat', { json: { text: 'x' } })).status).to.equal(415)
    })

    it('works as a page without script, and does not answer again when the page is reloaded', async () => {
      const empty = await server.ask('GET', '/chat')
      expect(empty.headers.get('content-security-policy')).to.match(/default-src 'none'/)
      expect(empty.text)
        .to.include('<form')
        .and.not.match(/<script|style=|onclick/)
      expect(empty.headers.get('set-cookie')).to.equal(null)
      const messageId = /name="messageId" value="([^"]+)"/.exec(empty.text)?.[1] ?? ''
      const sent = form({ messageId, text: '<b>我要举报</b>' })
      const said = await server.ask('POST', '/chat', sent)
      // The form's address ends in a fragment that leads to the input, because autofocus does not work behind another fragment.
      expect(said.text)
        .to.match(/<form[^>]* action="\/chat#say"/)
        .and.to.match(/<input id="say"/)
      const setCookie = said.headers.get('set-cookie') ?? ''
      expect(setCookie).to.match(/^zxt_chat=[\w-]{43}; Path=\/chat; HttpOnly; SameSite=Strict$/)
      expect(said.text).to.include('&lt;b&gt;我要举报').and.include('您要举报谁')
      const mine = asking(server.url, { cookie: setCookie.split(';')[0] ?? '' })
      const again = await mine('POST', '/chat', sent)
      expect([again.status, again.headers.get('location')]).to.deep.equal([303, '/chat#say'])
      expect((await mine('GET', '/chat')).text.match(/您要举报谁/g)).to.have.length(1)
      expect((await server.ask('GET', '/chat')).text).not.to.include('您要举报谁')
    })

    it('takes a photo on the page as evidence of the complaint that is being told, and refuses HEIC in plain words', async () => {
      const browser = visitor(server)
      await browser.get('/chat')
      const say = (text: string): Promise<unknown> => browser.post('/chat', { messageId: `m${text}`, text })
      await say('我要举报')
      const send = async (bytes: Buffer): Promise<void> => {
        const messageId = /name="messageId" value="([^"]+)">\s*<label>选一张/.exec(browser.text())?.[1] ?? ''
        await browser.send('/chat/photo', { messageId }, [bytes])
      }
      await send(Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic\0\0\0\0mif1heic', 'latin1')]))
      expect(browser.text()).to.include('HEIC 格式')
      await send(jpeg())
      expect(browser.text()).to.include('（图片或文件）')
      for (const text of ['和志强', '他欠钱不还，还天天坐飞机到处旅游', '跳过', '匿名', '确认']) await say(text)
      await fetchMedia(app, () => Promise.reject(new Error('no provider is asked')))
      const rows = await app.store.read((db) => db.query<{ n: number }>('select count(*) as n from complaint_evidence'))
      expect(Number(rows[0]?.n)).to.equal(1)
    })

    it('hands a conversation over to a clerk, who reads it, answers it and releases it', async () => {
      const { body } = await server.ask('POST', '/api/v1/chat', { json: { text: '转人工' } })
      expect(body['handedOver']).to.equal(true)
      expect((await server.ask('GET', '/api/v1/handoffs')).status).to.equal(401)
      const clerk = await server.person('clerk')
      const queue = (await clerk.ask('GET', '/api/v1/handoffs')).body['items'] as { id: string; summary: string }[]
      expect(queue.map((each) => each.summary)).to.deep.equal(['转人工'])
      const ticket = `/api/v1/handoffs/${queue[0]?.id ?? ''}`
      const release = `${ticket}/release`
      expect((await clerk.ask('POST', `${ticket}/answers`, { json: { text: ' ' } })).status).to.equal(400)
      const given = await clerk.ask('POST', `${ticket}/answers`, { json: { text: '明天上午给您打电话。' } })
      expect(given.body).to.include({ way: 'page' })
      const history = await server.ask('POST', '/api/v1/chat/history', { json: { conversation: body['conversation'] } })
      expect(history.body).to.deep.include({ handedOver: true })
      expect(JSON.stringify(history.body)).to.include('明天上午给您打电话。')
      const seen = asking(server.url, { cookie: `zxt_chat=${String(body['conversation'])}` })
      expect((await seen('GET', '/chat')).text).to.match(/工作人员：<\/span>明天上午给您打电话。.*看看有没有新的答复/s)
      expect((await clerk.ask('GET', ticket)).body['lines']).to.have.length(2)
      expect((await clerk.ask('POST', release)).status).to.equal(200)
      expect((await clerk.ask('POST', release)).status).to.equal(404)
      expect((await clerk.ask('POST', `${ticket}/answers`, { json: { text: '还在吗' } })).status).to.equal(409)
      const { conversation } = body
      expect((await server.ask('POST', '/api/v1/chat', { json: { conversation, text: '你好' } })).body['reply']).to.match(/可以查名单/)
    })
  })

  describe('the official account', () => {
    const open = async (env: Record<string, string>): Promise<TestServer> =>
      closeLater(await openServer(await make({ now: NOW, env: { ...WECHAT, ...env } })))
    const post = (server: TestServer, callback: EventCallback, xml: string): Promise<Answer> => {
      const { url, body } = signedPost(callback, STAND_IN.wechat.appId, xml, OPENID, AT)
      return server.ask('POST', url, { body, headers: { 'content-type': 'text/xml' } })
    }
    const plainly: EventCallback = { url: '/webhooks/wechat', token: STAND_IN.wechat.token }

    it('answers every sample message at once, with a text, with `success`, or with a refusal', async () => {
      const server = await open({})
      const expected: Record<string, RegExp> = {
        'text.xml': /<Content><!\[CDATA\[.+/s,
        'text-compat.xml': /<Content>/,
        'text-menu-click.xml': /<Content>/,
        'voice.xml': /举报/,
        'voice-no-recognition.xml': /没有听清/,
        'image.xml': /收到1件/,
        'video.xml': /收到1件/,
        'link.xml': /看不了图片/,
        'location.xml': /<Content>/,
        'event-click.xml': /举报谁|暂停/,
        'event-scan.xml': /绑定/,
        'event-subscribe.xml': /欢迎关注/,
        'event-subscribe-qr.xml': /绑定/,
        'hostile-cdata.xml': /<Content>|request_invalid/,
        'hostile-xxe.xml': /request_invalid/,
        'text-safe.xml': /request_invalid/,
      }
      for (const [n, name] of readdirSync(SAMPLES)
        .filter((each) => each.endsWith('.xml'))
        .entries()) {
        // Each sample comes from another person, so that none continues the conversation of another.
        const xml = readFileSync(SAMPLES + name, 'utf8').replaceAll(OPENID, `oCourtUser${String(n).padStart(19, '0')}`)
        const { text } = await post(server, plainly, xml)
        expect(text, name).to.match(expected[name] ?? /^success$/)
      }
    })

    it('gives the same reply to the same message, however often it comes', async () => {
      const server = await open({})
      const replies = await Promise.all([1, 2, 3].map(() => post(server, plainly, textMessage('我要举报', '25373744922163388'))))
      expect(replies[0]?.text).to.match(/您要举报谁/)
      expect(new Set(replies.map(({ text }) => text)).size).to.equal(1)
    })

    it('gives an encrypted reply in safe mode, and refuses a wrong signature', async () => {
      const { aesKey, appId, token } = STAND_IN.wechat
      const server = await open({ WECHAT_AES_KEY: aesKey })
      const { text } = await post(server, { ...plainly, aesKey }, textMessage('你好', '1'))
      const sealed = /<Encrypt><!\[CDATA\[(.+?)\]\]><\/Encrypt>/.exec(text)?.[1] ?? ''
      expect(decrypt({ appId, token, aesKey }, sealed)).to.match(/<ToUserName><!\[CDATA\[oCourtUser.*可以查名单/s)
      expect((await post(server, { ...plainly, token: 'other' }, textMessage('你好', '2'))).status).to.equal(403)
    })
  })

  describe('an SMS', () => {
    const signed = (values: Readonly<Record<string, string>>, token: string = TWILIO.TWILIO_AUTH_TOKEN): string =>
      createHmac('sha1', token)
        .update(
          `${TWILIO.PUBLIC_URL}/webhooks/twilio/message${Object.keys(values)
            .sort()
            .map((key) => key + (values[key] ?? ''))
            .join('')}`,
        )
        .digest('base64')

    it('is answered with TwiML, once for each message, and only when Twilio signed it', async () => {
      const server = closeLater(await openServer(await make({ env: TWILIO })))
      const values = { MessageSid: 'SM1', From: '+8613900000001', To: '+15005550006', Body: 'TD', NumMedia: '0' }
      const send = (token?: string): Promise<Answer> => {
        const { body, headers } = form(values)
        const signature = signed(values, token)
        return server.ask('POST', '/webhooks/twilio/message', { body, headers: { ...headers, 'x-twilio-signature': signature } })
      }
      const first = await send()
      expect(first.headers.get('content-type')).to.match(/text\/xml/)
      expect(first.text).to.match(/<Response><Message>.*退订.*<\/Message><\/Response>/s)
      expect((await send()).text).to.equal(first.text)
      expect((await send('other')).status).to.equal(403)
    })
  })
})

describe('a text for a channel', () => {
  it('is cut to the length that WeChat and Twilio accept, never inside a character', () => {
    expect(passiveText('好')).to.equal('好')
    const long = passiveText('😀好'.repeat(600))
    expect(Buffer.byteLength(long)).to.be.within(2035, 2048)
    expect(long).to.match(/…$/).and.not.include('\uFFFD')
    expect(messageReply('<&>')).to.include('<Message>&lt;&amp;&gt;</Message>')
    expect(messageReply('')).to.match(/<Response\/>$/)
    expect(messageReply('好'.repeat(2000))).to.include(`${'好'.repeat(1599)}…</Message>`)
  })

  it('is read from an SMS only when a phone sent it', () => {
    expect(readInbound({ MessageSid: 'SM1', From: 'whatsapp:+8613900000001', Body: 'x' })).to.equal(null)
    expect(readInbound({ From: '+8613900000001', Body: 'x' })).to.equal(null)
  })
})
