// What a correction changed, in the debtor's notice and in its bulletin: public facts old and new, nothing that the public may not see,
// no whole number, and never more than a message holds.

import { expect } from 'chai'
import { bulletinDocument } from '../../../src/features/bulletins/document.views.ts'
import { bulletinLink } from '../../../src/features/bulletins/links.commands.ts'
import { showBulletin } from '../../../src/features/bulletins/views.ts'
import { proposedWording } from '../../../src/features/bulletins/wording.views.ts'
import { correctionValues } from '../../../src/features/listings/corrected.views.ts'
import { getNotice, listNotices } from '../../../src/features/notices/views.ts'
import { segmentsOf } from '../../../src/messaging/rendering.ts'
import type { ListingContent } from '../../../src/features/listings/rules.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { eachDatabase } from '../../support/app.ts'
import { PAGE } from '../../support/deadlines.ts'
import { check, ORGANISATION, PERSON } from '../../support/drafts.ts'
import { openServer } from '../../support/http-server.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { correctByTwo } from '../../support/proposed.ts'
import { docxText } from '../../support/pushes.ts'

const contentOf = (change: object): ListingContent => check({}, 'draft', { ...PERSON, ...change }).content as ListingContent

/** The texts of the debtor's newest notice, by medium. */
async function texts(app: AppContext, listingId: string): Promise<Record<string, string>> {
  const { items } = await listNotices(app, CLERK, { filter: { listingId, audience: 'debtor' }, page: PAGE })
  const { deliveries } = await getNotice(app, CLERK, items.find(({ event }) => event.startsWith('listing.corrected'))?.id ?? '')
  return Object.fromEntries(deliveries.map(({ medium, text }) => [medium, text ?? '']))
}

