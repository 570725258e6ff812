// platform/scheduler/loop: rounds, waking, failures, and a stop that waits for the rounds under way.

import { expect } from 'chai'
import { AppError } from '../../../src/core/errors.ts'
import { createLoop, type Loop } from '../../../src/platform/scheduler/loop.ts'
import { pause, until } from '../../support/until.ts'

describe('the loop of a polling task', () => {
  const logged: string[] = []
  const record = (event: string): void => void logged.push(event)
  const log = { debug: record, info: record, warn: record, error: record }

  beforeEach(() => {
    logged.length = 0
  })

  it('starts the next round when it is woken, and otherwise only after its pause', async () => {
    let rounds = 0
    const loop = createLoop(log, { name: 'job', poll: 60_000, round: async () => Promise.resolve((rounds += 1)) })
    loop.start()
    loop.start()
    await until('the first round is over', () => rounds === 1)
    await pause(50)
    expect(rounds).to.equal(1)
    loop.wake()
    await until('the second round is over', () => rounds === 2)
    await loop.stop()
  })

  it('waits for the rounds under way when it stops, then finishes, and can be started again', async () => {
    const seen: string[] = []
    let begun = 0
    const loop: Loop = createLoop(log, {
      name: 'job',
      poll: 60_000,
      lanes: 2,
      async round() {
        begun += 1
        await pause(30)
        seen.push(loop.isStopping() ? 'ended while stopping' : 'ended')
      },
      finish: () => Promise.resolve(void seen.push('finished')),
    })
    loop.start()
    await until('both lanes have begun', () => begun === 2)
    await loop.stop()
    expect(seen).to.deep.equal(['ended while stopping', 'ended while stopping', 'finished'])
    loop.start()
    await until('both lanes have begun again', () => begun === 4)
    await loop.stop()
  })

  it('goes on after a failed round, and logs a database that is away otherwise than a defect', async () => {
    const failures = [new AppError('database_unavailable'), new AppError('database_busy'), new Error('defect')]
    let rounds = 0
    const loop = createLoop(log, {
      name: 'job',
      poll: 5,
      round() {
        rounds += 1
        const failure = failures.shift()
        return failure === undefined ? Promise.resolve() : Promise.reject(failure)
      },
    })
    loop.start()
    await until('a round succeeds', () => rounds > 3)
    await loop.stop()
    expect(logged).to.deep.equal(['job.database_away', 'job.database_away', 'job.failed'])
  })
})
