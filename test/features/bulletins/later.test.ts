// What the signed link of a bulletin shows later, without a log-in: who was entered and has left the list is not shown as entered any more.

import { expect } from 'chai'
import { PUBLIC } from '../../../src/platform/commands/permissions.ts'
import { bulletinLink, openBulletinLink } from '../../../src/features/bulletins/links.commands.ts'
import { listBulletins, showBulletin, type BulletinDetail } from '../../../src/features/bulletins/views.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { revokeByTwo } from '../../support/proposed.ts'

const PAGE = { limit: 10, offset: 0 }

/** The bulletin as whoever has its link sees it now. */
function linked({ app, clock }: TestApp, id: string): Promise<BulletinDetail> {
  const address = new URL(bulletinLink(app, id, clock.now()))
  const key = { id, until: address.searchParams.get('until') ?? '', key: address.searchParams.get('key') ?? '' }
  return openBulletinLink(app, PUBLIC, { ...key, page: PAGE })
}

eachDatabase((_db, make) => {
  describe('the link of a bulletin', () => {
    it('no longer shows whoever was entered and left the list since; staff still see them', async () => {
      const made = await make()
      const [first = '', second = ''] = await listed(made.app, 2)
      const [entered] = (await listBulletins(made.app, CLERK, { filter: {}, page: PAGE })).items
      const id = entered?.id ?? ''
      expect((await linked(made, id)).entries.map((entry) => entry.id)).to.have.members([first, second])
      await revokeByTwo(made.app, [first], '查明不属实')
      const after = await linked(made, id)
      expect([after.total, after.entries.map((entry) => entry.id)]).to.deep.equal([1, [second]])
      const staff = await showBulletin(made.app, CLERK, { id, page: PAGE })
      expect(staff.total).to.equal(2)
      // The bulletin that took the entry off says so: units must lift what they did.
      const [removed] = (await listBulletins(made.app, CLERK, { filter: {}, page: PAGE })).items.filter((each) => each.id !== id)
      const gone = await linked(made, removed?.id ?? '')
      expect(gone.entries.map((entry) => [entry.id, entry.event])).to.deep.equal([[first, 'listing.revoked']])
    })
  })
})