eachDatabase((_db, make) => {
  describe('what a correction changed', () => {
    it('is told to the debtor as the old and the new of each public fact, and of the rest only that there is some', async () => {
      const { app } = await make()
      const [id = ''] = await listed(app, 1, { phone: '13900001111', openid: 'oDebtorAccount00000000000005', address: '建塘镇某路九号' })
      const patch = { performance: '部分履行', phone: '13900002222', address: '独克宗某巷七号' }
      const shown = await proposedWording(app, CLERK, { id, terms: { act: 'correct', patch, reason: '履行情况录入有误' } })
      await correctByTwo(app, id, patch, '履行情况录入有误')
      const told = await texts(app, id)
      for (const text of [...Object.values(told), shown.text]) {
        expect(text).to.match(/由“[^”]*未履行[^”]*”改为“部分履行”；不公开的信息也有更正/)
        expect(text)
          .to.include('履行情况录入有误')
          .and.not.match(/1390000|九号|七号/)
      }
      expect(Object.keys(told)).to.include.members(['wechat', 'sms'])
      const withoutReference = (text: string): string => text.slice(0, text.lastIndexOf('('))
      expect(withoutReference(told['sms'] ?? '')).to.equal(withoutReference(shown.text))
    })

    it('is said in the bulletin of each correction by itself: at the desk, on the page of a unit, in the document', async () => {
      const made = await make()
      const { app, clock } = made
      const [id = '', other = ''] = await listed(app, 2)
      const first = await correctByTwo(app, id, { obligation: '支付货款72000元' }, '金额录入有误')
      const second = await correctByTwo(app, id, { obligation: '支付货款73000元' }, '金额再次核对')
      const hidden = await correctByTwo(app, other, { phone: '13900002222' }, '号码有误')
      const changesIn = async (bulletinId: string): Promise<(string | null)[]> =>
        (await showBulletin(app, CLERK, { id: bulletinId, page: PAGE })).entries.map(({ changes }) => changes)
      const said = (before: string, after: string): string => `生效法律文书确定的义务由“支付货款${before}元”改为“支付货款${after}元”`
      const [one] = await changesIn(first.bulletin.id)
      expect(one).to.equal(said('71000', '72000'))
      expect(await changesIn(second.bulletin.id)).to.deep.equal([said('72000', '73000')])
      expect(await changesIn(hidden.bulletin.id)).to.deep.equal(['不对外公开的信息（如联系方式）'])
      const document = await docxText((await bulletinDocument(app, CLERK, { id: first.bulletin.id, part: 1 })).content)
      expect(document).to.include(said('71000', '72000'))
      const server = await openServer(made)
      const page = await server.ask('GET', bulletinLink(app, first.bulletin.id, clock.now()).slice(app.config.publicUrl.length))
      expect(page.text).to.include('更正内容').and.include(said('71000', '72000'))
      const listedPage = await (await server.person('auditor')).ask('GET', `/api/v1/bulletins/${second.bulletin.id}`)
      expect(JSON.stringify(listedPage.body)).to.include(said('72000', '73000')).and.not.include('13900002222')
      await server.close()
    })

    it('masks identifiers, phones and accounts in free texts, and leaves amounts, days and case numbers', async () => {
      const { app } = await make()
      const before = contentOf({ obligation: '向账户6222020200112233445支付20000元，联系13900001111、0887-8222333' })
      const after = contentOf({ obligation: '2026-01-02前向身份证533421198410140222的人支付（2023）云3401民初13号案款890000.50元' })
      const { changes, briefChanges } = correctionValues(app, before, after)
      expect(changes)
        .to.include(`向账户${'*'.repeat(19)}支付20000元`)
        .and.include('2026-01-02前')
        .and.include('（2023）云3401民初13号案款890000.50元')
      for (const text of [changes, briefChanges]) expect(text).to.not.match(/\d{11}|0887-8222333/)
    })

    it('fits an SMS beside the longest reason: long sides are cut, changes that do not fit are counted', async () => {
      const { app } = await make()
      const long = (text: string): string => text.repeat(30).slice(0, 300)
      const before = contentOf({ phone: '13900001111' })
      const after = contentOf({
        ...{
          court: '维西傈僳族自治县人民法院',
          province: '云南',
          basisNo: '（2024）云3401民初1399号',
          basisMaker: '维西傈僳族自治县人民法院',
        },
        ...{ obligation: long('给付劳务报酬并承担'), performance: long('已经履行一部分其余'), filedOn: '2026-01-09' },
      })
      const { changes, briefChanges } = correctionValues(app, before, after)
      expect(briefChanges.length).to.be.at.most(110)
      expect(briefChanges).to.match(/；另有\d处$/)
      expect(changes.match(/改为|补充为/g)?.length).to.equal(7)
      const same = contentOf({ obligation: `${PERSON['obligation'] as string}${'，'.repeat(3)}${long('一并给付')}甲` })
      const other = contentOf({ obligation: `${PERSON['obligation'] as string}${'，'.repeat(3)}${long('一并给付')}乙` })
      expect(correctionValues(app, same, other).briefChanges).to.equal('生效法律文书确定的义务已改')

      const [id = ''] = await listed(app, 1, { phone: '13900001111' })
      const patch = { court: after.court, basisNo: after.basisNo, obligation: after.obligation, performance: after.performance }
      const reason = '因录入有误经核对案卷更正'.repeat(9).slice(0, 100)
      await correctByTwo(app, id, patch, reason)
      const { sms = '' } = await texts(app, id)
      expect(segmentsOf(sms)).to.be.at.most(8)
      expect(sms).to.include(reason).and.include('另有')
    })

    it('of an organisation names its legal representative, and no officer', async () => {
      const { app } = await make()
      const company = (change: object): ListingContent => check({}, 'draft', { ...ORGANISATION, ...change }).content as ListingContent
      const { changes } = correctionValues(
        app,
        company({ legalRepresentative: '扎西某', officers: '董事：长孙某某' }),
        company({ legalRepresentative: '和某某', officers: '董事：取次某' }),
      )
      expect(changes)
        .to.include('“扎西某”改为“和某某”')
        .and.not.match(/长孙|取次/)
    })
  })
})
