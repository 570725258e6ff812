// A sealed value opens in its own row and column alone: whoever exchanges two of them in the database shows nobody another person's number.
// Values of earlier versions are bound to no row; the fixtures of previous-version.test.ts show that they open and are rewritten bound.

import { expect } from 'chai'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import { showListing } from '../../../src/features/listings/views.ts'
import { createSecrets } from '../../../src/core/secrets.ts'
import { isAppError } from '../../../src/core/errors.ts'
import { rotateKeys } from '../../../src/platform/commands/key-rotation.ts'
import { openSealed, placeOf } from '../../../src/platform/database/sealing.ts'
import { tables } from '../../../src/tables.ts'
import { eachDatabase, TEST_KEY, type TestApp } from '../../support/app.ts'
import { filledCourt } from '../../support/filled/court.ts'
import { rowsOf } from '../../support/filled/search.ts'

const OPERATOR = { id: 'operator:test', roles: ['operator'] } as const
const CLERK = { id: 'staff:clerk', roles: ['clerk'] } as const
const MANY = 100

/** The code of the refusal. */
async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
    return 'none'
  } catch (error) {
    return isAppError(error) ? error.code : String(error)
  }
}

describe('a sealed value', () => {
  eachDatabase((_db, make) => {
    let court: TestApp

    before(async () => {
      court = await filledCourt(make)
    })

    it('opens in its own row and column, and in no other of the same table', async () => {
      const { secrets } = court.app
      let tried = 0
      for (const table of tables) {
        const rows = (await rowsOf(court.app, table)).slice(0, MANY)
        const properties = [...table.protection.sealed]
        for (const [property, { form }] of properties)
          for (const row of rows) {
            const value = row[property]
            if (typeof value !== 'string') continue
            expect(() => openSealed(secrets, form, value, placeOf(table, property, row)), `${table.name}.${property}`).not.to.throw()
            const elsewhere = [
              ...rows.filter((each) => each !== row).map((each) => placeOf(table, property, each)),
              ...properties.filter(([name]) => name !== property).map(([name]) => placeOf(table, name, row)),
            ]
            for (const place of elsewhere.slice(0, 5))
              expect(() => openSealed(secrets, form, value, place), `${table.name}.${property}`)
                .to.throw()
                .with.property('code', 'cipher_broken')
            tried += elsewhere.length
          }
      }
      expect(tried).to.be.above(MANY)
    })

    it('that was exchanged with another person’s fails with an error that says so, and shows nobody’s number', async () => {
      const { app } = court
      const [one, two] = await app.store.read((db) =>
        db.query<{ id: string; private: string }>('select id, private from listing order by id', []),
      )
      if (one === undefined || two === undefined) throw new Error('fewer than two listings')
      const write = (id: string, value: string): Promise<number> =>
        app.store.write((tx) => tx.run('update listing set private = ? where id = ?', [value, id]))
      await write(one.id, two.private)
      await write(two.id, one.private)
      expect([await codeOf(() => showListing(app, CLERK, one.id)), await codeOf(() => showListing(app, CLERK, two.id))]).to.deep.equal([
        'cipher_broken',
        'cipher_broken',
      ])
      const { faults } = await verifyAudit(app, OPERATOR)
      expect(faults.map(({ subject, fault }) => [subject, fault])).to.deep.equal([
        [`listing:${one.id}`, 'unreadable'],
        [`listing:${two.id}`, 'unreadable'],
      ])
      expect(app.catalog.problem('cipher_broken')).to.include('移到别处')
      await write(one.id, one.private)
      await write(two.id, two.private)
    })

    it('of an earlier version opens, and is bound by a renewal under the same key', async () => {
      const { app } = court
      const [row] = await app.store.read((db) =>
        db.query<{ id: string; private: string }>('select id, private from listing order by id', []),
      )
      const { id = '', private: bound = '' } = row ?? {}
      const unbound = `${TEST_KEY.id}.${app.secrets
        .sealBytes(Buffer.from(app.secrets.open(bound, `listing.private ${JSON.stringify([id])}`)))
        .subarray(TEST_KEY.id.length + 1)
        .toString('base64url')}`
      await app.store.write((tx) => tx.run('update listing set private = ? where id = ?', [unbound, id]))
      expect((await showListing(app, CLERK, id)).id).to.equal(id)
      expect(await rotateKeys(app, OPERATOR)).to.include({ listings: 1, damaged: 0 })
      const [after] = await app.store.read((db) => db.query<{ private: string }>('select private from listing where id = ?', [id]))
      expect(after?.private).to.match(new RegExp(`^${TEST_KEY.id}\\.~`))
      expect((await showListing(app, CLERK, id)).id).to.equal(id)
      expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
      expect(createSecrets([TEST_KEY]).sealedNow(after?.private ?? '')).to.equal(true)
    })
  })
})
