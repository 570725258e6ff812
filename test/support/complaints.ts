// The units that appear in tests of complaints: the court, the leading group, two bureaus, and a class with a member.

import type { AppContext } from '../../src/platform/commands/command.ts'
import { insertUnits, type UnitRow } from '../../src/features/units/store.ts'

const blank = { kind: 'government', isClass: false, classId: null, leadingGroupMember: false, active: true, seeded: true }

/** Adds the court, the leading group with its office, two bureaus, and a class of units with a member. */
export async function addTheUnits(app: AppContext): Promise<void> {
  const units: UnitRow[] = ['court', 'leading_group', 'leading_group_office', 'land', 'forestry'].map((id) => ({ ...blank, id, name: id }))
  const banks: UnitRow[] = [
    { ...blank, id: 'banks', name: 'banks', isClass: true },
    { ...blank, id: 'bank_one', name: 'bank one', classId: 'banks' },
  ]
  await app.store.write((tx) => insertUnits(tx, [...units, ...banks]))
}
