// WeChat's webhook requests: official vectors, every sample, and everything that must be refused.

import { expect } from 'chai'
import fc from 'fast-check'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { isAppError } from '../../../src/core/errors.ts'
import { createLog } from '../../../src/core/log.ts'
import {
  checkAddress,
  decrypt,
  readEvent,
  receiptOf,
  type WechatAccount,
  type WechatQuery,
} from '../../../src/messaging/channels/wechat-official/webhook.ts'
import { signedPost } from '../../support/wechat-events.ts'

const SAMPLES = new URL('../../support/samples/', import.meta.url)
const sample = (name: string): string => readFileSync(new URL(name, SAMPLES), 'utf8')
const vectors = JSON.parse(sample('vectors.json')) as Record<'get_verify' | 'plain_post' | 'safe_post', Record<string, string>>
const log = createLog('silent')

const court: WechatAccount = { appId: 'wxcourt00000000001', token: 'courttoken', aesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' }
const plainCourt: WechatAccount = { appId: court.appId, token: court.token }
const at = new Date(1772335596_000)
const SAFE_QUERY: WechatQuery = {
  signature: 'e295b119e95b93b9a6acaf89e3567c3f545ec62f',
  timestamp: '1772335596',
  nonce: '415670741',
  encrypt_type: 'aes',
  msg_signature: '4fbe18074704c9cff9ee620f13198ef51fe80a66',
}

const sha1 = (...parts: string[]): string => createHash('sha1').update(parts.sort().join('')).digest('hex')
const plainQuery = (timestamp = '1772335596', nonce = 'n1'): WechatQuery => ({
  timestamp,
  nonce,
  signature: sha1(court.token, timestamp, nonce),
})
const read = (body: string) => readEvent(plainCourt, plainQuery(), body, at)

function refusal(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (isAppError(error)) return error.code
    throw error
  }
  return 'nothing refused'
}

/** One character changed for another of the same alphabet. */
function mutated(text: string, seed: number): string {
  const at = (seed * 7919) % text.length
  const alphabet = /^[0-9a-f]+$/.test(text) ? '0123456789abcdef' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  const others = Array.from(alphabet).filter((letter) => letter !== text[at])
  return text.slice(0, at) + (others[seed % others.length] ?? '') + text.slice(at + 1)
}

