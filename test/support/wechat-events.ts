// Events as WeChat signs, encrypts and posts them. Implemented a second time on purpose, to check the code of src/messaging/channels;
// nothing of it is used here.

import { createCipheriv, createHash, randomBytes } from 'node:crypto'

/** The address to which events are posted. With `aesKey` they are encrypted (safe mode). */
export interface EventCallback {
  url: string
  token: string
  aesKey?: string
}

export interface Finish {
  to: string
  msgid: string
  status: string
  at: number
}

const sha1 = (...parts: string[]): string => createHash('sha1').update(parts.sort().join('')).digest('hex')

/** A signed TEMPLATESENDJOBFINISH event. `at` is in seconds. */
export function finishEvent(callback: EventCallback, appId: string, finish: Finish): { url: string; body: string } {
  const { to, msgid, status, at } = finish
  const head = `<xml>\n<ToUserName><![CDATA[gh_court0000001]]></ToUserName>\n`
  const plain =
    `${head}<FromUserName><![CDATA[${to}]]></FromUserName>\n<CreateTime>${at}</CreateTime>\n<MsgType><![CDATA[event]]></MsgType>\n` +
    `<Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event>\n<MsgID>${msgid}</MsgID>\n<Status><![CDATA[${status}]]></Status>\n</xml>\n`
  return signedPost(callback, appId, plain, to, at)
}

/** The XML of an event or message as WeChat posts it: the address with its signature, and the body. */
export function signedPost(
  callback: EventCallback,
  appId: string,
  plain: string,
  openid: string,
  at: number,
): { url: string; body: string } {
  const query = new URLSearchParams({ timestamp: String(at), nonce: randomBytes(5).readUInt32BE().toString(), openid })
  const nonce = query.get('nonce') ?? ''
  query.set('signature', sha1(callback.token, String(at), nonce))
  if (callback.aesKey === undefined) return { url: `${callback.url}?${query.toString()}`, body: plain }
  const encrypted = sealed(callback.aesKey, appId, plain)
  query.set('encrypt_type', 'aes')
  query.set('msg_signature', sha1(callback.token, String(at), nonce, encrypted))
  return {
    url: `${callback.url}?${query.toString()}`,
    body: `<xml>\n<ToUserName><![CDATA[gh_court0000001]]></ToUserName>\n<Encrypt><![CDATA[${encrypted}]]></Encrypt>\n</xml>\n`,
  }
}

function sealed(aesKey: string, appId: string, plain: string): string {
  const key = Buffer.from(`${aesKey}=`, 'base64')
  const size = Buffer.alloc(4)
  size.writeUInt32BE(Buffer.byteLength(plain))
  const body = Buffer.concat([randomBytes(16), size, Buffer.from(plain), Buffer.from(appId)])
  const padding = 32 - (body.length % 32)
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
  return Buffer.concat([cipher.update(Buffer.concat([body, Buffer.alloc(padding, padding)])), cipher.final()]).toString('base64')
}
