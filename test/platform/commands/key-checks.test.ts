// Starting with a wrong data key, with none, and while keys are being replaced: the database tells, and the start is refused.
// Replacing the key itself is keeping.test.ts.

import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openApp, type OpenApp } from '../../../src/app.ts'
import { readConfig } from '../../../src/config/config.ts'
import { ConfigError } from '../../../src/config/problems.ts'
import { createSecrets, type DataKey } from '../../../src/core/secrets.ts'
import { enquire } from '../../../src/features/enquiry/views.ts'
import { keyCheckTable, knownKeys } from '../../../src/platform/commands/key-checks.store.ts'
import { rotateKeys } from '../../../src/platform/commands/key-rotation.ts'
import { PUBLIC, type Actor } from '../../../src/platform/commands/permissions.ts'
import { eachDatabase, TEST_KEY, type TestApp } from '../../support/app.ts'
import { enter } from '../../support/entered.ts'
import { refusal } from '../../support/refusal.ts'
import { runZxt } from '../../support/zxt-process.ts'

const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }
const WRONG: DataKey = { id: 't1', bytes: Buffer.alloc(32, 5) }
const NEXT: DataKey = { id: 't2', bytes: Buffer.alloc(32, 9) }
const LISTED = { identifier: '533421198410140222' }

const written = (...keys: DataKey[]): string => keys.map(({ id, bytes }) => `${id}:${bytes.toString('base64')}`).join(',')
const fingerprint = (key: DataKey): string => `${key.id} ${createSecrets([key]).fingerprints.get(key.id) ?? ''}`

eachDatabase((_db, make) => {
  describe('a database with encrypted data', () => {
    let made: TestApp

    const settings = (keys: DataKey[]): Record<string, string> => ({
      NODE_ENV: 'test',
      DATA_DIR: made.folder,
      LOG_LEVEL: 'silent',
      ...(made.url === undefined ? {} : { DATABASE_URL: made.url }),
      ...(keys.length === 0 ? {} : { DATA_KEY: written(...keys) }),
    })
    const start = (...keys: DataKey[]): Promise<OpenApp> => openApp(readConfig(settings(keys)))
    const starts = async (...keys: DataKey[]): Promise<void> => (await start(...keys)).close()
    const keys = async (): Promise<string[]> =>
      (await made.app.store.read(knownKeys)).map(({ keyId, fingerprint: print }) => `${keyId} ${print}`)

    beforeEach(async () => {
      made = await make()
      await enter(made.app, 'list.xlsx', 'takeover')
    })

    it('of an older release is opened only by a key that opens what is stored, whose fingerprint it then keeps', async () => {
      const refused = await refusal('key_refused', () => start(WRONG))
      expect(refused.values).to.deep.equal({ expected: 't1', found: fingerprint(WRONG) })
      expect((await refusal('key_refused', () => start(NEXT))).values).to.deep.equal({ expected: 't1', found: fingerprint(NEXT) })
      expect(await keys()).to.deep.equal([])
      await starts(TEST_KEY)
      expect(await keys()).to.deep.equal([fingerprint(TEST_KEY)])
      await starts(TEST_KEY)
    })

    it('refuses a wrong key afterwards, and names the key it expects and the one it found', async () => {
      await starts(TEST_KEY)
      const refused = await refusal('key_refused', () => start(WRONG))
      expect(refused.values).to.deep.equal({ expected: fingerprint(TEST_KEY), found: fingerprint(WRONG) })
    })

    it('never gets a new key in development: without DATA_KEY and key file the start is refused, and no file is made', async () => {
      const path = join(made.folder, 'data-key')
      expect((await refusal('key_absent', () => start())).values).to.deep.equal({ expected: 't1' })
      await starts(TEST_KEY)
      expect((await refusal('key_absent', () => start())).values).to.deep.equal({ expected: fingerprint(TEST_KEY) })
      expect(existsSync(path)).to.equal(false)
      await writeFile(path, written(TEST_KEY))
      const { app, close } = await start()
      expect((await enquire(app, PUBLIC, LISTED)).entries).to.have.length(1)
      await close()
    })

    it('needs both keys while they are being replaced, and the new one alone when nothing is left under the old one', async () => {
      await starts(TEST_KEY)
      await refusal('key_refused', () => start(NEXT))
      const both = await start(NEXT, TEST_KEY)
      expect((await refusal('key_refused', () => start(NEXT))).values).to.include({ expected: fingerprint(TEST_KEY) })
      expect((await refusal('key_refused', () => start(TEST_KEY))).values).to.include({ expected: fingerprint(NEXT) })
      await rotateKeys(both.app, OPERATOR)
      await both.close()
      const { app, close } = await start(NEXT)
      expect((await enquire(app, PUBLIC, LISTED)).entries).to.have.length(1)
      await close()
      expect(await keys()).to.deep.equal([fingerprint(NEXT)])
    })

    it('keeps asking for the old key when a listing was too damaged to be moved to the new one', async () => {
      await starts(TEST_KEY)
      await made.app.store.write((tx) =>
        tx.run("update listing set obligation = 'changed' where id = (select id from (select min(id) as id from listing) l)"),
      )
      const { app, close } = await start(NEXT, TEST_KEY)
      expect((await rotateKeys(app, OPERATOR)).damaged).to.equal(1)
      await close()
      await refusal('key_refused', () => start(NEXT))
      await starts(NEXT, TEST_KEY)
    })

    it('lets one of two first starts with different keys win', async () => {
      await made.app.store.write((tx) =>
        tx.insert(keyCheckTable, [{ keyId: 't1', fingerprint: fingerprint(WRONG).slice(3), at: made.clock.now() }]),
      )
      await refusal('key_refused', () => start(TEST_KEY))
    })

    it('refuses the commands of the terminal as well, in words that say what to do', async () => {
      await starts(TEST_KEY)
      const { code, output } = await runZxt(settings([WRONG]), 'staff', 'list')
      expect(code).to.equal(1)
      expect(output)
        .to.include('数据密钥不对')
        .and.include(fingerprint(TEST_KEY))
        .and.include(fingerprint(WRONG))
        .and.include('[key_refused]')
      expect(output).not.to.include(written(WRONG).slice(3))
      const none = await runZxt(settings([]), 'start')
      expect(none.code).to.equal(1)
      expect(none.output).to.include('不另行生成密钥').and.include(fingerprint(TEST_KEY))
    })
  })
})

