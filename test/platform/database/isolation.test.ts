// The isolation level is READ COMMITTED on every connection of the pool, the first one and later ones.
// Contention and retries are tested with the store in test/platform and test/features.

import { expect } from 'chai'
import { eachDatabase } from '../../support/app.ts'

describe('the isolation level', () => {
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
