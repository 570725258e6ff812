// Reads the catalogue of bodies and measures from the templates folder and checks its shape.
// Whether the rows agree with one another is domain/measures; who works at a unit is the store's.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import {
  APPLIES_TO,
  checkCatalogue,
  DIRECTIONS,
  EFFECTS,
  UNIT_KINDS,
  UNIT_ROLES,
  type Catalogue,
  type Measure,
  type Unit,
} from './measures.rules.ts'
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
 * The catalogue under a templates folder, checked. Read once, when the house opens.
 * Throws a plain Error that names the file and lists every problem: a wrong file is a defect of the installation.
 */
export async function readCatalogue(templates: string): Promise<Catalogue> {
  const folder = join(templates, 'catalogue', 'zh-CN')
  return checkCatalogue(await read(join(folder, 'units.json'), units), await read(join(folder, 'measures.json'), measures))
}

async function read<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(parse(file, await readFile(file, 'utf8')))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`${file}:\n${problems.join('\n')}`)
}

function parse(file: string, content: string): unknown {
  try {
    return JSON.parse(content)
  } catch (cause) {
    throw new Error(`${file}: not JSON`, { cause })
  }
}
