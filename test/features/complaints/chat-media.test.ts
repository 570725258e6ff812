// Pictures in conversations: fetched from the provider and nowhere else, cleaned, and evidence of the complaint that is filed; or said to have failed.
// Kinds and cleaning are test/media, evidence handed in by hand is complaint-evidence.test.ts.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect } from 'chai'
import { answer } from '../../../bot/answer.ts'
import { showComplaint, listComplaints } from '../../../src/features/complaints/views.ts'
import { forgetLooseMedia, createCollector, type Collector } from '../../../src/features/complaints/chat-media.tasks.ts'
import { tokenStore } from '../../../src/messaging/provider-tokens.ts'
import { openMedia } from '../../../src/messaging/channels/open.ts'
import { mediaPath } from '../../../src/messaging/channels/twilio-sms/media.ts'
import { closeDesks, makeDesk, phone, type Desk } from '../../support/delivery-setup.ts'
import { eachDatabase } from '../../support/app.ts'
import { CLERK } from '../../support/listed.ts'
import { listen, type Loopback } from '../../support/loopback.ts'
import { exif, jpeg } from '../../support/media.ts'
import { STAND_IN } from '../../support/providers.ts'

const OPENID = 'oCourtUser0000000000000000001'
const { accountSid, authToken } = STAND_IN.twilio
const PICTURE = jpeg({ before: [exif(6, Buffer.from('GPS of a home'))] })
const PATH = `/2010-04-01/Accounts/${accountSid}/Messages/MM${'a'.repeat(32)}/Media/ME${'d'.repeat(32)}`
const LINES = ['我要举报', '和志强', '他欠钱不还，还天天坐飞机到处旅游', '跳过', '匿名']

/** What the provider answers for each MediaId or path; a number is an errcode, a text a place to go to. */
type Shelf = Map<string, Buffer | number | string>

async function provider(shelf: Shelf): Promise<Loopback & { asked: { path: string; authorization: string | undefined }[] }> {
  const asked: { path: string; authorization: string | undefined }[] = []
  const handle = (incoming: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(incoming.url ?? '/', 'http://provider')
    asked.push({ path: url.pathname, authorization: incoming.headers.authorization })
    const json = (value: unknown): void => void response.writeHead(200, { 'content-type': 'text/plain' }).end(JSON.stringify(value))
    if (url.pathname === '/cgi-bin/stable_token') return json({ access_token: 'token', expires_in: 7200 })
    const isWechat = url.pathname === '/cgi-bin/media/get'
    const found = shelf.get(isWechat ? (url.searchParams.get('media_id') ?? '') : url.pathname)
    if (Buffer.isBuffer(found)) return void response.writeHead(200, { 'content-type': 'image/jpeg' }).end(found)
    if (typeof found === 'number') return json({ errcode: found, errmsg: 'no' })
    if (found !== undefined && isWechat) return json({ video_url: found })
    response.writeHead(found === undefined ? 404 : 307, found === undefined ? {} : { location: found }).end()
  }
  return { ...(await listen((incoming, response) => Promise.resolve(handle(incoming, response)), 0)), asked }
}

