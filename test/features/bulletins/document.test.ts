// The document of a bulletin: its page by GB/T 9704, what it says for each kind of bulletin, masked entries, and who may print it.

import { expect } from 'chai'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import { bulletinDocument } from '../../../src/features/bulletins/document.views.ts'
import { listBulletins } from '../../../src/features/bulletins/views.ts'
import { isAppError } from '../../../src/core/errors.ts'
import { getImport } from '../../../src/features/imports/commands.ts'
import { enter } from '../../support/entered.ts'
import { openServer } from '../../support/http-server.ts'
import { APPROVER, CLERK, listed } from '../../support/listed.ts'
import { docxPart, docxText } from '../../support/pushes.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'

/** Twips of a length in millimetres. */
const mm = (length: number): number => Math.round((length * 1440) / 25.4)

async function bulletinIds({ app }: TestApp): Promise<string[]> {
  const { items } = await listBulletins(app, CLERK, { filter: {}, page: { limit: 20, offset: 0 } })
  return items.map(({ id }) => id).reverse()
}

eachDatabase((_db, make) => {
  it('prints a bulletin on the page of an official document, with masked entries, and marks what has left the list since', async () => {
    const made = await make()
    const [gone = ''] = await listed(made.app, 2)
    await shieldListings(made.app, CLERK, { items: [{ id: gone }], ground: 'fully_performed', reason: '已全部履行' })
    const [publish = '', shield = ''] = await bulletinIds(made)
    const { fileName, content } = await bulletinDocument(made.app, CLERK, { id: publish, part: 1 })
    expect(fileName).to.equal('名单通报2026-0001.docx')
    const xml = await docxPart(content, 'word/document.xml')
    expect(xml).to.match(new RegExp(`<w:pgSz[^>]*w:w="${mm(210)}"[^>]*w:h="${mm(297)}"`))
    const margins = /<w:pgMar[^>]*>/.exec(xml)?.[0] ?? ''
    for (const [side, length] of [
      ['top', 37],
      ['bottom', 35],
      ['left', 28],
      ['right', 26],
    ] as const)
      expect(margins).to.include(`w:${side}="${mm(length)}"`)
    // 22 lines of 28 characters of 16 points on 225 by 156 millimetres.
    expect(Math.floor(mm(225) / 579)).to.equal(22)
    expect(Math.floor(mm(156) / (320 - 5))).to.equal(28)
    const body = xml.split('</w:p>').find((paragraph) => paragraph.includes('新增 2 条')) ?? ''
    expect(body).to.include('w:line="579"').and.include('w:lineRule="exact"').and.include('<w:spacing w:val="-5"/>')
    expect(xml).to.include('w:eastAsia="FangSong"').and.include('w:val="C00000"')
    const text = await docxText(content)
    expect(text).to.include('香格里拉市人民法院文件').and.include('云3401名单通报〔2026〕1号').and.include('2026年11月22日')
    expect(text.split('\n').filter((line) => line === '已退出')).to.have.length(1)
    expect(text)
      .to.include('**************0222')
      .and.not.to.match(/\d{17}[\dXx]/)
    const lifted = await docxText((await bulletinDocument(made.app, CLERK, { id: shield, part: 1 })).content)
    expect(lifted).to.include('关于屏蔽失信信息并解除惩戒措施的通报').and.include('屏蔽 1 条').and.include('在1个工作日内回复')
    expect(lifted).not.to.include('已退出')
  })

  it('prints a long bulletin in parts, and nothing of a bulletin without public entries', async () => {
    const made = await make()
    const { bulletinId } = await getImport(made.app, APPROVER, await enter(made.app, 'list.xlsx', 'takeover'))
    const id = bulletinId ?? ''
    const { content } = await bulletinDocument(made.app, CLERK, { id, part: 1 })
    expect(await docxText(content))
      .to.include('启用现行名单')
      .and.not.to.include('木丽梅')
    const refused = async (bulletin: string, part: number): Promise<unknown> => {
      try {
        return await bulletinDocument(made.app, CLERK, { id: bulletin, part })
      } catch (error) {
        return isAppError(error) ? error.code : error
      }
    }
    expect(await refused(id, 2)).to.equal('bulletin_part_missing')
    expect(await refused('01ARZ3NDEKTSV4RRFFQ69G5FAV', 1)).to.equal('bulletin_missing')
    await listed(made.app, 1, { caseNo: '（2026）云3401执99号', disclosure: 'undisclosed', employer: '某单位' })
    const hidden = (await bulletinIds(made)).at(-1) ?? ''
    expect(await refused(hidden, 1)).to.equal('bulletin_nothing_public')
  })

  it('gives document and poster to staff who may read bulletins, as files named after the bulletin', async () => {
    const made = await make()
    await listed(made.app, 1)
    const server = await openServer(made)
    const [id = ''] = await bulletinIds(made)
    const clerk = await server.person('clerk')
    const admin = await server.person('admin')
    for (const [kind, name] of [
      ['document', '名单通报2026-0001.docx'],
      ['poster', '名单通报2026-0001张贴公告.docx'],
    ] as const) {
      const path = `/api/v1/bulletins/${id}/${kind}`
      expect((await server.ask('GET', path)).status).to.equal(401)
      expect((await admin.ask('GET', path)).status).to.equal(403)
      const file = await clerk.ask('GET', path)
      expect([file.status, file.text.slice(0, 2)]).to.deep.equal([200, 'PK'])
      expect(file.headers.get('content-disposition')).to.include(encodeURIComponent(name))
      expect((await clerk.ask('GET', `${path}?part=2`)).body['code']).to.equal('bulletin_part_missing')
      expect((await clerk.ask('GET', `${path}?part=0`)).status).to.equal(400)
    }
    await server.close()
  })
})
