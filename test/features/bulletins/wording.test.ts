// The text that a proposal would send to the debtor: the reason word for word, with one full stop, and of limited length.

import { expect } from 'chai'
import { terms } from '../../../src/features/bulletins/proposals.routes.ts'
import { proposedWording } from '../../../src/features/bulletins/wording.views.ts'
import { listNotices, getNotice } from '../../../src/features/notices/views.ts'
import { eachDatabase } from '../../support/app.ts'
import { PAGE } from '../../support/deadlines.ts'
import { APPROVER, CLERK, listed } from '../../support/listed.ts'
import { refusal } from '../../support/refusal.ts'
import { revokeByTwo } from '../../support/proposed.ts'

eachDatabase((_db, make) => {
  it('shows the SMS that the debtor gets, and changes nothing', async () => {
    const { app } = await make()
    const [id = ''] = await listed(app, 1, { phone: '13800138000' })
    const reason = '查明不是被执行人本人。'
    const shown = await proposedWording(app, CLERK, { id, terms: { act: 'revoke', reason } })
    expect(shown.text).to.include('已于2026年11月22日撤销：查明不是被执行人本人。本院').and.not.include('。。')
    expect(shown.segments).to.be.above(1)
    const before = (await listNotices(app, CLERK, { filter: { listingId: id }, page: PAGE })).total
    expect(before).to.equal(2)
    await revokeByTwo(app, [id], reason)
    const { items } = await listNotices(app, APPROVER, { filter: { listingId: id, audience: 'debtor' }, page: PAGE })
    const { deliveries } = await getNotice(app, APPROVER, items[0]?.id ?? '')
    const sms = deliveries.find(({ medium }) => medium === 'sms')?.text ?? ''
    expect(sms.slice(0, sms.lastIndexOf('('))).to.equal(shown.text.slice(0, shown.text.lastIndexOf('(')))
    for (const { text } of deliveries) expect(text).to.not.include('。。')
    await refusal('listing_missing', () => proposedWording(app, CLERK, { id: 'none', terms: { act: 'revoke', reason } }))
  })

  it('takes no reason that an SMS would cut', () => {
    const long = '长'.repeat(101)
    expect(terms.safeParse({ act: 'revoke', reason: long }).success).to.equal(false)
    expect(terms.safeParse({ act: 'correct', patch: {}, reason: long }).success).to.equal(false)
    expect(terms.safeParse({ act: 'shield', ground: 'fully_performed', reason: long }).success).to.equal(true)
  })
})
