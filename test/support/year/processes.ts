// Runs the simulated year in two processes, and kills one of them at random moments.
// What a process does is app-child.ts.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Chance } from './chance.ts'
import type { Order } from './app-child.ts'
import type { Runner } from './days.ts'

export interface Processes extends Runner {
  /** How often a process was killed. */
  kills(): number
  /** Lines on standard error; there are none without errors. */
  complaints: string[]
  end(): Promise<void>
}

interface Running {
  child: ChildProcess
  ready: boolean
  /** The time it was last given, and the last time it has finished. */
  given: number
  idle: number
}

/** Starts two processes. @param share of steps in which one of them is killed. */
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
    const self: Running = { child, ready: false, given: 0, idle: -1 }
    running.add(self)
    if (child.stderr !== null) createInterface({ input: child.stderr }).on('line', (line) => void complaints.push(line))
    child.on('message', (message: { up?: true; idle?: number }) => {
      if (message.idle !== undefined) self.idle = message.idle
      if (message.up === true) {
        self.ready = true
        if (now > 0) send(self)
      }
      wake()
    })
    child.once('exit', (code, signal) => {
      running.delete(self)
      if (signal !== 'SIGKILL')
        failure = new Error(`a process of the application ended by itself: ${String(code ?? signal)}\n${complaints.join('\n')}`)
      wake()
    })
    return self
  }

  function send(to: Running): void {
    to.given = now
    to.child.send({ now })
  }

  /** Kills a process while it works, and starts another in its place. */
  function killOne(): void {
    const victims = [...running].filter((each) => each.ready && each.idle !== each.given)
    if (victims.length < 2) return
    kills += 1
    chance.pick(victims).child.kill('SIGKILL')
    start()
  }

  const isResting = (): boolean => {
    const ready = [...running].filter((each) => each.ready)
    return ready.length > 0 && ready.every((each) => each.given === now && each.idle === now)
  }

  start()
  start()
  while ([...running].some((each) => !each.ready) && failure === undefined) await new Promise<void>((resolve) => (waiting = resolve))

  return {
    complaints,
    kills: () => kills,
    setTime(instant) {
      now = instant.getTime()
      for (const each of running) if (each.ready) send(each)
      if (chance.yes(share)) setTimeout(killOne, chance.int(1, 120))
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
