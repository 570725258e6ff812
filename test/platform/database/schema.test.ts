// Migrations make exactly the tables that the schemas describe, on both databases, and can be met twice or by an older program.
// What the tables are asked is test/store.

import { expect } from 'chai'
import { migrations } from '../../../migrations/index.ts'
import { isAppError } from '../../../src/core/errors.ts'
import { openStore, type Store } from '../../../src/platform/database/database.ts'
import { tables } from '../../../src/tables.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'

/** A second program on the tables of a house, which knows only the migrations it is given. */
function anotherProgram(made: TestApp, known: typeof migrations): Promise<Store> {
  const { log, config } = made.app
  const url = made.url === undefined ? {} : { url: made.url }
  return openStore({ ...url, sqlitePath: `${config.dataFolder}/zxt.sqlite`, log, tables, migrations: known, poolSize: 2 })
}

describe('migrations', () => {
  it('are in the order of their times, each named once', () => {
    const times = migrations.map(({ name }) => Number(/\d{13}$/.exec(name)?.[0]))
    expect(times).to.deep.equal([...new Set(times)].sort((one, other) => one - other))
  })

  eachDatabase((db, make) => {
    it('tell a database without tables from one that has them', async () => {
      const { app } = await make({ tables: 'empty' })
      expect(await app.store.drift()).to.have.length.above(tables.length - 1)
    })

    it('make the tables of the schemas, no more and no less', async () => {
      const { app } = await make()
      expect(await app.store.drift()).to.deep.equal([])
    })

    it('do nothing the second time', async () => {
      const { app } = await make()
      expect(await app.store.migrate()).to.deep.equal([])
      expect(await app.store.drift()).to.deep.equal([])
    })

    // SQLite serves one process alone (config refuses more), so only a server can see two start at once.
    if (db === 'mariadb')
      it('are made once by two programs that start together', async () => {
        const made = await make({ tables: 'empty' })
        const other = await anotherProgram(made, migrations)
        try {
          const both = await Promise.all([made.app.store.migrate(), other.migrate()])
          expect(both.flat().sort()).to.deep.equal(migrations.map(({ name }) => name).sort())
          expect(await made.app.store.drift()).to.deep.equal([])
        } finally {
          await other.close()
        }
      })

    it('of a newer program stop an older one', async () => {
      const made = await make()
      const older = await anotherProgram(made, migrations.slice(0, -1))
      try {
        const error = await older.migrate().then(
          () => null,
          (thrown: unknown) => thrown,
        )
        expect(isAppError(error, 'database_newer') && error.values['migration']).to.equal(migrations.at(-1)?.name)
      } finally {
        await older.close()
      }
    })
  })
})