describe('an empty folder', () => {
  let folder: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'zxt-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('gets a key at its first start, which later starts read', async () => {
    const config = readConfig({ NODE_ENV: 'test', DATA_DIR: folder, LOG_LEVEL: 'silent' })
    const first = await openApp(config)
    await first.close()
    expect(first.madeKey).to.equal(join(folder, 'data-key'))
    const text = await readFile(join(folder, 'data-key'), 'utf8')
    const second = await openApp(config)
    await second.close()
    expect(second.madeKey).to.equal(null)
    expect(await readFile(join(folder, 'data-key'), 'utf8')).to.equal(text)
    await rm(join(folder, 'data-key'))
    await refusal('key_absent', () => openApp(config))
  })

  it('gets no key when encrypted files lie in it without their database', async () => {
    const config = readConfig({ NODE_ENV: 'test', DATA_DIR: folder, LOG_LEVEL: 'silent' })
    const first = await openApp(config)
    await first.app.files.put('evidence', [Buffer.from('content')] as unknown as AsyncIterable<Uint8Array>, { maxBytes: 100 })
    await first.close()
    for (const name of ['zxt.sqlite', 'zxt.sqlite-wal', 'zxt.sqlite-shm', 'data-key']) await rm(join(folder, name), { force: true })
    await refusal('key_absent', () => openApp(config))
    expect(existsSync(join(folder, 'data-key'))).to.equal(false)
  })

  it('gets no key in production', async () => {
    const config = readConfig({ DATA_DIR: folder, LOG_LEVEL: 'silent' })
    const opening = openApp({ ...config, production: true })
    expect(await opening.catch((error: unknown) => error)).to.be.instanceOf(ConfigError)
  })
})
