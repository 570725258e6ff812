// Pictures in conversations: fetched from the provider alone, cleaned, and attached to the complaint that is filed, or reported as failed.
// Kinds and cleaning are test/platform/media; evidence uploaded directly is evidence.test.ts.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect } from 'chai'
import { answer } from '../../../bot/answer.ts'
import { showComplaint, listComplaints } from '../../../src/features/complaints/views.ts'
import { deleteOldMedia, createMediaFetcher, type MediaFetcher } from '../../../src/features/complaints/chat-media.tasks.ts'
import { tokenStore } from '../../../src/messaging/provider-tokens.ts'
import { openMedia } from '../../../src/messaging/channels/open.ts'
import { mediaPath } from '../../../src/messaging/channels/twilio-sms/media.ts'
import { closeSetups, makeSetup, phone, type DeliverySetup } from '../../support/delivery-setup.ts'
import { eachDatabase } from '../../support/app.ts'
import { CLERK } from '../../support/listed.ts'
import { listen, type Loopback } from '../../support/loopback.ts'
import { exif, jpeg } from '../../support/media.ts'
import { STAND_IN } from '../../support/providers.ts'
import { until } from '../../support/until.ts'

const OPENID = 'oCourtUser0000000000000000001'
const { accountSid, authToken } = STAND_IN.twilio
const PICTURE = jpeg({ before: [exif(6, Buffer.from('GPS of a home'))] })
const PATH = `/2010-04-01/Accounts/${accountSid}/Messages/MM${'a'.repeat(32)}/Media/ME${'d'.repeat(32)}`
const LINES = ['我要举报', '和志强', '他欠钱不还，还天天坐飞机到处旅游', '跳过', '匿名']

/** What the stand-in provider answers for each MediaId or path; a number is an errcode, a text the address of a redirect. */
type MediaReplies = Map<string, Buffer | number | string>

async function provider(replies: MediaReplies): Promise<Loopback & { requests: { path: string; authorization: string | undefined }[] }> {
  const requests: { path: string; authorization: string | undefined }[] = []
  const handle = (incoming: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(incoming.url ?? '/', 'http://provider')
    requests.push({ path: url.pathname, authorization: incoming.headers.authorization })
    const json = (value: unknown): void => void response.writeHead(200, { 'content-type': 'text/plain' }).end(JSON.stringify(value))
    if (url.pathname === '/cgi-bin/stable_token') return json({ access_token: 'token', expires_in: 7200 })
    const isWechat = url.pathname === '/cgi-bin/media/get'
    const found = replies.get(isWechat ? (url.searchParams.get('media_id') ?? '') : url.pathname)
    if (Buffer.isBuffer(found)) return void response.writeHead(200, { 'content-type': 'image/jpeg' }).end(found)
    if (typeof found === 'number') return json({ errcode: found, errmsg: 'no' })
    if (found !== undefined && isWechat) return json({ video_url: found })
    response.writeHead(found === undefined ? 404 : 307, found === undefined ? {} : { location: found }).end()
  }
  return { ...(await listen((incoming, response) => Promise.resolve(handle(incoming, response)), 0)), requests }
}

