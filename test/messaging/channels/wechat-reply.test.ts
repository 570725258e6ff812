// Passive replies to WeChat, plain and encrypted: the samples byte for byte, and any text written and read back.

import { expect } from 'chai'
import fc from 'fast-check'
import { createDecipheriv, createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import {
  decrypt,
  encrypt,
  readEvent,
  sealReply,
  textReply,
  type WechatAccount,
} from '../../../src/messaging/channels/wechat-official/webhook.ts'

const sample = (name: string): string => readFileSync(new URL(`../../support/samples/${name}`, import.meta.url), 'utf8')
const court: WechatAccount = { appId: 'wxcourt00000000001', token: 'courttoken', aesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' }
const at = new Date(1772335596_000)
const signature = createHash('sha1').update([court.token, '1772335596', 'n1'].sort().join('')).digest('hex')
const read = (body: string) =>
  readEvent({ appId: court.appId, token: court.token }, { timestamp: '1772335596', nonce: 'n1', signature }, body, at)

describe('a passive reply to WeChat', () => {
  const reply = { to: 'oCourtUser0000000000000000001', from: 'gh_court0000001', at, text: '您好,请问要办理什么业务?' }

  it('equals the plain sample, byte for byte', () => {
    expect(textReply(reply)).to.equal(sample('reply/text.xml'))
  })

  it('equals the encrypted sample, byte for byte, when it has the same random prefix', () => {
    const [encrypted = ''] = /(?<=<Encrypt><!\[CDATA\[)[^\]]+/.exec(sample('reply/text-safe.xml')) ?? []
    const key = Buffer.from(`${court.aesKey}=`, 'base64')
    const prefix = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16))
      .setAutoPadding(false)
      .update(Buffer.from(encrypted, 'base64'))
      .subarray(0, 16)
    const plain = decrypt(court, encrypted)
    expect(plain.trim()).to.equal(textReply({ ...reply, text: '您好' }).trim())
    expect(sealReply(court, plain, at, '415670741', prefix.toString('latin1'))).to.equal(sample('reply/text-safe.xml'))
    expect(encrypt(court, plain)).not.to.equal(encrypt(court, plain))
  })

  it('can carry every text, which is read back unchanged', () => {
    const texts = fc.string({ unit: 'grapheme' })
    fc.assert(
      fc.property(texts, (text) => {
        const body = textReply({ ...reply, text: `${text}]]>${text}` })
        expect(read(body).fields['Content']).to.equal(
          `${text}]]>${text}`.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, ''),
        )
        expect(decrypt(court, encrypt(court, body))).to.equal(body)
      }),
    )
  })
})
