// The preview of a bulletin and how far it has spread, over HTTP on both databases; the preview is compared with what then happens.

import { expect } from 'chai'
import { publishListings } from '../../../src/features/bulletins/commands.ts'
import type { BulletinPreview, BulletinSpread } from '../../../src/features/bulletins/preview.views.ts'
import { createBroadcaster } from '../../../src/features/bulletins/tasks.ts'
import { draftListing } from '../../../src/features/listings/commands.ts'
import { loadCatalogue, readCatalogue } from '../../../src/features/units/catalogue.tasks.ts'
import { addLiaison } from '../../../src/features/units/commands.ts'
import { dutyUnitIds } from '../../../src/features/units/store.ts'
import type { Actor } from '../../../src/platform/commands/permissions.ts'
import { eachDatabase } from '../../support/app.ts'
import { PERSON } from '../../support/drafts.ts'
import { openServer } from '../../support/http-server.ts'
import { CLERK, served } from '../../support/listed.ts'

const ADMIN: Actor = { id: 'staff:admin', roles: ['admin'] }

eachDatabase((_db, make) => {
  describe('the preview of a bulletin', () => {
    it('says who will be told on which medium, the segments and their cost, who is missing, and then how far it has spread', async () => {
      const testApp = await make({ env: { SMS_SEGMENT_FEN: '4.5' } })
      const { app } = testApp
      await loadCatalogue(app, await readCatalogue(app.config.templatesFolder))
      const [unitId = '', ...others] = await app.store.read((db) => dutyUnitIds(db))
      await addLiaison(app, ADMIN, { unitId, name: '甲', phone: '13800000001' })
      const reached = await served(app, 2, { phone: '13900001111' })
      const [unreached = ''] = await served(app, 1, {}, 7)
      const { id: draft } = await draftListing(app, CLERK, { content: { ...PERSON, caseNo: '（2026）云3401执9号' } })
      const server = await openServer(testApp)
      try {
        const clerk = await server.person('clerk')
        const answer = await clerk.ask('POST', '/api/v1/bulletins/preview', {
          json: { act: 'publish', ids: [...reached, unreached, draft] },
        })
        expect(answer.status, answer.text).to.equal(200)
        const preview = answer.body as unknown as BulletinPreview
        expect(preview.listings).to.equal(3)
        expect(preview.blocked).to.have.length(1)
        expect(preview.blocked[0]).to.include({ id: draft, code: 'listing_act_impossible', caseNo: '（2026）云3401执9号' })
        expect(preview.audiences).to.deep.include.members([
          { event: 'listing.listed', audience: 'debtor', recipients: 3, media: { sms: 2, clerk: 1 } },
          { event: 'bulletin.published', audience: 'unit', recipients: 1, media: { sms: 1 } },
        ])
        expect(preview.missing.debtors).to.deep.equal([{ id: unreached, name: PERSON['name'], caseNo: '（2026）云3401执7号' }])
        expect(preview.missing.units)
          .to.have.length.above(0)
          .and.below(others.length + 1)
        const { first, most, segmentFen } = preview.sms
        expect([first.messages, most.messages, segmentFen]).to.deep.equal([3, 3, 4.5])
        expect(first.segments).to.be.above(3)
        expect(first.cost).to.equal(Math.round(first.segments * 4.5))
        expect((await clerk.ask('GET', '/api/v1/bulletins')).body['total']).to.equal(0)

        const all = await clerk.ask('POST', '/api/v1/bulletins/preview', { json: { act: 'publish', matching: { states: ['served'] } } })
        expect(all.body, all.text).to.deep.equal({ ...answer.body, blocked: [] })
        for (const choice of [{}, { ids: reached, matching: {} }]) {
          const refused = await clerk.ask('POST', '/api/v1/bulletins/preview', { json: { act: 'publish', ...choice } })
          expect(refused.status, refused.text).to.equal(400)
        }

        const { bulletin } = await publishListings(app, CLERK, { items: [...reached, unreached].map((id) => ({ id })) })
        const spreadOf = async (): Promise<BulletinSpread> =>
          (await clerk.ask('GET', `/api/v1/bulletins/${bulletin.id}`)).body['spread'] as BulletinSpread
        const before = await spreadOf()
        expect(before.broadcasts.find(({ audience }) => audience === 'unit')).to.include({ told: 0, done: false })
        expect(before.notices).to.deep.include({ audience: 'debtor', state: 'open', count: 3 })
        await createBroadcaster(app).processAll()
        const after = await spreadOf()
        expect(after.broadcasts.every(({ done }) => done)).to.equal(true)
        expect(after.broadcasts.find(({ audience }) => audience === 'unit')).to.include({ told: 1 })
        expect(after.notices).to.deep.include({ audience: 'unit', state: 'open', count: 1 })
        const countUnreached = async (): Promise<unknown> => (await clerk.ask('GET', '/api/v1/bulletins?unreached=yes')).body['total']
        expect(await countUnreached()).to.equal(0)
        await app.store.write((tx) =>
          tx.run("update notice set state = 'undeliverable' where bulletin_id = ? and audience = 'unit'", [bulletin.id]),
        )
        expect(await countUnreached()).to.equal(1)

        for (const json of [
          { act: 'shield', ground: 'fully_performed', ids: reached },
          { act: 'revoke', ids: reached },
        ]) {
          const exit = await clerk.ask('POST', '/api/v1/bulletins/preview', { json })
          expect(exit.body, exit.text).to.deep.include({ listings: 2, blocked: [] })
        }
      } finally {
        await server.close()
      }
    })
  })
})
