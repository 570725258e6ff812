// A database written by the previous version opens under this one, verifies its audit, shows its evidence, and rotates its key.
// The databases are test/fixtures/previous, written by the program before the re-layout.

import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect } from 'chai'
import mysql from 'mysql2/promise'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import { openEvidence } from '../../../src/features/complaints/evidence.commands.ts'
import { showComplaint } from '../../../src/features/complaints/views.ts'
import { showListing } from '../../../src/features/listings/views.ts'
import { listingsAfter } from '../../../src/features/listings/search.store.ts'
import { toListing } from '../../../src/features/listings/store.ts'
import { createSecrets, type DataKey } from '../../../src/core/secrets.ts'
import { createFiles } from '../../../src/platform/files/files.ts'
import { auditOf } from '../../../src/platform/commands/audit.store.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { keyBearers } from '../../../src/platform/commands/bearers.ts'
import { proveRows } from '../../../src/platform/commands/proofs.ts'
import { rotateKeys } from '../../../src/platform/commands/key-rotation.ts'
import type { Actor } from '../../../src/platform/commands/permissions.ts'
import { openStore } from '../../../src/platform/database/database.ts'
import { migrations } from '../../../migrations/index.ts'
import { tables } from '../../../src/tables.ts'
import { eachDatabase, TEST_KEY, type TestApp } from '../../support/app.ts'
import { givenAway } from '../../support/filled/attack.ts'

const HOME = 'test/fixtures/previous'
const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }
const CLERK: Actor = { id: 'staff:clerk', roles: ['clerk'] }
const NEXT_KEY: DataKey = { id: 't2', bytes: Buffer.alloc(32, 9) }

interface Written {
  listings: [string, string, string]
  complaint: { id: string }
  rows: number
  files: Readonly<Record<string, string>>
}

interface Previous {
  app: AppContext
  filesFolder: string
  written: Written
  close(): Promise<void>
}

/** The previous version's database and files in a place of their own, opened by this version's store and not yet migrated. */
async function openPrevious({ app, url, logged }: TestApp, db: string): Promise<Previous> {
  const folder = await mkdtemp(join(tmpdir(), 'zxt-'))
  const written = JSON.parse(await readFile(join(HOME, `${db}.json`), 'utf8')) as Written
  const sqlitePath = join(folder, 'zxt.sqlite')
  if (url === undefined) await writeFile(sqlitePath, gunzipSync(await readFile(join(HOME, 'zxt.sqlite.gz'))))
  else await loadDump(url, gunzipSync(await readFile(join(HOME, 'zxt.sql.gz'))).toString('utf8'))
  const filesFolder = join(folder, 'files')
  await mkdir(filesFolder)
  for (const [name, content] of Object.entries(written.files)) await writeFile(join(filesFolder, name), Buffer.from(content, 'base64'))
  const store = await openStore({ ...(url === undefined ? {} : { url }), sqlitePath, log: app.log, tables, migrations, poolSize: 2 })
  const files = await createFiles(filesFolder, app.secrets)
  expect(logged.filter((line) => line.level === 'error')).to.deep.equal([])
  return {
    app: { ...app, store, files },
    filesFolder,
    written,
    async close() {
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function loadDump(url: string, dump: string): Promise<void> {
  const connection = await mysql.createConnection({ uri: url, multipleStatements: true })
  // The dump's first line is for the client that wrote it.
  await connection.query(`set foreign_key_checks = 0;\n${dump.replace(/^\/\*M!.*\n/, '')}`)
  await connection.end()
}

/** The same application under other keys, the active one first. */
async function under({ app, filesFolder }: Previous, keys: readonly [DataKey, ...DataKey[]]): Promise<AppContext> {
  const secrets = createSecrets(keys)
  return { ...app, secrets, files: await createFiles(filesFolder, secrets) }
}

eachDatabase((db, make) => {
  describe('a database of the previous version', () => {
    it('opens, verifies its audit, shows what it holds, and is re-keyed so that the old key is not needed any more', async () => {
      const previous = await openPrevious(await make({ tables: 'empty' }), db)
      try {
        const { app, written } = previous
        await app.store.migrate()
        expect(await app.store.drift()).to.deep.equal([])
        await proveRows(app)
        expect(await verifyAudit(app, OPERATOR)).to.deep.equal({ rows: written.rows, listings: 3, faults: [] })
        const numbers = await mustGiveAway(app)
        await keyBearers(app)
        await mustShowEverything(app, written)
        // The same key again: what earlier versions left bare is keyed, and nothing else is lost.
        expect(await rotateKeys(app, OPERATOR)).to.include({ damaged: 0 })
        expect(await givenAway(app, numbers)).to.deep.equal([])
        expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
        await mustShowEverything(app, written)

        const rotating = await under(previous, [NEXT_KEY, TEST_KEY])
        const done = await rotateKeys(rotating, OPERATOR)
        expect(done).to.include({ listings: 3, damaged: 0, files: 1 })
        expect(done.values).to.be.above(10)
        const after = await under(previous, [NEXT_KEY])
        expect((await verifyAudit(after, OPERATOR)).faults).to.deep.equal([])
        await mustShowEverything(after, written)
        expect(await rotateKeys(rotating, OPERATOR)).to.deep.equal({ listings: 0, values: 0, files: 0, damaged: 0 })
      } finally {
        await previous.close()
      }
    })

    it('keeps a chain with a fault as it is, so that re-keying covers nothing up', async () => {
      const previous = await openPrevious(await make({ tables: 'empty' }), db)
      try {
        const { app, written } = previous
        await app.store.migrate()
        await proveRows(app)
        const subject = `listing:${written.listings[0]}`
        await app.store.write((tx) => tx.run("update audit set actor = 'staff:nobody' where subject = ? and n = 1", [subject]))
        const old = await app.store.read((tx) => auditOf(tx, subject))
        expect(await rotateKeys(app, OPERATOR)).to.include({ damaged: 1 })
        expect(await app.store.read((tx) => auditOf(tx, subject))).to.deep.equal(old)
        expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([{ subject, n: 1, fault: 'hash' }])
      } finally {
        await previous.close()
      }
    })
  })
})

/** Before its keys are renewed, the database gives away what the test of the attack searches. @returns the identity numbers in it. */
async function mustGiveAway(app: AppContext): Promise<string[]> {
  const rows = await app.store.read((db) => listingsAfter(db, '', 100))
  const numbers = rows.map((row) => toListing(app.secrets, row).content.debtor.identifier)
  expect(await givenAway(app, numbers)).to.include.members(['audit.detail', 'complaint.codeHash', 'delivery.bodyHash'])
  return numbers
}

async function mustShowEverything(app: AppContext, { listings, complaint }: Written): Promise<void> {
  const states = []
  for (const id of listings) states.push((await showListing(app, CLERK, id)).state)
  expect(states).to.deep.equal(['listed', 'shielded', 'listed'])
  const shown = JSON.stringify(await showComplaint(app, CLERK, complaint.id))
  expect(shown).to.include('央宗卓玛').and.include('隔壁窗口')
  const { evidence } = (await showComplaint(app, CLERK, complaint.id)) as { evidence: { id: string }[] }
  const { content } = await openEvidence(app, CLERK, { complaintId: complaint.id, evidenceId: evidence[0]?.id ?? '' })
  const parts: Buffer[] = []
  for await (const part of content) parts.push(part as Buffer)
  expect(Buffer.concat(parts).subarray(0, 2).toString('hex')).to.equal('ffd8')
}
