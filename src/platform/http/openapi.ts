// Builds the OpenAPI 3.1 document from the routes that the server mounts: zod's JSON schemas and the Chinese texts of api.yaml.
// The page that people read is built from the same data by features/system/docs.routes.ts.

import { z } from 'zod'
import type { AppContext } from '../commands/command.ts'
import { scopeOf } from '../commands/scopes.ts'
import { problemSchema, PROBLEM_TYPE } from './problems.ts'
import type { Route } from './route.ts'

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined }
type JsonObject = Readonly<Record<string, Json | undefined>>

/** Name of the security scheme of staff sessions. */
const SESSION_SCHEME = 'session'
const CSRF_SCHEME = 'csrf'
const UNIT_SCHEME = 'unitSession'
const KEY_SCHEME = 'unitKey'

/** The document of these routes. It includes webhooks, because an operator gives their addresses to the providers. */
export function openapi(app: AppContext, routes: readonly Route[]): JsonObject {
  const { catalog, config } = app
  const paths: Record<string, Record<string, Json>> = {}
  for (const route of routes) (paths[templatedPath(route.path)] ??= {})[route.method.toLowerCase()] = operation(app, route)
  return {
    openapi: '3.1.0',
    info: { title: catalog.words('api', 'info.title'), version: '1', description: catalog.words('api', 'info.description') },
    servers: [{ url: config.publicUrl }],
    tags: subjects(routes).map((name) => ({ name, description: catalog.words('api', `subject.${name}`) })),
    paths,
    components: {
      securitySchemes: {
        [SESSION_SCHEME]: {
          type: 'apiKey',
          in: 'cookie',
          name: config.publicUrl.startsWith('https://') ? '__Host-zxt' : 'zxt',
          description: catalog.words('api', 'info.session'),
        },
        [UNIT_SCHEME]: {
          type: 'apiKey',
          in: 'cookie',
          name: config.publicUrl.startsWith('https://') ? '__Host-zxt-unit' : 'zxt-unit',
          description: catalog.words('api', 'info.unit_session'),
        },
        [CSRF_SCHEME]: { type: 'apiKey', in: 'header', name: 'X-CSRF-Token', description: catalog.words('api', 'info.csrf') },
        [KEY_SCHEME]: { type: 'http', scheme: 'bearer', bearerFormat: 'zxt_…', description: catalog.words('api', 'info.unit_key') },
      },
      schemas: { Problem: schemaOf(problemSchema, 'output') },
      responses: {
        Problem: {
          description: catalog.words('api', 'info.problem'),
          content: { [PROBLEM_TYPE.split(';', 1)[0] ?? '']: { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  }
}

/** The subjects of the routes, each once, in the order in which they first appear. */
export function subjects(routes: readonly Route[]): string[] {
  return [...new Set(routes.map(subjectOf))]
}

/** The subject of a route: `staff` for `staff.add`. */
export function subjectOf(route: Pick<Route, 'name'>): string {
  return route.name.split('.', 1)[0] ?? ''
}

/** A path as OpenAPI writes it: `/staff/{id}` for `/staff/:id`. */
export function templatedPath(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}')
}

function operation({ catalog }: AppContext, route: Route): JsonObject {
  const secret: Json[] =
    route.secret === undefined ? [] : [{ name: route.secret, in: 'header', required: true, schema: { type: 'string' } }]
  const parameters = [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query'), ...secret]
  return {
    operationId: route.name,
    tags: [subjectOf(route)],
    summary: catalog.words('api', `${route.name}.title`),
    description: catalog.words('api', `${route.name}.description`),
    security: securityOf(route),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body.kind === 'none' ? {} : { requestBody: requestBody(catalog, route) }),
    responses: {
      [String(route.reply.status)]: successOf(route, catalog.words('api', 'info.success')),
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

function securityOf(route: Route): Json[] {
  if (route.access === 'public' || route.access === 'webhook') return []
  const csrf = route.method === 'GET' ? {} : { [CSRF_SCHEME]: [] }
  const [session, unitSession] = [
    { [SESSION_SCHEME]: [], ...csrf },
    { [UNIT_SCHEME]: [], ...csrf },
  ]
  if (route.access === 'session') return [session]
  if (route.access === 'liaison') return [unitSession]
  if (route.access === 'people') return [session, unitSession]
  const scope = route.permission === 'none' ? null : scopeOf(route.permission)
  return [{ [KEY_SCHEME]: scope === null ? [] : [scope] }, session, unitSession]
}

/** A parameter of a route, or a field of its body. */
export interface Parameter {
  name: string
  required: boolean
  schema: JsonObject
}

/** The fields of an object schema, for parameters and for the tables of the documentation page. */
export function fieldsOf(schema: z.ZodType | undefined, io: 'input' | 'output' = 'input'): Parameter[] {
  if (schema === undefined) return []
  const { properties, required } = schemaOf(schema, io)
  const requiredNames = Array.isArray(required) ? (required as readonly Json[]) : []
  return Object.entries((properties ?? {}) as Record<string, JsonObject>).map(([name, field]) => ({
    name,
    required: requiredNames.includes(name),
    schema: field,
  }))
}

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query'): Json[] {
  return fieldsOf(schema).map(({ name, required, schema: field }) => ({
    name,
    in: place,
    required: required || place === 'path',
    schema: field,
  }))
}

function requestBody({ words }: AppContext['catalog'], route: Route): JsonObject {
  const isBounded = ['json', 'form'].includes(route.body.kind)
  const description = isBounded ? { description: words('api', 'info.body', { most: route.mostBytes }) } : {}
  return { required: true, ...description, content: bodyContent(route) }
}

function bodyContent({ body }: Route): JsonObject {
  // In OpenAPI 3.1 a media type without a schema stands for any bytes.
  return Object.fromEntries(body.types.map((type) => [type, body.schema === undefined ? {} : { schema: schemaOf(body.schema, 'input') }]))
}

function successOf({ reply }: Route, description: string): JsonObject {
  if (reply.kind === 'none') return { description }
  const type = reply.type.split(';', 1)[0] ?? ''
  return { description, content: { [type]: reply.schema === undefined ? {} : { schema: schemaOf(reply.schema, 'output') } } }
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, override: ({ jsonSchema }) => dropRedundantPattern(jsonSchema) })
  return rest as JsonObject
}

/** Removes the regular expression of a schema that has a format: the format is easier to read. */
function dropRedundantPattern(schema: { format?: string; pattern?: string }): void {
  if (schema.format !== undefined) delete schema.pattern
}
