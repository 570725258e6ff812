// Assistance notices for tests: units with liaisons on WeChat, drafts, issued notices, and the link that a message carries.
// Everything is done by the real commands.

import { deliveryTable } from '../../src/messaging/deliveries.store.ts'
import { openRow } from '../../src/platform/database/sealing.ts'
import { draftAssistance, issueAssistance, type NewAssistance } from '../../src/features/assistance/commands.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { addLiaison } from '../../src/features/units/commands.ts'
import type { Actor } from '../../src/platform/commands/permissions.ts'
import { insertUnits } from '../../src/features/units/store.ts'
import { ADMIN } from './deadlines.ts'
import { APPROVER, CLERK } from './listed.ts'

/** The day on which these tests begin, and the last day for answers. */
export const TODAY = '2026-03-02'
export const ANSWER_BY = '2026-03-20'

/** The token at the end of a link in a message. */
export const TOKEN = /\/(?:assistance|pushes)\/([A-Za-z0-9_-]{43})$/

/** Adds a unit whose liaisons are reached on WeChat only. */
export async function addWechatUnit(app: AppContext, id: string, liaisons = 1): Promise<void> {
  const blank = { kind: 'government', isClass: false, classId: null, leadingGroupMember: false, active: true, seeded: true }
  await app.store.write((tx) => insertUnits(tx, [{ ...blank, id, name: `${id}局` }]))
  for (let n = 1; n <= liaisons; n += 1)
    await addLiaison(app, ADMIN, { unitId: id, name: `甲${n}`, wechat: `openid_${id}_${n}`.padEnd(28, 'x') })
}

export const liaisonOf = (unitId: string): Actor => ({ id: 'liaison:test', roles: ['liaison'], unitId })

/** Input of a draft, with some fields changed. */
export function assistanceTo(unitId: string, change: Partial<NewAssistance> = {}): NewAssistance {
  return {
    kind: 'suggestion',
    unitId,
    facts: '贵单位在名单公布后仍为有关企业办理登记',
    request: '停止办理有关企业的登记，并报告情况',
    basis: '联动意见第十九条',
    answerBy: ANSWER_BY,
    ...change,
  }
}

/** Drafts and issues a notice; answers its id. */
export async function issued(app: AppContext, unitId: string, change: Partial<NewAssistance> = {}): Promise<string> {
  const { id } = await draftAssistance(app, CLERK, assistanceTo(unitId, change))
  await issueAssistance(app, APPROVER, { id })
  return id
}

/** The links in messages of an event, oldest first. */
export async function urlsSent(app: AppContext, event: string): Promise<string[]> {
  const rows = await app.store.read((db) =>
    db.query<{ id: string; body: string }>(
      'select d.id, d.body from notice n join delivery d on d.notice_id = n.id where d.rung = 0 and n.event like ? order by d.id',
      [`${event}%`],
    ),
  )
  return rows.flatMap((row) => openRow(deliveryTable, app.secrets, row).body.url ?? [])
}

/** The tokens of those links. */
export async function tokensSent(app: AppContext, event: string): Promise<string[]> {
  return (await urlsSent(app, event)).map((url) => TOKEN.exec(url)?.[1] ?? '')
}
