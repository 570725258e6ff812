// How often a sender may do something, and all networks around one of IPv6.
// What is limited so is tested with the forms and the conversations.

import { expect } from 'chai'
import { countUse, lockUse, returnUse, seeUse, type SenderUse } from '../../src/messaging/sender-limits.ts'
import { eachDatabase } from '../support/app.ts'

const use = (sender: string): SenderUse => ({ what: 'file', sender, most: 3 })
const network = (n: number): string => `2001:db8:7:${n.toString(16)}::/64`

eachDatabase((_db, make) => {
  describe('the limit of a sender', () => {
    it('is of the networks around too, five times as much: a /48 is had for nothing', async () => {
      const { app, clock } = await make()
      const count = (sender: string): Promise<{ since: Date } | null> =>
        app.store.write((tx) => countUse(app, tx, use(sender), app.clock.now()))
      const over: number[] = []
      for (let n = 0; n < 20; n += 1) if ((await count(network(n))) !== null) over.push(n)
      expect(over).to.deep.equal([15, 16, 17, 18, 19])
      expect(await count('2001:db8:8:1::/64'), 'another /48').to.equal(null)
      expect(await app.store.write((tx) => seeUse(app, tx, use(network(99)), app.clock.now()))).not.to.equal(null)
      expect(await app.store.write((tx) => lockUse(app, tx, use(network(99)), app.clock.now()))).not.to.equal(null)
      clock.advance(3_600_000)
      expect(await count(network(99)), 'an hour later').to.equal(null)
    })

    it('takes nothing from the networks around when it is used up, and is given back to both', async () => {
      const { app } = await make()
      const now = app.clock.now()
      await app.store.write(async (tx) => {
        for (let n = 0; n < 40; n += 1) await countUse(app, tx, use(network(1)), now)
        expect(await seeUse(app, tx, use(network(2)), now)).to.equal(null)
        for (let n = 0; n < 30; n += 1) {
          expect(await countUse(app, tx, use(network(2)), now)).to.equal(null)
          await returnUse(app, tx, use(network(2)))
        }
        for (const account of ['wechat:o-1', 'wechat:o-2', '203.0.113.9'])
          for (let n = 0; n < 3; n += 1) expect(await countUse(app, tx, use(account), now)).to.equal(null)
      })
    })
  })
})
