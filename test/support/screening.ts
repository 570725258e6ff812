// Units with API keys and measures for tests of screening. Everything is done by the real commands.

import { loadCatalogue, readCatalogue } from '../../src/features/units/catalogue.tasks.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { addUnitKey } from '../../src/features/units/keys.commands.ts'
import type { Actor } from '../../src/platform/commands/permissions.ts'
import { SCOPES, type Scope } from '../../src/platform/commands/scopes.ts'
import { measuresInOrder, measureUnitTable } from '../../src/features/units/store.ts'
import { ADMIN, addUnit } from './deadlines.ts'

/** Adds a key of a unit; answers its text. */
export async function addKey(app: AppContext, unitId: string, scopes: readonly Scope[]): Promise<string> {
  return (await addUnitKey(app, ADMIN, { unitId, label: '业务系统', scopes })).key
}

let units = 0

/** Adds a unit with these measures of the catalogue, which is loaded first if needed. Answers the ids of the unit and its liaison. */
export async function unitWithMeasures(app: AppContext, measureIds: readonly string[]): Promise<[unitId: string, liaison: string]> {
  if ((await app.store.read((db) => measuresInOrder(db))).length === 0)
    await loadCatalogue(app, await readCatalogue(app.config.templatesFolder))
  units += 1
  const unitId = `asking_${units}`
  const { liaison } = await addUnit(app, unitId)
  await app.store.write((tx) =>
    tx.insert(
      measureUnitTable,
      measureIds.map((measureId) => ({ measureId, unitId })),
    ),
  )
  return [unitId, liaison]
}

/** The actor of a unit's system, with every scope. */
export function systemOf(unitId: string): Actor {
  return { id: `unit_key:${unitId}`.slice(0, 60), roles: ['unit_system'], unitId, scopes: SCOPES }
}
