// The desk's imports, in a real browser: upload, problems, drafts, a list that another person puts in force, and watching a long check.

import { Readable } from 'node:stream'
import { expect } from 'chai'
import { commitImport } from '../../../src/features/imports/commit.commands.ts'
import { checkImport, receiveImport } from '../../../src/features/imports/commands.ts'
import { describeInBrowser, expectCount, visit, type Visitor } from '../../support/browser.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { listFile } from '../../support/list-file.ts'
import { CLERK } from '../../support/listed.ts'
import { rightNow } from '../../support/right-now.ts'

const asFile = (name: string, text: string) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(text) })

eachDatabase((_db, make) => {
  describeInBrowser('the desk’s imports', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor

    before(async () => {
      made = await make(rightNow())
      server = await openServer(made)
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    it('takes a list whose sending broke off once more, shows its problems by column and row, and makes drafts of the good rows', async () => {
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open('/desk/imports')
      await page.getByText('还没有上传过名单文件').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('imports-empty')
      const field = page.getByLabel('名单文件', { exact: true })
      await field.setInputFiles(asFile('list.doc', 'no list'))
      await page.getByText('不是 .xlsx 或 .csv 文件').waitFor()
      visitor.expectErrors(/ERR_FAILED|status of 400/)
      await page.route('**/api/v1/imports?*', (route) => route.abort(), { times: 1 })
      await page.route('**/api/v1/imports?mode=*', (route) => route.abort(), { times: 1 })
      await field.setInputFiles(asFile('名单一.csv', listFile(3, 4)))
      await page.getByText('上传时连接中断').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('imports-broken')
      await page.getByRole('button', { name: '再试一次' }).click()
      await page.getByRole('heading', { name: '名单一.csv 已检查' }).waitFor()
      await page.getByRole('row', { name: /校验位不对.* 2 / }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('import-problems')
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '下载有误的行' }).click()])
      expect(download.suggestedFilename()).to.equal('名单一.rejected.csv')
      await page.getByRole('button', { name: '导入为草稿' }).click()
      await page.getByText('另有4行有误，不导入').waitFor()
      await visitor.expectAccessible()
      await page.getByRole('dialog').getByRole('button', { name: '导入为草稿' }).dblclick()
      await page.getByText('已导入3个草稿').waitFor()
      await page.getByRole('link', { name: '查看导入的条目' }).click()
      await page.getByText('现在只显示一次导入的条目').waitFor()
      await page.getByText('共3条').waitFor()
      await visitor.open('/desk/imports')
      await field.setInputFiles(asFile('坏文件.xlsx', 'no sheet'))
      await page.getByRole('alert').waitFor()
      await page.getByRole('rowheader', { name: '坏文件.xlsx' }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('imports')
    })

    it('lets another person put a list in force after seeing what changes, and never the one who uploaded it', async () => {
      const approver = await server.person('approver')
      visitor = await visit(server, { as: await server.person('clerk', 'approver') })
      const { page } = visitor
      await visitor.open('/desk/imports')
      await page.getByLabel('本院已在公布的名单').check()
      await page.getByLabel('名单文件', { exact: true }).setInputFiles(asFile('在册.csv', listFile(3, 1, 100)))
      await page.getByText('您上传或者检查过这份名单').waitFor()
      await expectCount(page.getByRole('button', { name: '确认生效' }), 0)
      await visitor.expectAccessible()
      const address = page.url()
      await visitor.close()

      visitor = await visit(server, { as: approver })
      const { page: other } = visitor
      await visitor.open('/desk/imports?state=checked')
      await other.getByRole('link', { name: '在册.csv' }).click()
      await other.getByRole('heading', { name: '新列入3条' }).waitFor()
      expect(other.url()).to.equal(address)
      await visitor.expectAccessible()
      await visitor.picture('import-preview')
      await other.getByRole('button', { name: '确认生效' }).click()
      await other.getByText('将新列入3条、屏蔽0条').waitFor()
      await visitor.picture('import-confirm')
      await other.getByRole('dialog').getByRole('button', { name: '确认生效' }).press('Enter')
      await other.getByText('已经生效：新列入3条').waitFor()
      await visitor.expectAccessible()
      await other.reload()
      await other.getByRole('heading', { name: '在册.csv 已导入' }).waitFor()
    })

    it('is discarded after saying what is thrown away, once, and refused to who sees it while it is being put in force', async () => {
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      const dialog = page.getByRole('dialog')
      await visitor.open('/desk/imports')
      await page.getByLabel('名单文件', { exact: true }).setInputFiles(asFile('不要的.csv', listFile(3, 1, 300)))
      await page.getByRole('button', { name: '作废' }).click()
      await dialog.getByText('将删除文件“不要的.csv”和从中读出的4行内容（其中合格3行）').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('import-discard')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: '导入为草稿' }).waitFor()
      await page.getByRole('button', { name: '作废' }).press('Enter')
      await dialog.getByRole('button', { name: '作废' }).dblclick()
      await page.getByText('已作废，文件和内容已经删除。').waitFor()
      await page.getByText('作废人').waitFor()
      for (const gone of ['作废', '导入为草稿']) expect(await page.getByRole('button', { name: gone }).count(), gone).to.equal(0)
      await expectCount(page.getByRole('link', { name: '下载有误的行' }), 0)
      await visitor.expectAccessible()
      await page.reload()
      await page.getByRole('heading', { name: '不要的.csv 已作废' }).waitFor()

      await visitor.open('/desk/imports')
      await page.getByLabel('名单文件', { exact: true }).setInputFiles(asFile('先导入.csv', listFile(2, 0, 400)))
      await page.getByRole('button', { name: '作废' }).click()
      await dialog.getByText('将删除文件“先导入.csv”').waitFor()
      await commitImport(made.app, CLERK, { id: page.url().split('/').at(-1) ?? '' })
      visitor.expectErrors(/status of 409/)
      await dialog.getByRole('button', { name: '作废' }).click()
      await dialog.getByText('这次导入现在不能做此操作').waitFor()
    })

    it('shows a long check go on by itself, and says that a lost connection does not stop it', async () => {
      const { app, clock } = made
      const { id } = await receiveImport(app, CLERK, {
        fileName: '长名单.csv',
        mode: 'draft',
        content: Readable.from([Buffer.from(listFile(1800, 0, 5000))]),
      })
      visitor = await visit(server, { as: await server.person('auditor') })
      const { page } = visitor
      visitor.expectErrors(/ERR_INTERNET_DISCONNECTED|ERR_FAILED/)
      await visitor.open(`/desk/imports/${id}`)
      await page.getByText('正在检查，已检查0行').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('import-running')
      await visitor.context.setOffline(true)
      await page.getByText('暂时连不上服务器').waitFor()
      await visitor.context.setOffline(false)
      await checkImport(app, CLERK, id, () => clock.advance(3_000))
      await page.getByRole('heading', { name: '长名单.csv 已检查' }).waitFor()
      await page.getByText('暂时连不上服务器').waitFor({ state: 'detached' })
      await page.getByText('等待书记员导入').waitFor()
    })
  })
})
