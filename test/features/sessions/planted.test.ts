// Whoever can write to the database and has not the data key puts hashes of tokens of their own there: none of them opens anything.
// What earlier versions stored bare is keyed once, by the first start after the update (test/platform/commands/bearers.test.ts).

import { expect } from 'chai'
import { newId, newToken } from '../../../src/core/ids.ts'
import { sha256 } from '../../../src/core/secrets.ts'
import { csrfTokenOf } from '../../../src/features/sessions/commands.ts'
import { openServer, type Answer, type TestServer } from '../../support/http-server.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { addUnit } from '../../support/deadlines.ts'
import { addKey } from '../../support/screening.ts'

const code = ({ status, body }: Answer): unknown[] => [status, body['code']]

eachDatabase((_db, make) => {
  describe('a hash that somebody has put into the database', () => {
    let made: TestApp
    let server: TestServer

    beforeEach(async () => {
      made = await make()
      server = await openServer(made)
    })
    afterEach(() => server.close())

    const write = (sql: string, params: readonly (string | Date | null)[]): Promise<number> =>
      made.app.store.write((tx) => tx.run(sql, params))
    const now = (): Date => made.clock.now()
    const later = (): Date => new Date(now().getTime() + 3_600_000)

    it('opens no session of staff', async () => {
      const { id } = await server.person('approver')
      const token = newToken()
      const row = [sha256(token), id, sha256(csrfTokenOf(token)), now(), now(), later(), now()]
      await write(
        `insert into session (id, staff_id, csrf_hash, created_at, seen_at, expires_at, factor_at) values (?, ?, ?, ?, ?, ?, ?)`,
        row,
      )
      const answer = await server.ask('GET', '/api/v1/session', { headers: { cookie: `zxt=${token}` } })
      expect(code(answer)).to.deep.equal([401, 'login_required'])
    })

    it('opens no session of a liaison', async () => {
      const { liaison } = await addUnit(made.app, 'u1')
      const token = newToken()
      const row = [sha256(token), liaison.slice('liaison:'.length), 'phone', sha256(csrfTokenOf(token)), now(), now(), later()]
      await write(
        `insert into unit_session (id, liaison_id, via, csrf_hash, created_at, seen_at, expires_at) values (?, ?, ?, ?, ?, ?, ?)`,
        row,
      )
      const answer = await server.ask('GET', '/api/v1/unit-session', { headers: { cookie: `zxt-unit=${token}` } })
      expect(code(answer)).to.deep.equal([401, 'login_required'])
    })

    it('makes no key of a unit: neither in a row of its own nor in place of the hash of another', async () => {
      await addUnit(made.app, 'u1')
      const key = await addKey(made.app, 'u1', ['lifts'])
      const own = key.slice(4, 30)
      const withKey = (shown: string): Promise<Answer> =>
        server.ask('GET', '/api/v1/lift-orders', { headers: { authorization: `Bearer ${shown}` } })
      expect((await withKey(key)).status).to.equal(200)

      const [planted, secret] = [newId(), newToken()]
      await write(
        `insert into unit_key (id, unit_id, label, hash, scopes, created_by, created_at, expires_at)
          select ?, unit_id, label, ?, scopes, created_by, created_at, expires_at from unit_key where id = ?`,
        [planted, sha256(secret), own],
      )
      expect((await withKey(`zxt_${planted}_${secret}`)).status).not.to.equal(200)
      // A sealed hash is bound to its row: the one of a key that the thief holds opens no other.
      await write('update unit_key set hash = (select hash from (select hash from unit_key where id = ?) as t) where id = ?', [
        own,
        planted,
      ])
      expect((await withKey(`zxt_${planted}_${key.slice(31)}`)).status).not.to.equal(200)
      await write('update unit_key set hash = ? where id = ?', [sha256(secret), own])
      expect((await withKey(`zxt_${own}_${secret}`)).status).not.to.equal(200)
    })
  })
})
