// The drill of a backup on both databases: it is made while the application is in use, restored elsewhere, verified, and refused when
// anything about it is wrong.

import { appendFileSync, existsSync } from 'node:fs'
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openApp, type OpenApp } from '../../../src/app.ts'
import { makeBackup } from '../../../src/backup.ts'
import { readConfig, type Config } from '../../../src/config/config.ts'
import { createSecrets, type DataKey } from '../../../src/core/secrets.ts'
import { enquire } from '../../../src/features/enquiry/views.ts'
import { addEvidence, openEvidence } from '../../../src/features/complaints/evidence.commands.ts'
import { fileComplaint } from '../../../src/features/complaints/commands.ts'
import { PUBLIC, type Actor } from '../../../src/platform/commands/permissions.ts'
import { restoreBackup, type RestoreReport } from '../../../src/restore.ts'
import { eachDatabase, TEST_KEY, type TestApp } from '../../support/app.ts'
import { addTheUnits } from '../../support/complaints.ts'
import { CLERK } from '../../support/deadlines.ts'
import { enter } from '../../support/entered.ts'
import { lendDatabase, type LentDatabase } from '../../support/mariadb.ts'
import { jpeg } from '../../support/media.ts'
import { refusal } from '../../support/refusal.ts'
import { runZxt } from '../../support/zxt-process.ts'

const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }
const OFFICE: Actor = { id: 'staff:office', roles: ['group_office'] }
const LISTED = { identifier: '533421198410140222' }
const WRONG: DataKey = { id: 't1', bytes: Buffer.alloc(32, 5) }

/** What a manifest says, as a test changes it. */
type Content = Record<string, unknown> & { files: { path: string; bytes: number; sha256: string }[] }

const written = ({ id, bytes }: DataKey): string => `${id}:${bytes.toString('base64')}`

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(content)
}

