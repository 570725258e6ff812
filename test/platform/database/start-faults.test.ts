// A start that fails says why, in words of the operator: which host, port, user, database or folder, and what to do. The password stays out.
// What users read while the database is away is test/messaging/outage.test.ts.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openApp } from '../../../src/app.ts'
import { loadCatalog } from '../../../src/catalog.ts'
import { readConfig } from '../../../src/config/config.ts'
import { AppError, type Code } from '../../../src/core/errors.ts'
import { explain } from '../../../src/platform/cli/terminal.ts'
import { lockFolder } from '../../../src/platform/database/database-lock.ts'
import { listenFault, startFault } from '../../../src/platform/database/start-faults.ts'
import { lendDatabase, mariadbAnswers } from '../../support/mariadb.ts'
import { refusal } from '../../support/refusal.ts'
import { runZxt } from '../../support/zxt-process.ts'

const PASSWORD = 'snow%40mountain'
const URL_OF = `mysql://court:${PASSWORD}@db.court.example:3307/zxt`
const { templatesFolder } = readConfig({})

describe('a failed start', () => {
  let folder: string
  const servers: Server[] = []

  const starting = (settings: Record<string, string>): Promise<unknown> =>
    openApp(readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent', DATA_DIR: join(folder, 'data'), ...settings }))
  /** A listener that does this with every connection. */
  const listener = async (meet: Parameters<typeof createServer>[1]): Promise<number> => {
    const server = createServer(meet)
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  }
  const closed = async (): Promise<number> => {
    const port = await listener(() => undefined)
    await new Promise((resolve) => servers.pop()?.close(resolve))
    return port
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'zxt-'))
  })
  afterEach(async () => {
    for (const server of servers.splice(0)) server.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('names host and port of a server that refuses, hangs up, or cannot be found', async () => {
    const port = await closed()
    const refused = await refusal('start_server_refuses', () =>
      starting({ DATABASE_URL: `mysql://court:${PASSWORD}@127.0.0.1:${port}/zxt` }),
    )
    expect(refused.values).to.deep.equal({ host: '127.0.0.1', port: String(port), user: 'court', database: 'zxt', code: 'ECONNREFUSED' })
    const rude = await listener((socket) => socket.destroy())
    await refusal('start_server_hangs_up', () => starting({ DATABASE_URL: `mysql://court:${PASSWORD}@127.0.0.1:${rude}/zxt` }))
  })

  it('names user and database when the server knows them not', async function () {
    if (!(await mariadbAnswers())) return
    const lent = await lendDatabase('empty')
    try {
      const wrong = new URL(lent.url)
      wrong.username = 'nobody_here'
      wrong.password = PASSWORD
      const refused = await refusal('start_password_wrong', () => starting({ DATABASE_URL: wrong.href }))
      expect(refused.values).to.include({ user: 'nobody_here' })
      const text = explain(loadCatalog(templatesFolder), refused)
      expect(text)
        .to.include('nobody_here')
        .and.include(`${wrong.hostname}:${wrong.port || '3306'}`)
      expect(text).not.to.include(PASSWORD).and.not.include('snow')
      const missing = new URL(lent.url)
      missing.pathname = '/zxt_test_never_made'
      const { values } = await refusal('start_database_missing', () => starting({ DATABASE_URL: missing.href }))
      expect(values).to.include({ database: 'zxt_test_never_made' })
    } finally {
      await lent.giveBack()
    }
  })

  it('has words for every cause that a server gives, and names all that can be corrected but the password', () => {
    const catalog = loadCatalog(templatesFolder)
    const causes: Record<string, Code> = {
      ENOTFOUND: 'start_host_unknown',
      ETIMEDOUT: 'start_server_silent',
      ER_SECURE_TRANSPORT_REQUIRED: 'start_tls_needed',
      ER_DBACCESS_DENIED_ERROR: 'start_rights_missing',
      ER_CON_COUNT_ERROR: 'start_server_full',
      ER_OPTION_PREVENTS_STATEMENT: 'start_server_read_only',
      ER_HOST_NOT_PRIVILEGED: 'start_host_refused',
    }
    for (const [code, expected] of Object.entries(causes)) {
      const raw = Object.assign(new Error(`from the driver with ${PASSWORD}`), { code })
      for (const error of [raw, new AppError('database_unavailable', { code }, [], raw)]) {
        const fault = startFault({ dataFolder: folder, databaseUrl: URL_OF }, error)
        expect(fault).to.include({ code: expected })
        expect(explain(catalog, fault), code).to.include('db.court.example').and.not.include('snow')
      }
    }
  })

  it('names the folder that it cannot use, a database file that is none, and a full disk', async () => {
    await writeFile(join(folder, 'file'), 'no folder')
    const place = join(folder, 'file', 'data')
    expect((await refusal('start_folder_closed', () => starting({ DATA_DIR: place }))).values['folder']).to.include(join(folder, 'file'))
    await refusal('start_folder_closed', () => Promise.resolve().then(() => lockFolder(place, new Date(0))))
    await writeFile(
      join(folder, 'zxt.sqlite'),
      'this is no database, but it is long enough to be taken for one by a hasty reader of headers',
    )
    await refusal('start_file_broken', () => starting({ DATA_DIR: folder }))
    const full = Object.assign(new Error('full'), { code: 'SQLITE_FULL' })
    expect(startFault({ dataFolder: '/data' }, full)).to.deep.include({
      code: 'start_disk_full',
      values: { folder: '/data', code: 'SQLITE_FULL' },
    })
    const readOnly = Object.assign(new Error('ro'), { code: 'SQLITE_READONLY_DIRECTORY' })
    expect(startFault({ dataFolder: '/data' }, readOnly)).to.include({ code: 'start_folder_closed' })
    const files = Object.assign(new Error('ro'), { code: 'EROFS', path: '/data/files' })
    expect(startFault({ dataFolder: '/data', databaseUrl: URL_OF }, files)).to.deep.include({
      values: { folder: '/data/files', code: 'EROFS' },
    })
  })

  it('leaves every other error as it is', () => {
    const defect = new Error('a defect')
    expect(startFault({ dataFolder: folder, databaseUrl: URL_OF }, defect)).to.equal(defect)
    expect(startFault({ dataFolder: folder }, defect)).to.equal(defect)
    const elsewhere = Object.assign(new Error('no template'), { code: 'ENOENT', path: '/program/templates/x.yaml' })
    expect(startFault({ dataFolder: folder }, elsewhere)).to.equal(elsewhere)
    const refused = new AppError('key_refused')
    expect(startFault({ dataFolder: folder }, refused)).to.equal(refused)
    expect(listenFault({ host: 'x', port: 1 }, defect)).to.equal(defect)
  })

  it('names the port that is in use, and the address that is not this machine’s', async () => {
    const port = await listener(() => undefined)
    const { code, output } = await runZxt({ DATA_DIR: folder, PORT: String(port) }, 'start')
    expect(code).to.equal(1)
    expect(output).to.include(`端口 ${port}（127.0.0.1）已被占用`)
    const other = await runZxt({ DATA_DIR: folder, HOST: '203.0.113.7', PORT: '0' }, 'start')
    expect(other.output).to.include('203.0.113.7:0').and.include('请检查 HOST')
  })
})
