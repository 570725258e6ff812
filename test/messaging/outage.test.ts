// The database goes away and comes back while people and the dispatcher work: answers in Chinese meanwhile, everything as before afterwards,
// without a restart. A wire between house and MariaDB is cut and mended; the embedded SQLite cannot go away alone.

import { expect } from 'chai'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { migrations } from '../../migrations/index.ts'
import { openStore } from '../../src/platform/database/database.ts'
import { tables } from '../../src/tables.ts'
import { get, listed, noticesOf, ok, post, refused } from '../support/asked.ts'
import { CHOSEN, openCourt, type Court, type Visitor } from '../support/court.ts'
import { eachDatabase, type MakeApp } from '../support/app.ts'
import { layWire, type Wire } from '../support/wire.ts'
import { readFile } from 'node:fs/promises'
import { pause } from '../support/until.ts'

eachDatabase((db, make) => {
  if (db === 'sqlite') return

  describe('a database that goes away', function () {
    this.timeout(60_000)
    let court: Court
    let wire: Wire
    let clerk: Visitor
    let approver: Visitor
    let items: { id: string }[]

    const wired: MakeApp = async (options) => {
      const made = await make(options)
      wire = await layWire(made.url ?? '')
      const { log } = made.app
      const store = await openStore({ url: wire.url, sqlitePath: '', log, tables, migrations, poolSize: 4 })
      const app: AppContext = { ...made.app, store }
      return { ...made, app }
    }

    before(async () => {
      court = await openCourt(wired)
      const admin = await court.admin()
      clerk = await court.staff(admin, 'wang', 'clerk')
      approver = await court.staff(admin, 'li', 'approver')
      const body = new Uint8Array(await readFile('test/support/lists/list.xlsx'))
      const upload = clerk.ask('POST', '/api/v1/imports', { body, headers: { 'content-type': 'application/octet-stream' } })
      const { body: report } = await ok(upload, 201)
      await post(clerk, `/api/v1/imports/${String(report['id'])}/commit`, {})
      items = (await listed<{ id: string }>(clerk, '/api/v1/listings')).map(({ id }) => ({ id }))
      await post(clerk, '/api/v1/listings/submit', { items })
    })
    after(async () => {
      await court.close()
      await court.app.store.close()
      await wire.cut()
    })

    it('says so to everybody, in Chinese, and goes on without a restart', async () => {
      await wire.cut()
      await refused(clerk.ask('GET', '/api/v1/listings'), 503, 'database_unavailable')
      await refused(clerk.ask('POST', '/api/v1/listings/submit', { json: { items } }), 503, 'database_unavailable')
      await refused(court.visitor().logIn('wang', CHOSEN), 503, 'database_unavailable')
      await refused(court.visitor().ask('GET', '/api/v1/public/enquiries?identifier=533421198410140222'), 503, 'database_unavailable')
      const body = new Uint8Array(await readFile('test/support/lists/list.utf8.csv'))
      const upload = clerk.ask('POST', '/api/v1/imports', { body, headers: { 'content-type': 'text/csv' } })
      await refused(upload, 503, 'database_unavailable')
      const page = await court
        .visitor()
        .ask('POST', '/enquiry', {
          body: new TextEncoder().encode('identifier=533421198410140222'),
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        })
        .catch((error: unknown) => error)
      expect(String(page)).to.include('503')
      expect((await court.visitor().ask('GET', '/healthz')).status).to.equal(200)
      const ready = await fetch(`${court.address}/readyz`)
      expect(ready.status).to.equal(503)
      expect(((await ready.json()) as { status: string }).status).to.equal('not_ready')
      await wire.mend()
      expect((await court.visitor().ask('GET', '/readyz')).status).to.equal(200)
      expect(await listed(clerk, '/api/v1/listings?state=pending')).to.have.length(items.length)
    })

    it('while messages go out loses none and sends none twice without a mark, however often', async () => {
      await post(approver, '/api/v1/listings/approve', { items })
      for (let cut = 1; cut <= 4; cut += 1) {
        const before = court.twilio.sent.length
        const until = Date.now() + 2_500
        while (court.twilio.sent.length < before + 20 && Date.now() < until) {
          await pause(10)
          // What a lost connection left leased comes back with the house's time, not with ours.
          court.clock.advance(500)
        }
        if (cut % 2 === 1) wire.shake()
        else {
          await wire.cut()
          await pause(300)
          await wire.mend()
        }
      }
      // What nobody could write down is taken up once its lease has run out, asked about, and settled; all on the house's own clock.
      for (let n = 0; n < 30; n += 1) {
        await pause(150)
        court.clock.advance(10_000)
        await court.dispatcher.settleDoubts()
      }
      await court.quiet()
      const told = (await noticesOf(clerk, 'audience=debtor')).flatMap(({ deliveries }) =>
        deliveries.filter(({ medium }) => medium === 'sms'),
      )
      const times = (id: string): number => court.twilio.sent.filter(({ body }) => body.endsWith(`编号${id.slice(-8)})`)).length
      expect(told.length).to.be.above(100)
      expect(told.filter(({ state }) => state !== 'delivered' && state !== 'accepted').map(({ state }) => state)).to.deep.equal([])
      expect(told.filter(({ id }) => times(id) === 0).length, 'lost').to.equal(0)
      expect(told.filter(({ id, repeated }) => times(id) > 1 && !repeated).length, 'twice without a mark').to.equal(0)
      // The proof is one only if the cuts hit.
      expect(court.logged.filter(({ event }) => event === 'dispatch.database_away').length).to.be.above(0)
      expect(
        court.logged.filter(({ level, event }) => level === 'error' && event !== 'http.unavailable').map(({ event }) => event),
      ).to.deep.equal([])
      const someone = items[0]?.id ?? ''
      expect((await get<{ state: string }>(clerk, `/api/v1/listings/${someone}`)).state).to.equal('decided')
    })
  })
})
