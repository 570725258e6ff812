// Reads WeChat's webhook requests and writes passive replies: signatures, encryption, XML. Pure. Sending by ourselves is in channel.ts.
// Follows the WeChat developer guide, "message push" and "message encryption"; its official vectors are among the tests' samples.

import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'
import { XMLParser } from 'fast-xml-parser'
import { AppError } from '../../../core/errors.ts'
import { newToken } from '../../../core/ids.ts'
import type { Log } from '../../../core/log.ts'
import { sameText } from '../../../core/secrets.ts'
import type { Receipt } from '../channel.ts'

/** The account's settings for webhooks. */
export interface WechatAccount {
  appId: string
  /** The Token of the account's server configuration. */
  token: string
  /** The EncodingAESKey, 43 characters. When set, a message that is not encrypted is refused. */
  aesKey?: string
}

/** The query of a webhook request, names as WeChat writes them. */
export type WechatQuery = Readonly<Record<string, string | undefined>>

/** One message or event of a person, or of the platform. */
export interface WechatEvent {
  /** The account (gh_…). */
  to: string
  /** The person's openid. */
  from: string
  at: Date
  /** MsgType: `text`, `image`, `event` … */
  type: string
  /** Event, when type is `event`. */
  event: string | null
  /** The same for every repeat of one message: MsgId, or for an event a key made of its sender, time and kind. */
  dedupeKey: string
  /** Every simple element by its name; numbers stay texts, because ids are larger than 2^53. */
  fields: Readonly<Record<string, string>>
  /** The entries of a list inside an event (subscribe_msg_*). */
  items: readonly Readonly<Record<string, string>>[]
}

/** Checks the GET by which WeChat verifies our URL, and returns the body to answer. @throws `signature_wrong`, `request_invalid`. */
export function checkAddress(account: WechatAccount, query: WechatQuery, now: Date): string {
  checkSignature(account, query, now)
  if (query['echostr'] === undefined) throw new AppError('request_invalid')
  return query['echostr']
}

/**
 * Reads one POST.
 * @throws `signature_wrong` for a wrong signature, time (more than 5 minutes off), encryption or app id, and `request_invalid` for a body
 *   that is no WeChat message; DOCTYPE and entities are refused.
 */
export function readEvent(account: WechatAccount, query: WechatQuery, body: string, now: Date): WechatEvent {
  checkSignature(account, query, now)
  const outer = parse(body)
  if (account.aesKey === undefined) {
    // Compatible mode carries both forms; without a key the readable one is used. Safe mode cannot be read without a key.
    return eventOf(outer)
  }
  const encrypted = textOf(outer['Encrypt'])
  const expected = digest(account.token, query['timestamp'] ?? '', query['nonce'] ?? '', encrypted)
  if (encrypted === '' || !sameText(expected, query['msg_signature'] ?? '')) throw new AppError('signature_wrong')
  return eventOf(parse(decrypt(account, encrypted)))
}

/** The receipt of a template message (`success`, `failed:user block` or `failed: system failed`); null for every other event. */
export function receiptOf(event: WechatEvent, log: Log): Receipt | null {
  const ref = event.fields['MsgID']
  const status = event.fields['Status']
  if (event.event !== 'TEMPLATESENDJOBFINISH' || ref === undefined || status === undefined) return null
  const receipt = { provider: 'wechat-official', ref, status }
  const word = status.replace(/\s*:\s*/, ':').trim()
  if (word === 'success') return { ...receipt, stage: 'delivered' }
  if (word === 'failed:user block') {
    return {
      ...receipt,
      stage: 'failed',
      code: 'user_block',
      failure: { kind: 'refused', code: 'user_block', reason: 'the person blocks the account' },
    }
  }
  const code = word === 'failed:system failed' ? 'system_failed' : 'status_unlisted'
  if (code === 'status_unlisted') log.error('provider_status', { provider: receipt.provider, ref })
  // Within ten minutes the platform drops a second attempt as a repeat of the first.
  const notBefore = new Date(event.at.getTime() + REPEAT_SWALLOWED)
  return { ...receipt, stage: 'failed', code, failure: { kind: 'later', code, reason: 'the platform failed', notBefore } }
}

