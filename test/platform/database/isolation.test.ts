// Every connection of the pool reads what is committed, the first one and those that come later included.
// What the doorway does with contention is the store's other tests.

import { expect } from 'chai'
import { eachDatabase } from '../../support/app.ts'

describe('isolation', () => {
  eachDatabase((db, make) => {
    if (db === 'sqlite') return

    it('is READ COMMITTED on every connection', async () => {
      const { app } = await make()
      const levels = await Promise.all(
        Array.from({ length: 12 }, () =>
          app.store.write(async (tx) => {
            const rows = await tx.query<{ id: string | number; level: string }>(
              "select connection_id() as id, variable_value as level from information_schema.session_variables where variable_name = 'TX_ISOLATION'",
            )
            await tx.query('select sleep(0.02)')
            return rows[0]
          }),
        ),
      )
      expect(new Set(levels.map((row) => row?.id)).size).to.be.above(1)
      expect([...new Set(levels.map((row) => row?.level))]).to.deep.equal(['READ-COMMITTED'])
    })
  })
})
