// The poster of a bulletin: only what is public now, as an enquiry shows it, on A3.

import { expect } from 'chai'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import { bulletinPoster } from '../../../src/features/board/poster.views.ts'
import { listBulletins } from '../../../src/features/bulletins/views.ts'
import { isAppError } from '../../../src/core/errors.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { docxPart, docxText } from '../../support/pushes.ts'
import { eachDatabase } from '../../support/app.ts'

eachDatabase((_db, make) => {
  it('names on A3 what the bulletin listed and is still public, and is refused when nothing is', async () => {
    const { app } = await make()
    const [gone = '', kept = ''] = await listed(app, 2)
    const shield = (id: string): ReturnType<typeof shieldListings> =>
      shieldListings(app, CLERK, { items: [{ id }], ground: 'fully_performed', reason: '已全部履行' })
    await shield(gone)
    const { items } = await listBulletins(app, CLERK, { filter: {}, page: { limit: 20, offset: 0 } })
    const id = items.find(({ kind }) => kind === 'publish')?.id ?? ''
    const shieldId = items.find(({ kind }) => kind === 'shield')?.id ?? ''
    const { content } = await bulletinPoster(app, CLERK, { id, part: 1 })
    const text = await docxText(content)
    expect(text)
      .to.include('失信被执行人名单公告')
      .and.include('执2号')
      .and.include('仍在名单上的 1 条')
      .and.include('生效法律文书确定的义务')
    expect(text)
      .not.to.include('执1号')
      .and.not.to.match(/\d{17}[\dXx]/)
    // 297 by 420 millimetres.
    expect(await docxPart(content, 'word/document.xml')).to.match(/<w:pgSz[^>]*w:w="16838"[^>]*w:h="23811"/)
    const refused = async (bulletin: string): Promise<unknown> => {
      try {
        return await bulletinPoster(app, CLERK, { id: bulletin, part: 1 })
      } catch (error) {
        return isAppError(error) ? error.code : error
      }
    }
    expect(await refused(shieldId)).to.equal('bulletin_nothing_public')
    await shield(kept)
    expect(await refused(id)).to.equal('bulletin_nothing_public')
  })
})
