// What strangers can have sent to somebody's number by filing in their name: one confirmation a day, whatever is filed and how many at once.

import { expect } from 'chai'
import { withdrawComplaint } from '../../src/features/complaints/complainant.commands.ts'
import { fileComplaint, type FiledComplaint } from '../../src/features/complaints/commands.ts'
import { fileMatter } from '../../src/features/creditors/commands.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { PUBLIC, type Actor } from '../../src/platform/commands/permissions.ts'
import { addTheUnits } from '../support/complaints.ts'
import { eachDatabase } from '../support/app.ts'
import { CLERK } from '../support/listed.ts'

const PHONE = '13988120001'
const DAY = 86_400_000

const complain = (app: AppContext, actor: Actor = PUBLIC, wechat?: string): Promise<FiledComplaint> =>
  fileComplaint(app, actor, {
    ...{ about: 'debtor', debtorName: '和志强', text: '他欠钱不还，还天天坐飞机到处旅游。', way: actor === PUBLIC ? 'web' : 'phone' },
    ...{ anonymous: false, name: '扎西平措', phone: PHONE, wechat },
  })

const claim = (app: AppContext, wechat?: string): Promise<unknown> =>
  fileMatter(app, PUBLIC, {
    ...{ kind: 'application', way: 'web', name: '央宗卓玛', phone: PHONE, caseNo: '（2026）云3401执9号' },
    ...{ debtorName: '扎西某', ground: '有钱不还', text: '他把房子过户给了亲戚。', wechat },
  })

/** Messages that may go out by each medium, also those that wait for an earlier step to fail. */
const steps = async (app: AppContext): Promise<Record<string, number>> => {
  const rows = await app.store.read((db) =>
    db.query<{ medium: string; n: number }>(
      `select d.medium, count(*) as n from delivery d join notice n on n.id = d.notice_id
        where n.audience in ('complainant', 'applicant') group by d.medium`,
    ),
  )
  return Object.fromEntries(rows.map(({ medium, n }) => [medium, Number(n)]))
}

const sent = async (app: AppContext): Promise<number> =>
  Number(
    (
      await app.store.read((db) =>
        db.query<{ n: number }>("select count(*) as n from notice where audience in ('complainant', 'applicant')"),
      )
    )[0]?.n,
  )

eachDatabase((_db, make) => {
  it('confirms to an unproven number once a day, whatever is filed, in turn and at once', async () => {
    const { app, clock } = await make()
    await addTheUnits(app)
    await complain(app)
    await complain(app)
    await claim(app)
    expect(await sent(app)).to.equal(1)
    clock.advance(DAY)
    await Promise.all(Array.from({ length: 6 }, () => claim(app)))
    expect(await sent(app)).to.equal(2)
  })

  it('sends no further message when whoever filed withdraws again', async () => {
    const { app, clock } = await make()
    await addTheUnits(app)
    for (let n = 0; n < 3; n++) {
      const { number, code } = await complain(app)
      await withdrawComplaint(app, PUBLIC, { number, code })
    }
    expect(await sent(app)).to.equal(1)
    const { number, code } = await complain(app, CLERK)
    clock.advance(DAY)
    await withdrawComplaint(app, PUBLIC, { number, code })
    expect(await sent(app), 'the one of the next day').to.equal(3)
  })

  it('confirms in each account that filed, and by SMS to the number typed there once a day, whatever becomes of the account', async () => {
    const { app, clock } = await make()
    await addTheUnits(app)
    const account = (n: number): string => `oSomebodyElse${String(n).padStart(15, '0')}`
    for (let n = 0; n < 4; n++) {
      const { number, code } = await complain(app, PUBLIC, account(n))
      await withdrawComplaint(app, PUBLIC, { number, code })
      await claim(app, account(n))
    }
    await complain(app)
    expect(await steps(app)).to.deep.equal({ wechat: 12, sms: 1 })
    clock.advance(DAY)
    await Promise.all(Array.from({ length: 6 }, (_, n) => claim(app, account(n))))
    expect(await steps(app), 'at once').to.deep.equal({ wechat: 18, sms: 2 })
  })

  it('tells a clerk of what comes in once in half a day, whatever is filed', async () => {
    const { app, clock } = await make()
    await app.store.write((tx) => tx.run('delete from notice'))
    const told = async (): Promise<number> =>
      Number((await app.store.read((db) => db.query<{ n: number }>("select count(*) as n from notice where audience = 'court'")))[0]?.n)
    const clerks = new Set<number>()
    for (let n = 0; n < 5; n++) clerks.add((await claim(app), await told()))
    expect(clerks.size, 'the same number after each').to.equal(1)
    const once = await told()
    expect(once).to.be.above(0)
    await app.store.write((tx) => tx.run("update notice set state = 'delivered' where audience = 'court'"))
    clock.advance(DAY / 2)
    await claim(app)
    expect(await told()).to.equal(once * 2)
  })

  it('confirms each time what a clerk files for somebody', async () => {
    const { app } = await make()
    await addTheUnits(app)
    for (let n = 0; n < 3; n++) await complain(app, CLERK)
    expect(await sent(app)).to.equal(3)
  })
})