describe('pictures in a conversation', () => {
  eachDatabase((_db, make) => {
    let setup: DeliverySetup
    let server: Awaited<ReturnType<typeof provider>>
    let collector: MediaFetcher
    const replies: MediaReplies = new Map()
    let serial = 0

    beforeEach(async () => {
      replies.clear()
      server = await provider(replies)
      setup = await makeSetup(make)
      setup.wechat.heard(OPENID)
      const { clock, log } = setup.app
      const account = { appId: 'wx1', secret: 's', templates: {}, baseUrl: server.url }
      const collect = openMedia(
        { wechat: account, twilio: { accountSid, authToken, from: '+1', messagingServiceSid: undefined, baseUrl: server.url } },
        { clock, log, tokens: (name) => tokenStore(setup.app, name) },
        200_000,
      )
      collector = createMediaFetcher(setup.app, collect)
    })
    afterEach(async () => {
      await server.close()
      await closeSetups()
    })

    const send = async (text: string, media: readonly string[] = [], from = OPENID): Promise<string> => {
      serial += 1
      const kind = text === '' ? { kind: 'media' as const } : {}
      const channel = from.startsWith('+') ? 'sms' : 'wechat'
      const message = { channel, from, messageId: `m${serial}`, text, media, window: 172_800_000, ...kind } as const
      return (await answer(setup.app, message)).text
    }
    const evidence = async (): Promise<{ kind: string; bytes: number }[]> => {
      const { items } = await listComplaints(setup.app, CLERK, { filter: {}, page: { limit: 9, offset: 0 } })
      const { evidence: files } = await showComplaint(setup.app, CLERK, items[0]?.number ?? '')
      return files.map(({ kind, bytes }) => ({ kind, bytes }))
    }
    const failures = async (): Promise<string[]> => {
      await collector.processAll()
      await setup.dispatcher.processAll()
      return setup.wechat.sent.flatMap((each) => each.text ?? [])
    }

    it('become evidence of the complaint, fetched before or after it is filed, without device metadata', async () => {
      replies.set('one', PICTURE).set('two', PICTURE)
      for (const line of LINES.slice(0, 2)) await send(line)
      expect(await send('', ['wechat:one'])).to.match(/^收到1件材料.*\n发生了什么/)
      await collector.processAll()
      for (const line of LINES.slice(2)) await send(line)
      expect(await send('', ['wechat:two'])).to.match(/随附材料：2件/)
      expect(await send('是')).to.match(/随附材料2件也已提交/)
      await collector.processAll()
      const files = await evidence()
      expect(files.map((each) => each.kind)).to.deep.equal(['jpeg', 'jpeg'])
      expect(files[0]?.bytes).to.be.below(PICTURE.length)
      expect(await failures()).to.deep.equal([])
    })

    it('are not fetched before a complaint needs them, when they were sent first', async () => {
      replies.set('one', PICTURE)
      expect(await send('', ['wechat:one'])).to.match(/要用作举报材料/)
      await collector.processAll()
      expect(server.requests).to.deep.equal([])
      for (const line of LINES) await send(line)
      expect(await send('是')).to.match(/随附材料1件/)
      await collector.processAll()
      expect(await evidence()).to.have.length(1)
    })

    it('are reported to the sender when they cannot be fetched or stored, and may be sent again', async () => {
      replies.set('gone', 40007).set('text', Buffer.from('just a long text, and no picture')).set('big', Buffer.alloc(300_000, 1))
      replies.set('cut', PICTURE.subarray(0, 60)).set('elsewhere', 'http://127.0.0.1:9/secret')
      for (const line of LINES.slice(0, 2)) await send(line)
      for (const name of ['gone', 'text', 'big', 'cut', 'elsewhere']) await send('', [`wechat:${name}`])
      expect((await failures()).sort()).to.deep.equal(
        [
          '您发来的图片或文件没有取到，没有保存。请再发一次。',
          '您发来的图片或文件没有取到，没有保存。请再发一次。',
          '您发来的文件不是能收的种类，没有保存。请发照片、截图、PDF、录音或者视频。',
          '您发来的文件太大，没有保存。请发20MB以内的图片或文件。',
          '您发来的文件打不开，可能没有发完整，没有保存。请再发一次。',
        ].sort(),
      )
      replies.set('again', PICTURE)
      await send('', ['wechat:again'])
      for (const line of LINES.slice(2)) await send(line)
      await send('是')
      await collector.processAll()
      expect(await evidence()).to.have.length(1)
    })

    it('are fetched again after the provider was busy', async () => {
      replies.set('slow', -1)
      for (const line of LINES.slice(0, 2)) await send(line)
      await send('', ['wechat:slow'])
      await collector.processAll()
      replies.set('slow', PICTURE)
      await collector.processAll()
      setup.clock.advance(60_000)
      await collector.processAll()
      for (const line of LINES.slice(2)) await send(line)
      await send('是')
      expect(await evidence()).to.have.length(1)
    })

    it('that end the process twice are given up and reported, and those fetched beside them are not', async () => {
      replies.set('one', PICTURE).set('two', PICTURE)
      for (const line of LINES.slice(0, 2)) await send(line)
      for (const name of ['one', 'two']) await send('', [`wechat:${name}`])
      for (let crash = 1; crash <= 2; crash += 1) {
        let begun = 0
        // A fetch that never ends is what a process leaves that died in it.
        const dead = createMediaFetcher(setup.app, () => new Promise(() => (begun += 1)))
        void dead.processAll()
        await until('the try began', () => begun > 0)
        setup.clock.advance(61_000)
      }
      expect(await failures()).to.deep.equal(['您发来的图片或文件处理不了，没有保存。请截图，或者换一种格式后再发。'])
      for (const line of LINES.slice(2)) await send(line)
      await send('是')
      expect(await evidence()).to.have.length(1)
    })

    it('are fetched for MMS from the account’s own paths, with credentials sent to no other host', async () => {
      const carried = `${server.url}/carried`
      replies.set(PATH, carried).set('/carried', PICTURE)
      for (const line of LINES) await send(line, [], phone(1))
      await send('', [`twilio:${PATH}`], phone(1))
      await send('是', [], phone(1))
      await collector.processAll()
      expect(await evidence()).to.have.length(1)
      expect(server.requests.map((each) => each.authorization?.slice(0, 6))).to.deep.equal(['Basic ', undefined])
      replies.set(PATH, 'http://169.254.169.254/latest')
      for (const line of LINES.slice(0, 2)) await send(line, [], phone(1))
      await send('', [`twilio:${PATH}`], phone(1))
      await collector.processAll()
      await setup.dispatcher.processAll()
      expect(setup.twilio.sent.map((each) => each.body).join()).to.match(/没有取到/)
    })

    it('are refused in the turn beyond the limit of a complaint, and deleted when no complaint is filed', async () => {
      for (const line of LINES.slice(0, 2)) await send(line)
      for (let n = 0; n < 10; n += 1) await send('', [`wechat:${n}`])
      expect(await send('', ['wechat:10'])).to.match(/最多收10件材料/)
      setup.clock.advance(25 * 3_600_000)
      await deleteOldMedia(setup.app)
      expect(await setup.app.store.read((db) => db.query('select id from chat_media'))).to.deep.equal([])
    })
  })
})

describe('the address of an MMS picture', () => {
  it('is accepted only where it is a path of the account', () => {
    const url = `https://api.twilio.com${PATH}`
    expect(mediaPath(url, accountSid)).to.equal(PATH)
    expect(mediaPath(`http://169.254.169.254${PATH}`, accountSid), 'the host is never asked').to.equal(PATH)
    for (const wrong of [
      '',
      'x',
      'http://10.0.0.1/',
      `${url}/../..`,
      `${url}?a=b#c`.replace('Media', 'Other'),
      url.replace(accountSid, `AC${'9'.repeat(32)}`),
    ])
      expect(mediaPath(wrong, accountSid), wrong).to.equal(null)
  })
})