describe('checking the signature of a WeChat webhook request', () => {
  it('answers the address check of the official vector with the raw echostr', () => {
    const { token = '', echostr = '', signature = '', timestamp = '', nonce = '' } = vectors.get_verify
    const account = { appId: 'wx', token }
    const now = new Date(Number(timestamp) * 1000)
    expect(checkAddress(account, { signature, timestamp, nonce, echostr }, now)).to.equal('4375120948345356249')
    expect(refusal(() => checkAddress({ ...account, token: 'AAAAB' }, { signature, timestamp, nonce, echostr }, now))).to.equal(
      'signature_wrong',
    )
    expect(refusal(() => checkAddress({ ...account, token: '' }, { signature, timestamp, nonce, echostr }, now))).to.equal(
      'signature_wrong',
    )
    expect(refusal(() => checkAddress(account, { signature, timestamp, nonce }, now))).to.equal('request_invalid')
  })

  it('accepts the plain post of the official vector', () => {
    const { token = '', signature = '', timestamp = '', nonce = '' } = vectors.plain_post
    const event = readEvent(
      { appId: 'wx', token },
      { signature, timestamp, nonce },
      sample('in/text.xml'),
      new Date(Number(timestamp) * 1000),
    )
    expect(event.type).to.equal('text')
  })

  it('decrypts the post in safe mode of the official vector', () => {
    const { token = '', encodingAESKey: aesKey = '', appid: appId = '', Encrypt = '', plain = '', ...query } = vectors.safe_post
    expect(decrypt({ appId, token, aesKey }, Encrypt)).to.equal(plain)
    expect(sha1(token, query['timestamp'] ?? '', query['nonce'] ?? '', Encrypt)).to.equal(query['msg_signature'])
    expect(refusal(() => decrypt({ appId: 'wxba5fad812f8e6fb8', token, aesKey }, Encrypt))).to.equal('signature_wrong')
  })

  it('refuses a missing or empty part of the query', () => {
    for (const name of ['signature', 'timestamp', 'nonce'] as const) {
      expect(
        refusal(() => readEvent(plainCourt, { ...plainQuery(), [name]: undefined }, sample('in/text.xml'), at)),
        name,
      ).to.equal('signature_wrong')
      expect(
        refusal(() => readEvent(plainCourt, { ...plainQuery(), [name]: '' }, sample('in/text.xml'), at)),
        name,
      ).to.equal('signature_wrong')
    }
  })

  it('refuses a request more than five minutes old or ahead, even with a valid signature', () => {
    const body = sample('in/text-safe.xml')
    for (const seconds of [-301, 301, 86_400]) {
      expect(
        refusal(() => readEvent(court, SAFE_QUERY, body, new Date(at.getTime() + seconds * 1000))),
        `${seconds} s`,
      ).to.equal('signature_wrong')
    }
    for (const seconds of [-300, 0, 300])
      expect(readEvent(court, SAFE_QUERY, body, new Date(at.getTime() + seconds * 1000)).type).to.equal('text')
  })

  it('refuses 1,000 changed signatures, message signatures and ciphertexts each', () => {
    const body = sample('in/text-safe.xml')
    const encrypted = /<Encrypt><!\[CDATA\[([^\]]+)\]\]>/.exec(body)?.[1] ?? ''
    for (let seed = 0; seed < 1000; seed += 1) {
      for (const name of ['signature', 'msg_signature'] as const) {
        const query = { ...SAFE_QUERY, [name]: mutated(SAFE_QUERY[name] ?? '', seed) }
        expect(
          refusal(() => readEvent(court, query, body, at)),
          `${name} ${seed}`,
        ).to.equal('signature_wrong')
      }
      const changed = body.replace(encrypted, mutated(encrypted, seed))
      expect(
        refusal(() => readEvent(court, SAFE_QUERY, changed, at)),
        `ciphertext ${seed}`,
      ).to.equal('signature_wrong')
    }
  })

  it('refuses a plain message and another account’s message when a key is set', () => {
    expect(refusal(() => readEvent(court, plainQuery(), sample('in/text.xml'), at))).to.equal('signature_wrong')
    expect(refusal(() => readEvent({ ...court, appId: 'wxcourt00000000002' }, SAFE_QUERY, sample('in/text-safe.xml'), at))).to.equal(
      'signature_wrong',
    )
    const other = signedPost(
      { url: 'http://x', token: court.token, aesKey: court.aesKey ?? '' },
      'wxother',
      sample('in/text.xml'),
      'o1',
      1772335596,
    )
    expect(refusal(() => readEvent(court, Object.fromEntries(new URL(other.url).searchParams), other.body, at))).to.equal('signature_wrong')
  })

  it('refuses texts that are no ciphertexts', () => {
    for (const text of ['', '!', 'AAAA', 'A'.repeat(63), `${'A'.repeat(42)}==`, 'A'.repeat(64), '中文']) {
      expect(
        refusal(() => decrypt(court, text)),
        text,
      ).to.equal('signature_wrong')
    }
  })
})