/** A passive reply with one text, unencrypted. Control characters that XML cannot hold are left out. */
export function textReply(reply: { to: string; from: string; at: Date; text: string }): string {
  return [
    '<xml>',
    `<ToUserName>${cdata(reply.to)}</ToUserName>`,
    `<FromUserName>${cdata(reply.from)}</FromUserName>`,
    `<CreateTime>${seconds(reply.at)}</CreateTime>`,
    '<MsgType><![CDATA[text]]></MsgType>',
    `<Content>${cdata(reply.text)}</Content>`,
    '</xml>\n',
  ].join('\n')
}

/** Encrypts and signs a reply for an account in safe mode. `nonce` and `prefix` are random; tests pass those of the sample. */
export function sealReply(account: WechatAccount, xml: string, at: Date, nonce: string = newToken(12), prefix?: string): string {
  const encrypted = encrypt(account, xml, prefix)
  const timestamp = String(seconds(at))
  return [
    '<xml>',
    `<Encrypt>${cdata(encrypted)}</Encrypt>`,
    `<MsgSignature>${cdata(digest(account.token, timestamp, nonce, encrypted))}</MsgSignature>`,
    `<TimeStamp>${timestamp}</TimeStamp>`,
    `<Nonce>${cdata(nonce)}</Nonce>`,
    '</xml>\n',
  ].join('\n')
}

/** The readable text of an Encrypt element. @throws `signature_wrong` for wrong padding, length, app id or text that is not UTF-8. */
export function decrypt(account: WechatAccount, encrypted: string): string {
  const { key, iv } = cipherOf(account)
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encrypted)) throw new AppError('signature_wrong')
  const sealed = Buffer.from(encrypted, 'base64')
  if (sealed.length === 0 || sealed.length % BLOCK !== 0) throw new AppError('signature_wrong')
  // Padding goes to 32 bytes, which Node's own unpadding (16) would treat as an error.
  const decipher = createDecipheriv('aes-256-cbc', key, iv).setAutoPadding(false)
  const plain = unpad(Buffer.concat([decipher.update(sealed), decipher.final()]))
  const length = plain.length < HEAD ? -1 : plain.readUInt32BE(PREFIX)
  if (length < 0 || HEAD + length > plain.length) throw new AppError('signature_wrong')
  const message = utf8(plain.subarray(HEAD, HEAD + length))
  if (!sameText(utf8(plain.subarray(HEAD + length)), account.appId)) throw new AppError('signature_wrong')
  return message
}

/** The content of the Encrypt element for a text. `prefix` is 16 bytes that make equal texts differ. */
export function encrypt(account: WechatAccount, text: string, prefix: string = newToken(12)): string {
  const { key, iv } = cipherOf(account)
  const message = Buffer.from(text, 'utf8')
  const length = Buffer.alloc(4)
  length.writeUInt32BE(message.length)
  const plain = Buffer.concat([Buffer.from(prefix, 'latin1'), length, message, Buffer.from(account.appId, 'utf8')])
  const padding = PADDED_TO - (plain.length % PADDED_TO)
  const cipher = createCipheriv('aes-256-cbc', key, iv).setAutoPadding(false)
  return Buffer.concat([cipher.update(plain), cipher.update(Buffer.alloc(padding, padding)), cipher.final()]).toString('base64')
}

/** Milliseconds by which a request's time may differ from ours. */
const MAX_AGE = 5 * 60_000
/** Milliseconds in which the platform drops a repeated message, and one minute more. */
const REPEAT_SWALLOWED = 11 * 60_000
/** Lengths of the encryption format, in bytes. */
const BLOCK = 16
const PADDED_TO = 32
const PREFIX = 16
const HEAD = PREFIX + 4

function digest(...parts: string[]): string {
  return createHash('sha1').update(parts.sort().join('')).digest('hex')
}

function checkSignature(account: WechatAccount, query: WechatQuery, now: Date): void {
  const { timestamp = '', nonce = '', signature = '' } = query
  // With an empty token anybody could sign.
  if (account.token === '' || nonce === '' || !/^\d{9,11}$/.test(timestamp)) throw new AppError('signature_wrong')
  if (!sameText(digest(account.token, timestamp, nonce), signature)) throw new AppError('signature_wrong')
  if (Math.abs(now.getTime() - Number(timestamp) * 1000) > MAX_AGE) throw new AppError('signature_wrong')
}

