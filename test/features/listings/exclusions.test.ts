// The four cases of 法释〔2017〕7号 art. 3 are asked before a draft under ground 1 is submitted, on both databases (P01).
// That whoever answers does not decide is authors.test.ts.

import { expect } from 'chai'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import { answerExclusions, approveListings, draftListing, rejectListings, submitListings } from '../../../src/features/listings/commands.ts'
import { EXCLUSIONS } from '../../../src/features/listings/exclusions.rules.ts'
import { showListing } from '../../../src/features/listings/views.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { eachDatabase } from '../../support/app.ts'
import { PERSON } from '../../support/drafts.ts'
import { APPROVER, CLERK, listed, NONE_APPLIES } from '../../support/listed.ts'
import { refusal } from '../../support/refusal.ts'

async function drafts(app: AppContext, count: number, ground = PERSON.ground ?? ''): Promise<{ id: string }[]> {
  const items: { id: string }[] = []
  for (let n = 1; n <= count; n += 1) {
    const content = { ...PERSON, caseNo: `（2026）云3401执${n}号`, ground, ...(ground === '4' ? { term: '2年' } : {}) }
    items.push({ id: (await draftListing(app, CLERK, { content })).id })
  }
  return items
}

const statesOf = (app: AppContext, items: readonly { id: string }[]): Promise<string[]> =>
  Promise.all(items.map(async ({ id }) => (await showListing(app, CLERK, id)).state))

eachDatabase((_db, make) => {
  describe('the cases in which nobody is listed under ground 1', () => {
    it('must be answered before the drafts are submitted, for many of them at once, and the answers are kept with who and when (P01)', async () => {
      const { app } = await make()
      const items = await drafts(app, 3)
      const error = await refusal('exclusions_unanswered', () => submitListings(app, CLERK, { items }))
      expect(error.values).to.deep.equal({ count: 3, caseNo: '（2026）云3401执1号' })
      expect(app.catalog.problem(error.code, error.values)).to.match(/3 个条目.*第三条.*先逐项回答/)
      await answerExclusions(app, CLERK, { items: items.slice(1), answers: NONE_APPLIES })
      expect((await refusal('exclusions_unanswered', () => submitListings(app, CLERK, { items }))).values['count']).to.equal(1)
      expect(await statesOf(app, items)).to.deep.equal(['draft', 'draft', 'draft'])
      await answerExclusions(app, CLERK, { items, answers: NONE_APPLIES })
      await submitListings(app, CLERK, { items })
      expect(await statesOf(app, items)).to.deep.equal(['pending', 'pending', 'pending'])
      const { exclusions } = await showListing(app, CLERK, items[0]?.id ?? '')
      expect(exclusions).to.deep.equal({ answers: NONE_APPLIES, answeredBy: CLERK.id, answeredAt: app.clock.now() })
      expect((await verifyAudit(app, { id: 'operator:test', roles: ['operator'] })).faults).to.deep.equal([])
    })

    for (const exclusion of EXCLUSIONS)
      it(`keep a draft from being submitted while ${exclusion} applies`, async () => {
        const { app } = await make()
        const items = await drafts(app, 2)
        await answerExclusions(app, CLERK, { items: items.slice(0, 1), answers: NONE_APPLIES })
        await answerExclusions(app, CLERK, { items: items.slice(1), answers: { ...NONE_APPLIES, [exclusion]: true } })
        const error = await refusal('listing_excluded', () => submitListings(app, CLERK, { items }))
        expect(error.values).to.deep.equal({ caseNo: '（2026）云3401执2号', exclusion })
        expect(app.catalog.problem(error.code, error.values)).to.include(app.catalog.words('listings', `exclusion.${exclusion}`))
        expect(await statesOf(app, items)).to.deep.equal(['draft', 'draft'])
        await answerExclusions(app, CLERK, { items: items.slice(1), answers: NONE_APPLIES })
        await submitListings(app, CLERK, { items })
      })

    it('are not asked for the other grounds, and are asked for ground 1 together with another', async () => {
      const { app } = await make()
      await submitListings(app, CLERK, { items: await drafts(app, 1, '4') })
      const both = await draftListing(app, CLERK, { content: { ...PERSON, ground: '1、4', term: '2年' } })
      await refusal('exclusions_unanswered', () => submitListings(app, CLERK, { items: [{ id: both.id }] }))
    })

    it('are answered by a clerk for drafts alone', async () => {
      const { app } = await make()
      const [done = ''] = await listed(app, 1, {}, 9)
      const items = await drafts(app, 1)
      await refusal('not_allowed', () => answerExclusions(app, APPROVER, { items, answers: NONE_APPLIES }))
      const error = await refusal('listing_act_impossible', () =>
        answerExclusions(app, CLERK, { items: [...items, { id: done }], answers: NONE_APPLIES }),
      )
      expect(error.values).to.include({ state: 'listed', act: 'edit' })
      expect((await showListing(app, CLERK, items[0]?.id ?? '')).exclusions).to.equal(null)
    })

    it('are not asked again of what an earlier version submitted, decided or published, only of a draft that was sent back', async () => {
      const { app } = await make()
      const items = await drafts(app, 2)
      await answerExclusions(app, CLERK, { items, answers: NONE_APPLIES })
      await submitListings(app, CLERK, { items })
      await app.store.write((tx) => tx.run('delete from listing_exclusion'))
      await approveListings(app, APPROVER, { items: items.slice(0, 1) })
      await rejectListings(app, APPROVER, { items: items.slice(1), reason: '材料不全' })
      expect(await statesOf(app, items)).to.deep.equal(['decided', 'draft'])
      await refusal('exclusions_unanswered', () => submitListings(app, CLERK, { items: items.slice(1) }))
    })
  })
})
