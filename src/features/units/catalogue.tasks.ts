// Loads the catalogue of units and measures from templates/catalogue at start. All of it is checked before a row is changed.
// What a measure means, and how rows are checked against each other, is measures.rules.ts.

import type { Catalogue, Measure, Unit } from './measures.rules.ts'
import { sha256 } from '../../core/secrets.ts'
import { allUnits, insertUnits, replaceMeasures, updateUnit, type MeasureRow, type MeasureUnitRow, type UnitRow } from './store.ts'
import { auditOf } from '../../platform/commands/audit.store.ts'
import { command, type AppContext } from '../../platform/commands/command.ts'
import { SYSTEM } from '../../platform/commands/permissions.ts'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { APPLIES_TO, checkCatalogue, DIRECTIONS, EFFECTS, UNIT_KINDS, UNIT_ROLES } from './measures.rules.ts'
import { OFFICES } from '../debtors/rules.ts'

const text = z.string().trim().min(1)

const texts = z.array(text)

const offices = z.array(z.enum(OFFICES))

const units: z.ZodType<Unit[]> = z.array(
  z.strictObject({
    id: text,
    name: text,
    nameInferred: z.boolean(),
    aliases: texts,
    kind: z.enum(UNIT_KINDS),
    isClass: z.boolean(),
    leadingGroupMember: z.boolean(),
    roles: z.array(z.enum(UNIT_ROLES)),
    measureIds: texts,
    coordinatesMeasureIds: z.exactOptional(texts),
    memberIds: z.exactOptional(texts),
    possibleSameAs: z.exactOptional(text),
    note: z.exactOptional(text),
  }),
)

const measures: z.ZodType<Measure[]> = z.array(
  z.strictObject({
    id: z.string().regex(/^[1-9]\d*\.[1-9]\d*$/),
    category: z.int().positive(),
    categoryTitle: text,
    title: text,
    citation: text,
    summary: text,
    direction: z.enum(DIRECTIONS),
    targets: offices,
    appliesTo: z.enum(APPLIES_TO),
    effects: z.array(z.enum(EFFECTS)),
    officesBarred: offices,
    unitIds: texts,
    coordinatorUnitId: z.exactOptional(text),
    openEnded: z.boolean(),
    needsPerson: z.boolean(),
    note: z.exactOptional(text),
  }),
)

/**
 * Reads and checks the catalogue under a templates folder, once at start.
 * @throws Error naming the file and listing every problem: a wrong file is a defect of the installation.
 */
export async function readCatalogue(templates: string): Promise<Catalogue> {
  const folder = join(templates, 'catalogue', 'zh-CN')
  return checkCatalogue(await readRows(join(folder, 'units.json'), units), await readRows(join(folder, 'measures.json'), measures))
}

async function readRows<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(parseJson(file, await readFile(file, 'utf8')))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`${file}:\n${problems.join('\n')}`)
}

function parseJson(file: string, content: string): unknown {
  try {
    return JSON.parse(content)
  } catch (cause) {
    throw new Error(`${file}: not JSON`, { cause })
  }
}

/** Updates the tables to the catalogue; answers false when nothing had changed. Members that the city added to a class stay. */
export async function loadCatalogue(app: AppContext, catalogue: Catalogue): Promise<boolean> {
  const digest = sha256(JSON.stringify([catalogue.units, catalogue.measures]))
  const loads = await app.store.read((db) => auditOf(db, 'catalogue'))
  const lastLoad = loads.at(-1)
  if (lastLoad !== undefined && (JSON.parse(lastLoad.detail) as { digest?: string }).digest === digest) return false
  await writeCatalogue(app, SYSTEM, { catalogue, digest })
  return true
}

const writeCatalogue = command(
  'catalogue.load',
  async ({ tx, audit }, { catalogue, digest }: { catalogue: Catalogue; digest: string }): Promise<void> => {
    const existing = new Map((await allUnits(tx)).map((unit) => [unit.id, unit]))
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
      rows.filter((row) => !existing.has(row.id)),
    )
    for (const row of rows) {
      // Once a unit exists, the city decides whether it is active and to which class it belongs.
      const { id, active: _active, classId: _classId, ...facts } = row
      if (existing.has(id)) await updateUnit(tx, id, facts)
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
