// Debtors who ask the bot about their own listing: the codes that were sent to them, and confirming with a code.

import { deliveryTable } from '../../src/messaging/deliveries.store.ts'
import { openRow } from '../../src/platform/database/sealing.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { say, talk, type Talker } from './talk.ts'

/** The codes sent so far, oldest first. */
export async function codesSent(app: AppContext): Promise<string[]> {
  const rows = await app.store.read((db) =>
    db.query<{ id: string; body: string }>(
      "select d.id, d.body from delivery d join notice n on n.id = d.notice_id where n.template = 'identity-code-talker' order by d.id",
    ),
  )
  return rows.map((row) => /验证码(\d{6})/.exec(openRow(deliveryTable, app.secrets, row).body.text)?.[1] ?? '')
}

/** The last code; empty when there is none. */
export async function lastCode(app: AppContext): Promise<string> {
  return (await codesSent(app)).at(-1) ?? ''
}

/** Says the lines, with the last code in place of a line `<code>`. */
export async function talkWithCode(app: AppContext, who: Talker, lines: readonly string[]): Promise<string[]> {
  const replies: string[] = []
  for (const line of lines) replies.push((await say(app, who, line === '<code>' ? await lastCode(app) : line)).text)
  return replies
}

/** Confirms the identity of a talker with the code that goes to the phone of this identifier. */
export async function confirmed(app: AppContext, who: Talker, identifier: string): Promise<void> {
  await talk(app, who, ['查我的案件', identifier])
  await say(app, who, await lastCode(app))
}
