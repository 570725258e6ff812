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
import { parse } from 'yaml'
import { checkCatalogue, UNIT_KINDS, UNIT_ROLES } from './measures.rules.ts'
import { BUSINESS_TIMES, CLAUSE_ADVICE, CLAUSE_KINDS, type Business, type Clause } from './clauses.rules.ts'
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

/** A measure as its file states it; its clauses and businesses are files of their own. */
const measures: z.ZodType<Omit<Measure, 'clauses' | 'businesses'>[]> = z.array(
  z.strictObject({
    id: z.string().regex(/^[1-9]\d*\.[1-9]\d*$/),
    category: z.int().positive(),
    categoryTitle: text,
    title: text,
    citation: text,
    summary: text,
    unitIds: texts,
    coordinatorUnitId: z.exactOptional(text),
    openEnded: z.boolean(),
    note: z.exactOptional(text),
  }),
)

const clauses: z.ZodType<{ clauses: Clause[] }> = z.object({
  clauses: z.array(
    z.strictObject({
      id: text,
      advice: z.enum(CLAUSE_ADVICE),
      words: text,
      self: z.exactOptional(z.enum(CLAUSE_KINDS)),
      side: z.exactOptional(offices),
      applicant: z.exactOptional(offices),
      nominee: z.exactOptional(offices),
    }),
  ),
})

const business: z.ZodType<Business> = z.strictObject({
  name: text,
  clauses: texts,
  words: z.array(z.string()),
  ask: z.exactOptional(z.literal(true)),
  when: z.exactOptional(z.enum(BUSINESS_TIMES)),
})

const businesses = z.strictObject({
  groups: z.record(z.string(), text),
  subjects: z.record(z.string(), text),
  core: z.record(z.string(), text),
  every: z.array(business),
  businesses: z.record(z.string(), z.array(business)),
})

/**
 * Reads and checks the catalogue under a templates folder, once at start.
 * @throws Error naming the file and listing every problem: a wrong file is a defect of the installation.
 */
export async function readCatalogue(templates: string): Promise<Catalogue> {
  const folder = join(templates, 'catalogue', 'zh-CN')
  const rows = await readRows(join(folder, 'measures.json'), measures)
  const { clauses: known } = await readRows(join(folder, 'clauses.yaml'), clauses)
  const lists = await readRows(join(folder, 'businesses.yaml'), businesses)
  const measureIds = new Set(rows.map(({ id }) => id))
  const strays = [...known.map(({ id }) => id.slice(0, -1)), ...Object.keys(lists.businesses)].filter((id) => !measureIds.has(id))
  if (strays.length > 0) throw new Error(`catalogue:\nclauses or businesses of unknown measures: ${strays.join(' ')}`)
  const whole = rows.map((measure): Measure => ({
    ...measure,
    clauses: known.filter(({ id }) => id.slice(0, -1) === measure.id),
    businesses: businessesOf(measure.id, lists),
  }))
  return checkCatalogue(await readRows(join(folder, 'units.json'), units), whole)
}

const aliasesByFolder = new Map<string, Promise<ReadonlyMap<string, readonly string[]>>>()

/**
 * The names of each unit beside its official one, by its id. The catalogue is read once in a process, as at start: reading it costs a tenth
 * of a second of processor, and a stranger's complaint asks for it.
 */
export function unitAliases(templates: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const known = aliasesByFolder.get(templates)
  if (known !== undefined) return known
  const reading = readCatalogue(templates).then(({ units: seeded }) => new Map(seeded.map(({ id, aliases }) => [id, aliases])))
  aliasesByFolder.set(templates, reading)
  reading.catch(() => aliasesByFolder.delete(templates))
  return reading
}

/** How deep a group of words may name others. */
const GROUP_DEPTH = 2

/**
 * The closed list of a measure, with the groups of words written out and the entries that every list ends with, as far as the measure has
 * the rows that they name. What cannot be written out stays and is refused by the check.
 */
function businessesOf(measureId: string, lists: z.infer<typeof businesses>): Business[] {
  const rows: Readonly<Record<string, string | undefined>> = {
    ...lists.groups,
    subject: lists.subjects[measureId],
    core: lists.core[measureId],
    known: [lists.groups['daily'], ...Object.values(lists.core)].join('|'),
  }
  const written = (line: string, depth = 0): string =>
    depth > GROUP_DEPTH ? line : line.replace(/\$([a-z]+)/g, (name: string, key: string) => written(rows[key] ?? name, depth + 1))
  const has = (line: string): boolean => ['subject', 'core'].every((key) => rows[key] !== undefined || !line.includes(`$${key}`))
  const every = lists.every.filter(({ words }) => words.every(has))
  return [...(lists.businesses[measureId] ?? []), ...every].map((each) => ({ ...each, words: each.words.map((line) => written(line)) }))
}

async function readRows<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(parseFile(file, await readFile(file, 'utf8')))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`${file}:\n${problems.join('\n')}`)
}

function parseFile(file: string, content: string): unknown {
  const isYaml = file.endsWith('.yaml')
  try {
    return isYaml ? parse(content) : JSON.parse(content)
  } catch (cause) {
    throw new Error(`${file}: not ${isYaml ? 'YAML' : 'JSON'}`, { cause })
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
      detail: JSON.stringify(measure),
    }))
    const links = catalogue.measures.flatMap((measure) =>
      measure.unitIds.map((unitId): MeasureUnitRow => ({ measureId: measure.id, unitId })),
    )
    await replaceMeasures(tx, measures, links)
    await audit({ subject: 'catalogue', detail: { digest, units: rows.length, measures: measures.length } })
  },
)
