// Broadcasts of bulletins: everybody of an audience is notified once, in portions, and units without a liaison become a clerk’s task.

import { openRow, placeOf } from '../../../src/platform/database/sealing.ts'
import { expect } from 'chai'
import { settleDuty } from '../../../src/features/notices/commands.ts'
import { openBulletin, announceBulletin } from '../../../src/features/bulletins/commands.ts'
import { enqueueBroadcastPortion, createBroadcaster } from '../../../src/features/bulletins/tasks.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { newId } from '../../../src/core/ids.ts'
import { SYSTEM } from '../../../src/platform/commands/permissions.ts'
import {
  insertLiaison,
  insertSubscriber,
  insertUnits,
  liaisonTable,
  replaceMeasures,
  subscribersAfter,
  subscriberTable,
  type UnitRow,
} from '../../../src/features/units/store.ts'
import { removeSubscriber } from '../../../src/features/units/commands.ts'
import { leaveBulletins } from '../../../src/features/units/subscriptions.commands.ts'
import { deliveryTable } from '../../../src/messaging/deliveries.store.ts'
import { broadcastTable, type BroadcastRow } from '../../../src/messaging/notices.store.ts'
import { closeSetups, makeSetup, openid, phone, type DeliverySetup } from '../../support/delivery-setup.ts'
import { eachDatabase } from '../../support/app.ts'

const unit = (id: string, more: Partial<UnitRow> = {}): UnitRow => ({
  id,
  name: `${id} bureau`,
  kind: 'agency',
  isClass: false,
  classId: null,
  leadingGroupMember: false,
  active: true,
  seeded: false,
  ...more,
})

async function liaison(
  app: AppContext,
  unitId: string,
  n: number,
  more: { head?: boolean; active?: boolean; reach?: 'none' | 'wechaty' } = {},
): Promise<void> {
  const { secrets, clock } = app
  const [phoneNumber, wechatId] = more.reach === undefined ? [phone(n), openid(n)] : [null, null]
  const wechatyId = more.reach === 'wechaty' ? `wxid_${n}` : null
  const id = newId()
  const sealed = (column: string, text: string | null): string | null =>
    text === null ? null : secrets.seal(text, placeOf(liaisonTable, column, { id }))
  const row = {
    id,
    unitId,
    name: `liaison ${n}`,
    head: more.head ?? false,
    phone: sealed('phone', phoneNumber),
    phoneIndex: phoneNumber === null ? null : secrets.index('phone', phoneNumber),
    wechat: sealed('wechat', wechatId),
    wechatIndex: wechatId === null ? null : secrets.index('wechat', wechatId),
    wechaty: sealed('wechaty', wechatyId),
    wechatyIndex: wechatyId === null ? null : secrets.index('wechaty', wechatyId),
    active: more.active ?? true,
    createdAt: clock.now(),
  }
  await app.store.write((tx) => insertLiaison(tx, row))
}

/**
 * Two reachable units with duties, one without a liaison, one whose only liaison is the head, one without a duty, a class with a member.
 */
async function addUnitsAndLiaisons(app: AppContext): Promise<void> {
  await app.store.write(async (tx) => {
    await insertUnits(tx, [
      unit('u1'),
      unit('u2'),
      unit('alone'),
      unit('headed'),
      unit('idle'),
      unit('closed', { active: false }),
      unit('banks', { isClass: true }),
      unit('hotels', { isClass: true }),
      unit('prefecture_court'),
    ])
    await insertUnits(tx, [unit('bank1', { classId: 'banks' })])
    const duty = ['u1', 'u2', 'alone', 'headed', 'closed', 'banks', 'hotels']
    await replaceMeasures(
      tx,
      [{ id: 'm1', position: 1, title: 'measure', detail: '{}' }],
      duty.map((unitId) => ({ measureId: 'm1', unitId })),
    )
  })
  await liaison(app, 'u1', 1)
  await liaison(app, 'u1', 2, { head: true })
  await liaison(app, 'u2', 3)
  await liaison(app, 'u2', 4, { active: false })
  await liaison(app, 'headed', 5, { head: true })
  await liaison(app, 'idle', 6)
  await liaison(app, 'closed', 7)
  await liaison(app, 'bank1', 8)
}

