// Posts of the WeChat platform to the webhook: texts, pictures and events of people in the official account, signed.
// What the application answers is checked by the tests that use them.

import { STAND_IN } from './providers.ts'
import { signedPost } from './wechat-events.ts'

/** Environment variables of an application with the stand-in's account in plain mode. */
export const WECHAT_ENV = {
  WECHAT_APP_ID: STAND_IN.wechat.appId,
  WECHAT_SECRET: STAND_IN.wechat.secret,
  WECHAT_TOKEN: STAND_IN.wechat.token,
}

/** A post as it reaches the webhook. */
export interface Post {
  query: Record<string, string>
  body: string
}

/** What a person does in the official account. */
export interface WechatEvent {
  from: string
  /** MsgId; events have none. */
  id?: string
  at: Date
  /** MsgType and its elements: `{ MsgType: 'text', Content: '你好' }`. */
  fields: Readonly<Record<string, string>>
}

/** The post that the platform sends for an action of a person. */
export function posted({ from, id, at, fields }: WechatEvent): Post {
  const seconds = Math.floor(at.getTime() / 1000)
  const head = { ToUserName: 'gh_court0000001', FromUserName: from, CreateTime: String(seconds) }
  const all = { ...head, ...fields, ...(id === undefined ? {} : { MsgId: id }) }
  const xml = `<xml>${Object.entries(all)
    .map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`)
    .join('')}</xml>`
  const { url, body } = signedPost({ url: 'http://application', token: STAND_IN.wechat.token }, STAND_IN.wechat.appId, xml, from, seconds)
  return { query: Object.fromEntries(new URL(url).searchParams), body }
}

/** The post of a text message. */
export function words(from: string, text: string, id: string, at: Date): Post {
  return posted({ from, id, at, fields: { MsgType: 'text', Content: text } })
}

/** The text of a passive reply; empty for the reply `success`. */
export function replyOf(body: string): string {
  return /<Content><!\[CDATA\[([\s\S]*?)\]\]>/.exec(body)?.[1] ?? ''
}