eachDatabase((db, make) => {
  describe('a backup', function () {
    this.timeout(120_000)
    let made: TestApp
    let source: OpenApp
    let place: string
    let backup: string
    let evidence: { complaint: string; id: string }
    const lent: LentDatabase[] = []

    /** A place to restore into: a folder of its own, and an empty database. */
    const target = async (name: string, key: DataKey | null = TEST_KEY): Promise<Config> => {
      const database = db === 'mariadb' ? await lendDatabase('empty') : undefined
      if (database !== undefined) lent.push(database)
      return configOf(join(place, name), database?.url, key)
    }
    const configOf = (folder: string, url: string | undefined, key: DataKey | null): Config =>
      readConfig({
        NODE_ENV: 'test',
        LOG_LEVEL: 'silent',
        DATA_DIR: folder,
        ...(url === undefined ? {} : { DATABASE_URL: url }),
        ...(key === null ? {} : { DATA_KEY: written(key) }),
      })
    const restore = (config: Config, folder = backup): Promise<RestoreReport> =>
      restoreBackup(config, OPERATOR, { folder, verify: true, edges: { clock: made.clock } })
    /** A copy of the backup in which something is changed. */
    const altered = async (change: (folder: string) => Promise<void>): Promise<string> => {
      const folder = await mkdtemp(join(place, 'altered-'))
      await cp(backup, folder, { recursive: true })
      await change(folder)
      return folder
    }
    const flip = async (path: string, at: number): Promise<void> => {
      const bytes = await readFile(path)
      bytes[at] = (bytes[at] ?? 0) ^ 1
      await writeFile(path, bytes)
    }

    /** A copy of the backup whose manifest is changed and signed again, as only a faulty program with the key could. */
    const rewritten = (change: (content: Content) => unknown): Promise<string> =>
      altered(async (folder) => {
        const path = join(folder, 'manifest.json')
        const { content } = JSON.parse(await readFile(path, 'utf8')) as { content: Content }
        const changed = change(content) ?? content
        await writeFile(path, JSON.stringify({ content: changed, signature: createSecrets([TEST_KEY]).sign(JSON.stringify(changed)) }))
      })

    before(async () => {
      made = await make()
      await enter(made.app, 'list.xlsx', 'takeover')
      await addTheUnits(made.app)
      source = await openApp(configOf(made.folder, made.url, TEST_KEY), { clock: made.clock })
      const form = { about: 'unit', text: '国土局没有查名单就办了手续。', unitId: 'land', anonymous: true, way: 'web' } as const
      const filed = await fileComplaint(source.app, PUBLIC, form)
      const added = await addEvidence(source.app, PUBLIC, { complaint: { number: filed.number, code: filed.code }, content: once(jpeg()) })
      evidence = { complaint: filed.id, id: added.id }
      place = await mkdtemp(join(tmpdir(), 'zxt-backup-'))
      backup = join(place, 'backup')
      await makeBackup(source.app, OPERATOR, backup)
    })
    after(async () => {
      await source.close()
      for (const database of lent) await database.giveBack()
      await rm(place, { recursive: true, force: true })
    })

    it('is restored elsewhere, where the audit is whole, the list answers and the evidence is shown', async () => {
      const config = await target('copy')
      const report = await restore(config)
      expect(report.counts['listing']).to.equal(240)
      expect(report.verified?.opened).to.equal(1)
      expect(report.verified?.rows).to.be.above(240)
      const { app, close } = await openApp(config, { clock: made.clock })
      try {
        expect((await enquire(app, PUBLIC, LISTED)).entries).to.have.length(1)
        const { content } = await openEvidence(app, CLERK, { complaintId: evidence.complaint, evidenceId: evidence.id })
        const parts: Buffer[] = []
        for await (const part of content as AsyncIterable<Buffer>) parts.push(part)
        expect(Buffer.concat(parts).subarray(0, 2).toString('hex')).to.equal('ffd8')
      } finally {
        await close()
      }
    })

    it('holds the fingerprint of the key and never the key, in files of its owner alone', async () => {
      const names = await readdir(backup, { recursive: true })
      expect(names).to.include('manifest.json').and.include(`files/evidence-${evidence.id}`)
      expect(names).not.to.include('data-key')
      const manifest = await readFile(join(backup, 'manifest.json'), 'utf8')
      expect(manifest).to.match(/"fingerprint": "[0-9A-F]{4}(-[0-9A-F]{4}){3}"/)
      for (const name of names) {
        const path = join(backup, name)
        const facts = await stat(path)
        expect(facts.mode & 0o777, name).to.equal(facts.isDirectory() ? 0o700 : 0o600)
        if (facts.isFile()) expect((await readFile(path)).includes(written(TEST_KEY).slice(3, 40)), name).to.equal(false)
      }
    })

    it('is refused with a wrong key or without one, and nothing is written', async () => {
      expect((await target('wrong', WRONG).then((config) => refusal('key_refused', () => restore(config)))).values['expected']).to.match(
        /^t1 /,
      )
      await target('none', null).then((config) => refusal('key_absent', () => restore(config)))
      expect(existsSync(join(place, 'wrong'))).to.equal(false)
      expect(existsSync(join(place, 'none'))).to.equal(false)
    })

    it('is refused when a byte of the database, of a file or of the manifest has changed, by the name of the file', async () => {
      const config = await target('damaged')
      const database = db === 'sqlite' ? 'zxt.sqlite' : 'database.sql.gz'
      for (const [name, at] of [
        [database, 5_000],
        [`files/evidence-${evidence.id}`, 60],
      ] as const) {
        const folder = await altered((each) => flip(join(each, name), at))
        expect((await refusal('backup_damaged', () => restore(config, folder))).values).to.deep.equal({ file: name })
      }
      const counted = await altered(async (folder) => {
        const path = join(folder, 'manifest.json')
        await writeFile(path, (await readFile(path, 'utf8')).replace('"listing": 240', '"listing": 239'))
      })
      expect((await refusal('backup_damaged', () => restore(config, counted))).values).to.deep.equal({ file: 'manifest.json' })
      expect(existsSync(join(place, 'damaged'))).to.equal(false)
    })

    it('is refused when a file is missing, the manifest included', async () => {
      const config = await target('missing')
      for (const name of [`files/evidence-${evidence.id}`, 'manifest.json']) {
        const folder = await altered((each) => rm(join(each, name)))
        expect((await refusal('backup_file_missing', () => restore(config, folder))).values).to.deep.equal({ file: name })
      }
      expect(existsSync(join(place, 'missing'))).to.equal(false)
    })

    it('is refused when a journal lies beside the copy of the database, which would be played over the checked file', async () => {
      const config = await target('journal')
      for (const name of ['zxt.sqlite-wal', 'zxt.sqlite-shm', 'zxt.sqlite-journal']) {
        const folder = await altered((each) => writeFile(join(each, name), 'x'))
        expect((await refusal('backup_journal', () => restore(config, folder))).values).to.deep.equal({ file: name })
      }
      expect(existsSync(join(place, 'journal'))).to.equal(false)
    })

    it('is refused when a file is in it that the manifest does not name, or something that is no plain file', async () => {
      const config = await target('strange')
      const refuse = async (
        code: Parameters<typeof refusal>[0],
        file: string,
        change: (folder: string) => Promise<unknown>,
      ): Promise<void> => {
        const folder = await altered(async (each) => {
          await change(each)
        })
        expect((await refusal(code, () => restore(config, folder))).values, file).to.deep.equal({ file })
      }
      await refuse('backup_file_unlisted', 'notes.txt', (each) => writeFile(join(each, 'notes.txt'), ''))
      await refuse('backup_file_unlisted', 'files/evidence-x', (each) => writeFile(join(each, 'files', 'evidence-x'), ''))
      await refuse('backup_file_strange', 'files/more', (each) => mkdir(join(each, 'files', 'more')))
      await refuse('backup_file_strange', 'more', (each) => mkdir(join(each, 'more')))
      await refuse('backup_file_strange', 'away', (each) => symlink('/etc/hostname', join(each, 'away')))
      const elsewhere = async (each: string, name: string): Promise<void> => {
        const kept = join(place, `kept-${name.replace('/', '-')}`)
        await rename(join(each, name), kept)
        await symlink(kept, join(each, name))
      }
      for (const name of [`files/evidence-${evidence.id}`, 'files', 'manifest.json'])
        await refuse('backup_file_strange', name, (each) => elsewhere(each, name))
      expect(existsSync(join(place, 'strange'))).to.equal(false)
    })

    it('is refused when a file is longer or shorter than the manifest says, with both sizes', async () => {
      const config = await target('sizes')
      const name = `files/evidence-${evidence.id}`
      const { size } = await stat(join(backup, name))
      const longer = await altered((each) => appendFile(join(each, name), 'x'))
      const shorter = await altered((each) => truncate(join(each, name), size - 1))
      for (const [folder, bytes] of [
        [longer, size + 1],
        [shorter, size - 1],
      ] as const)
        expect((await refusal('backup_size', () => restore(config, folder))).values).to.deep.equal({ file: name, bytes, expected: size })
    })

    it('is refused when its manifest lacks a part, has one of another shape or names a path outside, by the name of the part', async () => {
      const config = await target('shape')
      const parts: [field: string, change: (content: Content) => unknown][] = [
        ...['madeAt', 'program', 'database', 'migrations', 'keys', 'counts', 'files'].map(
          (name): [string, (content: Content) => unknown] => [
            name,
            (content) => Object.fromEntries(Object.entries(content).filter(([each]) => each !== name)),
          ],
        ),
        ['keys', (content) => ({ ...content, keys: [] })],
        ['keys.0.fingerprint', (content) => ({ ...content, keys: [{ id: 't1' }] })],
        ['migrations', (content) => ({ ...content, migrations: 'all' })],
        ['counts.listing', (content) => ({ ...content, counts: { listing: 'many' } })],
        ['madeAt', (content) => ({ ...content, madeAt: 'yesterday' })],
        ['files.0.bytes', (content) => ({ ...content, files: [{ ...content.files[0], bytes: -1 }] })],
        ['files.0.sha256', (content) => ({ ...content, files: [{ ...content.files[0], sha256: 'x' }] })],
        ['files', (content) => ({ ...content, files: content.files.slice(1) })],
        ['files', (content) => ({ ...content, files: [...content.files, content.files[0]] })],
      ]
      for (const path of [
        '../zxt.sqlite',
        'files/../../x',
        '/etc/hostname',
        'files/..',
        'files\\x',
        'data-key',
        'zxt.sqlite-wal',
        'files/a/b',
      ])
        parts.push(['files.0.path', (content) => ({ ...content, files: [{ ...content.files[0], path }] })])
      for (const [field, change] of parts) {
        const folder = await rewritten(change)
        expect((await refusal('backup_manifest', () => restore(config, folder))).values, field).to.deep.equal({ field })
      }
      for (const text of [
        '',
        '{',
        'null',
        '[]',
        '"x"',
        '{"content":null,"signature":"x"}',
        '{"content":{"format":1}}',
        '{"signature":1}',
      ]) {
        const folder = await altered((each) => writeFile(join(each, 'manifest.json'), text))
        await refusal('backup_manifest', () => restore(config, folder))
      }
      expect(existsSync(join(place, 'shape'))).to.equal(false)
    })

    it('is refused when a newer program made it, whatever else its manifest has, and with the migration that is not known', async () => {
      const config = await target('newer')
      const format = await rewritten(() => ({ format: 2, parts: [] }))
      expect((await refusal('backup_newer', () => restore(config, format))).values).to.deep.equal({ format: 2 })
      const migration = await rewritten((content) => ({ ...content, migrations: ['none-9999'] }))
      expect((await refusal('database_newer', () => restore(config, migration))).values).to.deep.equal({ migration: 'none-9999' })
    })

    it('is refused when it changes after it was checked, and what was copied is taken away again', async () => {
      if (db !== 'sqlite') return
      const config = await target('changing')
      const name = `files/evidence-${evidence.id}`
      const folder = await altered(() => Promise.resolve())
      for (const [step, within] of [
        ['copied', join(place, 'changing')],
        ['checked', folder],
      ] as const) {
        const progress = (reached: string): void => {
          if (reached === step) appendFileSync(join(within, name), 'x')
        }
        const options = { folder, verify: true, edges: { clock: made.clock }, progress }
        const refused = await refusal('backup_size', () => restoreBackup(config, OPERATOR, options))
        expect(refused.values['file'], step).to.equal(name)
        const left = await readdir(join(place, 'changing'), { recursive: true })
        expect(left.filter((each) => /sqlite|evidence/.test(each))).to.deep.equal([])
      }
      await restore(config)
    })

    it('is not restored beside a journal of an earlier database', async () => {
      if (db !== 'sqlite') return
      for (const name of ['zxt.sqlite-wal', 'zxt.sqlite-journal', 'zxt.sqlite.part']) {
        const config = await target(`earlier-${name}`)
        await mkdir(config.dataFolder, { recursive: true })
        await writeFile(join(config.dataFolder, name), 'x')
        const { values } = await refusal('restore_place_used', () => restore(config))
        expect(values['place']).to.equal(join(config.dataFolder, name))
      }
    })

    it('is restored into an empty place only, and made in an empty folder only', async () => {
      const here = configOf(made.folder, made.url, TEST_KEY)
      await refusal('restore_place_used', () => restore(here))
      const filed = await target('filed')
      await mkdir(join(place, 'filed', 'files'), { recursive: true })
      await writeFile(join(place, 'filed', 'files', 'x'), '')
      await refusal('restore_place_used', () => restore(filed))
      await refusal('backup_folder_used', () => makeBackup(source.app, OPERATOR, backup))
    })

    it('leaves an audit row of who made it, and is for the operator alone', async () => {
      const rows = await source.app.store.read((each) => each.query<{ actor: string }>("select actor from audit where act = 'data.backup'"))
      expect(rows).to.deep.equal([{ actor: OPERATOR.id }])
      await refusal('not_allowed', () => makeBackup(source.app, OFFICE, join(place, 'office')))
    })

    it('is made and restored by the commands of the terminal, which say which key it needs, or which tool is not installed', async () => {
      const settings = { DATA_DIR: made.folder, DATA_KEY: written(TEST_KEY), ...(made.url === undefined ? {} : { DATABASE_URL: made.url }) }
      const folder = join(place, 'typed')
      if (db === 'mariadb') {
        const { code, output } = await runZxt({ ...settings, PATH: '/nowhere' }, 'backup', folder)
        expect(code).to.equal(1)
        expect(output).to.include('mariadb-dump').and.include('apt-get install mariadb-client').and.include('[backup_tool_missing]')
        return
      }
      const { code, output } = await runZxt(settings, 'backup', folder)
      expect(code, output).to.equal(0)
      expect(output)
        .to.match(/\d 个文件/)
        .and.match(/需要数据密钥：t1 [0-9A-F-]{19}（/)
      const restored = await runZxt({ ...settings, DATA_DIR: join(place, 'typed-copy') }, 'restore', folder, '--verify')
      expect(restored.code, restored.output).to.equal(0)
      expect(restored.output).to.include('条目 240 条').and.include('核对无误，打开材料 1 份')
    })
  })
})
