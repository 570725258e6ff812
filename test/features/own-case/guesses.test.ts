// Guesses made at the same time are counted one after another: codes, passwords, misses and log-ins find no more than their limit allows.
// Each limit alone is tested with its feature; questions of the pages and the API are test/features/enquiry/limits.test.ts.

import { expect } from 'chai'
import { answer } from '../../../bot/answer.ts'
import { openOnPage } from '../../../src/features/complaints/complainant.commands.ts'
import { askAtDoor, confirmAtDoor } from '../../../src/features/own-case/door.commands.ts'
import { changePassword } from '../../../src/features/sessions/commands.ts'
import { placeOf, takeTry } from '../../../src/features/sessions/places.commands.ts'
import { insertStaff } from '../../../src/features/staff/store.ts'
import { hashPassword } from '../../../src/features/staff/passwords.commands.ts'
import { newId, newToken } from '../../../src/core/ids.ts'
import type { AppError } from '../../../src/core/errors.ts'
import { countTry, lockTries, returnTry } from '../../../src/messaging/conversations.store.ts'
import { auditOf } from '../../../src/platform/commands/audit.store.ts'
import { PUBLIC, type Actor } from '../../../src/platform/commands/permissions.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { eachDatabase } from '../../support/app.ts'
import { born } from '../../support/drafts.ts'
import { lastCode } from '../../support/identity.ts'
import { listed } from '../../support/listed.ts'

const OWN = '533421198410140222'
const AT_ONCE = 20

const many = <T>(run: (n: number) => Promise<T>): Promise<(T | string)[]> =>
  Promise.all(Array.from({ length: AT_ONCE }, (_, n) => run(n).catch((error: unknown) => (error as AppError).code)))

/** How often each outcome came. */
const counted = (outcomes: readonly unknown[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const each of outcomes) counts[String(each)] = (counts[String(each)] ?? 0) + 1
  return counts
}

eachDatabase((_db, make) => {
  describe('guesses at once', () => {
    it('of a code for the own case are five, and the right one among the rest opens nothing', async () => {
      const { app } = await make()
      await listed(app, 1, { name: '扎西次仁', phone: '13900001111' })
      const token = newToken()
      await askAtDoor(app, PUBLIC, { token, identifier: OWN, origin: '192.0.2.1' })
      const right = await lastCode(app)
      const wrong = (n: number): string => String((Number(right) + n + 1) % 1_000_000).padStart(6, '0')
      const outcomes = await many((n) => confirmAtDoor(app, PUBLIC, { token, code: n === AT_ONCE - 1 ? right : wrong(n) }))
      expect(counted(outcomes)).to.deep.equal({ wrong: 4, spent: AT_ONCE - 4 })
      expect(await confirmAtDoor(app, PUBLIC, { token, code: right })).to.equal('spent')
    })

    it('in the chat miss no more often than one network may, and wait for what is found', async () => {
      const { app } = await make({ env: { ENQUIRY_MISSES_PER_HOUR: '6' } })
      const replies = await many((n) =>
        answer(app, {
          channel: 'web',
          from: newToken(),
          origin: '192.0.2.1',
          messageId: newToken(9),
          text: `查 木某 ${born(String(19850301 + n))}`,
        }).then(({ text }) => (text.includes('没有查到') ? 'none' : 'limited')),
      )
      expect(counted(replies)).to.deep.equal({ none: 6, limited: AT_ONCE - 6 })
    })

    it('of number and code on a page are as many as one network may make', async () => {
      const { app } = await make({ env: { ENQUIRY_MISSES_PER_HOUR: '6' } })
      const outcomes = await many(() => openOnPage(app, PUBLIC, { origin: '192.0.2.1', number: 'TS20261122001', code: 'AAAA-BBBB-CCCC' }))
      expect(counted(outcomes)).to.deep.equal({ complaint_missing: 6, rate_limited: AT_ONCE - 6 })
    })

    it('of one’s own current password are five, also in a session that was stolen', async () => {
      const { app } = await make()
      const id = newId()
      const current = 'Baise-2026-Xueshan'
      await app.store.write(async (tx) =>
        insertStaff(tx, app, {
          id,
          login: 'clerk.one',
          name: '和某',
          roles: 'clerk',
          passwordHash: await hashPassword(current),
          mustChange: false,
          failures: 0,
          lockedUntil: null,
          disabledAt: null,
          adminUntil: null,
          lastLoginAt: null,
          factorWay: null,
          createdAt: app.clock.now(),
        }),
      )
      const person: Actor = { id: `staff:${id}`, roles: ['clerk'] }
      const change = (password: string, next: string): Promise<unknown> =>
        changePassword(app, person, { sessionId: newToken(), current: password, next })
      // The right password is no failure, whatever is wrong with the new one.
      expect(await change(current, 'short').catch((error: unknown) => (error as AppError).code)).to.equal('password_weak')
      const outcomes = await many(() => change('not mine', 'Kuaile-2026-Xueshan'))
      expect(counted(outcomes)).to.deep.equal({ login_failed: 5, login_locked: AT_ONCE - 5 })
      const failures = (await app.store.read((db) => auditOf(db, `staff:${id}`))).map(
        (row) => (JSON.parse(row.detail) as { failures: number }).failures,
      )
      expect(failures.sort()).to.deep.equal([1, 2, 3, 4, 5])
    })

    it('of one login from many networks are sixty in an hour', async () => {
      const { app } = await make()
      const take = async (n: number): Promise<string> => {
        const place = await app.store.read((db) => placeOf(app, db, 'somebody', null, { network: `198.51.100.${n}`, browser: null }))
        return 'lockedUntil' in (await takeTry(app, PUBLIC, place)) ? 'locked' : 'taken'
      }
      for (let n = 0; n < 53; n++) expect(await take(n)).to.equal('taken')
      expect(counted(await many((n) => take(100 + n)))).to.deep.equal({ taken: 7, locked: AT_ONCE - 7 })
    })
  })

  describe('a counter of tries', () => {
    const count = (app: AppContext, most: number): Promise<boolean> =>
      app.store.write(async (tx) => {
        const { hits } = await lockTries(tx, 'subject', app.clock.now())
        if (hits >= most) return false
        await countTry(tx, 'subject', app.clock.now())
        return true
      })

    it('counts tries at once one by one, from the first on', async () => {
      const { app } = await make()
      const hits = await many(() => app.store.write((tx) => countTry(tx, 'subject', app.clock.now())).then((tries) => tries.hits))
      expect(hits.map(Number).sort((a, b) => a - b)).to.deep.equal(Array.from({ length: AT_ONCE }, (_, n) => n + 1))
    })

    it('lets whoever looks first and counts afterwards be alone with it, and begins its hour with the first try', async () => {
      const { app, clock } = await make()
      expect(counted(await many(() => count(app, 3)))).to.deep.equal({ true: 3, false: AT_ONCE - 3 })
      clock.advance(3_600_000)
      expect(await count(app, 3)).to.equal(true)
      await app.store.write((tx) => returnTry(tx, 'subject'))
      clock.advance(1_800_000)
      const { since, hits } = await app.store.write((tx) => countTry(tx, 'subject', clock.now()))
      expect([since.getTime(), hits]).to.deep.equal([clock.now().getTime(), 1])
    })
  })
})
