// A year of the court, day by day: every procedure, people who are late, two processes that are killed; and what must be true at its end.
// The days are in test/support/year.

import { expect } from 'chai'
import { verifyAudit } from '../../src/features/audit/views.ts'
import { runDailyTasks } from '../../src/daily.ts'
import { instantAt } from '../../src/core/calendar.ts'
import { SYSTEM } from '../../src/platform/commands/permissions.ts'
import { createSchedule } from '../../src/platform/scheduler/schedule.ts'
import { nightlyTasks } from '../../src/nightly.ts'
import { closeSetups, makeSetup, type DeliverySetup } from '../support/delivery-setup.ts'
import { eachDatabase, type MakeApp } from '../support/app.ts'
import { chance } from '../support/year/chance.ts'
import { startProcesses, type Processes } from '../support/year/processes.ts'
import { live, type Runner, type Plan } from '../support/year/days.ts'
import { disturbances, openEnds, quarters, sums, wronglySent } from '../support/year/checks.ts'
import { makeWorld, type World } from '../support/year/world.ts'
import { createBroadcaster } from '../../src/features/bulletins/tasks.ts'

const YEAR = { first: '2025-12-01', lastNew: '2026-10-10', last: '2026-12-20' } as const
const BIG: Plan = {
  ...YEAR,
  listings: 2_000,
  every: {
    batch: 35,
    leaving: 60,
    early: 120,
    mistake: 45,
    objection: 21,
    repair: 30,
    complaint: 10,
    screening: 4,
    assistance: 25,
    account: 40,
  },
}
const SMALL: Plan = {
  ...YEAR,
  listings: 100,
  every: {
    batch: 60,
    leaving: 90,
    early: 120,
    mistake: 60,
    objection: 45,
    repair: 60,
    complaint: 20,
    screening: 12,
    assistance: 60,
    account: 60,
  },
}

/** What must happen at least once, so that the year proves something about it. */
const MUST_HAPPEN = [
  ...['drafted', 'published', 'taken over', 'published by others', 'corrected', 'shielded', 'suspensions'],
  ...['lift orders', 'lift orders never answered', 'lifted', 'retained', 'objections', 'objections upheld', 'objections rejected'],
  ...['repairs', 'complaints', 'complaints upheld', 'complaints not_upheld'],
  ...['returns', 'returns never made', 'pushes', 'assistance', 'refused 2026Q2', 'approved 2026Q2'],
]

/** `YEAR_SEED` chooses what people do. The moments at which processes are killed are different in every run. */
const seed = Number(process.env['YEAR_SEED'] ?? 11)
const processes: Processes[] = []

async function makeYearApp(make: MakeApp, profile: string): Promise<DeliverySetup> {
  return makeSetup(make, { now: instantAt(YEAR.first, 0, 5), env: { CLOCK_PROFILE: profile }, twilio: { script: [] } })
}

/** Runs the application in the process of the test. */
function inThisProcess({ app, dispatcher }: DeliverySetup): Runner {
  const broadcaster = createBroadcaster(app)
  const nightly = createSchedule(app, [], nightlyTasks(app))
  return {
    setTime: () => undefined,
    async rest() {
      await runDailyTasks(app, SYSTEM)
      await nightly.catchUp()
      await broadcaster.processAll()
      await dispatcher.processAll()
    },
  }
}

async function expectNothingWrong(made: DeliverySetup, world: World): Promise<void> {
  expect(await openEnds(made.app), 'deadlines').to.deep.equal([])
  expect(await wronglySent(made), 'messages').to.deep.equal([])
  expect(await disturbances(made.app), 'quiet hours and caps').to.deep.equal([])
  expect(await sums(world), 'sums').to.deep.equal([])
  expect(await quarters(world), 'quarters').to.deep.equal([])
  expect((await verifyAudit(made.app, { id: 'operator:test', roles: ['operator'] })).faults).to.deep.equal([])
}

/** Adds the seed to an error, so that the year can be repeated. */
async function withSeed<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    if (error instanceof Error) error.message = `YEAR_SEED=${seed}: ${error.message}`
    throw error
  })
}

describe('a simulated year', () => {
  afterEach(async () => {
    for (const each of processes.splice(0)) await each.end()
    await closeSetups()
  })

  eachDatabase((db, make) => {
    const title =
      db === 'sqlite'
        ? 'leaves nothing open or wrong in a small court under the statute, in one process'
        : 'leaves nothing open or wrong in a court of two processes that are killed'
    it(title, async function () {
      this.timeout(900_000)
      const made = await makeYearApp(make, db === 'sqlite' ? 'statute' : 'seed')
      const world = await makeWorld(made.app, made.clock, seed)
      if (made.url === undefined) {
        await withSeed(live(world, SMALL, inThisProcess(made)))
        return withSeed(expectNothingWrong(made, world))
      }
      const order = { database: made.url, twilio: made.twilio.url, wechat: made.wechat.url, folder: made.folder, env: {} }
      const runner = await startProcesses(order, chance(seed + 1), 0.03)
      processes.push(runner)
      await withSeed(live(world, BIG, runner))
      await withSeed(expectNothingWrong(made, world))
      expect(
        MUST_HAPPEN.filter((what) => !world.done.has(what)),
        'never happened',
      ).to.deep.equal([])
      expect(runner.kills(), 'processes were killed').to.be.above(3)
      expect(runner.complaints, 'errors were logged').to.deep.equal([])
    })
  })
})
