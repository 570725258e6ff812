// The history of a listing over HTTP on both databases: every act with a name, and what each wording changed.

import { expect } from 'chai'
import { answerExclusions, approveListings, draftListing, recordServices, submitListings } from '../../../src/features/listings/commands.ts'
import { publishListings } from '../../../src/features/bulletins/commands.ts'
import { approveProposals, proposeChange } from '../../../src/features/bulletins/proposals.commands.ts'
import type { Actor } from '../../../src/platform/commands/permissions.ts'
import { eachDatabase } from '../../support/app.ts'
import { PERSON } from '../../support/drafts.ts'
import { openServer } from '../../support/http-server.ts'
import { NONE_APPLIES } from '../../support/listed.ts'

eachDatabase((_db, make) => {
  describe('the history of a listing', () => {
    it('says who did what in order, in which bulletin, and what a correction changed', async () => {
      const testApp = await make()
      const { app } = testApp
      const server = await openServer(testApp)
      try {
        const [clerk, approver] = [await server.person('clerk'), await server.person('approver')]
        const by: Actor = { id: `staff:${clerk.id}`, roles: ['clerk'] }
        const other: Actor = { id: `staff:${approver.id}`, roles: ['approver'] }
        const { id } = await draftListing(app, by, { content: { ...PERSON, phone: '13900001111' } })
        const items = [{ id }]
        await answerExclusions(app, by, { items, answers: NONE_APPLIES })
        await submitListings(app, by, { items })
        await approveListings(app, other, { items })
        await recordServices(app, by, { items, servedOn: '2026-11-22', manner: '直接送达' })
        const { bulletin } = await publishListings(app, by, { items })
        const patch = { performance: '部分未履行', phone: '13900002222' }
        const [proposal] = await proposeChange(app, by, { items, terms: { act: 'correct', patch, reason: '履行情况有变' } })
        await approveProposals(app, other, { ids: [proposal?.id ?? ''] })

        const answer = await clerk.ask('GET', `/api/v1/listings/${id}/history`)
        expect(answer.status, answer.text).to.equal(200)
        const entries = answer.body['items'] as Record<string, unknown>[]
        expect(entries.map(({ act }) => act)).to.have.members([
          ...[
            'listing.draft',
            'listing.answer_exclusions',
            'listing.submit',
            'listing.approve',
            'listing.record_service',
            'listing.publish',
          ],
          ...['listing.propose', 'listing.approve_proposal', 'listing.approve_proposal'],
        ])
        const published = entries.find(({ act }) => act === 'listing.publish')
        expect(published).to.deep.include({ on: 'listing', version: 5, from: 'served', to: 'listed', event: 'listing.listed' })
        expect(published?.['bulletin']).to.deep.equal({ id: bulletin.id, number: bulletin.number })
        expect((published?.['by'] as { name: string }).name).to.be.a('string')
        const [first, second] = answer.body['versions'] as { contentVersion: number; changes: unknown[] }[]
        expect(first).to.deep.include({ contentVersion: 1, changes: [] })
        expect(second?.changes).to.deep.equal([
          { field: 'performance', before: '全部未履行', after: '部分未履行' },
          { field: 'phone', before: '+8613900001111', after: '+8613900002222' },
        ])
        const auditor = await server.person('auditor')
        const masked = await auditor.ask('GET', `/api/v1/listings/${id}/history`)
        expect(masked.text).not.to.include('13900001111')
        expect((await clerk.ask('GET', `/api/v1/listings/01${'0'.repeat(24)}/history`)).status).to.equal(404)
      } finally {
        await server.close()
      }
    })
  })
})
