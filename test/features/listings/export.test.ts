// Exports of a search over HTTP on both databases: whole, masked, without formulas, and in the audit.

import { expect } from 'chai'
import { auditTrail } from '../../../src/features/audit/views.ts'
import { draftListing } from '../../../src/features/listings/commands.ts'
import { eachDatabase } from '../../support/app.ts'
import { PERSON } from '../../support/drafts.ts'
import { openServer } from '../../support/http-server.ts'
import { CLERK, listed } from '../../support/listed.ts'

eachDatabase((_db, make) => {
  describe('an export of listings', () => {
    it('holds every row of the search in its order, masked, with their number at the end', async () => {
      const testApp = await make()
      const { app } = testApp
      await listed(app, 2)
      await draftListing(app, CLERK, { content: { ...PERSON, name: '-扎西', caseNo: '（2026）云3401执9号' } })
      const server = await openServer(testApp)
      try {
        const clerk = await server.person('clerk')
        const answer = await clerk.ask('POST', '/api/v1/listings/export.csv', { json: { sort: { by: 'caseNo', direction: 'asc' } } })
        expect(answer.status).to.equal(200)
        expect(answer.headers.get('content-disposition')).to.include('.csv')
        const lines = answer.text.replace('\uFEFF', '').trim().split('\r\n')
        expect(lines[0]).to.match(/^被执行人姓名\/名称,身份证号码/)
        expect(lines.slice(1, 4).map((line) => line.split(',')[2])).to.deep.equal([1, 2, 9].map((n) => `（2026）云3401执${n}号`))
        expect(lines[1]).to.include('已公布').and.to.include('0222').and.to.include('2026-11-22')
        expect(answer.text).not.to.include(String(PERSON['identifier']))
        expect(lines[3]).to.match(/^(?![-=＝])/)
        expect(lines.at(-1)).to.equal('共 3 条，2026-11-22 导出。')

        const book = await clerk.ask('POST', '/api/v1/listings/export.xlsx', { json: { states: ['draft'] } })
        expect([book.status, book.text.slice(0, 2)]).to.deep.equal([200, 'PK'])
        const admin = await server.person('admin')
        expect((await admin.ask('POST', '/api/v1/listings/export.csv', { json: {} })).status).to.equal(403)
      } finally {
        await server.close()
      }
      const rows = await app.store.read((db) =>
        db.query<{ subject: string }>("select subject from audit where act = 'listing.export' order by subject"),
      )
      expect(rows).to.have.length(2)
      const [first] = await auditTrail(app, { id: 'staff:a', roles: ['auditor'] }, rows[0]?.subject ?? '')
      expect(JSON.parse(first?.detail ?? '')).to.include({ form: 'csv', count: 3 })
    })
  })
})
