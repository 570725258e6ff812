// Two processes that run the house through the simulated year, and the one that kills them without a word at moments of chance.
// What a process does is house-child.ts.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Chance } from './chance.ts'
import type { Order } from './app-child.ts'
import type { Keepers } from './life.ts'

export interface Processes extends Keepers {
  /** How often one of them was killed. */
  kills(): number
  /** What they wrote on standard error: a healthy house writes nothing there. */
  complaints: string[]
  end(): Promise<void>
}

interface Running {
  child: ChildProcess
  ready: boolean
  /** The hour it was last told, and the last it has finished. */
  told: number
  idle: number
}

/** @param share of hours in which one of the two dies. */
export async function startProcesses(order: Order, chance: Chance, share: number): Promise<Processes> {
  const running = new Set<Running>()
  const complaints: string[] = []
  let now = 0
  let kills = 0
  let failure: Error | undefined
  let waiting: (() => void) | undefined
  const wake = (): void => waiting?.()

  function start(): Running {
    const child = spawn(process.execPath, ['--import', 'tsx', 'test/support/year/app-child.ts', JSON.stringify(order)], {
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    })
    const one: Running = { child, ready: false, told: 0, idle: -1 }
    running.add(one)
    if (child.stderr !== null) createInterface({ input: child.stderr }).on('line', (line) => void complaints.push(line))
    child.on('message', (said: { up?: true; idle?: number }) => {
      if (said.idle !== undefined) one.idle = said.idle
      if (said.up === true) {
        one.ready = true
        if (now > 0) send(one)
      }
      wake()
    })
    child.once('exit', (code, signal) => {
      running.delete(one)
      if (signal !== 'SIGKILL')
        failure = new Error(`a process of the house ended by itself: ${String(code ?? signal)}\n${complaints.join('\n')}`)
      wake()
    })
    return one
  }

  function send(one: Running): void {
    one.told = now
    one.child.send({ now })
  }

  /** One dies while it works, and another is started in its place. */
  function strike(): void {
    const victims = [...running].filter((one) => one.ready && one.idle !== one.told)
    if (victims.length < 2) return
    kills += 1
    chance.pick(victims).child.kill('SIGKILL')
    start()
  }

  const isResting = (): boolean => {
    const at = [...running].filter((one) => one.ready)
    return at.length > 0 && at.every((one) => one.told === now && one.idle === now)
  }

  start()
  start()
  while ([...running].some((one) => !one.ready) && failure === undefined) await new Promise<void>((resolve) => (waiting = resolve))

  return {
    complaints,
    kills: () => kills,
    tell(instant) {
      now = instant.getTime()
      for (const one of running) if (one.ready) send(one)
      if (chance.yes(share)) setTimeout(strike, chance.int(1, 120))
    },
    async rest() {
      while (!isResting() && failure === undefined) await new Promise<void>((resolve) => (waiting = resolve))
      if (failure !== undefined) throw failure
    },
    async end() {
      for (const { child } of [...running]) {
        const gone = once(child, 'exit')
        child.kill('SIGKILL')
        await gone
      }
    },
  }
}
