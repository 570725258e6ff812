// People who write to the bot: each line is answered by the real bot on the store of the application.

import { answer } from '../../bot/answer.ts'
import type { Channel, Reply } from '../../bot/message.ts'
import type { Dialog } from '../../bot/engine.ts'
import { migrations } from '../../migrations/index.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { newToken } from '../../src/core/ids.ts'
import { openStore } from '../../src/platform/database/database.ts'
import { tables } from '../../src/tables.ts'
import type { TestApp } from './app.ts'

export interface Talker {
  channel: Channel
  from: string
  /** The client's network, by which attempts are counted on the web. */
  origin?: string
}

/** The talker with number n, each with an openid of their own. */
export function wechatUser(n: number): Talker {
  return { channel: 'wechat', from: `oCourtUser${String(n).padStart(19, '0')}` }
}

/** Says one line. */
export function say(app: AppContext, who: Talker, text: string, messageId = newToken(9), dialogs?: readonly Dialog[]): Promise<Reply> {
  return answer(app, { ...who, text, messageId }, dialogs)
}

/** Says the lines one after another and answers the replies. */
export async function talk(app: AppContext, who: Talker, lines: readonly string[]): Promise<string[]> {
  const replies: string[] = []
  for (const line of lines) replies.push((await say(app, who, line)).text)
  return replies
}

/** The same application with a new store on the same database, as after a restart. */
export async function reopened({ app, url, folder }: TestApp): Promise<{ app: AppContext; close(): Promise<void> }> {
  const store = await openStore({
    ...(url === undefined ? {} : { url }),
    sqlitePath: `${folder}/zxt.sqlite`,
    log: app.log,
    tables,
    migrations,
    poolSize: 2,
  })
  return { app: { ...app, store }, close: () => store.close() }
}
