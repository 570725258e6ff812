// A bulletin reaches everybody of its audiences, once, in portions; and units that nobody can reach become a clerk's task.

import { expect } from 'chai'
import { settleDuty } from '../../../src/features/notices/commands.ts'
import { openBulletin, announceBulletin } from '../../../src/features/bulletins/commands.ts'
import { spreadPortion, createBroadcaster } from '../../../src/features/bulletins/tasks.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { newId } from '../../../src/core/ids.ts'
import { SYSTEM } from '../../../src/platform/commands/permissions.ts'
import { insertLiaison, insertSubscriber, insertUnits, replaceMeasures, type UnitRow } from '../../../src/features/units/store.ts'
import { broadcastTable, type BroadcastRow } from '../../../src/messaging/notices.store.ts'
import { closeDesks, makeDesk, openid, phone, type Desk } from '../../support/delivery-setup.ts'
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
  const [tel, wx] = more.reach === undefined ? [phone(n), openid(n)] : [null, null]
  const contact = more.reach === 'wechaty' ? `wxid_${n}` : null
  const row = {
    id: newId(),
    unitId,
    name: `liaison ${n}`,
    head: more.head ?? false,
    phone: tel === null ? null : secrets.seal(tel),
    phoneIndex: tel === null ? null : secrets.index('phone', tel),
    wechat: wx === null ? null : secrets.seal(wx),
    wechatIndex: wx === null ? null : secrets.index('wechat', wx),
    wechaty: contact === null ? null : secrets.seal(contact),
    wechatyIndex: contact === null ? null : secrets.index('wechaty', contact),
    active: more.active ?? true,
    createdAt: clock.now(),
  }
  await app.store.write((tx) => insertLiaison(tx, row))
}

/** Two reachable units with duties, one without anybody, one whose only liaison is the head, one without a duty, a class with a member. */
async function city(app: AppContext): Promise<void> {
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
      [{ id: 'm1', position: 1, title: 'measure', direction: 'give', detail: '{}' }],
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
    await announceBulletin(context, { ...bulletin, listed: 3, listVersion: 7 }, {})
  })
}

async function subscribe(app: AppContext, count: number, from = 100): Promise<void> {
  const { secrets, clock } = app
  await app.store.write(async (tx) => {
    for (let n = from; n < from + count; n += 1)
      await insertSubscriber(tx, {
        id: newId(),
        kind: 'public',
        name: `subscriber ${n}`,
        phone: secrets.seal(phone(n)),
        phoneIndex: secrets.index('phone', phone(n)),
        wechat: null,
        wechatIndex: null,
        consentedAt: clock.now(),
        endedAt: n % 10 === 9 ? clock.now() : null,
      })
  })
}

const told = async (desk: Desk): Promise<string[]> => (await desk.notices()).map((notice) => `${notice.audience} ${notice.template}`).sort()

describe('broadcasts', () => {
  afterEach(closeDesks)

  eachDatabase((_db, make) => {
    it('tell liaisons of units with a duty, no heads, and leave a task for units without anybody (P25, P50)', async () => {
      const desk = await makeDesk(make)
      await city(desk.app)
      await publish(desk.app)
      expect(await createBroadcaster(desk.app).processAll()).to.equal(3)
      expect(await told(desk)).to.deep.equal([
        'court bulletin-unreached-court',
        'unit bulletin-published-unit',
        'unit bulletin-published-unit',
        'unit bulletin-published-unit',
      ])
      const task = (await desk.rungs()).find((row) => row.medium === 'clerk' && row.state === 'waiting_person')
      const text = desk.app.secrets.open(task?.body ?? '')
      expect(text).to.match(/alone bureau、headed bureau、hotels bureau/)
      expect(text).to.not.match(/u1|idle|closed|banks bureau/)
      await desk.dispatcher.processAll()
      expect(desk.wechat.sent.map((sent) => sent.to).sort()).to.deep.equal([openid(1), openid(3), openid(8)])
      const clerk = { id: 'staff:clerk', roles: ['clerk'] } as const
      await settleDuty(desk.app, clerk, { deliveryId: task?.id ?? '', verdict: 'done', note: 'told by courier' })
    })

    it('reach a liaison who is known by the house’s own WeChat account alone, with bulletins and with lift orders', async () => {
      const desk = await makeDesk(make, { env: { WECHATY_PUPPET: 'wechaty-puppet-mock' } })
      await city(desk.app)
      await liaison(desk.app, 'alone', 30, { reach: 'wechaty' })
      await desk.app.store.write(async (tx) => {
        const context = { app: desk.app, tx, now: desk.app.clock.now(), actor: SYSTEM }
        const bulletin = await openBulletin(context, 'publish')
        await announceBulletin(context, { ...bulletin, listed: 3, shielded: 1, revoked: 1, listVersion: 7 }, {})
      })
      await createBroadcaster(desk.app).processAll()
      const own = (await desk.rungs()).filter((row) => row.medium === 'wechaty')
      expect(own.map((row) => `${desk.app.secrets.open(row.address ?? '')} ${row.state}`)).to.deep.equal([
        'wxid_30 queued',
        'wxid_30 queued',
      ])
      const notices = new Map((await desk.notices()).map((notice) => [notice.id, notice.template]))
      expect(own.map((row) => notices.get(row.noticeId)).sort()).to.deep.equal(['bulletin-lifted-unit', 'bulletin-published-unit'])
    })

    it('of another court’s list tell that court as well, or a clerk when it has nobody', async () => {
      const desk = await makeDesk(make)
      await city(desk.app)
      await publish(desk.app, 'prefecture_court')
      await createBroadcaster(desk.app).processAll()
      expect((await told(desk)).filter((line) => line.startsWith('court'))).to.have.length(2)
      await liaison(desk.app, 'prefecture_court', 20)
      await publish(desk.app, 'prefecture_court')
      await createBroadcaster(desk.app).processAll()
      expect((await told(desk)).filter((line) => line.startsWith('source'))).to.deep.equal(['source bulletin-published-source'])
    })

    it('go out in portions with a kept cursor, to those who still agree, and once by two processes', async () => {
      const desk = await makeDesk(make)
      await subscribe(desk.app, 1_200)
      await publish(desk.app)
      const both = [createBroadcaster(desk.app), createBroadcaster(desk.app)]
      await Promise.all(both.map((each) => each.processAll()))
      await both[0]?.processAll()
      const rows = (await desk.notices()).filter((notice) => notice.audience === 'public')
      expect(rows).to.have.length(1_080)
      expect(new Set(rows.map((row) => row.recipient)).size).to.equal(1_080)
      const broadcasts = await desk.app.store.read((db) => db.manager.getRepository(broadcastTable.schema).find())
      expect(broadcasts.every((row: BroadcastRow) => row.doneAt !== null)).to.equal(true)
      expect(await spreadPortion(desk.app, SYSTEM, undefined)).to.equal(null)
    })

    it('say nothing of a bulletin without public entries', async () => {
      const desk = await makeDesk(make)
      await city(desk.app)
      await desk.app.store.write(async (tx) => {
        const context = { app: desk.app, tx, now: desk.app.clock.now(), actor: SYSTEM }
        await announceBulletin(context, await openBulletin(context, 'publish'), {})
      })
      expect(await createBroadcaster(desk.app).processAll()).to.equal(0)
    })
  })
})
