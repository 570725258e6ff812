// What earlier versions stored without the key is converted once for an installation: whoever writes to the database alone cannot have it done again.

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { convertOnce } from '../../../src/platform/commands/conversions.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { unproved } from '../../support/proofs.ts'

eachDatabase((_db, make) => {
  describe('the conversion of what earlier versions stored', () => {
    let made: TestApp
    let server: TestServer

    const write = (sql: string, params: readonly string[] = []): Promise<number> => made.app.store.write((tx) => tx.run(sql, params))
    const convert = (): Promise<void> => convertOnce({ ...made.app, folder: made.folder })
    const events = (): string[] => made.logged.filter(({ level }) => level === 'error').map(({ event }) => event)

    beforeEach(async () => {
      made = await make()
      server = await openServer(made)
    })
    afterEach(() => server.close())

    it('is done once, and its mark is in the data folder for the owner alone', async () => {
      const person = await server.person('clerk')
      await unproved(made.app)
      await convert()
      expect((await server.ask('GET', '/api/v1/session', { headers: { cookie: person.cookie } })).status).to.equal(200)
      for (const name of ['bearers.bare.done', 'proofs.missing.done'])
        expect((await stat(join(made.folder, name))).mode & 0o777).to.equal(0o600)
      await convert()
      expect(events()).to.deep.equal([])
    })

    it('is not done again for a database that somebody has set back, and every start says so', async () => {
      const person = await server.person('clerk')
      await convert()
      // Every proof and every mark in the database is taken away, as before the update.
      await write("update staff set roles = 'clerk,approver' where id = ?", [person.id])
      await unproved(made.app)
      await convert()
      expect((await server.ask('GET', '/api/v1/session', { headers: { cookie: person.cookie } })).status).to.equal(401)
      await convert()
      expect(events().filter((event) => event === 'conversion.again')).to.have.length(2)
    })
  })
})
