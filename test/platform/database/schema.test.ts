// Migrations create exactly the tables that the schemas describe, on both databases, and can run twice or meet an older program.
// Queries on the tables are tested with the features.

import { stat } from 'node:fs/promises'
import { expect } from 'chai'
import { migrations } from '../../../migrations/index.ts'
import { isAppError } from '../../../src/core/errors.ts'
import { openStore, type Store } from '../../../src/platform/database/database.ts'
import { tables } from '../../../src/tables.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'

/** A second program on the same database, which knows only the migrations that it is given. */
function anotherProgram(testApp: TestApp, known: typeof migrations): Promise<Store> {
  const { log, config } = testApp.app
  const url = testApp.url === undefined ? {} : { url: testApp.url }
  return openStore({ ...url, sqlitePath: `${config.dataFolder}/zxt.sqlite`, log, tables, migrations: known, poolSize: 2 })
}

describe('migrations', () => {
  it('are ordered by their times, with no time twice', () => {
    const times = migrations.map(({ name }) => Number(/\d{13}$/.exec(name)?.[0]))
    expect(times).to.deep.equal([...new Set(times)].sort((left, right) => left - right))
  })

  eachDatabase((db, make) => {
    it('leave a drift to report while a database has no tables', async () => {
      const { app } = await make({ tables: 'empty' })
      expect(await app.store.drift()).to.have.length.above(tables.length - 1)
    })

    it('create exactly the tables of the schemas', async () => {
      const { app } = await make()
      expect(await app.store.drift()).to.deep.equal([])
    })

    it('change nothing the second time', async () => {
      const { app } = await make()
      expect(await app.store.migrate()).to.deep.equal([])
      expect(await app.store.drift()).to.deep.equal([])
    })

    if (db === 'sqlite')
      it('write files that nobody but their user can read', async () => {
        const { app } = await make()
        for (const suffix of ['', '-wal'])
          expect((await stat(`${app.config.dataFolder}/zxt.sqlite${suffix}`)).mode & 0o777, suffix).to.equal(0o600)
      })

    // SQLite serves one process only (the configuration refuses more), so only a server can see two programs start at once.
    if (db === 'mariadb')
      it('run once when two programs start together', async () => {
        const testApp = await make({ tables: 'empty' })
        const other = await anotherProgram(testApp, migrations)
        try {
          const both = await Promise.all([testApp.app.store.migrate(), other.migrate()])
          expect(both.flat().sort()).to.deep.equal(migrations.map(({ name }) => name).sort())
          expect(await testApp.app.store.drift()).to.deep.equal([])
        } finally {
          await other.close()
        }
      })

    it('of a newer program stop an older program', async () => {
      const testApp = await make()
      const older = await anotherProgram(testApp, migrations.slice(0, -1))
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
