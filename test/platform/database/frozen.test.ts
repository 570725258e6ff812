// A database that accepts connections and never answers: statements fail within a bound as "away", and work goes on when it answers again.

import { expect } from 'chai'
import { migrations } from '../../../migrations/index.ts'
import { openStore, type Store } from '../../../src/platform/database/database.ts'
import { tables } from '../../../src/tables.ts'
import { eachDatabase } from '../../support/app.ts'
import { frozenProxy, type FrozenProxy } from '../../support/frozen-proxy.ts'
import { refusal } from '../../support/refusal.ts'

const SILENCE = 700

eachDatabase((db, make) => {
  // SQLite is a file in this process: it cannot be frozen by itself.
  if (db === 'sqlite') return
  describe('a database that is frozen', () => {
    let proxy: FrozenProxy
    let store: Store

    beforeEach(async () => {
      const { app, url = '' } = await make()
      proxy = await frozenProxy(url)
      const paths = { sqlitePath: `${app.config.dataFolder}/unused.sqlite`, log: app.log }
      store = await openStore({ ...paths, url: proxy.url, tables, migrations, poolSize: 3, silence: SILENCE })
    })
    afterEach(async () => {
      await proxy.close()
      await store.close()
    })

    const write = (name: string): Promise<number> => store.write((tx) => tx.run('insert into counter (name, value) values (?, 1)', [name]))
    const names = async (): Promise<string[]> =>
      (
        await store.read((reader) => reader.query<{ name: string }>("select name from counter where name like 'frozen%' order by name"))
      ).map(({ name }) => name)

    it('fails every read and write within the bound, on new connections too, and serves again when it thaws', async () => {
      await write('frozen 1')
      proxy.freeze()
      await Promise.all([
        refusal('database_unavailable', names),
        refusal('database_unavailable', () => write('frozen 2')),
        refusal('database_unavailable', () => store.ping()),
        refusal('database_unavailable', () => write('frozen 3')),
      ])
      proxy.thaw()
      expect(await names()).to.deep.equal(['frozen 1'])
      await write('frozen 4')
      expect(await names()).to.deep.equal(['frozen 1', 'frozen 4'])
    })

    it('loses no transaction: it is either committed whole or not at all, and never reported as done when it was not', async () => {
      let isFrozen = false
      const midway = store.write(async (tx) => {
        await tx.run("insert into counter (name, value) values ('frozen a', 1)")
        proxy.freeze()
        isFrozen = true
        await tx.run("insert into counter (name, value) values ('frozen b', 1)")
      })
      await refusal('database_unavailable', () => midway)
      expect(isFrozen).to.equal(true)
      proxy.thaw()
      expect(await names()).to.deep.equal([])
    })

    it('is not taken for one while connections are idle for longer than the bound', async () => {
      await write('frozen 1')
      await new Promise((resolve) => setTimeout(resolve, SILENCE * 2))
      expect(await names()).to.deep.equal(['frozen 1'])
    })
  })
})
