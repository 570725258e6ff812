// The published list on a phone: the board's window and no more, page by page, without a search, and nothing for search engines.
// What is public is board/views.ts; the screen is pages.test.ts.

import { expect } from 'chai'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import { openServer } from '../../support/http-server.ts'
import { eachDatabase } from '../../support/app.ts'
import { CLERK, listed } from '../../support/listed.ts'

eachDatabase((_db, make) => {
  describe('the published list', () => {
    it('shows the entries of the window in pages, no more than the court set, and drops what leaves the list', async () => {
      const made = await make({ env: { BOARD_ENTRIES: '30' } })
      const ids = await listed(made.app, 33)
      const server = await openServer(made)
      const first = await server.ask('GET', '/published')
      expect(first.headers.get('x-robots-tag')).to.include('noindex')
      expect(first.text.match(/<caption>/g)).to.have.length(20)
      expect(first.text)
        .to.include('href="/published?page=2"')
        .and.include('第1页，共2页')
        .and.not.match(/\d{17}[\dX]/)
      const second = await server.ask('GET', '/published?page=2')
      expect(second.text.match(/<caption>/g)).to.have.length(10)
      expect(second.text).to.include('执30号').and.not.include('执31号').and.not.include('page=3')
      expect((await server.ask('GET', '/published?page=900')).text).to.include('第2页，共2页')
      for (const wrong of ['?page=0', '?page=x', '?page=1e9'])
        expect((await server.ask('GET', `/published${wrong}`)).status, wrong).to.equal(400)
      expect((await server.ask('GET', '/published?name=%E6%89%8E%E8%A5%BF')).text).to.equal(first.text)
      await shieldListings(made.app, CLERK, { items: [{ id: ids[0] ?? '' }], ground: 'fully_performed', reason: '已全部履行。' })
      expect((await server.ask('GET', '/published')).text).to.not.include('云3401执1号')
      await server.close()
    })

    it('does not exist where the court has switched the board off, and the start page does not name it', async () => {
      const made = await make({ env: { BOARD: 'off' } })
      const server = await openServer(made)
      expect((await server.ask('GET', '/published')).status).to.equal(404)
      expect((await server.ask('GET', '/')).text).to.not.include('/published')
      await server.close()
    })
  })
})
