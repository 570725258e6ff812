// Feedback round of COUNT units with ten questions each: opening (returns, deadlines, prefilled figures), notifying, and closing.
// Prints one JSON line for each database: seconds of each part. `tsx bench/round.ts [units]`.

import { placeOf } from '../src/platform/database/sealing.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import mysql from 'mysql2/promise'
import type { AppContext } from '../src/platform/commands/command.ts'
import { closeFeedback, openRound, notifyRoundUnits } from '../src/features/feedback/rounds.commands.ts'
import { runRounds } from '../src/features/feedback/tasks.ts'
import { openApp } from '../src/app.ts'
import { readConfig } from '../src/config/config.ts'
import { instantAt } from '../src/core/calendar.ts'
import { manualClock } from '../src/core/clock.ts'
import { newId } from '../src/core/ids.ts'
import { SYSTEM } from '../src/platform/commands/permissions.ts'
import { insertScreenings, type ScreeningRow } from '../src/features/screening/store.ts'
import { insertUnits, liaisonTable, type LiaisonRow } from '../src/features/units/store.ts'

const count = Number(process.argv[2] ?? 5_000)
const QUESTIONS = 10
const server = process.env['BENCH_MARIADB_URL'] ?? 'mysql://root@127.0.0.1:3306/'
const NAME = 'zxt_bench_round'

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
  const clock = manualClock(instantAt('2026-08-03', 10))
  const { app, close } = await openApp(readConfig({ DATA_DIR: folder, LOG_LEVEL: 'warn', ...env }), { clock })
  try {
    await addUnits(app)
    clock.set(instantAt('2026-10-01', 0, 5))
    const seconds: Record<string, number> = {}
    const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      const started = performance.now()
      const result = await work()
      seconds[name] = Math.round((performance.now() - started) / 10) / 100
      return result
    }
    const round = await timed('open', () => openRound(app, SYSTEM, { quarter: '2026Q3' }))
    const notified = await timed('tell', () => notifyRoundUnits(app, round.id))
    if (notified !== round.units || round.units < count) throw new Error(`${notified} of ${round.units} were notified`)
    await timed('nothing_due', () => runRounds(app, SYSTEM))
    clock.set(instantAt('2026-11-01', 0, 5))
    const report = await timed('close', () => closeFeedback(app, SYSTEM, { id: round.id }))
    if (report.totals.units !== round.units) throw new Error(`${report.totals.units} in the report`)
    process.stdout.write(`${JSON.stringify({ bench: 'round', db, units: round.units, questions: count * QUESTIONS, seconds })}\n`)
  } finally {
    await close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Adds members of a class that implements measures, each with a liaison who has a phone, and their questions. */
async function addUnits(app: AppContext): Promise<void> {
  const { secrets } = app
  const [unitClass] = await app.store.read((db) =>
    db.query<{ id: string }>('select u.id from unit u join measure_unit l on l.unit_id = u.id where u.is_class = ? limit 1', [true]),
  )
  const at = app.clock.now()
  const blank = { kind: 'bank', isClass: false, classId: unitClass?.id ?? null, leadingGroupMember: false, active: true, seeded: false }
  for (let start = 0; start < count; start += 1_000) {
    const ids = Array.from({ length: Math.min(1_000, count - start) }, (_, n) => `bench_${String(start + n).padStart(6, '0')}`)
    const liaisons = ids.map((unitId, n): LiaisonRow => {
      const id = newId()
      const phone = `+8613900${String(start + n).padStart(6, '0')}`
      const reach = {
        phone: secrets.seal(phone, placeOf(liaisonTable, 'phone', { id })),
        phoneIndex: secrets.index('phone', phone),
        wechat: null,
        wechatIndex: null,
        wechaty: null,
        wechatyIndex: null,
      }
      return { id, unitId, name: '联络员', head: false, ...reach, active: true, createdAt: at }
    })
    await app.store.write(async (tx) => {
      await insertUnits(
        tx,
        ids.map((id) => ({ ...blank, id, name: `${id}支行` })),
      )
      await tx.insert(liaisonTable, liaisons)
      await insertScreenings(
        tx,
        ids.flatMap((unitId) => Array.from({ length: QUESTIONS }, (_, n) => question(unitId, at, n))),
      )
    })
  }
}

function question(unitId: string, askedAt: Date, n: number): ScreeningRow {
  const refused = n % 4 === 0
  return {
    id: newId(),
    unitId,
    actor: 'unit_key:bench',
    measureId: null,
    subject: null,
    subjectIndex: null,
    answer: refused ? 'hit' : 'none',
    advice: refused ? 'restrict' : 'no_record',
    hits: refused ? 1 : 0,
    result: null,
    listVersion: 1,
    askedAt,
    requestKey: String(n),
    batchId: null,
    outcome: refused ? 'refused' : null,
    outcomeReason: null,
    outcomeAt: refused ? askedAt : null,
    outcomeBy: refused ? 'unit_key:bench' : null,
    version: 1,
    blankedAt: null,
  }
}
