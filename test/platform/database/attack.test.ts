// A copy of the database without the key gives away no number, no telephone, no account and no code, also not to somebody who tries all of them.
// The search is test/support/filled/attack; the databases of earlier versions are in previous-version.test.ts.

import { expect } from 'chai'
import { issueBindingCode } from '../../../src/features/units/subscriptions.commands.ts'
import { sha256 } from '../../../src/core/secrets.ts'
import { deliveryTable } from '../../../src/messaging/deliveries.store.ts'
import { openRow } from '../../../src/platform/database/sealing.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { ADMIN } from '../../support/deadlines.ts'
import { givenAway } from '../../support/filled/attack.ts'
import { filledCourt } from '../../support/filled/court.ts'
import { ACCOUNTS, NUMBERS, PHONES } from '../../support/filled/words.ts'

const VALUES = [NUMBERS, PHONES, ACCOUNTS].flatMap((each) => Object.values(each))

describe('a copy of the database without the key', () => {
  eachDatabase((_db, make) => {
    let court: TestApp

    before(async () => {
      court = await filledCourt(make)
    })

    it('gives away nothing that is sealed, no number, telephone, account and code, in no column', async () => {
      const { app } = court
      const [liaison] = await app.store.read((db) => db.query<{ id: string }>('select id from liaison', []))
      const { code } = await issueBindingCode(app, ADMIN, liaison?.id ?? '')
      expect(await givenAway(app, [...VALUES, code])).to.deep.equal([])
    })

    it('would be found out by a bare hash in any column, of a value, of a sealed text, or of a text that was hashed before', async () => {
      const { app } = court
      const plant = (text: string): Promise<number> => app.store.write((tx) => tx.run('update delivery set last_reason = ?', [text]))
      const [sent] = await app.store.read((db) =>
        db.query<{ id: string; bodyHash: string }>('select id, body_hash as bodyHash from delivery limit 1', []),
      )
      const bare = openRow(deliveryTable, app.secrets, { id: sent?.id ?? '', bodyHash: sent?.bodyHash ?? '' }).bodyHash
      for (const planted of [
        NUMBERS.debtor,
        sha256(NUMBERS.debtor),
        sha256(`phone:${PHONES.staff}`).slice(0, 16),
        bare,
        `x${sha256(bare)}`,
      ]) {
        await plant(planted)
        expect(await givenAway(app, VALUES), planted).to.deep.equal(['delivery.lastReason'])
      }
    })
  })
})
