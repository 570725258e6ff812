// Units with keys and measures, as tests of screening need them.
// The acts are the real ones, on the house that a suite was given.

import type { House } from '../../src/actions/context.ts'
import { addUnitKey } from '../../src/actions/unit-keys.ts'
import type { Scope } from '../../src/domain/scopes.ts'
import { ADMIN } from './clock-desk.ts'

/** A fresh key of a unit, as its system shows it. */
export async function addKey(house: House, unitId: string, scopes: readonly Scope[]): Promise<string> {
  return (await addUnitKey(house, ADMIN, { unitId, label: '业务系统', scopes })).key
}
