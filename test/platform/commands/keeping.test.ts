// What the house keeps of a list: an audit that shows every change, keys that can be turned, nothing personal in the clear.
// What is done to the list is list-life.test.ts.

import { expect } from 'chai'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import { rotateKeys } from '../../../src/platform/commands/key-rotation.ts'
import { enquire } from '../../../src/features/enquiry/views.ts'
import { createSecrets } from '../../../src/core/secrets.ts'
import { PUBLIC, type Actor } from '../../../src/platform/commands/permissions.ts'
import { searchListings } from '../../../src/features/listings/search.store.ts'
import { enter } from '../../support/entered.ts'
import { eachDatabase } from '../../support/app.ts'
import { APPROVER } from '../../support/listed.ts'

const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }

eachDatabase((_db, make) => {
  describe('what the house keeps', () => {
    it('names a changed audit row, a changed listing and a cut chain', async () => {
      const { app } = await make()
      await enter(app, 'list.xlsx', 'takeover', APPROVER)
      const { items } = await app.store.read((db) => searchListings(db, {}, { limit: 3, offset: 0 }))
      const [a, b, c] = items.map((row) => row.id) as [string, string, string]
      await app.store.write(async (tx) => {
        await tx.run("update audit set detail = replace(detail, 'listed', 'revoked') where subject = ?", [`listing:${a}`])
        await tx.run("update listing set obligation = '已全部履行' where id = ?", [b])
        await tx.run('delete from audit where subject = ?', [`listing:${c}`])
      })
      const { faults } = await verifyAudit(app, OPERATOR)
      expect(faults.map((each) => `${each.subject} ${each.fault}`).sort()).to.deep.equal(
        [`listing:${a} hash`, `listing:${b} seal`, `listing:${c} seal`].sort(),
      )
    })

    it('is written anew under a new key, and then needs the old one no more', async () => {
      const { app } = await make()
      await enter(app, 'list.xlsx', 'takeover', APPROVER)
      const [older, newer] = [
        { id: 't1', bytes: Buffer.alloc(32, 7) },
        { id: 't2', bytes: Buffer.alloc(32, 9) },
      ]
      const turning: AppContext = { ...app, secrets: createSecrets([newer, older]), files: app.files }
      expect((await enquire(turning, PUBLIC, { identifier: '533421198410140222' })).entries).to.have.length(1)
      const done = await rotateKeys(turning, OPERATOR)
      expect(done).to.include({ listings: 240, damaged: 0 })
      const after: AppContext = { ...app, secrets: createSecrets([newer]) }
      expect((await enquire(after, PUBLIC, { identifier: '533421198410140222' })).entries).to.have.length(1)
      expect((await verifyAudit(after, OPERATOR)).faults).to.deep.equal([])
      expect((await rotateKeys(turning, OPERATOR)).listings).to.equal(0)
    })

    it('holds nothing personal in the clear', async () => {
      const { app } = await make()
      await enter(app, 'list.xlsx', 'takeover', APPROVER)
      const tables = ['listing', 'audit', 'journal', 'import']
      for (const name of tables) {
        const rows = await app.store.read((db) => db.query(`select * from \`${name}\``))
        expect(JSON.stringify(rows)).not.to.match(/533421198410140222|13900005279/)
      }
    })
  })
})