describe('reading a WeChat webhook request', () => {
  it('gives the same message in safe, compatible and plain mode', () => {
    const plain = read(sample('in/text.xml'))
    expect(readEvent(court, SAFE_QUERY, sample('in/text-safe.xml'), at)).to.deep.equal(plain)
    expect(readEvent(court, SAFE_QUERY, sample('in/text-compat.xml'), at)).to.deep.equal(plain)
    expect(plain.fields['Content']).to.equal('查一下七林旺丹是不是失信')
  })

  it('accepts every sample and keeps all digits of ids', () => {
    const names = readdirSync(new URL('in/', SAMPLES)).filter((name) => name.endsWith('.xml') && !/safe|xxe/.test(name))
    expect(names.length).to.be.at.least(22)
    for (const name of names) {
      const event = read(sample(`in/${name}`))
      expect(event, name).to.include({ to: 'gh_court0000001', from: 'oCourtUser0000000000000000001' })
      expect(event.at.getTime(), name).to.equal(at.getTime())
      const id = /<MsgId>(\d+)</.exec(sample(`in/${name}`))?.[1]
      if (id !== undefined) expect(event.dedupeKey, name).to.equal(id)
      else expect(event.event, name).to.be.a('string')
    }
  })

  it('keeps the end mark of CDATA inside a text, and reads lists in events', () => {
    expect(read(sample('in/text.xml').replace('</xml>', '<Poiname/></xml>')).fields['Poiname']).to.equal('')
    expect(read(sample('in/hostile-cdata.xml')).fields['Content']).to.equal('a]]>b')
    expect(read(sample('in/event-subscribe-msg-popup.xml')).items.map((item) => item['SubscribeStatusString'])).to.deep.equal([
      'accept',
      'reject',
    ])
    expect(read(sample('in/event-subscribe-msg-sent.xml')).items[0]?.['MsgID']).to.equal('1700827132819554304')
  })

  it('gives different keys to events of the same second', () => {
    const keys = ['event-click', 'event-view', 'event-scan', 'event-template-ok', 'event-template-block'].map(
      (name) => read(sample(`in/${name}.xml`)).dedupeKey,
    )
    expect(new Set(keys).size).to.equal(keys.length)
    expect(read(sample('in/event-click.xml')).dedupeKey).to.equal(keys[0])
  })

  it('refuses DOCTYPE and entities everywhere except in the text that a person wrote', () => {
    const hostile = [
      sample('in/hostile-xxe.xml'),
      sample('in/text.xml').replace('<xml>', '<xml><!DOCTYPE x [<!ENTITY e "boom">]>'),
      sample('in/text.xml').replace('<xml>', '<!doctype x><xml>'),
      sample('in/text.xml').replace('<xml>', '<xml><!-- hidden -->'),
    ]
    for (const body of hostile) expect(refusal(() => read(body))).to.equal('request_invalid')
    const person = sample('in/text.xml').replace('查一下七林旺丹是不是失信', '<!DOCTYPE html>&e;')
    expect(read(person).fields['Content']).to.equal('<!DOCTYPE html>&e;')
    expect(read(sample('in/text.xml').replace('<![CDATA[查一下七林旺丹是不是失信]]>', '&lt;&e;')).fields['Content']).to.equal('&lt;&e;')
  })

  it('refuses bodies that are not a message', () => {
    const text = sample('in/text.xml')
    const bodies = [
      '',
      'success',
      '{}',
      '<xml></xml>',
      '<xml>',
      '<a>1</a>',
      text.slice(0, -8),
      text.replace('</Content>', '</Inhalt>'),
      text + text,
    ]
    bodies.push(
      text.replace('<Content>', '<Content lang="zh">'),
      text.replace('<Content>', '<Con<![CDATA[x]]>tent>'),
      `x${text}`,
      `${text}x`,
      '<?xml version="1.0"?>' + text,
    )
    bodies.push(
      text.replace('1772335596', 'soon'),
      text.replace(/<FromUserName>.*\n/, ''),
      text.replace(/<FromUserName>.*\n/, `<FromUserName><![CDATA[${'o'.repeat(101)}]]></FromUserName>\n`),
      '<xml><__proto__>1</__proto__></xml>',
      '<xml>'.repeat(50_000),
    )
    for (const body of bodies)
      expect(
        refusal(() => read(body)),
        body.slice(0, 60),
      ).to.equal('request_invalid')
  })

  it('never throws anything except its two refusals', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (body) => ['request_invalid', 'nothing refused'].includes(refusal(() => read(body)))),
    )
    fc.assert(fc.property(fc.base64String(), (text) => refusal(() => decrypt(court, text)) === 'signature_wrong'))
  })
})

describe('reading a WeChat receipt', () => {
  it('returns a receipt for each of the three results of a template message', () => {
    expect(receiptOf(read(sample('in/event-template-ok.xml')), log)).to.deep.equal({
      provider: 'wechat-official',
      ref: '3487542469355618313',
      status: 'success',
      stage: 'delivered',
    })
    const block = receiptOf(read(sample('in/event-template-block.xml')), log)
    expect(block).to.deep.include({ ref: '3487542469355618314', status: 'failed:user block', stage: 'failed' })
    expect(block?.failure).to.include({ kind: 'refused', code: 'user_block' })
    const broken = receiptOf(read(sample('in/event-template-sysfail.xml')), log)
    expect(broken).to.deep.include({ ref: '3487542469355618315', status: 'failed: system failed', stage: 'failed' })
    expect(broken?.failure).to.include({ kind: 'later', code: 'system_failed' })
    // Later than the ten minutes in which the platform drops repeats of one client_msg_id.
    expect((broken?.failure as { notBefore: Date }).notBefore.getTime() - at.getTime()).to.be.above(600_000)
  })

  it('returns null for other events, and logs an error for a status that it does not know', () => {
    expect(receiptOf(read(sample('in/event-click.xml')), log)).to.equal(null)
    const errors: string[] = []
    const listening = { ...log, error: (event: string) => void errors.push(event) }
    const strange = receiptOf(read(sample('in/event-template-ok.xml').replace('success', 'failed: moon')), listening)
    expect(strange?.failure).to.include({ kind: 'later', code: 'status_unlisted' })
    expect(errors).to.deep.equal(['provider_status'])
  })
})
