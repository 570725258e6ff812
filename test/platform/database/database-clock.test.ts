// The time that all processes have: the database's, whatever their machines say.
// Dispatchers on real processes whose clocks are wrong are row e of the fault table (test/journeys/chaos.test.ts).

import { expect } from 'chai'
import { openApp, type OpenApp } from '../../../src/app.ts'
import { readConfig } from '../../../src/config/config.ts'
import { manualClock, systemClock, type Clock } from '../../../src/core/clock.ts'
import { AppError } from '../../../src/core/errors.ts'
import { SYSTEM } from '../../../src/platform/commands/permissions.ts'
import { openClock, type ClockDeps, type OpenClock } from '../../../src/platform/database/database-clock.ts'
import type { Db } from '../../../src/platform/database/database.ts'
import { runOnce } from '../../../src/platform/scheduler/runs.ts'
import { withLease } from '../../../src/platform/scheduler/step-lease.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { pause } from '../../support/until.ts'

const START = new Date('2026-11-30T02:00:00.000Z')
const MINUTE = 60_000

/** A machine and a database whose times are set by hand. */
function world() {
  const [machine, database] = [manualClock(START), manualClock(START)]
  const said: unknown[] = []
  const log = {
    debug: () => undefined,
    info: () => undefined,
    error: () => undefined,
    warn: (_event: string, facts = {}) => void said.push(facts),
  }
  const state = { watch: 0, away: false, takes: 0, asked: 0 }
  const pass = (milliseconds: number): void => {
    machine.advance(milliseconds)
    database.advance(milliseconds)
    state.watch += milliseconds
  }
  const store = {
    sqlite: false,
    read<T>(question: (db: Db) => Promise<T>): Promise<T> {
      state.asked += 1
      if (state.away) return Promise.reject(new AppError('database_unavailable', {}))
      const now = database.now()
      pass(state.takes)
      return question({ sqlite: false, query: () => Promise.resolve([{ now }]) } as unknown as Db)
    },
  }
  const deps: ClockDeps = { store, log, machine, stopwatch: () => state.watch, every: 2 }
  /** Waits until the database was asked once more. */
  const asked = async (): Promise<void> => {
    const before = state.asked
    while (state.asked < before + 2) await pause(2)
  }
  return { machine, database, deps, said, state, pass, asked }
}

describe('the clock of an installation', () => {
  const opened: OpenClock[] = []
  const open = async (deps: ClockDeps): Promise<Clock> => {
    const one = await openClock(deps)
    opened.push(one)
    return one.clock
  }
  afterEach(() => {
    for (const one of opened.splice(0)) one.close()
  })

  it('shows the time of the database, goes on with a stopwatch, and says by how many seconds the machine differs', async () => {
    const { machine, database, deps, said, pass } = world()
    machine.advance(10 * MINUTE)
    const clock = await open(deps)
    expect(clock.now()).to.deep.equal(database.now())
    expect(clock.machine?.now()).to.deep.equal(machine.now())
    pass(90_000)
    expect(clock.now()).to.deep.equal(database.now())
    expect(said).to.deep.equal([{ seconds: 600 }])
  })

  it('changes nothing when somebody sets the clock of the machine, and says so once', async () => {
    const { machine, database, deps, said, asked } = world()
    const clock = await open(deps)
    machine.advance(-10 * MINUTE)
    expect(clock.now()).to.deep.equal(database.now())
    await asked()
    await asked()
    expect(clock.now()).to.deep.equal(database.now())
    expect(said).to.deep.equal([{ seconds: -600 }])
  })

  it('follows the database when its clock is set', async () => {
    const { database, deps, asked } = world()
    const clock = await open(deps)
    database.advance(3 * MINUTE)
    await asked()
    expect(clock.now()).to.deep.equal(database.now())
  })

  it('goes on while the database is away', async () => {
    const { database, deps, state, pass, asked } = world()
    const clock = await open(deps)
    state.away = true
    pass(5 * MINUTE)
    await asked()
    expect(clock.now()).to.deep.equal(database.now())
  })

  it('learns nothing from a slow answer that does not contradict what it knows', async () => {
    const { database, deps, state, asked } = world()
    const clock = await open(deps)
    state.takes = 800
    await asked()
    state.takes = 0
    expect(Math.abs(clock.now().getTime() - database.now().getTime())).to.be.below(2)
  })

  eachDatabase((db, make) => {
    let made: TestApp
    beforeEach(async () => {
      made = await make()
    })

    it(db === 'sqlite' ? 'is the machine’s on SQLite' : 'is the time that the server itself gives', async () => {
      const { store, log } = made.app
      const machine = manualClock(new Date(systemClock.now().getTime() + 10 * MINUTE))
      const clock = await open({ store, log, machine })
      if (db === 'sqlite') expect(clock).to.equal(machine)
      else expect(Math.abs(clock.now().getTime() - systemClock.now().getTime())).to.be.below(2_000)
    })

    it('is the clock of an application that is opened without another', async () => {
      const { url, folder } = made
      const config = readConfig({
        NODE_ENV: 'test',
        LOG_LEVEL: 'silent',
        DATA_DIR: folder,
        DATA_KEY: `t1:${Buffer.alloc(32, 7).toString('base64url')}`,
        ...(url === undefined ? {} : { DATABASE_URL: url }),
      })
      const one: OpenApp = await openApp(config)
      expect(one.app.clock.machine).to.equal(db === 'sqlite' ? undefined : systemClock)
      await one.close()
    })

    if (db === 'sqlite') return

    /** The application as a process has it whose machine is so many minutes ahead. */
    async function processAhead(minutes: number): Promise<TestApp['app']> {
      const machine: Clock = { now: () => new Date(systemClock.now().getTime() + minutes * MINUTE) }
      const { store, log } = made.app
      return { ...made.app, clock: await open({ store, log, machine }) }
    }

    it('lets one process do a task, although another is twenty minutes ahead of it', async () => {
      const [behind, ahead] = [await processAhead(-10), await processAhead(10)]
      const run = { name: 'test', bucket: '2026-11-30' }
      let done = 0
      const second = async (): Promise<void> => {
        done += 1
        expect(await runOnce(ahead, SYSTEM, run, () => Promise.resolve(void (done += 1)))).to.equal(false)
      }
      expect(await runOnce(behind, SYSTEM, run, second)).to.equal(true)
      expect(done).to.equal(1)
    })

    it('leaves a long step to the process that works on it, although another is twenty minutes ahead of it', async () => {
      const [behind, ahead] = [await processAhead(-10), await processAhead(10)]
      const lost = new AppError('import_other_running')
      const step = { name: 'test', bucket: 'step' }
      const taken = await withLease(behind, step, lost, () =>
        withLease(ahead, step, lost, () => Promise.resolve('taken')).catch((error: unknown) => error),
      )
      expect(taken).to.equal(lost)
    })
  })
})
