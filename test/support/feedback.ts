// What tests of feedback begin with: units that must return figures, their liaisons, and questions they asked in a quarter.

import { placeOf } from '../../src/platform/database/sealing.ts'
import { addLiaison } from '../../src/features/units/commands.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { instantAt, type Day } from '../../src/core/calendar.ts'
import { newId } from '../../src/core/ids.ts'
import type { Actor } from '../../src/platform/commands/permissions.ts'
import { insertScreenings, screeningTable, type ScreeningRow } from '../../src/features/screening/store.ts'
import { insertUnits, measureTable, measureUnitTable, type UnitRow } from '../../src/features/units/store.ts'
import { ADMIN } from './deadlines.ts'

export const OFFICE: Actor = { id: 'staff:office', roles: ['group_office'] }
export const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }
/** The actor of a unit's liaison. */
export const of = (unitId: string): Actor => ({ id: `liaison:${unitId}`, roles: ['liaison'], unitId })

const UNIT: Omit<UnitRow, 'id' | 'name'> = {
  kind: 'government',
  isClass: false,
  classId: null,
  leadingGroupMember: false,
  active: true,
  seeded: true,
}

/** Adds units with measures m1 and m2, a liaison and a head each; and units without a return: a class, an inactive one, one without any. */
export async function unitsWithDuty(app: AppContext, ids: readonly string[]): Promise<void> {
  const asked = ids.map((id) => ({ ...UNIT, id, name: `${id}局` }))
  const others = [
    { ...UNIT, id: 'banks', name: '各商业银行', isClass: true },
    { ...UNIT, id: 'gone', name: '已撤并单位', active: false },
    { ...UNIT, id: 'idle', name: '没有措施的单位' },
  ]
  await app.store.write(async (tx) => {
    await insertUnits(tx, [...asked, ...others])
    await tx.insert(
      measureTable,
      ['m1', 'm2', 'm3'].map((id, n) => ({ id, position: n + 1, title: `措施${id}`, detail: '{}' })),
    )
    await tx.insert(
      measureUnitTable,
      [...ids, 'banks', 'gone'].flatMap((unitId) => ['m1', 'm2'].map((measureId) => ({ measureId, unitId }))),
    )
  })
  for (const [n, unitId] of ids.entries()) {
    await addLiaison(app, ADMIN, { unitId, name: '甲', phone: `138000${String(10_000 + n)}` })
    await addLiaison(app, ADMIN, { unitId, name: '乙', head: true, phone: `138001${String(10_000 + n)}` })
  }
}

/** Inserts screenings of one unit on a day, all with a hit, one for each outcome. */
export async function asked(
  app: AppContext,
  unitId: string,
  day: Day,
  outcomes: readonly ScreeningRow['outcome'][],
  measureId: string | null = 'm1',
): Promise<void> {
  const at = instantAt(day, 10)
  const rows = outcomes.map((outcome): ScreeningRow => {
    const id = newId()
    const outcomeAt = outcome === null ? null : at
    const reason = outcome === 'approved' ? app.secrets.seal('已经提供足额担保', placeOf(screeningTable, 'outcomeReason', { id })) : null
    return {
      id,
      unitId,
      actor: `liaison:${unitId}`,
      measureId,
      subject: null,
      subjectIndex: null,
      answer: 'hit',
      advice: 'restrict',
      hits: 1,
      result: null,
      listVersion: 1,
      askedAt: at,
      requestKey: newId(),
      batchId: null,
      ...{ outcome, outcomeReason: reason, outcomeAt, outcomeBy: outcome === null ? null : `liaison:${unitId}` },
      version: 1,
      blankedAt: null,
    }
  })
  await app.store.write((tx) => insertScreenings(tx, rows))
}
