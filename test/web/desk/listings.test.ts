// The desk's list of listings and a listing's page, in a real browser.

import { Readable } from 'node:stream'
import { expect } from 'chai'
import { commitImport } from '../../../src/features/imports/commit.commands.ts'
import { checkImport, receiveImport } from '../../../src/features/imports/commands.ts'
import { searchRows } from '../../../src/features/listings/selection.views.ts'
import { listFile } from '../../support/list-file.ts'
import { answerExclusions, approveListings, draftListing } from '../../../src/features/listings/commands.ts'
import { describeInBrowser, expectCount, visit, type Visitor } from '../../support/browser.ts'
import { ORGANISATION, PERSON } from '../../support/drafts.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { APPROVER, CLERK, listed, NONE_APPLIES, served } from '../../support/listed.ts'
import { rightNow } from '../../support/right-now.ts'

const { caseNo: _, ...ORGANISED } = ORGANISATION

eachDatabase((_db, make) => {
  describeInBrowser('the desk’s listings', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor

    before(async () => {
      made = await make(rightNow())
      server = await openServer(made)
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    it('answers the exclusions of chosen drafts, submits them, and names the rows that a second person approves', async () => {
      const { app } = made
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open('/desk/listings')
      await page.getByText('还没有名单条目').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('listings-empty')

      const drafts: string[] = []
      for (const n of [901, 902])
        drafts.push(
          (
            await draftListing(app, CLERK, {
              content: { ...PERSON, name: n === 901 ? '次仁甲' : '次仁乙', caseNo: `（2026）云3401执${n}号` },
            })
          ).id,
        )
      await served(app, 2, {}, 910)
      await listed(app, 2, ORGANISED, 920)
      await visitor.open('/desk/listings')
      await page.getByRole('row').nth(6).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('listings-full')
      // Acts of some of the chosen rows are not hidden: each says how many others are not ready, and why.
      await page.getByRole('checkbox', { name: '选择本页全部' }).check()
      await page
        .getByText(/其中4条不能办理（(已送达、已公布|已公布、已送达)）/)
        .first()
        .waitFor()
      expect(await page.getByRole('button', { name: '回答不予列入情形' }).isDisabled()).to.equal(true)
      await visitor.expectAccessible()
      await visitor.picture('listings-partly')
      await page.getByRole('checkbox', { name: '选择本页全部' }).uncheck()
      await page.getByLabel('状态').selectOption('draft')
      await page.getByRole('checkbox', { name: '选择本页全部' }).check()
      await page.getByText('已选择2条').waitFor()
      await visitor.expectAccessible()
      await page.getByRole('button', { name: '回答不予列入情形' }).click()
      await page.getByRole('button', { name: '保存回答' }).click()
      await page.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('listings-exclusions-refused')
      for (const group of await page.getByRole('dialog').getByRole('group').all()) await group.getByLabel('否').check()
      await page.getByRole('button', { name: '保存回答' }).click()
      await page.getByText('已保存2个条目的回答').waitFor()
      await page.getByRole('checkbox', { name: '选择本页全部' }).check()
      await page.getByRole('button', { name: '提交审批' }).click()
      await visitor.picture('listings-submit')
      await page.getByRole('button', { name: '确认提交' }).dblclick()
      await page.getByText('已提交2个条目').waitFor()
      await page.getByText('没有符合条件的记录').waitFor()
      await visitor.expectAccessible()
      expect(page.url()).to.match(/\/desk\/listings\?state=draft&batch=\w+$/)
      await visitor.close()

      visitor = await visit(server, { as: await server.person('approver') })
      const { page: other } = visitor
      await visitor.open('/desk/listings?state=pending')
      await other.getByRole('checkbox', { name: '选择本页全部' }).check()
      await other.getByRole('button', { name: '批准' }).click()
      await approveListings(app, APPROVER, { items: [{ id: drafts[0] ?? '' }] })
      await other.getByRole('button', { name: '确认批准' }).click()
      await other.getByText(/次仁甲 .*该条目刚被他人改动/).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('listings-blocked')
      await other.getByRole('dialog').getByRole('button', { name: '取消' }).click()
      await other.getByRole('row').nth(2).waitFor({ state: 'detached' })
      await other.getByRole('button', { name: '取消选择' }).click()
      await other.getByRole('searchbox', { name: '姓名、证件号码或案号' }).fill('次仁乙')
      await other.keyboard.press('Enter')
      await other.getByRole('checkbox', { name: /次仁乙/ }).check()
      await other.getByRole('button', { name: '退回' }).click()
      await other.getByRole('textbox', { name: '退回理由' }).fill('情形须核实')
      await other.getByRole('button', { name: '确认退回' }).click()
      await other.getByText('已退回1个条目').waitFor()
      expect(other.url()).to.not.include('%')
      await other.getByLabel('状态').selectOption('')
      await other.getByRole('link', { name: '次仁乙' }).waitFor()
      await other.reload()
      await other.getByRole('link', { name: '次仁乙' }).waitFor()
      expect(await other.getByRole('searchbox', { name: '姓名、证件号码或案号' }).inputValue()).to.equal('次仁乙')
      await other.getByRole('link', { name: '次仁乙' }).click()
      await other.getByText('审批人退回了这个条目，理由：情形须核实。').waitFor()
    })

    it('shows a listing with its messages and clocks, and lets a second person see what a correction changes before it takes effect', async () => {
      const [id = ''] = await listed(made.app, 1, { address: '建塘镇1号' }, 930)
      const clerk = await visit(server, { as: await server.person('clerk') })
      visitor = clerk
      const { page } = clerk
      await clerk.open(`/desk/listings/${id}`)
      await page.getByRole('heading', { name: '通知和送达' }).waitFor()
      await page.getByRole('heading', { name: '办理经过' }).waitFor()
      await page.getByText('列入决定').first().waitFor()
      await page.getByText('申请纠正').first().waitFor()
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /^下载第.*号红头通报$/ }).click()])
      expect(file.suggestedFilename()).to.match(/^名单通报\d{4}-\d+\.docx$/)
      await page.getByText('还没有收到纠正申请').waitFor()
      await page.getByRole('button', { name: '打印信件' }).click()
      await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '生成信件' }).click()])
      await page
        .getByText(/信件打印于/)
        .first()
        .waitFor()
      await clerk.expectAccessible()
      await clerk.picture('listing')
      await page.getByRole('link', { name: '建议更正' }).click()
      await page.getByRole('heading', { name: '建议更正' }).waitFor()
      await page.getByRole('button', { name: '提出更正建议' }).click()
      await page.getByRole('alert').waitFor()
      await clerk.expectAccessible()
      await page.getByRole('textbox', { name: '住址' }).fill('建塘镇2号')
      await page.getByRole('textbox', { name: '手机号码' }).fill('139')
      await page.getByRole('textbox', { name: '更正理由' }).fill('住址登记有误')
      clerk.expectErrors(/status of 400/)
      await page.getByRole('button', { name: '提出更正建议' }).click()
      await page.getByRole('alert').waitFor()
      expect(await page.getByRole('textbox', { name: '手机号码' }).getAttribute('aria-invalid')).to.equal('true')
      await clerk.picture('listing-correct-refused')
      await page.getByRole('textbox', { name: '手机号码' }).fill('')
      await page.getByRole('button', { name: '提出更正建议' }).click()
      await page.getByRole('heading', { name: '更正建议' }).waitFor()
      await expectCount(page.getByRole('button', { name: '批准建议' }), 0)
      await clerk.close()

      visitor = await visit(server, { as: await server.person('approver') })
      const { page: other } = visitor
      await visitor.open('/desk/proposals')
      await other.getByRole('link', { name: '扎西某' }).click()
      await other.getByRole('button', { name: '批准建议' }).click()
      const dialog = other.getByRole('dialog')
      await dialog.getByRole('cell', { name: '建塘镇2号' }).waitFor()
      for (const text of ['更正建议', '住址登记有误', '批准后通知被执行人和申请执行人']) await dialog.getByText(text).first().waitFor()
      await dialog.getByRole('button', { name: '查看将发给被执行人的短信' }).click()
      await dialog.getByText(/失信被执行人信息已更正：不对外公开的信息（如联系方式）。理由：住址登记有误/).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('listing-approve-proposal')
      await other.keyboard.press('Tab')
      await other.getByRole('dialog').getByRole('button', { name: '确认批准并生效' }).press('Enter')
      await other.getByText('已批准，1个条目随即变更').waitFor()
      await other.getByRole('heading', { name: '历次更正' }).waitFor()
      await visitor.picture('listing-corrected')
      await other.reload()
      await other.getByRole('cell', { name: '建塘镇1号' }).waitFor()
      await visitor.expectAccessible()
    })

    it('drafts by form with each refusal beside its field, keeps what was typed, and refuses the form to who may not draft', async () => {
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open('/desk/listings/new')
      await page.getByRole('button', { name: '保存为草稿' }).click()
      await page.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      const typed = { ...PERSON, name: '拉姆某', identifier: '533421198410140223', caseNo: '（2026）云3401执940号' }
      for (const [label, value] of [
        ['被执行人姓名/名称', typed.name],
        ['身份证号码/统一社会信用代码', typed.identifier],
        ['案号', typed.caseNo],
        ['执行法院', typed.court],
        ['执行依据文号', typed.basisNo],
        ['做出执行依据单位', typed.basisMaker],
        ['生效法律文书确定的义务', typed.obligation],
        ['被执行人的履行情况', typed.performance],
      ] as const)
        await page.getByRole('textbox', { name: label }).fill(String(value))
      await page.getByLabel('立案时间').fill(String(typed.filedOn))
      await page.getByRole('checkbox', { name: /^1\. / }).check()
      visitor.expectErrors(/status of 400/)
      await page.getByRole('button', { name: '保存为草稿' }).click()
      await page.getByText('校验位不对').first().waitFor()
      await visitor.picture('listing-draft-refused')
      await page.getByRole('textbox', { name: '身份证号码/统一社会信用代码' }).fill(String(PERSON['identifier']))
      await page.getByRole('button', { name: '保存为草稿' }).dblclick()
      await page.getByRole('heading', { name: '拉姆某 草稿' }).waitFor()
      await visitor.expectAccessible()
      await page.getByRole('link', { name: '修改草稿' }).click()
      await page.getByRole('textbox', { name: '被执行人的履行情况' }).fill('履行了一部分')
      await page.getByRole('button', { name: '保存修改' }).click()
      await page.getByText('履行了一部分').waitFor()
      await visitor.close()

      visitor = await visit(server, { as: await server.person('auditor') })
      await visitor.open('/desk/listings/new')
      await visitor.page.getByRole('heading', { name: '没有权限' }).waitFor()
    })

    it('acts on all that match, names each in the way before anything is done, and exports what was found', async () => {
      const { app } = made
      const content = Readable.from([Buffer.from(listFile(55, 0, 3000))])
      const { id: importId } = await receiveImport(app, CLERK, { fileName: 'list.csv', mode: 'draft', content })
      await checkImport(app, CLERK, importId)
      await commitImport(app, CLERK, { id: importId })
      const page1 = { filter: { importId }, sort: { by: 'newest', direction: 'asc' }, page: { limit: 55, offset: 0 } } as const
      const items = (await searchRows(app, CLERK, page1)).items.map(({ id }) => ({ id }))
      await answerExclusions(app, CLERK, { items, answers: NONE_APPLIES })
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open(`/desk/listings?importId=${importId}`)
      await page.getByText('共55条').waitFor()
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '导出 CSV' }).click()])
      expect(download.suggestedFilename()).to.match(/^名单条目-\d{4}-\d{2}-\d{2}\.csv$/)
      await page.getByRole('checkbox', { name: '选择本页全部' }).check()
      await page.getByRole('button', { name: '选择符合条件的全部55条' }).click()
      await page.getByText('已选择55条').waitFor()
      await visitor.expectAccessible()
      await answerExclusions(app, CLERK, { items: items.slice(0, 1), answers: { ...NONE_APPLIES, noRefusal: true } })
      await page.getByRole('button', { name: '提交审批' }).click()
      await page.getByText('全部55个条目').waitFor()
      await page.getByRole('button', { name: '确认提交' }).dblclick()
      await page.getByText('有1个条目不能办理，现在什么都没有办理').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('listings-all-blocked')
      await page.getByRole('button', { name: '跳过这些条目，办理其余54个' }).dblclick()
      await page.getByText('已提交54个条目').waitFor()
      await page.getByText('有1个条目没有办理').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('listings-batch')
      await page.reload()
      await page.getByText('已提交54个条目').waitFor()
      await page.getByRole('button', { name: '知道了' }).click()
      await page.getByText('已提交54个条目').waitFor({ state: 'detached' })
      await visitor.open('/desk/listings?mine=yes')
      await page.getByText('没有符合条件的记录').waitFor()
      await served(app, 2, {}, 3900)
      await visitor.open('/desk/listings?state=served')
      await page.getByRole('checkbox', { name: '选择本页全部' }).check()
      await page.getByRole('button', { name: '公布', exact: true }).click()
      await page
        .getByRole('listitem')
        .filter({ hasText: /^被执行人\d个/ })
        .waitFor()
      await visitor.expectAccessible()
      await visitor.picture('listings-publish')
      await page.getByRole('button', { name: '确认公布' }).click()
      await page.getByText(/已公布\d个条目，编入第\d{4}-\d{4}号名单通报/).waitFor()
      expect((await searchRows(app, CLERK, { ...page1, filter: { importId, states: ['pending'] } })).total).to.equal(54)
    })
  })
})
