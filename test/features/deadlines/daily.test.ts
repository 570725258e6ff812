// The day's work as a whole: a part that fails is logged, stops no other, and is tried again.
// What each part does is in the tests of its subject.

import { expect } from 'chai'
import { runDailyTasks } from '../../../src/daily.ts'
import { runDeadlines } from '../../../src/features/deadlines/tasks.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { SYSTEM } from '../../../src/platform/commands/permissions.ts'
import type { Db } from '../../../src/platform/database/database.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { addStaff, addUnit, at, openClocks, theClock, told } from '../../support/deadlines.ts'

/** The application on a database that fails a statement or a table. */
function failing(app: AppContext, what: RegExp): AppContext {
  const stop = (text: string): void => {
    if (what.test(text)) throw new Error(`no ${text.slice(0, 40)}`)
  }
  const broken = <T extends Db>(db: T): T =>
    new Proxy(db, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key)
        if (key === 'manager')
          return new Proxy(target.manager, {
            get: (manager, name) => {
              if (name !== 'getRepository') return Reflect.get(manager, name) as unknown
              return (schema: { options: { name: string } }) => {
                stop(`repository of ${schema.options.name}`)
                return manager.getRepository(schema as never)
              }
            },
          })
        if (typeof value !== 'function') return value
        return (...input: unknown[]): unknown => {
          if (typeof input[0] === 'string') stop(input[0])
          return (value as (...all: unknown[]) => unknown).apply(target, input)
        }
      },
    })
  return {
    ...app,
    store: {
      ...app.store,
      read: (question) => app.store.read((db) => question(broken(db))),
      write: (change) => app.store.write((tx) => change(broken(tx))),
    },
  }
}

const PARTS: readonly [part: string, fails: RegExp][] = [
  ['lifts.reach', /provenAt/],
  ['deadlines', /from deadline d where d\.state = 'open'/],
  ['lifts.complete', /repository of lift$/],
  ['feedback.rounds', /from feedback_round/],
  ['quarterly_list', /from push p/],
]

eachDatabase((_db, make) => {
  const failed = ({ logged }: TestApp): unknown[] =>
    logged.filter(({ event }) => event === 'schedule.failed').map(({ facts }) => facts.name)

  async function dayBefore(): Promise<TestApp> {
    const made = await make({ now: at('2026-03-31', 10) })
    await addStaff(made.app, 'clerk', '13800000009')
    await addUnit(made.app, 'water')
    await runDailyTasks(made.app, SYSTEM)
    await openClocks(made.app, [
      { code: 'objection.carry_out', subject: 'objection:1', start: '2026-03-30' },
      { code: 'objection.review', subject: 'objection:2', start: '2026-03-19' },
    ])
    made.clock.set(at('2026-04-03'))
    return made
  }

  for (const [part, fails] of PARTS)
    it(`does the other parts of the day although ${part} fails, logs it, and does it later the same day`, async () => {
      const made = await dayBefore()
      const { app, clock } = made
      await runDailyTasks(failing(app, fails), SYSTEM)
      expect(failed(made)).to.deep.equal([part])
      const state = (await theClock(app, 'objection:1')).state
      expect(state).to.equal(part === 'deadlines' ? 'open' : 'missed')
      clock.advance(11 * 60_000)
      await runDailyTasks(app, SYSTEM)
      expect(failed(made)).to.deep.equal([part])
      expect((await theClock(app, 'objection:1')).state).to.equal('missed')
      expect((await told(app, 'deadline.missed')).map(({ recipient }) => recipient)).to.have.length.above(0)
      expect((await runDailyTasks(app, SYSTEM)).days).to.deep.equal([])
    })

  it('reports nobody late with telling units while the proofs of it cannot be read', async () => {
    const { app, clock } = await dayBefore()
    await openClocks(app, [{ code: 'lift.notify', subject: 'bulletin:1', start: '2026-03-27' }])
    clock.set(at('2026-04-08'))
    await runDailyTasks(failing(app, /provenAt/), SYSTEM)
    expect((await theClock(app, 'bulletin:1')).state).to.equal('open')
    clock.advance(11 * 60_000)
    await runDailyTasks(app, SYSTEM)
    expect((await theClock(app, 'bulletin:1')).state).to.equal('missed')
  })

  it('reminds although ending periods fails, and reports misses and ends together once it succeeds, or the next day', async () => {
    const made = await dayBefore()
    const { app, clock } = made
    await openClocks(app, [{ code: 'retention.end', subject: 'lift_answer:1', start: '2026-04-02' }])
    const broken = { 'retention.end': () => Promise.reject(new Error('no')) }
    expect(await runDeadlines(app, SYSTEM, broken)).to.include({ missed: 1, ended: 0, reminded: 1 })
    expect(failed(made)).to.deep.equal(['deadlines.end'])
    const events = async (): Promise<string[]> => [...new Set((await told(app)).map(({ event }) => event))].sort()
    expect(await events()).to.deep.equal(['deadline.reminder:2026-04-03'])
    clock.set(at('2026-04-04'))
    expect((await runDeadlines(app, SYSTEM, broken)).days).to.deep.equal(['2026-04-03'])
    expect(await events()).to.include('deadline.missed:2026-04-03')
    clock.advance(11 * 60_000)
    expect(await runDeadlines(app, SYSTEM)).to.include({ ended: 1 })
    expect(await events()).to.include('deadline.missed:2026-04-04')
  })
})
