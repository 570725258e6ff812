// A court at work in which every sealed column holds something: what people do in it from July until the feedback of the quarter is closed.
// It is searched by test/platform/database/sealed.test.ts.

import { settleDuty } from '../../../src/features/notices/commands.ts'
import { createSandbox } from '../../../src/messaging/channels/sandbox/sandbox.ts'
import { takeReceipt } from '../../../src/messaging/receipts.ts'
import { createDispatcher } from '../../../src/messaging/dispatcher.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { SYSTEM } from '../../../src/platform/commands/permissions.ts'
import type { MakeApp, TestApp } from '../app.ts'
import { at } from '../deadlines.ts'
import { CLERK } from '../listed.ts'
import { askFeedback, callToAccount, reportFeedback, screenApplicants } from './accountability.ts'
import { converse } from './conversations.ts'
import { enterListings, pushQuarter } from './listings.ts'
import { addPeople } from './people.ts'
import { runProcedures } from './procedures.ts'
import { STATED } from './words.ts'

const QUARTER = '2026Q3'

export async function filledCourt(make: MakeApp): Promise<TestApp> {
  const made = await make({ now: at('2026-07-06', 10) })
  const { app, clock } = made
  await addPeople(app)
  const entries = await enterListings(app)
  await runProcedures(app, entries)
  await screenApplicants(app)
  await callToAccount(app)
  await sendAll(app)
  clock.set(at('2026-10-01', 10))
  await pushQuarter(app, QUARTER)
  const roundId = await askFeedback(app, QUARTER)
  clock.set(at('2026-10-21', 10))
  await reportFeedback(app, roundId)
  await converse(app, entries.debtor)
  await sendAll(app)
  return made
}

/**
 * Every message goes out by the sandbox, which refuses one of the addresses. Of what no message could reach, a person settles one and gives up another.
 */
async function sendAll(app: AppContext): Promise<void> {
  const channels = (['wechat', 'wechaty', 'sms', 'voice'] as const).map((medium) => [medium, createSandbox(medium)] as const)
  const dispatcher = createDispatcher(app, new Map(channels), { poll: 20 })
  await dispatcher.processAll()
  await dispatcher.stop()
  const [reached, lost] = await app.store.read((db) =>
    db.query<{ id: string }>("select id from delivery where state = 'waiting_person' order by id limit 2", []),
  )
  if (reached === undefined || lost === undefined) throw new Error('fewer than two messages wait for a person')
  await settleDuty(app, CLERK, { deliveryId: reached.id, verdict: 'done', note: STATED.duty })
  await settleDuty(app, CLERK, { deliveryId: lost.id, verdict: 'impossible', note: STATED.lost })
  // Of a message that this court never sent: kept until a delivery explains it.
  await takeReceipt(app, SYSTEM, { provider: 'sandbox', ref: 'SM-unknown', status: 'delivered', stage: 'delivered' })
}
