// What whoever looks at an import is shown: how far its check is, what they may do, and whether the same file was entered before.

import { Readable } from 'node:stream'
import { expect } from 'chai'
import { commitImport } from '../../../src/features/imports/commit.commands.ts'
import { checkImport, getImport, receiveImport } from '../../../src/features/imports/commands.ts'
import type { ImportRow } from '../../../src/features/imports/store.ts'
import { factsOfImports, type ImportFacts } from '../../../src/features/imports/views.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import type { Actor } from '../../../src/platform/commands/permissions.ts'
import { eachDatabase } from '../../support/app.ts'
import { listFile } from '../../support/list-file.ts'
import { APPROVER, CLERK } from '../../support/listed.ts'

const AUDITOR: Actor = { id: 'staff:auditor', roles: ['auditor'] }

async function uploaded(app: AppContext, mode: 'draft' | 'takeover', rows: number): Promise<string> {
  const content = Readable.from([Buffer.from(listFile(rows))])
  return (await receiveImport(app, CLERK, { fileName: 'list.csv', mode, content })).id
}

async function factsFor(app: AppContext, actor: Actor, id: string): Promise<ImportFacts> {
  const facts = await factsOfImports(app, actor, [await getImport(app, actor, id)])
  return facts.get(id) as ImportFacts
}

eachDatabase((_db, make) => {
  describe('an import that is looked at', () => {
    it('says how many rows were checked while the check goes on', async () => {
      const { app, clock } = await make()
      const id = await uploaded(app, 'draft', 1800)
      const looks: Promise<ImportRow>[] = []
      await checkImport(app, CLERK, id, () => {
        clock.advance(3_000)
        looks.push(getImport(app, CLERK, id))
      })
      const seen = (await Promise.all(looks)).filter(({ state }) => state === 'checking').map(({ rows }) => rows)
      expect(seen.some((rows) => rows > 0 && rows < 1800)).to.equal(true)
      expect(await getImport(app, CLERK, id)).to.include({ state: 'checked', rows: 1800 })
    })

    it('offers its reader what they may do, and names a file that was entered before', async () => {
      const { app } = await make()
      const drafts = await uploaded(app, 'draft', 2)
      expect((await factsFor(app, CLERK, drafts)).possible).to.deep.equal([])
      await checkImport(app, CLERK, drafts)
      expect(await factsFor(app, CLERK, drafts)).to.deep.include({
        own: true,
        possible: ['commit', 'discard'],
        earlier: null,
        uploadedBy: null,
      })
      expect((await factsFor(app, AUDITOR, drafts)).possible).to.deep.equal([])
      await commitImport(app, CLERK, { id: drafts })
      expect((await factsFor(app, CLERK, drafts)).possible).to.deep.equal([])

      const takeover = await uploaded(app, 'takeover', 2)
      await checkImport(app, CLERK, takeover)
      expect(await factsFor(app, CLERK, takeover)).to.deep.include({ own: true, possible: ['check', 'discard'] })
      expect(await factsFor(app, APPROVER, takeover)).to.deep.include({ own: false, possible: ['check', 'commit', 'discard'] })
      expect((await factsFor(app, APPROVER, takeover)).earlier?.id).to.equal(drafts)
      await checkImport(app, APPROVER, takeover)
      expect(await factsFor(app, APPROVER, takeover)).to.deep.include({ own: true, possible: ['check', 'discard'] })
    })
  })
})
