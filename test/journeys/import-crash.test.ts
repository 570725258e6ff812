// An import whose process is killed with SIGKILL during its check or its commit: the application continues it by itself.
// Messages that survive a kill are tested in dispatch-crash.test.ts.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { writeList } from '../../bench/rows.ts'
import { verifyAudit } from '../../src/features/audit/views.ts'
import { loadCatalogue, readCatalogue } from '../../src/features/units/catalogue.tasks.ts'
import { commitImport } from '../../src/features/imports/commit.commands.ts'
import { confirmationOf } from '../../src/features/imports/rules.ts'
import { resumeImports } from '../../src/features/imports/tasks.ts'
import { checkImport, getImport, receiveImport } from '../../src/features/imports/commands.ts'
import { STEP_LEASE } from '../../src/platform/scheduler/step-lease.ts'
import { listNotices } from '../../src/features/notices/views.ts'
import { addLiaison } from '../../src/features/units/commands.ts'
import { SYSTEM, type Actor } from '../../src/platform/commands/permissions.ts'
import { journalAfter } from '../../src/features/journal/store.ts'
import { eachDatabase, type TestApp } from '../support/app.ts'
import type { ImportOrder } from '../support/import-child.ts'
import { refusal } from '../support/refusal.ts'
import { createBroadcaster } from '../../src/features/bulletins/tasks.ts'

const ROWS = 8_000
const CLERK: Actor = { id: 'staff:clerk', roles: ['clerk'] }
const APPROVER: Actor = { id: 'staff:approver', roles: ['approver'] }
const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }
const DRAFTER = 'staff:drafter'

eachDatabase((_db, make) => {
  describe('an import whose process is killed', function () {
    this.timeout(180_000)
    let made: TestApp

    const receiveList = async (mode: 'draft' | 'snapshot'): Promise<string> => {
      const { app, folder } = made
      const path = join(folder, 'list.csv')
      await writeList(path, ROWS)
      const source = mode === 'snapshot' ? 'prefecture_court' : undefined
      return (await receiveImport(app, CLERK, { fileName: 'list.csv', mode, source, content: createReadStream(path) })).id
    }

    /** Runs a step in a process that is killed once it has reported `rows`. */
    const runAndKill = async (step: ImportOrder['step'], id: string, rows: number): Promise<void> => {
      const now = made.clock.now().toISOString()
      const confirmation = confirmationOf(await getImport(made.app, CLERK, id))
      const order: ImportOrder = { database: made.url, folder: made.folder, step, id, confirmation, actor: DRAFTER, now }
      const child = spawn(process.execPath, ['--import', 'tsx', 'test/support/import-child.ts', JSON.stringify(order)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const exited = once(child, 'exit')
      for await (const line of createInterface({ input: child.stdout })) {
        expect(line, 'it ended before it was killed').not.to.equal('done')
        if (Number(line) >= rows) child.kill('SIGKILL')
      }
      expect(await exited).to.deep.equal([null, 'SIGKILL'])
    }

    beforeEach(async () => {
      made = await make()
    })

    it('is checked again from the start when it was killed during the check and its lease has ended', async () => {
      const { app, clock } = made
      const id = await receiveList('draft')
      await runAndKill('check', id, 1_000)
      expect(await getImport(app, CLERK, id)).to.include({ state: 'checking', rows: 0 })
      await refusal('import_state', () => checkImport(app, CLERK, id))
      expect(await resumeImports(app, SYSTEM)).to.equal(0)
      clock.advance(STEP_LEASE + 1_000)
      expect(await resumeImports(app, SYSTEM)).to.equal(1)
      expect(await getImport(app, CLERK, id)).to.include({ state: 'checked', rows: ROWS, good: ROWS, bad: 0 })
      expect(await resumeImports(app, SYSTEM)).to.equal(0)
    })

    it('is continued when it was killed during the commit: every row once, one bulletin, everybody notified once', async () => {
      const { app, clock } = made
      await loadCatalogue(app, await readCatalogue(app.config.templatesFolder))
      await addLiaison(app, OPERATOR, { unitId: 'finance', name: '联络员', phone: '13900018812' })
      const id = await receiveList('snapshot')
      await checkImport(app, CLERK, id)
      await runAndKill('commit', id, 2_000)
      const interrupted = await getImport(app, CLERK, id)
      expect(interrupted.state).to.equal('committing')
      expect(interrupted.taken).to.be.within(1, ROWS - 1)
      await refusal('import_state', () => commitImport(app, APPROVER, { id }))

      clock.advance(STEP_LEASE + 1_000)
      const [first, second] = await Promise.all([resumeImports(app, SYSTEM), resumeImports(app, SYSTEM)])
      expect([first, second].sort()).to.deep.equal([0, 1])
      expect(await getImport(app, CLERK, id)).to.include({ state: 'committed', taken: ROWS, known: 0, removed: 0 })
      expect(await count('listing')).to.equal(ROWS)
      const journal = await app.store.read((db) => journalAfter(db, 0, ROWS + 10))
      expect(journal.map(({ seq }) => seq)).to.deep.equal(journal.map((_row, n) => n + 1))
      expect(new Set(journal.map(({ listingId }) => listingId)).size).to.equal(ROWS)
      expect(await count('bulletin')).to.equal(1)
      await createBroadcaster(app).processAll()
      const notices = await listNotices(app, CLERK, { filter: { audience: 'unit' }, page: { limit: 10, offset: 0 } })
      expect(notices.total).to.equal(1)
      expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
    })

    it('keeps the actor who began it as the drafter, so that nobody can approve their own drafts', async () => {
      const { app, clock } = made
      const id = await receiveList('draft')
      await checkImport(app, CLERK, id)
      await runAndKill('commit', id, 2_000)
      clock.advance(STEP_LEASE + 1_000)
      await resumeImports(app, SYSTEM)
      const drafters = await app.store.read((db) => db.query<{ by: string }>('select distinct drafted_by as `by` from listing'))
      expect(drafters.map((row) => row.by)).to.deep.equal([DRAFTER])
      expect(await count('listing')).to.equal(ROWS)
    })

    it('is not continued after twenty attempts, nor on a machine without its file', async () => {
      const { app, clock } = made
      const id = await receiveList('draft')
      await runAndKill('check', id, 500)
      clock.advance(STEP_LEASE + 1_000)
      await app.store.write((tx) => tx.run('update run set attempts = 20'))
      expect(await resumeImports(app, SYSTEM), 'tried too often').to.equal(0)
      await app.store.write((tx) => tx.run('update run set attempts = 2'))
      const elsewhere = { ...app, files: { ...app.files, list: () => Promise.resolve([]) } }
      expect(await resumeImports(elsewhere, SYSTEM), 'the file is not here').to.equal(0)
      expect(made.logged.filter(({ event }) => event === 'import.resumed')).to.deep.equal([])
      expect(await resumeImports(app, SYSTEM)).to.equal(1)
    })

    const count = async (table: string): Promise<number> => {
      const rows = await made.app.store.read((db) => db.query<{ n: number | string }>(`select count(*) as n from \`${table}\``))
      return Number(rows[0]?.n)
    }
  })
})