function cipherOf(account: WechatAccount): { key: Buffer; iv: Buffer } {
  const key = Buffer.from(`${account.aesKey ?? ''}=`, 'base64')
  if (account.aesKey?.length !== 43 || key.length !== 32) throw new Error('the EncodingAESKey must have 43 characters')
  return { key, iv: key.subarray(0, 16) }
}

function unpad(plain: Buffer): Buffer {
  const padding = plain.at(-1) ?? 0
  const tail = plain.subarray(plain.length - padding)
  if (padding < 1 || padding > PADDED_TO || padding > plain.length || tail.some((byte) => byte !== padding))
    throw new AppError('signature_wrong')
  return plain.subarray(0, plain.length - padding)
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new AppError('signature_wrong')
  }
}

type Element = Readonly<Record<string, unknown>>

const PARSER = new XMLParser({ ignoreAttributes: true, parseTagValue: false, trimValues: false, processEntities: false })
const PIECE = /<(\/?)([A-Za-z_][\w.-]*)\s*(\/?)>|[^<]+/g
const MAX_DEPTH = 8

function parse(xml: string): Element {
  if (!isPlainXml(xml)) throw new AppError('request_invalid')
  try {
    const root: unknown = (PARSER.parse(xml) as Element)['xml']
    if (isElement(root)) return root
  } catch {
    // Names that the parser refuses (__proto__) are handled like a body of another kind.
  }
  throw new AppError('request_invalid')
}

const CDATA = '<![CDATA['
const CDATA_END = ']]>'

/**
 * The text with a character in place of each CDATA section. It looks at each character once: a pattern would search the end again from every
 * section that has none.
 */
function withoutCdata(xml: string): string {
  const parts: string[] = []
  let at = 0
  for (;;) {
    const start = xml.indexOf(CDATA, at)
    const end = start === -1 ? -1 : xml.indexOf(CDATA_END, start + CDATA.length)
    if (end === -1) return [...parts, xml.slice(at)].join('')
    parts.push(xml.slice(at, start), '&')
    at = end + CDATA_END.length
  }
}

/**
 * Whether a text is one balanced element of bare tags, text and CDATA, which is all that WeChat writes. DOCTYPE, entity declarations,
 * comments, instructions and attributes are refused everywhere; the parser alone would repair or skip them.
 */
function isPlainXml(xml: string): boolean {
  // CDATA is replaced by a character that is text and cannot complete a tag around it.
  const bare = withoutCdata(xml).trim()
  const open: string[] = []
  let end = 0
  for (const [piece, closing, name, empty] of bare.matchAll(PIECE)) {
    if (end > 0 && open.length === 0) return false
    if (!bare.startsWith(piece, end)) return false
    end += piece.length
    if (name === undefined) continue
    if (closing === '/' ? open.pop() !== name : empty === '' && open.push(name) > MAX_DEPTH) return false
  }
  return end === bare.length && open.length === 0
}

/** Characters of an openid; WeChat's have 28. A longer one would not fit where it is stored. */
export const MOST_OPENID = 100

function isOpenid(from: string | undefined): from is string {
  return from !== undefined && from.length <= MOST_OPENID
}

function eventOf(root: Element): WechatEvent {
  const fields = leavesOf(root)
  const { ToUserName: to, FromUserName: from, CreateTime: created, MsgType: type, MsgId: messageId } = fields
  if (to === undefined || !isOpenid(from) || type === undefined || created === undefined || !/^\d{1,11}$/.test(created))
    throw new AppError('request_invalid')
  const standIn = [from, created, fields['Event'] ?? '', fields['EventKey'] ?? '', fields['MsgID'] ?? ''].join('|')
  const nested = Object.values(root).filter(isElement)
  return {
    to,
    from,
    at: new Date(Number(created) * 1000),
    type,
    event: type === 'event' ? (fields['Event'] ?? null) : null,
    dedupeKey: messageId ?? standIn,
    fields,
    items: nested.flatMap((element) => listOf(element['List'])).map(leavesOf),
  }
}

function leavesOf(element: Element): Record<string, string> {
  return Object.fromEntries(
    Object.entries(element).filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[0] !== '#text'),
  )
}

function listOf(value: unknown): Element[] {
  return (Array.isArray(value) ? (value as unknown[]) : [value]).filter(isElement)
}

function isElement(value: unknown): value is Element {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000)
}

/** A CDATA section; the end mark inside a text is split over two sections. */
function cdata(text: string): string {
  const printable = text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
  return `<![CDATA[${printable.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`
}
