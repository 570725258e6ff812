// The fault table in its short form: whatever fails, no message is lost, none is sent twice without a mark, and none stays without an end.
// It uses real processes and a server database. In full it is run by `npm run chaos`; the rows are test/support/chaos.

import { expect } from 'chai'
import { eachDatabase } from '../support/app.ts'
import { linesOf, runRow } from '../support/chaos/row.ts'
import { ROWS } from '../support/chaos/rows.ts'
import { closeSetups } from '../support/delivery-setup.ts'

describe('the fault table', () => {
  after(closeSetups)

  eachDatabase((db, make) => {
    // SQLite serves one process only.
    if (db === 'sqlite') return

    // Most of their time they wait for leases, time-outs and deadlines, so they wait together.
    it(`holds for rows ${namesOf(false)}, run at the same time`, async function () {
      this.timeout(900_000)
      const reports = await Promise.all(ROWS.filter(({ alone }) => !alone).map((row) => runRow(row, make, 'short')))
      expect(reports.filter(({ passed }) => !passed).flatMap(linesOf)).to.deep.equal([])
    })
  })
})

function namesOf(alone: boolean): string {
  return ROWS.filter((row) => row.alone === alone)
    .map(({ name }) => name)
    .join(', ')
}
