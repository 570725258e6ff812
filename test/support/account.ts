// What people do in the official account, as the platform posts it to the house: words, pictures, events, signed.
// What the house makes of it is the tests'.

import { STAND_IN } from './providers.ts'
import { signedPost } from './wechat-events.ts'

/** Environment of a house with the stand-in's account in plain mode. */
export const WECHAT_ENV = {
  WECHAT_APP_ID: STAND_IN.wechat.appId,
  WECHAT_SECRET: STAND_IN.wechat.secret,
  WECHAT_TOKEN: STAND_IN.wechat.token,
}

export interface Post {
  query: Record<string, string>
  body: string
}

export interface Deed {
  from: string
  /** MsgId; events have none. */
  id?: string
  at: Date
  /** MsgType with its own elements: `{ MsgType: 'text', Content: '你好' }`. */
  fields: Readonly<Record<string, string>>
}

/** One post of the platform. */
export function posted({ from, id, at, fields }: Deed): Post {
  const seconds = Math.floor(at.getTime() / 1000)
  const head = { ToUserName: 'gh_court0000001', FromUserName: from, CreateTime: String(seconds) }
  const all = { ...head, ...fields, ...(id === undefined ? {} : { MsgId: id }) }
  const xml = `<xml>${Object.entries(all)
    .map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`)
    .join('')}</xml>`
  const { url, body } = signedPost({ url: 'http://house', token: STAND_IN.wechat.token }, STAND_IN.wechat.appId, xml, from, seconds)
  return { query: Object.fromEntries(new URL(url).searchParams), body }
}

export function words(from: string, text: string, id: string, at: Date): Post {
  return posted({ from, id, at, fields: { MsgType: 'text', Content: text } })
}

/** The text of a passive reply; empty for `success`. */
export function replyOf(body: string): string {
  return /<Content><!\[CDATA\[([\s\S]*?)\]\]>/.exec(body)?.[1] ?? ''
}
