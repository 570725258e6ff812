// Loading the policy's bodies and measures into the database: the same as often as it is done, and nothing of the city's own is lost.
// The data and its checks are templates/catalogue and domain/measures.

import type { Catalogue } from './measures.rules.ts'
import { sha256 } from '../../core/secrets.ts'
import { allUnits, insertUnits, replaceMeasures, updateUnit, type MeasureRow, type MeasureUnitRow, type UnitRow } from './store.ts'
import { auditOf } from '../../platform/commands/audit.store.ts'
import { act, type House } from '../../platform/commands/command.ts'
import { HOUSE } from '../../platform/commands/permissions.ts'

/** Brings the tables up to the catalogue; answers false when they were already. Members that the city added to a class stay. */
export async function loadCatalogue(house: House, catalogue: Catalogue): Promise<boolean> {
  const digest = sha256(JSON.stringify([catalogue.units, catalogue.measures]))
  const chain = await house.store.read((db) => auditOf(db, 'catalogue'))
  const loaded = chain.at(-1)
  if (loaded !== undefined && (JSON.parse(loaded.detail) as { digest?: string }).digest === digest) return false
  await writeCatalogue(house, HOUSE, { catalogue, digest })
  return true
}

const writeCatalogue = act(
  'catalogue.load',
  async ({ tx, audit }, { catalogue, digest }: { catalogue: Catalogue; digest: string }): Promise<void> => {
    const known = new Map((await allUnits(tx)).map((unit) => [unit.id, unit]))
    const rows = catalogue.units.map((unit): UnitRow => ({
      id: unit.id,
      name: unit.name,
      kind: unit.kind,
      isClass: unit.isClass,
      classId: null,
      leadingGroupMember: unit.leadingGroupMember,
      active: true,
      seeded: true,
    }))
    await insertUnits(
      tx,
      rows.filter((row) => !known.has(row.id)),
    )
    for (const row of rows) {
      // Whether a body still exists, and to which class it belongs, is the city's to say once it is there.
      const { id, active: _active, classId: _classId, ...facts } = row
      if (known.has(id)) await updateUnit(tx, id, facts)
    }
    const measures = catalogue.measures.map((measure, position): MeasureRow => ({
      id: measure.id,
      position: position + 1,
      title: measure.title,
      direction: measure.direction,
      detail: JSON.stringify(measure),
    }))
    const links = catalogue.measures.flatMap((measure) =>
      measure.unitIds.map((unitId): MeasureUnitRow => ({ measureId: measure.id, unitId })),
    )
    await replaceMeasures(tx, measures, links)
    await audit({ subject: 'catalogue', detail: { digest, units: rows.length, measures: measures.length } })
  },
)
