// A file that would keep the server busy is given up with its reason, and everybody else is answered meanwhile.

import { expect } from 'chai'
import { eachDatabase } from '../../support/app.ts'
import { startCourt } from '../../support/court.ts'
import { pause } from '../../support/until.ts'
import { workbook } from '../../platform/sheets/workbook.ts'

/** Two megabytes that hold forty sheets of a million blank rows. */
const rows = '<row/>'.repeat(1_000_000)
const FILE = workbook({ tabs: Array.from({ length: 40 }, () => ({ rows })) })

eachDatabase((db, make) => {
  // Reading does not depend on the database.
  if (db !== 'sqlite') return
  describe('a small file with a great deal in it', () => {
    it('is refused with the limit and the setting, and others are answered while it is read', async () => {
      const court = await startCourt(make, { env: { SHEET_SECONDS: '2' }, timeout: 100 })
      try {
        const clerk = await court.staff(await court.admin(), 'wang', 'clerk')
        let isReading = true
        const end = (): void => void (isReading = false)
        const upload = clerk.ask('POST', '/api/v1/imports?fileName=list.xlsx', {
          body: new Uint8Array(FILE),
          headers: { 'content-type': 'application/octet-stream' },
        })
        upload.then(end, end)
        const took: number[] = []
        const readingStill = (): boolean => isReading
        while (readingStill()) {
          const started = performance.now()
          await clerk.ask('GET', '/api/v1/imports')
          took.push(performance.now() - started)
          await pause(20)
        }
        // Others on the machine may slow down some; a server that is held up answers none of them.
        expect(took.length).to.be.above(5)
        expect(Math.min(...took)).to.be.below(200)
        const { status, body } = await upload
        expect([status, body['code']]).to.deep.equal([400, 'sheet_time'])
        expect(body['detail']).to.include('3 秒').and.include('SHEET_SECONDS').and.include('拆分')
        // Whoever looks at it later reads the same numbers.
        const kept = (await clerk.ask('GET', '/api/v1/imports')).body as { items: { failure: { message: string }; problems: unknown[] }[] }
        expect(kept.items.map(({ failure, problems }) => [failure.message, problems])).to.deep.equal([[body['detail'], []]])
      } finally {
        await court.close()
      }
    })
  })
})
