// The workbook of notices: what it holds of each and how it is masked, what is refused, and that it is in the audit.

import { expect } from 'chai'
import { fileMatter } from '../../../src/features/creditors/commands.ts'
import { settleDuty } from '../../../src/features/notices/commands.ts'
import { EXPORTED_AT_MOST, requireExportable } from '../../../src/features/notices/rules.ts'
import { getNotice, listDuties, listNotices } from '../../../src/features/notices/views.ts'
import { createSandbox } from '../../../src/messaging/channels/sandbox/sandbox.ts'
import { createDispatcher } from '../../../src/messaging/dispatcher.ts'
import { noticeIds } from '../../../src/messaging/notices.store.ts'
import { PUBLIC, STAFF_ROLES } from '../../../src/platform/commands/permissions.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { openServer, type Person, type TestServer } from '../../support/http-server.ts'
import { docxPart } from '../../support/pushes.ts'
import { refusal } from '../../support/refusal.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'

const PHONE = '13900001119'

eachDatabase((_db, make) => {
  describe('an export of notices', () => {
    let made: TestApp
    let server: TestServer
    let clerk: Person

    before(async () => {
      made = await make()
      const { app } = made
      await listed(app, 1, { phone: PHONE })
      await fileMatter(app, PUBLIC, {
        ...{ kind: 'clue', way: 'web', name: '央宗卓玛', phone: '13988120001', caseNo: '（2026）云3401执9号' },
        ...{ debtorName: '扎西某', text: '他把房子过户给了亲戚。' },
      })
      const channels = (['wechat', 'wechaty', 'sms', 'voice'] as const).map((medium) => [medium, createSandbox(medium)] as const)
      const dispatcher = createDispatcher(app, new Map(channels), { poll: 20 })
      await dispatcher.processAll()
      await dispatcher.stop()
      await listed(app, 1, {}, 2)
      const { items } = await listDuties(app, CLERK, { limit: 50, offset: 0 })
      const duty = items.find(({ possible }) => possible.includes('done'))
      await settleDuty(app, CLERK, { deliveryId: duty?.deliveryId ?? '', verdict: 'done', note: '当面送达，=本人签收' })
      server = await openServer(made)
      clerk = await server.person('clerk')
    })
    after(() => server.close())

    /** The cells of the sheet, row by row. */
    async function exported(filter: object): Promise<string[][]> {
      const headers = { cookie: clerk.cookie, 'x-csrf-token': clerk.csrf, 'content-type': 'application/json' }
      const answer = await fetch(`${server.url}/api/v1/notices/export.xlsx`, { method: 'POST', headers, body: JSON.stringify(filter) })
      expect(answer.status).to.equal(200)
      expect(decodeURIComponent(answer.headers.get('content-disposition') ?? '')).to.include('通知及送达情况-2026-11-22.xlsx')
      const sheet = await docxPart(Buffer.from(await answer.arrayBuffer()), 'xl/worksheets/sheet1.xml')
      expect(sheet).to.not.include('<f>')
      return sheet
        .split('<row')
        .slice(1)
        .map((row) => [...row.matchAll(/<c [^>]*?(?:\/>|>(.*?)<\/c>)/gs)].map(([, cell = '']) => cell.replaceAll(/<[^>]+>/g, '')))
    }

    const exports = async (): Promise<{ actor: string; detail: string }[]> =>
      made.app.store.read((db) => db.query("select actor, detail from audit where act = 'notice.export' order by at"))

    it('holds every notice that the filter finds, with how it was served and by what evidence, and nobody’s number whole', async () => {
      const { items, total } = await listNotices(made.app, CLERK, { filter: {}, page: { limit: 200, offset: 0 } })
      const [note, head, ...rows] = await exported({})
      expect(note?.[0]).to.match(new RegExp(`^共 ${total} 条，2026-11-22 导出`))
      expect(head).to.include.members(['案号', '决定书文号', '通知对象', '送达方式', '送达状态', '办结时间', '送达凭证'])
      expect(rows).to.have.length(total)
      expect(rows.map(([title]) => title)).to.deep.equal(items.map(({ title }) => title))
      const text = rows.flat().join(' ')
      for (const number of [PHONE, '13988120001']) expect(text).to.not.include(number)
      expect(text).to.include('139****1119').and.include('已由人工送达')
      const sent = rows.find((row) => row.includes('139****1119')) ?? []
      expect(sent.join(' '))
        .to.include('（2026）云3401执1号')
        .and.include('短信')
        .and.match(/运营方编号|送达回执/)
      expect(sent[9]).to.match(/^2026-11-22 \d\d:\d\d$/)
      const settled = rows.find((row) => row.includes('已由人工送达')) ?? []
      expect(settled.at(-1)).to.include('登记：当面送达，=本人签收')
    })

    it('leaves out the address of a complainant, as the screen does', async () => {
      const { items } = await listNotices(made.app, CLERK, { filter: {}, page: { limit: 200, offset: 0 } })
      const views = await Promise.all(items.map(({ id }) => getNotice(made.app, CLERK, id)))
      const own = views.find(({ deliveries }) => deliveries.some(({ address }) => address === '139****1119'))
      await made.app.store.write((tx) => tx.run("update notice set audience = 'complainant' where id = ?", [own?.id ?? '']))
      const shown = await getNotice(made.app, CLERK, own?.id ?? '')
      expect(shown.deliveries.map(({ address }) => address).filter((address) => address !== null)).to.deep.equal([])
      const [, , ...rows] = await exported({ audience: 'complainant' })
      expect(rows).to.have.length(1)
      expect(rows.flat().join(' ')).to.include('短信').and.not.include('139****1119')
      await made.app.store.write((tx) => tx.run('update notice set audience = ? where id = ?', [own?.audience ?? '', own?.id ?? '']))
    })

    it('follows the filter, and names in the audit who took how many by which conditions', async () => {
      const before = (await exports()).length
      const [, , ...rows] = await exported({ state: 'settled', from: '2026-11-22', until: '2026-11-22' })
      expect(rows).to.have.length(1)
      expect((await exported({ from: '2026-11-23' })).slice(2)).to.deep.equal([])
      const taken = (await exports()).slice(before)
      expect(taken.map(({ detail }) => JSON.parse(detail) as object)).to.deep.equal([
        { form: 'xlsx', count: 1, conditions: 'state from until' },
        { form: 'xlsx', count: 0, conditions: 'from' },
      ])
      expect(new Set(taken.map(({ actor }) => actor)).size).to.equal(1)
    })

    it('is refused whole where more match than a workbook takes, and chooses none of them', async () => {
      requireExportable(EXPORTED_AT_MOST)
      await refusal('export_too_many', () => Promise.resolve().then(() => requireExportable(EXPORTED_AT_MOST + 1)))
      const { ids, total } = await made.app.store.read((db) => noticeIds(db, {}, 1))
      expect([ids, total > 1]).to.deep.equal([[], true])
    })

    it('is given to those who work with notices and to nobody else, and for conditions that exist', async () => {
      const path = '/api/v1/notices/export.xlsx'
      expect((await server.ask('POST', path, { json: {} })).status).to.equal(401)
      const allowed = ['clerk', 'approver', 'group_office', 'auditor']
      for (const role of STAFF_ROLES)
        expect((await (await server.person(role)).ask('POST', path, { json: {} })).status, role).to.equal(
          allowed.includes(role) ? 200 : 403,
        )
      for (const json of [{ state: 'lost' }, { recipients: ['x'] }, { from: '2026-02-30' }])
        expect((await clerk.ask('POST', path, { json })).status, JSON.stringify(json)).to.equal(400)
    })
  })
})
