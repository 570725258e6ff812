// Loss and return of the database while people and the dispatcher work: errors in Chinese meanwhile, and no restart afterwards.
// A proxy between the application and MariaDB is cut and restored; the embedded SQLite cannot be lost by itself.

import { expect } from 'chai'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { migrations } from '../../migrations/index.ts'
import { openStore } from '../../src/platform/database/database.ts'
import { tables } from '../../src/tables.ts'
import { get, listed, noticesOf, ok, post, refused, answerNone, seenAs, type SeenListing } from '../support/asked.ts'
import { CHOSEN, startCourt, type RunningCourt, type Visitor } from '../support/court.ts'
import { eachDatabase, type MakeApp } from '../support/app.ts'
import { startProxy, type Wire } from '../support/wire.ts'
import { readFile } from 'node:fs/promises'
import { pause } from '../support/until.ts'

eachDatabase((db, make) => {
  if (db === 'sqlite') return

  describe('the application during a loss of the database', function () {
    this.timeout(60_000)
    let court: RunningCourt
    let wire: Wire
    let clerk: Visitor
    let approver: Visitor
    let items: { id: string }[]
    let pending: SeenListing[]

    const wired: MakeApp = async (options) => {
      const made = await make(options)
      wire = await startProxy(made.url ?? '')
      const { log } = made.app
      const store = await openStore({ url: wire.url, sqlitePath: '', log, tables, migrations, poolSize: 4 })
      const app: AppContext = { ...made.app, store }
      return { ...made, app }
    }

    before(async () => {
      court = await startCourt(wired)
      const admin = await court.admin()
      clerk = await court.staff(admin, 'wang', 'clerk')
      approver = await court.staff(admin, 'li', 'approver')
      const body = new Uint8Array(await readFile('samples/lists/list.xlsx'))
      const upload = clerk.ask('POST', '/api/v1/imports', { body, headers: { 'content-type': 'application/octet-stream' } })
      const { body: report } = await ok(upload, 201)
      await post(clerk, `/api/v1/imports/${String(report['id'])}/commit`, {})
      items = (await listed<{ id: string }>(clerk, '/api/v1/listings')).map(({ id }) => ({ id }))
      await answerNone(clerk, items)
      pending = seenAs(await post(clerk, '/api/v1/listings/submit', { items }))
    })
    after(async () => {
      await court.close()
      await court.app.store.close()
      await wire.cut()
    })

    it('answers 503 to everybody, in Chinese, and works again without a restart', async () => {
      await wire.cut()
      await refused(clerk.ask('GET', '/api/v1/listings'), 503, 'database_unavailable')
      await refused(clerk.ask('POST', '/api/v1/listings/submit', { json: { items } }), 503, 'database_unavailable')
      await refused(court.visitor().logIn('wang', CHOSEN), 503, 'database_unavailable')
      await refused(
        court.visitor().ask('POST', '/api/v1/public/enquiries', { json: { identifier: '533421198410140222' } }),
        503,
        'database_unavailable',
      )
      const body = new Uint8Array(await readFile('samples/lists/list.utf8.csv'))
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

    it('loses no message and sends none twice without a mark, however often the connection breaks', async () => {
      await post(approver, '/api/v1/listings/approve', { items: pending })
      for (let cut = 1; cut <= 4; cut += 1) {
        const before = court.twilio.sent.length
        const until = Date.now() + 2_500
        while (court.twilio.sent.length < before + 20 && Date.now() < until) {
          await pause(10)
          // Leases of a lost connection end by the application's clock, not by real time.
          court.clock.advance(500)
        }
        if (cut % 2 === 1) wire.shake()
        else {
          await wire.cut()
          await pause(300)
          await wire.mend()
        }
      }
      // Outcomes that could not be written become doubts once their lease has run out, and are settled; all by the application's clock.
      for (let n = 0; n < 30; n += 1) {
        await pause(150)
        court.clock.advance(10_000)
        await court.dispatcher.settleDoubts()
      }
      await court.quiet()
      const smsDeliveries = (await noticesOf(clerk, 'audience=debtor')).flatMap(({ deliveries }) =>
        deliveries.filter(({ medium }) => medium === 'sms'),
      )
      const timesSent = (id: string): number => court.twilio.sent.filter(({ body }) => body.endsWith(`编号${id.slice(-8)})`)).length
      expect(smsDeliveries.length).to.be.above(100)
      expect(smsDeliveries.filter(({ state }) => state !== 'delivered' && state !== 'accepted').map(({ state }) => state)).to.deep.equal([])
      expect(smsDeliveries.filter(({ id }) => timesSent(id) === 0).length, 'lost').to.equal(0)
      expect(smsDeliveries.filter(({ id, repeated }) => timesSent(id) > 1 && !repeated).length, 'twice without a mark').to.equal(0)
      // The test proves something only if connections broke while they were used.
      expect(court.logged.filter(({ event }) => event === 'dispatch.database_away').length).to.be.above(0)
      expect(
        court.logged.filter(({ level, event }) => level === 'error' && event !== 'http.unavailable').map(({ event }) => event),
      ).to.deep.equal([])
      const listingId = items[0]?.id ?? ''
      expect((await get<{ state: string }>(clerk, `/api/v1/listings/${listingId}`)).state).to.equal('decided')
    })
  })
})
