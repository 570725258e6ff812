// Deadlines: one run of the daily task over COUNT open deadlines on a quiet day, a day on which all are reminded of, and one on which all
// are missed. Prints one JSON line for each database: seconds of each run and megabytes it took. `npm run bench:clocks [-- count]`.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import mysql from 'mysql2/promise'
import { runDeadlines } from '../src/features/deadlines/tasks.ts'
import { openDeadlines } from '../src/features/deadlines/commands.ts'
import { openApp } from '../src/app.ts'
import { readConfig } from '../src/config/config.ts'
import { instantAt } from '../src/core/calendar.ts'
import { manualClock } from '../src/core/clock.ts'
import { SYSTEM } from '../src/platform/commands/permissions.ts'
import { allUnits } from '../src/features/units/store.ts'

const count = Number(process.argv[2] ?? 100_000)
const server = process.env['BENCH_MARIADB_URL'] ?? 'mysql://root@127.0.0.1:3306/'
const NAME = 'zxt_bench_clocks'

const admin = await mysql.createConnection(server)
try {
  await admin.query(`drop database if exists ${NAME}`)
  await admin.query(`create database ${NAME} character set utf8mb4 collate utf8mb4_bin`)
  await measure('mariadb', { DATABASE_URL: `${server}${NAME}` })
  await measure('sqlite', {})
} finally {
  await admin.query(`drop database if exists ${NAME}`)
  await admin.end()
}

async function measure(db: string, env: Record<string, string>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'zxt-bench-'))
  const clock = manualClock(instantAt('2026-03-02', 10))
  const { app, close } = await openApp(readConfig({ DATA_DIR: folder, LOG_LEVEL: 'warn', ...env }), { clock })
  try {
    const units = (await app.store.read(allUnits)).filter((unit) => !unit.isClass)
    // Due on 23 March, with reminders one working day before and on the day; half belong to the court, half to units.
    for (let start = 0; start < count; start += 5_000)
      await app.store.write((tx) =>
        openDeadlines(
          { app, tx, now: clock.now() },
          Array.from({ length: Math.min(5_000, count - start) }, (_, n) => ({
            code: n % 2 === 0 ? ('objection.review' as const) : ('complaint.resolve' as const),
            subject: `bench:${start + n}`,
            start: n % 2 === 0 ? '2026-03-06' : '2026-03-02',
            ...(n % 2 === 0 ? {} : { unitId: units[n % units.length]?.id ?? '' }),
          })),
        ),
      )
    const seconds: Record<string, number> = {}
    const before = process.memoryUsage().rss
    let peak = before
    const sampling = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 50)
    for (const [name, day] of [
      ['quiet', '2026-03-03'],
      ['reminded', '2026-03-23'],
      ['missed', '2026-03-24'],
    ] as const) {
      clock.set(instantAt(day, 0, 5))
      // The days in between are left out: they do the same work and find nothing.
      const started = performance.now()
      const report = await runDeadlines(app, SYSTEM)
      seconds[name] = Math.round((performance.now() - started) / 10) / 100
      if (name !== 'quiet' && report[name] !== count) throw new Error(`${name}: ${report[name]} of ${count}`)
    }
    clearInterval(sampling)
    const memoryMb = Math.round((peak - before) / 1_048_576)
    process.stdout.write(`${JSON.stringify({ bench: 'clocks', db, count, seconds, memoryMb })}\n`)
  } finally {
    await close()
    await rm(folder, { recursive: true, force: true })
  }
}
