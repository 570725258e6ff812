// Notices to the applicant of a listing (申请执行人): decision, publication, correction, exit and revocation, without the debtor's name.
// The texts' form is held by test/architecture/templates.test.ts; undisclosed listings are in officials.test.ts.

import { expect } from 'chai'
import { approveListings, draftListing } from '../../../src/features/listings/commands.ts'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { eachDatabase } from '../../support/app.ts'
import { at, told } from '../../support/deadlines.ts'
import { PERSON } from '../../support/drafts.ts'
import { APPROVER, CLERK, listed, submitted } from '../../support/listed.ts'
import { TODAY } from '../../support/objections.ts'
import { correctByTwo, revokeByTwo } from '../../support/proposed.ts'

const APPLICANT = { applicantName: '申请执行人央宗', applicantPhone: '13988120001' }

/** The notices to applicants since the start: `event: text`. */
async function toApplicants(app: AppContext): Promise<string[]> {
  const rows = await told(app, 'listing.')
  return rows.filter(({ recipient }) => recipient.startsWith('applicant:')).map(({ event, text }) => `${event.split(':')[0]}: ${text}`)
}

eachDatabase((_db, make) => {
  it('tells no applicant without a phone, and of an undisclosed listing nobody by message', async () => {
    const { app } = await make({ now: at(TODAY, 10) })
    const [silent = ''] = await listed(app, 1, { applicantName: '申请执行人央宗' })
    const [hidden = ''] = await listed(app, 1, { ...APPLICANT, disclosure: '不宜公开', employer: '某某局' }, 2)
    await revokeByTwo(app, [silent, hidden], '不应当列入')
    expect(await toApplicants(app)).to.deep.equal([])
  })

  it('tells the applicant of the decision before the publication, and that a message is no service', async () => {
    const { app } = await make({ now: at(TODAY, 10) })
    const { id } = await draftListing(app, CLERK, { content: { ...PERSON, caseNo: '（2026）云3401执9号', ...APPLICANT } })
    await submitted(app, CLERK, [{ id }])
    await approveListings(app, APPROVER, { items: [{ id }] })
    const [decided = '', ...others] = await toApplicants(app)
    expect(others).to.deep.equal([])
    expect(decided).to.match(/^listing\.decided: .*不是送达/)
  })

  it('tells the applicant of publication, correction, exit and revocation, never with the debtor’s name or the reason in free words', async () => {
    const { app } = await make({ now: at(TODAY, 10) })
    const [first = ''] = await listed(app, 1, APPLICANT)
    const [second = ''] = await listed(app, 1, APPLICANT, 2)
    await correctByTwo(app, first, { performance: '部分履行' }, '住址属于其前妻')
    await shieldListings(app, CLERK, { items: [{ id: first }], ground: 'fully_performed', reason: '其父代为还款' })
    await revokeByTwo(app, [second], '同名者才是债务人')
    const texts = await toApplicants(app)
    expect(texts.map((text) => text.split(':')[0]).sort()).to.deep.equal([
      ...['listing.corrected', 'listing.decided', 'listing.decided', 'listing.listed', 'listing.listed'],
      ...['listing.revoked', 'listing.shielded'],
    ])
    for (const text of texts) expect(text).to.not.match(new RegExp(`${PERSON.name}|前妻|其父|同名者`))
    expect(texts.find((text) => text.startsWith('listing.shielded'))).to.include('有异议')
  })
})
