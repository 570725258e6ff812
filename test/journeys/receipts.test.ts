// Receipts survive restarts and an outage of the web server: what callbacks did not bring is asked for, and nothing stays without an end.
// It uses real processes and a server database. The rules are tested in test/messaging/receipt-sweep.test.ts.

import { expect } from 'chai'
import { eachDatabase } from '../support/app.ts'
import { closeSetups } from '../support/delivery-setup.ts'
import { lostReceipts } from '../support/lost-receipts.ts'

describe('receipts of a server that is restarted', () => {
  afterEach(closeSetups)

  eachDatabase((db, make) => {
    // SQLite serves one process only.
    if (db === 'sqlite') return

    it('are asked for where callbacks were lost, and none is waited for past its deadline', async function () {
      this.timeout(180_000)
      const figures = await lostReceipts(make, {
        messages: 240,
        restarts: 2,
        between: 600,
        outage: 1_500,
        loseEach: 5,
        unreachableEach: 20,
        receipts: { askAfter: 1_000, deadline: 60_000 },
        patience: 60_000,
      })
      expect(figures).to.deep.include({ overdue: 0, lost: 0, doubledUnmarked: 0 })
      expect(figures.states).to.deep.equal({ 'sms delivered': 228, 'sms closed': 12, 'clerk waiting_person': 12 })
      expect(figures.slowestStop).to.be.below(15_000)
      // The test proves something only if callbacks were lost and the provider was asked.
      expect(figures.callbacks.lost + figures.callbacks.refused).to.be.above(40)
      expect(figures.asked).to.be.above(0)
    })
  })
})
