// A checked import that is not wanted is discarded: its files and rows go, the record stays, and nothing in force can be thrown away.

import { Readable } from 'node:stream'
import { expect } from 'chai'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import { commitImport } from '../../../src/features/imports/commit.commands.ts'
import { checkImport, getImport, receiveImport, rejectsOf } from '../../../src/features/imports/commands.ts'
import { discardImport } from '../../../src/features/imports/discard.commands.ts'
import { resumeImports } from '../../../src/features/imports/tasks.ts'
import { factsOfImports, type ImportFacts } from '../../../src/features/imports/views.ts'
import { auditOf } from '../../../src/platform/commands/audit.store.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { SYSTEM, type Actor } from '../../../src/platform/commands/permissions.ts'
import { eachDatabase } from '../../support/app.ts'
import { putInForce } from '../../support/entered.ts'
import { openServer } from '../../support/http-server.ts'
import { listFile } from '../../support/list-file.ts'
import { APPROVER, CLERK } from '../../support/listed.ts'
import { refusal } from '../../support/refusal.ts'
import { addAccount } from '../../support/typed.ts'

const AUDITOR: Actor = { id: 'staff:auditor', roles: ['auditor'] }
const OFFICE: Actor = { id: 'staff:office', roles: ['group_office'] }

async function checked(app: AppContext, mode: 'draft' | 'takeover' = 'draft', content = listFile(3)): Promise<string> {
  const { id } = await receiveImport(app, CLERK, { fileName: 'list.csv', mode, content: Readable.from([Buffer.from(content)]) })
  await checkImport(app, CLERK, id).catch(() => undefined)
  return id
}

async function countOf(app: AppContext, sql: string): Promise<number> {
  const [counted] = await app.store.read((db) => db.query<{ n: string | number }>(sql))
  return Number(counted?.n)
}