async function publish(app: AppContext, source?: string): Promise<void> {
  await app.store.write(async (tx) => {
    const context = { app, tx, now: app.clock.now(), actor: SYSTEM }
    const bulletin = await openBulletin(context, 'publish', source)
    await announceBulletin(context, { ...bulletin, listed: 3, listVersion: 7 })
  })
}

async function subscribe(app: AppContext, count: number, from = 100): Promise<void> {
  const { secrets, clock } = app
  await app.store.write(async (tx) => {
    for (let n = from; n < from + count; n += 1) {
      const id = newId()
      await insertSubscriber(tx, {
        id,
        kind: 'public',
        name: `subscriber ${n}`,
        phone: secrets.seal(phone(n), placeOf(subscriberTable, 'phone', { id })),
        phoneIndex: secrets.index('phone', phone(n)),
        wechat: null,
        wechatIndex: null,
        consentedAt: clock.now(),
        endedAt: n % 10 === 9 ? clock.now() : null,
      })
    }
  })
}

const noticesSent = async (setup: DeliverySetup): Promise<string[]> =>
  (await setup.notices()).map((notice) => `${notice.audience} ${notice.template}`).sort()

describe('broadcasts', () => {
  afterEach(closeSetups)

  eachDatabase((_db, make) => {
    it('notify liaisons of units with a duty, not their heads, and create a task for units without a liaison (P25, P50)', async () => {
      const setup = await makeSetup(make)
      await addUnitsAndLiaisons(setup.app)
      await publish(setup.app)
      expect(await createBroadcaster(setup.app).processAll()).to.equal(3)
      expect(await noticesSent(setup)).to.deep.equal([
        'court bulletin-unreached-court',
        'unit bulletin-published-unit',
        'unit bulletin-published-unit',
        'unit bulletin-published-unit',
      ])
      const task = (await setup.deliveries()).find((row) => row.medium === 'clerk' && row.state === 'waiting_person')
      const text = openRow(deliveryTable, setup.app.secrets, { id: task?.id ?? '', body: task?.body ?? '' }).body.text
      expect(text).to.match(/alone bureau、headed bureau、hotels bureau/)
      expect(text).to.not.match(/u1|idle|closed|banks bureau/)
      await setup.dispatcher.processAll()
      expect(setup.wechat.sent.map((sent) => sent.to).sort()).to.deep.equal([openid(1), openid(3), openid(8)])
      const clerk = { id: 'staff:clerk', roles: ['clerk'] } as const
      await settleDuty(setup.app, clerk, { deliveryId: task?.id ?? '', verdict: 'done', note: 'told by courier' })
    })

    it('reach a liaison who is known by the Wechaty account alone, with bulletins and with lift orders', async () => {
      const setup = await makeSetup(make, { env: { WECHATY_PUPPET: 'wechaty-puppet-mock' } })
      await addUnitsAndLiaisons(setup.app)
      await liaison(setup.app, 'alone', 30, { reach: 'wechaty' })
      await setup.app.store.write(async (tx) => {
        const context = { app: setup.app, tx, now: setup.app.clock.now(), actor: SYSTEM }
        const bulletin = await openBulletin(context, 'publish')
        await announceBulletin(context, { ...bulletin, listed: 3, shielded: 1, revoked: 1, listVersion: 7 })
      })
      await createBroadcaster(setup.app).processAll()
      const wechatySteps = (await setup.deliveries()).filter((row) => row.medium === 'wechaty')
      expect(
        wechatySteps.map(
          (row) => `${openRow(deliveryTable, setup.app.secrets, { id: row.id, address: row.address }).address} ${row.state}`,
        ),
      ).to.deep.equal(['wxid_30 queued', 'wxid_30 queued'])
      const notices = new Map((await setup.notices()).map((notice) => [notice.id, notice.template]))
      expect(wechatySteps.map((row) => notices.get(row.noticeId)).sort()).to.deep.equal(['bulletin-lifted-unit', 'bulletin-published-unit'])
    })

    it('notify the source court of a bulletin on its list, or a clerk when that court has no liaison', async () => {
      const setup = await makeSetup(make)
      await addUnitsAndLiaisons(setup.app)
      await publish(setup.app, 'prefecture_court')
      await createBroadcaster(setup.app).processAll()
      expect((await noticesSent(setup)).filter((line) => line.startsWith('court'))).to.have.length(2)
      await liaison(setup.app, 'prefecture_court', 20)
      await publish(setup.app, 'prefecture_court')
      await createBroadcaster(setup.app).processAll()
      expect((await noticesSent(setup)).filter((line) => line.startsWith('source'))).to.deep.equal(['source bulletin-published-source'])
    })

    it('proceed in portions with a stored cursor, to subscribers who still consent, once even with two processes', async () => {
      const setup = await makeSetup(make)
      await subscribe(setup.app, 1_200)
      await publish(setup.app)
      const both = [createBroadcaster(setup.app), createBroadcaster(setup.app)]
      await Promise.all(both.map((each) => each.processAll()))
      await both[0]?.processAll()
      const rows = (await setup.notices()).filter((notice) => notice.audience === 'public')
      expect(rows).to.have.length(1_080)
      expect(new Set(rows.map((row) => row.recipient)).size).to.equal(1_080)
      const broadcasts = await setup.app.store.read((db) => db.manager.getRepository(broadcastTable.schema).find())
      expect(broadcasts.every((row: BroadcastRow) => row.doneAt !== null)).to.equal(true)
      expect(await enqueueBroadcastPortion(setup.app, SYSTEM, undefined)).to.equal(null)
    })

    it('leave out who left before, and lose what waits when somebody leaves, but not what needs no consent', async () => {
      const setup = await makeSetup(make)
      const { app } = setup
      await subscribe(app, 4)
      const [first, second, third] = (await app.store.read((db) => subscribersAfter(db, 'public', '', 4))).map(({ id }) => id)
      // The third is a newspaper: that people left the list is told to it by law.
      await app.store.write((tx) => tx.run("update subscriber set kind = 'media' where id = ?", [third ?? '']))
      await app.store.write(async (tx) => {
        const context = { app, tx, now: app.clock.now(), actor: SYSTEM }
        await announceBulletin(context, { ...(await openBulletin(context, 'publish')), listed: 3, shielded: 1, listVersion: 7 })
      })
      await leaveBulletins(app, { id: 'public', roles: ['public'] }, { phone: phone(103) })
      await createBroadcaster(app).processAll()
      expect((await setup.notices()).filter(({ recipient }) => recipient.startsWith('subscriber:'))).to.have.length(6)
      await leaveBulletins(app, { id: 'public', roles: ['public'] }, { phone: phone(100) })
      await removeSubscriber(app, { id: 'staff:admin', roles: ['admin'] }, third ?? '')
      let notices = await setup.notices()
      const statesOf = (id = ''): string[] =>
        notices
          .filter(({ recipient }) => recipient === `subscriber:${id}`)
          .map(({ template, state, overtakenBy }) => `${template} ${state} ${overtakenBy ?? '-'}`)
          .sort()
      expect(statesOf(first)).to.deep.equal([
        'bulletin-lifted-public cancelled consent.withdrawn',
        'bulletin-published-public cancelled consent.withdrawn',
      ])
      expect(statesOf(second)).to.deep.equal(['bulletin-lifted-public open -', 'bulletin-published-public open -'])
      expect(statesOf(third)).to.deep.equal(['bulletin-lifted-media open -', 'bulletin-published-media cancelled consent.withdrawn'])
      await setup.dispatcher.processAll()
      notices = await setup.notices()
      const gone = (await setup.deliveries()).filter(({ state }) => state === 'cancelled')
      expect(gone.every(({ leaseToken }) => leaseToken === null)).to.equal(true)
      expect(statesOf(first).every((line) => line.includes('cancelled'))).to.equal(true)
    })

    it('are not created for a bulletin without public entries', async () => {
      const setup = await makeSetup(make)
      await addUnitsAndLiaisons(setup.app)
      await setup.app.store.write(async (tx) => {
        const context = { app: setup.app, tx, now: setup.app.clock.now(), actor: SYSTEM }
        await announceBulletin(context, await openBulletin(context, 'publish'))
      })
      expect(await createBroadcaster(setup.app).processAll()).to.equal(0)
    })
  })
})
