// The fault table in its short form: whatever fails, no message is lost, none is sent twice without a mark, and none stays without an end.
// It uses real processes and a server database. In full it is run by `npm run chaos`; the rows are test/support/chaos.

import { expect } from 'chai'
import { eachDatabase } from '../support/app.ts'
import { linesOf, runRow } from '../support/chaos/row.ts'
import { ROWS } from '../support/chaos/rows.ts'
import { closeSetups } from '../support/delivery-setup.ts'

const SHARED = ROWS.filter(({ alone }) => !alone)

describe('the fault table', () => {
  after(closeSetups)

  eachDatabase((db, make) => {
    // SQLite serves one process only.
    if (db === 'sqlite') return

    // Most of their time they wait for leases, time-outs and deadlines, so they wait together.
    it(`holds for rows ${SHARED.map(({ name }) => name).join(', ')}, run at the same time`, async function () {
      this.timeout(900_000)
      const reports = await Promise.all(SHARED.map((row) => runRow(row, make, 'short')))
      expect(reports.filter(({ passed }) => !passed).flatMap(linesOf)).to.deep.equal([])
    })

    for (const row of ROWS.filter(({ alone }) => alone))
      it(`holds for row ${row.name}: ${row.fault}`, async function () {
        this.timeout(300_000)
        const report = await runRow(row, make, 'short')
        expect(report.passed ? [] : linesOf(report)).to.deep.equal([])
      })
  })
})
