// Audit and key rotation of a list: every manipulation is found, the key can be changed, and no personal data is in plain text.
// Changes of the list are tested in test/features/listings.

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

const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }

eachDatabase((_db, make) => {
  describe('a stored list', () => {
    it('is verified by an audit that names a changed audit row, a changed listing and a cut chain', async () => {
      const { app } = await make()
      await enter(app, 'list.xlsx', 'takeover')
      const { items } = await app.store.read((db) => searchListings(db, {}, { limit: 3, offset: 0 }))
      const [a, b, c] = items.map((row) => row.id) as [string, string, string]
      await app.store.write(async (tx) => {
        await tx.run("update audit set detail = replace(detail, 'listed', 'revoked') where subject = ?", [`listing:${a}`])
        await tx.run("update listing set obligation = '已全部履行' where id = ?", [b])
        await tx.run('delete from audit where subject = ?', [`listing:${c}`])
      })
      const { faults } = await verifyAudit(app, OPERATOR)
      expect(faults.map(({ subject, fault }) => `${subject} ${fault}`).sort()).to.deep.equal(
        [`listing:${a} hash`, `listing:${a} record`, `listing:${b} seal`, `listing:${c} seal`].sort(),
      )
    })

    it('is rewritten under a new key, and then does not need the old key', async () => {
      const { app } = await make()
      await enter(app, 'list.xlsx', 'takeover')
      const [older, newer] = [
        { id: 't1', bytes: Buffer.alloc(32, 7) },
        { id: 't2', bytes: Buffer.alloc(32, 9) },
      ]
      const rotating: AppContext = { ...app, secrets: createSecrets([newer, older]), files: app.files }
      expect((await enquire(rotating, PUBLIC, { identifier: '533421198410140222' })).entries).to.have.length(1)
      const done = await rotateKeys(rotating, OPERATOR)
      expect(done).to.include({ listings: 240, damaged: 0 })
      const after: AppContext = { ...app, secrets: createSecrets([newer]) }
      expect((await enquire(after, PUBLIC, { identifier: '533421198410140222' })).entries).to.have.length(1)
      expect((await verifyAudit(after, OPERATOR)).faults).to.deep.equal([])
      expect((await rotateKeys(rotating, OPERATOR)).listings).to.equal(0)
    })

    it('has no personal data in plain text', async () => {
      const { app } = await make()
      await enter(app, 'list.xlsx', 'takeover')
      const tables = ['listing', 'audit', 'journal', 'import']
      for (const name of tables) {
        const rows = await app.store.read((db) => db.query(`select * from \`${name}\``))
        expect(JSON.stringify(rows)).not.to.match(/533421198410140222|13900005279/)
      }
    })
  })
})
