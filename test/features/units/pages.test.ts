// The page of the measures on both databases: every measure of the catalogue is explained in plain words, and nobody is named.
// Which clause orders what is test/features/units/clauses.test.ts.

import { expect } from 'chai'
import { loadCatalogue, readCatalogue } from '../../../src/features/units/catalogue.tasks.ts'
import { eachDatabase } from '../../support/app.ts'
import { openServer } from '../../support/http-server.ts'

eachDatabase((_db, make) => {
  describe('the page of the measures', () => {
    it('explains each of the 42 measures once, with its citation, and links only to pages that exist', async () => {
      const made = await make()
      const catalogue = await readCatalogue(made.app.config.templatesFolder)
      await loadCatalogue(made.app, catalogue)
      const server = await openServer(made)
      const { status, text } = await server.ask('GET', '/measures')
      expect(status).to.equal(200)
      expect(catalogue.measures).to.have.length(42)
      for (const { id, title, citation } of catalogue.measures) {
        expect(text.split(`<h3>${id} ${title}</h3>`), id).to.have.length(2)
        expect(text).to.include(citation)
      }
      // What somebody may still do, and when the train is possible again.
      expect(text).to.match(/id="now"[^]*D 字头列车的二等座可以坐[^]*退出名单、单位解除以后[^]*href="\/own"/)
      const keys = made.app.catalog.keys('measures').map((key) => key.replace(/^(means|spares)\./, ''))
      expect([...new Set(keys)].sort()).to.deep.equal(catalogue.measures.map(({ id }) => id).sort())
      for (const [, path = ''] of text.matchAll(/href="(\/[a-z]*)"/g)) expect((await server.ask('GET', path)).status, path).to.equal(200)
      await server.close()
    })
  })
})
