// A year of the court, day by day: every procedure, people who are late, two processes that are killed; and what must be true at its end.
// The days are test/support/year; single procedures have tests of their own beside this one.

import { expect } from 'chai'
import { verifyAudit } from '../../src/features/audit/views.ts'
import { runClocks } from '../../src/daily.ts'
import { instantAt } from '../../src/core/calendar.ts'
import { SYSTEM } from '../../src/platform/commands/permissions.ts'
import { createSchedule } from '../../src/platform/scheduler/schedule.ts'
import { nightlyTasks } from '../../src/nightly.ts'
import { closeDesks, makeDesk, type Desk } from '../support/delivery-setup.ts'
import { eachDatabase, type MakeApp } from '../support/app.ts'
import { chance } from '../support/year/chance.ts'
import { startProcesses, type Processes } from '../support/year/keepers.ts'
import { live, type Keepers, type Plan } from '../support/year/life.ts'
import { disturbances, openEnds, quarters, sums, wronglySent } from '../support/year/reckoning.ts'
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

/** A year in which one of these never happened proves less than it says. */
const HAPPENED = [
  ...['drafted', 'published', 'taken over', 'published by others', 'corrected', 'shielded', 'suspensions'],
  ...['lift orders', 'lift orders never answered', 'lifted', 'retained', 'objections', 'objections upheld', 'objections rejected'],
  ...['repairs', 'complaints', 'complaints upheld', 'complaints not_upheld'],
  ...['returns', 'returns never made', 'pushes', 'assistance', 'refused 2026Q2', 'approved 2026Q2'],
]

/** Another year by `YEAR_SEED`: what people do follows from it. When a process dies in its work does not, and never comes twice alike. */
const seed = Number(process.env['YEAR_SEED'] ?? 11)
const processes: Processes[] = []

async function desk(make: MakeApp, profile: string): Promise<Desk> {
  return makeDesk(make, { now: instantAt(YEAR.first, 0, 5), env: { CLOCK_PROFILE: profile }, twilio: { script: [] } })
}

/** The house in this very process. */
function atHome({ app, dispatcher }: Desk): Keepers {
  const broadcaster = createBroadcaster(app)
  const chores = createSchedule(app, [], nightlyTasks(app))
  return {
    tell: () => undefined,
    async rest() {
      await runClocks(app, SYSTEM)
      await chores.catchUp()
      await broadcaster.processAll()
      await dispatcher.processAll()
    },
  }
}

async function mustAddUp(made: Desk, world: World): Promise<void> {
  expect(await openEnds(made.app), 'clocks').to.deep.equal([])
  expect(await wronglySent(made), 'messages').to.deep.equal([])
  expect(await disturbances(made.app), 'quiet hours and caps').to.deep.equal([])
  expect(await sums(world), 'sums').to.deep.equal([])
  expect(await quarters(world), 'quarters').to.deep.equal([])
  expect((await verifyAudit(made.app, { id: 'operator:test', roles: ['operator'] })).faults).to.deep.equal([])
}

/** Lived again by `YEAR_SEED=…`. */
async function said<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    if (error instanceof Error) error.message = `YEAR_SEED=${seed}: ${error.message}`
    throw error
  })
}

describe('a year', () => {
  afterEach(async () => {
    for (const each of processes.splice(0)) await each.end()
    await closeDesks()
  })

  eachDatabase((db, make) => {
    it(`of ${db === 'sqlite' ? 'a small court under the statute, in one process' : 'the court, in two processes that are killed'}`, async function () {
      this.timeout(900_000)
      const made = await desk(make, db === 'sqlite' ? 'statute' : 'seed')
      const world = await makeWorld(made.app, made.clock, seed)
      if (made.url === undefined) {
        await said(live(world, SMALL, atHome(made)))
        return said(mustAddUp(made, world))
      }
      const order = { database: made.url, twilio: made.twilio.url, wechat: made.wechat.url, folder: made.folder, env: {} }
      const keepers = await startProcesses(order, chance(seed + 1), 0.03)
      processes.push(keepers)
      await said(live(world, BIG, keepers))
      await said(mustAddUp(made, world))
      expect(
        HAPPENED.filter((what) => !world.done.has(what)),
        'never happened',
      ).to.deep.equal([])
      expect(keepers.kills(), 'processes were killed').to.be.above(3)
      expect(keepers.complaints, 'a healthy house writes no errors').to.deep.equal([])
    })
  })
})