eachDatabase((_db, make) => {
  describe('an import that is discarded', () => {
    it('loses its files and what was read from them, and keeps the record of who uploaded and who discarded it', async () => {
      const { app } = await make()
      const by = await addAccount(app, 'he', 'clerk')
      const id = await checked(app, 'draft', listFile(2, 1))
      expect(await getImport(app, CLERK, id)).to.include({ state: 'checked', good: 2, bad: 1 })
      expect((await app.files.list()).filter((file) => file.startsWith(id))).to.have.length(3)
      const row = await discardImport(app, by, id)
      expect(row).to.include({ state: 'discarded', fileName: 'list.csv', rows: 3, good: 2, bad: 1, problems: '[]', sample: null })
      expect((await app.files.list()).filter((file) => file.startsWith(id))).to.deep.equal([])
      await refusal('import_no_rejects', () => rejectsOf(app, CLERK, id))
      const facts = (await factsOfImports(app, CLERK, [await getImport(app, CLERK, id)])).get(id) as ImportFacts
      expect(facts.possible).to.deep.equal([])
      expect(facts.discarded?.by).to.equal('和某')
      const trail = await app.store.read((db) => auditOf(db, `import:${id}`))
      const [received, last] = [trail[0], trail.at(-1)]
      expect([last?.act, last?.actor]).to.deep.equal(['import.discard', by.id])
      // The same keyed digest as when it was received: neither the bare hash nor its ciphertext.
      const hashIn = (detail = '{}'): unknown => (JSON.parse(detail) as { sha256?: string }).sha256
      expect(hashIn(last?.detail)).to.be.a('string').and.equal(hashIn(received?.detail))
      expect((await verifyAudit(app, AUDITOR)).faults).to.deep.equal([])
      expect(await countOf(app, 'select count(*) as n from listing')).to.equal(0)
    })

    it('may have been unreadable, and not be under check, in force, or discarded before', async () => {
      const { app } = await make()
      const unreadable = await checked(app, 'draft', 'no list at all')
      expect((await getImport(app, CLERK, unreadable)).state).to.equal('refused')
      expect((await discardImport(app, CLERK, unreadable)).state).to.equal('discarded')
      await refusal('import_state', () => discardImport(app, CLERK, unreadable))
      const { id: fresh } = await receiveImport(app, CLERK, {
        fileName: 'a.csv',
        mode: 'draft',
        content: Readable.from([Buffer.from(listFile(1))]),
      })
      await refusal('import_state', () => discardImport(app, CLERK, fresh))
      const drafts = await checked(app)
      await commitImport(app, CLERK, { id: drafts })
      await refusal('import_state', () => discardImport(app, CLERK, drafts))
      await refusal('import_missing', () => discardImport(app, CLERK, '01KB0000000000000000000000'))
      const discarded = await checked(app)
      await discardImport(app, CLERK, discarded)
      await refusal('import_state', () => commitImport(app, CLERK, { id: discarded }))
      await refusal('import_state', () => checkImport(app, CLERK, discarded))
    })

    it('is refused to whoever may not check lists', async () => {
      const { app } = await make()
      const id = await checked(app)
      for (const by of [AUDITOR, OFFICE, SYSTEM]) await refusal('not_allowed', () => discardImport(app, by, id))
      expect((await getImport(app, CLERK, id)).state).to.equal('checked')
    })

    it('is either thrown away or put in force when both are asked for at once, and never half of each', async () => {
      const { app } = await make()
      for (const first of ['commit', 'discard', 'commit', 'discard'] as const) {
        const before = await countOf(app, 'select count(*) as n from listing')
        const id = await checked(app, 'takeover', listFile(4, 0, 1 + before))
        const steps = { commit: () => putInForce(app, id), discard: () => discardImport(app, CLERK, id) }
        const second = first === 'commit' ? 'discard' : 'commit'
        const outcomes = await Promise.allSettled([steps[first](), steps[second]()])
        expect(outcomes.map(({ status }) => status).sort()).to.deep.equal(['fulfilled', 'rejected'])
        const { state } = await getImport(app, CLERK, id)
        const entered = (await countOf(app, 'select count(*) as n from listing')) - before
        expect([state, entered]).to.deep.equal(state === 'committed' ? ['committed', 4] : ['discarded', 0])
      }
    })

    it('is thrown away once by two clerks at the same time', async () => {
      const { app } = await make()
      const id = await checked(app)
      const outcomes = await Promise.allSettled([discardImport(app, CLERK, id), discardImport(app, APPROVER, id)])
      expect(outcomes.map(({ status }) => status).sort()).to.deep.equal(['fulfilled', 'rejected'])
    })

    it('loses also what a process that was killed left of it', async () => {
      const { app, clock } = await make()
      const id = await checked(app)
      await discardImport(app, CLERK, id)
      await app.files.put(id, Readable.from([Buffer.from('left behind')]), { maxBytes: 100 })
      clock.advance(20_000)
      await resumeImports(app, SYSTEM)
      expect((await app.files.list()).filter((file) => file.startsWith(id))).to.deep.equal([])
    })

    it('is discarded by its route, which the reader’s page then shows', async () => {
      const made = await make()
      const server = await openServer(made)
      const id = await checked(made.app)
      const clerk = await server.person('clerk')
      expect((await server.ask('POST', `/api/v1/imports/${id}/discard`)).status).to.equal(401)
      expect((await (await server.person('auditor')).ask('POST', `/api/v1/imports/${id}/discard`)).status).to.equal(403)
      const done = await clerk.ask('POST', `/api/v1/imports/${id}/discard`)
      expect([done.status, done.body['state'], done.body['possible']]).to.deep.equal([200, 'discarded', []])
      expect((await clerk.ask('POST', `/api/v1/imports/${id}/discard`)).status).to.equal(409)
      const list = await clerk.ask('GET', '/api/v1/imports?state=discarded')
      expect(list.body['total']).to.equal(1)
      await server.close()
    })
  })
})
