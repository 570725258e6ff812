// Two servers on one SQLite folder, a server that was killed, commands beside a server, and commands in a folder without data.
// The processes are real: a lock must end with its process.

import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openApp } from '../../../src/app.ts'
import { readConfig } from '../../../src/config/config.ts'
import { lockFolder } from '../../../src/platform/database/database-lock.ts'
import { mariadbAnswers, lendDatabase } from '../../support/mariadb.ts'
import { refusal } from '../../support/refusal.ts'
import { until } from '../../support/until.ts'
import { runZxt, startZxt, type ZxtProcess } from '../../support/zxt-process.ts'

const NOW = new Date('2026-11-22T02:00:00.000Z')

describe('a SQLite folder', () => {
  let folder: string
  const running: ZxtProcess[] = []

  const start = (): ZxtProcess => {
    const server = startZxt({ DATA_DIR: folder, PORT: '0' }, 'start')
    running.push(server)
    return server
  }
  const isUp = async (server: ZxtProcess): Promise<void> => {
    await until('the server prints its address', () => server.output().includes('http://127.0.0.1'))
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'zxt-'))
  })
  afterEach(async () => {
    for (const { child, ended } of running.splice(0)) {
      child.kill('SIGKILL')
      await ended
    }
    await rm(folder, { recursive: true, force: true })
  })

  it('is one server’s: a second is refused and names the first; commands work beside it; a killed one leaves no lock', async () => {
    const first = start()
    await isUp(first)
    const second = await runZxt({ DATA_DIR: folder, PORT: '0' }, 'start')
    expect(second.code).to.equal(1)
    expect(second.output)
      .to.include(`进程号 ${first.child.pid ?? 0}，20`)
      .and.include(folder)
      .and.include('[folder_held]')
    expect(await runZxt({ DATA_DIR: folder }, 'staff', 'list')).to.include({ code: 0 })
    first.child.kill('SIGKILL')
    expect(await first.ended).to.equal('SIGKILL')
    const third = start()
    await isUp(third)
    third.child.kill('SIGTERM')
    expect(await third.ended).to.equal(0)
    expect(existsSync(join(folder, 'zxt.pid'))).to.equal(false)
  })

  it('is free again once it is released, and its lock is readable by its owner alone', async () => {
    const lock = lockFolder(folder, NOW)
    const refused = await refusal('folder_held', () => Promise.resolve().then(() => lockFolder(folder, NOW)))
    expect(refused.values).to.deep.equal({ folder, pid: String(process.pid), since: '2026-11-22 10:00' })
    for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o777, name).to.equal(0o600)
    lock.release()
    lockFolder(folder, NOW).release()
  })

  it('without data is left as it is by every command, which says where it looked', async () => {
    for (const words of [['staff', 'list'], ['migrate']]) {
      const place = join(folder, 'elsewhere')
      const { code, output } = await runZxt({ DATA_DIR: place }, ...words)
      expect(code).to.equal(1)
      expect(output).to.include(place).and.include('[data_missing]')
      expect(existsSync(place)).to.equal(false)
    }
  })

  it('of files alone, without the database, counts as a folder without data', async () => {
    const config = readConfig({ NODE_ENV: 'test', DATA_DIR: folder, LOG_LEVEL: 'silent' })
    await (await openApp(config)).close()
    await (await openApp(config, { create: false })).close()
    await rm(join(folder, 'zxt.sqlite'))
    await refusal('data_missing', () => openApp(config, { create: false }))
    expect(existsSync(join(folder, 'zxt.sqlite'))).to.equal(false)
  })

  it('beside an empty database on a server gets its tables by `zxt migrate` or a start, and by no other command', async function () {
    if (!(await mariadbAnswers())) return
    const lent = await lendDatabase('empty')
    try {
      const settings = { DATA_DIR: folder, DATABASE_URL: lent.url }
      const config = readConfig({ LOG_LEVEL: 'silent', ...settings })
      await refusal('data_missing', () => openApp(config, { create: false }))
      const { code, output } = await runZxt(settings, 'migrate')
      expect(code, output).to.equal(0)
      await (await openApp(config, { create: false })).close()
    } finally {
      await lent.giveBack()
    }
  })
})
