// Writes web/kit/api/types.gen.ts, the types of every HTTP call, and choices.gen.ts, the closed lists of what calls take, from the routes
// that the server mounts. They are made at each build and not committed: a route that changed is a compile error of the screen that uses it.

import { writeFileSync } from 'node:fs'
import { readConfig } from '../src/config/config.ts'
import { loadCatalog } from '../src/catalog.ts'
import type { AppContext } from '../src/platform/commands/command.ts'
import { createMetrics } from '../src/platform/http/metrics.ts'
import { openapi, type Json } from '../src/platform/http/openapi.ts'
import { allRoutes } from '../src/routes.ts'

type Schema = Readonly<Record<string, Json | undefined>>

interface Operation {
  operationId: string
  parameters?: { name: string; in: 'path' | 'query'; required: boolean; schema: Schema }[]
  requestBody?: { content: Record<string, { schema?: Schema }> }
  responses: Record<string, { content?: Record<string, { schema?: Schema }> }>
}

const TYPES = 'web/kit/api/types.gen.ts'
const CHOICES = 'web/kit/api/choices.gen.ts'

const PLAIN: Readonly<Record<string, string>> = { string: 'string', integer: 'number', number: 'number', boolean: 'boolean', null: 'null' }

/** A JSON schema as a TypeScript type. */
function typeOf(schema: Schema): string {
  if (schema['const'] !== undefined) return JSON.stringify(schema['const'])
  const values = schema['enum']
  if (Array.isArray(values)) return (values as Json[]).map((each) => JSON.stringify(each)).join(' | ')
  return combined(schema) ?? typeNamed(schema, schema['type'])
}

/** The type of a choice or a combination of schemas; null for a schema that is neither. */
function combined(schema: Schema): string | null {
  const choices = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(choices)) return (choices as Schema[]).map((each) => `(${typeOf(each)})`).join(' | ')
  if (Array.isArray(schema['allOf'])) return (schema['allOf'] as Schema[]).map((each) => `(${typeOf(each)})`).join(' & ')
  return null
}

function typeNamed(schema: Schema, type: Json | undefined): string {
  if (Array.isArray(type)) return (type as string[]).map((each) => typeOf({ ...schema, type: each })).join(' | ')
  if (type === 'array') return `(${typeOf((schema['items'] ?? {}) as Schema)})[]`
  if (type === 'object') return objectOf(schema)
  return typeof type === 'string' ? (PLAIN[type] ?? 'unknown') : 'unknown'
}

function objectOf(schema: Schema): string {
  const required = Array.isArray(schema['required']) ? (schema['required'] as Json[]) : []
  const fields = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>).map(
    ([name, field]) => `${JSON.stringify(name)}${required.includes(name) ? '' : '?'}: ${typeOf(field)}`,
  )
  const rest = schema['additionalProperties']
  if (fields.length === 0) return typeof rest === 'object' ? `Record<string, ${typeOf(rest as Schema)}>` : 'Record<string, unknown>'
  return `{ ${fields.join('; ')} }`
}

function fieldsIn(operation: Operation, place: 'path' | 'query'): string {
  const fields = (operation.parameters ?? []).filter((each) => each.in === place)
  if (fields.length === 0) return 'undefined'
  return `{ ${fields.map(({ name, required, schema }) => `${JSON.stringify(name)}${required ? '' : '?'}: ${typeOf(schema)}`).join('; ')} }`
}

/** The type of what goes in or out; files and texts are their own. */
function contentType(content: Record<string, { schema?: Schema }> | undefined, other: string): string {
  if (content === undefined) return 'undefined'
  const json = content['application/json']
  return json?.schema === undefined ? other : typeOf(json.schema)
}

function operationType(operation: Operation): string {
  const success = Object.entries(operation.responses).find(([status]) => /^2/.test(status))?.[1]
  return [
    `params: ${fieldsIn(operation, 'path')}`,
    `query: ${fieldsIn(operation, 'query')}`,
    `body: ${contentType(operation.requestBody?.content, 'Blob')}`,
    `reply: ${contentType(success?.content, 'Blob')}`,
  ].join('; ')
}

/** The closed lists of a schema's fields, each under the field's name. */
function choicesIn(schema: Schema, field: string): [name: string, choices: readonly Json[]][] {
  if (Array.isArray(schema['enum'])) return [[field, schema['enum'] as Json[]]]
  const either = ((schema['anyOf'] ?? []) as Schema[]).flatMap((each) => choicesIn(each, field))
  const inner = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>).flatMap(([name, each]) => choicesIn(each, name))
  const items = schema['items'] === undefined ? [] : choicesIn(schema['items'] as Schema, field)
  return [...either, ...inner, ...items]
}

/** The name of a closed list: `LISTINGS_LIST_STATE` for the field `state` of the operation `listings.list`. */
function nameOf(operationId: string, field: string): string {
  return `${operationId}_${field}`
    .replace(/\W/g, '_')
    .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
    .toUpperCase()
}

/** The closed lists that an operation takes; a field that has two different ones in one operation is left out. */
function choicesOf({ operationId, parameters, requestBody }: Operation): [name: string, choices: string][] {
  const body = requestBody?.content['application/json']?.schema ?? {}
  const taken = [...(parameters ?? []).flatMap(({ name, schema }) => choicesIn(schema, name)), ...choicesIn(body, '')]
  const byName = new Map<string, Set<string>>()
  for (const [field, choices] of taken) {
    const name = nameOf(operationId, field)
    byName.set(name, new Set([...(byName.get(name) ?? []), JSON.stringify(choices)]))
  }
  return [...byName].flatMap(([name, lists]): [string, string][] => (lists.size === 1 ? [[name, [...lists].join('')]] : []))
}

const GENERATED = '// Generated by scripts/web-types.ts from the routes of the server. Not committed.\n\n'

const config = readConfig({})
const catalog = loadCatalog(config.templatesFolder)
const document = openapi({ catalog, config } as AppContext, allRoutes(config, createMetrics([])))
const paths = Object.entries(document['paths'] as unknown as Record<string, Record<string, Operation>>)
const lines = paths.map(([path, methods]) => {
  const operations = Object.entries(methods).map(([method, operation]) => `    ${method}: { ${operationType(operation)} }`)
  return `  ${JSON.stringify(path)}: {\n${operations.join('\n')}\n  }`
})
writeFileSync(TYPES, `${GENERATED}export interface Paths {\n${lines.join('\n')}\n}\n`)
const choices = paths.flatMap(([, methods]) => Object.values(methods).flatMap(choicesOf))
writeFileSync(CHOICES, GENERATED + choices.map(([name, list]) => `export const ${name} = ${list} as const\n`).join(''))
