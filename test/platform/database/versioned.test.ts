// Many rows written in one statement, each on the condition of its version, on both databases.

import { expect } from 'chai'
import { newId } from '../../../src/core/ids.ts'
import { draftListing } from '../../../src/features/listings/commands.ts'
import { listingsById, updateListings } from '../../../src/features/listings/search.store.ts'
import { listingTable, type ListingRow } from '../../../src/features/listings/store.ts'
import { updateVersioned } from '../../../src/platform/database/versioned.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { PERSON } from '../../support/drafts.ts'
import { CLERK } from '../../support/listed.ts'
import { refusal } from '../../support/refusal.ts'

eachDatabase((_db, make) => {
  describe('an update of many rows', () => {
    let testApp: TestApp
    beforeEach(async () => (testApp = await make()))

    const drafts = async (count: number): Promise<ListingRow[]> => {
      const ids: string[] = []
      for (let n = 1; n <= count; n += 1)
        ids.push((await draftListing(testApp.app, CLERK, { content: { ...PERSON, caseNo: `（2026）云3401执${n}号` } })).id)
      return testApp.app.store.read((db) => listingsById(db, ids))
    }
    const stored = (rows: readonly ListingRow[]): Promise<ListingRow[]> =>
      testApp.app.store.read((db) =>
        listingsById(
          db,
          rows.map(({ id }) => id),
        ),
      )

    it('writes to each row its own values, the common ones and nulls, and leaves the other columns and rows alone', async () => {
      const before = await drafts(3)
      const at = new Date('2026-11-29T01:02:03.456Z')
      const changes = before.slice(0, 2).map((row, n) => ({
        before: row,
        row: {
          ...row,
          version: row.version + 1,
          updatedAt: at,
          reason: n === 0 ? `第${n}行` : null,
          decidedOn: '2026-11-29',
          termMonths: n,
        },
      }))
      expect(await testApp.app.store.write((tx) => updateVersioned(tx, listingTable, changes))).to.equal(2)
      expect(await stored(before)).to.deep.equal([...changes.map(({ row }) => row), before[2]])
    })

    it('writes none of them when one was changed in between', async () => {
      const before = await drafts(2)
      const outdated = before.map((row, n) => ({ before: { ...row, version: row.version - n }, row: { ...row, version: 9, reason: '改' } }))
      await refusal('listing_version_stale', () => testApp.app.store.write((tx) => updateListings(tx, outdated)))
      const missing = before.slice(0, 1).map((row) => ({ before: { ...row, id: newId() }, row: { ...row, id: newId(), version: 9 } }))
      await refusal('listing_version_stale', () => testApp.app.store.write((tx) => updateListings(tx, missing)))
      expect(await stored(before)).to.deep.equal(before)
    })

    it('has nothing to write where nothing differs', async () => {
      const before = await drafts(1)
      const same = before.map((row) => ({ before: row, row: { ...row, updatedAt: new Date(row.updatedAt) } }))
      expect(await testApp.app.store.write((tx) => updateVersioned(tx, listingTable, same))).to.equal(0)
    })
  })
})