eachDatabase((_db, make) => {
  let desk: Desk
  let server: Awaited<ReturnType<typeof provider>>
  let collector: Collector
  const shelf: Shelf = new Map()
  let serial = 0

  beforeEach(async () => {
    shelf.clear()
    server = await provider(shelf)
    desk = await makeDesk(make)
    desk.wechat.heard(OPENID)
    const { clock, log } = desk.app
    const account = { appId: 'wx1', secret: 's', templates: {}, baseUrl: server.url }
    const collect = openMedia(
      { wechat: account, twilio: { accountSid, authToken, from: '+1', messagingServiceSid: undefined, baseUrl: server.url } },
      { clock, log, tokens: (name) => tokenStore(desk.app, name) },
      200_000,
    )
    collector = createCollector(desk.app, collect)
  })
  afterEach(async () => {
    await server.close()
    await closeDesks()
  })

  const told = async (text: string, media: readonly string[] = [], from = OPENID): Promise<string> => {
    serial += 1
    const kind = text === '' ? { kind: 'media' as const } : {}
    const channel = from.startsWith('+') ? 'sms' : 'wechat'
    const message = { channel, from, messageId: `m${serial}`, text, media, window: 172_800_000, ...kind } as const
    return (await answer(desk.app, message)).text
  }
  const evidence = async (): Promise<{ kind: string; bytes: number }[]> => {
    const { items } = await listComplaints(desk.app, CLERK, { filter: {}, page: { limit: 9, offset: 0 } })
    const { evidence: files } = await showComplaint(desk.app, CLERK, items[0]?.number ?? '')
    return files.map(({ kind, bytes }) => ({ kind, bytes }))
  }
  const failures = async (): Promise<string[]> => {
    await collector.processAll()
    await desk.dispatcher.processAll()
    return desk.wechat.sent.flatMap((each) => each.text ?? [])
  }

  it('are evidence of the complaint, fetched before it is filed or after, and without a device’s marks', async () => {
    shelf.set('one', PICTURE).set('two', PICTURE)
    for (const line of LINES.slice(0, 2)) await told(line)
    expect(await told('', ['wechat:one'])).to.match(/^收到1件材料.*\n发生了什么/)
    await collector.processAll()
    for (const line of LINES.slice(2)) await told(line)
    expect(await told('', ['wechat:two'])).to.match(/随附材料：2件/)
    expect(await told('是')).to.match(/随附材料2件也已提交/)
    await collector.processAll()
    const files = await evidence()
    expect(files.map((each) => each.kind)).to.deep.equal(['jpeg', 'jpeg'])
    expect(files[0]?.bytes).to.be.below(PICTURE.length)
    expect(await failures()).to.deep.equal([])
  })

  it('sent before anything is said wait an hour for a complaint, and are not fetched for nothing', async () => {
    shelf.set('one', PICTURE)
    expect(await told('', ['wechat:one'])).to.match(/要用作举报材料/)
    await collector.processAll()
    expect(server.asked).to.deep.equal([])
    for (const line of LINES) await told(line)
    expect(await told('是')).to.match(/随附材料1件/)
    await collector.processAll()
    expect(await evidence()).to.have.length(1)
  })

  it('that cannot be had or kept are said to have failed, and asked for again', async () => {
    shelf.set('gone', 40007).set('text', Buffer.from('just a long text, and no picture')).set('big', Buffer.alloc(300_000, 1))
    shelf.set('cut', PICTURE.subarray(0, 60)).set('elsewhere', 'http://127.0.0.1:9/secret')
    for (const line of LINES.slice(0, 2)) await told(line)
    for (const name of ['gone', 'text', 'big', 'cut', 'elsewhere']) await told('', [`wechat:${name}`])
    expect((await failures()).sort()).to.deep.equal(
      [
        '您发来的图片或文件没有取到，没有保存。请再发一次。',
        '您发来的图片或文件没有取到，没有保存。请再发一次。',
        '您发来的文件不是能收的种类，没有保存。请发照片、截图、PDF、录音或者视频。',
        '您发来的文件太大，没有保存。请发20MB以内的图片或文件。',
        '您发来的文件打不开，可能没有发完整，没有保存。请再发一次。',
      ].sort(),
    )
    shelf.set('again', PICTURE)
    await told('', ['wechat:again'])
    for (const line of LINES.slice(2)) await told(line)
    await told('是')
    await collector.processAll()
    expect(await evidence()).to.have.length(1)
  })

  it('are tried again while the provider is busy', async () => {
    shelf.set('slow', -1)
    for (const line of LINES.slice(0, 2)) await told(line)
    await told('', ['wechat:slow'])
    await collector.processAll()
    shelf.set('slow', PICTURE)
    await collector.processAll()
    desk.clock.advance(60_000)
    await collector.processAll()
    for (const line of LINES.slice(2)) await told(line)
    await told('是')
    expect(await evidence()).to.have.length(1)
  })

  it('of a phone come from the account’s own paths, with its credentials shown to nobody else', async () => {
    const carried = `${server.url}/carried`
    shelf.set(PATH, carried).set('/carried', PICTURE)
    for (const line of LINES) await told(line, [], phone(1))
    await told('', [`twilio:${PATH}`], phone(1))
    await told('是', [], phone(1))
    await collector.processAll()
    expect(await evidence()).to.have.length(1)
    expect(server.asked.map((each) => each.authorization?.slice(0, 6))).to.deep.equal(['Basic ', undefined])
    shelf.set(PATH, 'http://169.254.169.254/latest')
    for (const line of LINES.slice(0, 2)) await told(line, [], phone(1))
    await told('', [`twilio:${PATH}`], phone(1))
    await collector.processAll()
    await desk.dispatcher.processAll()
    expect(desk.twilio.sent.map((each) => each.body).join()).to.match(/没有取到/)
  })

  it('beyond what a complaint takes are refused in the turn, and what nobody files is forgotten', async () => {
    for (const line of LINES.slice(0, 2)) await told(line)
    for (let n = 0; n < 10; n += 1) await told('', [`wechat:${n}`])
    expect(await told('', ['wechat:10'])).to.match(/最多收10件材料/)
    desk.clock.advance(25 * 3_600_000)
    await forgetLooseMedia(desk.app)
    expect(await desk.app.store.read((db) => db.query('select id from chat_media'))).to.deep.equal([])
  })
})

describe('a picture’s address', () => {
  it('counts only where it is a path of the account', () => {
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
