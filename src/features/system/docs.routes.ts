// The documentation page of all routes: purpose, input, output, and a command to try each. Built from the same data as openapi.json.
// The words are templates/words/zh-CN/api.yaml, the page is templates/pages/zh-CN/docs.html.

import type { AppContext } from '../../platform/commands/command.ts'
import { rolesOf } from '../../platform/commands/permissions.ts'
import { fieldsOf, subjectOf, subjects, templatedPath, type Json, type Parameter } from '../../platform/http/openapi.ts'
import { HTML_REPLY } from '../../platform/http/reply.ts'
import { route, type Route } from '../../platform/http/route.ts'

/**
 * The route `/docs`. The page is built at its first request.
 * @param allRoutes every route of the server, this one included.
 */
export function docsRoute(allRoutes: () => readonly Route[]): Route {
  let page: string | undefined
  return route({
    name: 'system.docs',
    method: 'GET',
    path: '/docs',
    access: 'public',
    permission: 'none',
    reply: HTML_REPLY,
    run({ app }) {
      page ??= app.catalog.page('docs', valuesOf(app, allRoutes()))
      return page
    },
  })
}

type PageValues = Parameters<AppContext['catalog']['page']>[1]

function valuesOf(app: AppContext, routes: readonly Route[]): PageValues {
  const { words } = app.catalog
  return {
    court: app.config.court.name,
    subjects: subjects(routes).map((subject) => ({
      subject,
      subjectTitle: words('api', `subject.${subject}`),
      routes: routes.filter((each) => subjectOf(each) === subject).map((each) => routeValues(app, each)),
    })),
  }
}

function routeValues(app: AppContext, route: Route): PageValues {
  const { words } = app.catalog
  const parameters = [
    ...rows(app, fieldsOf(route.params), words('api', 'place.path')),
    ...rows(app, fieldsOf(route.query), words('api', 'place.query')),
    ...rows(app, headersOf(route), words('api', 'place.header')),
    ...rows(app, fieldsOf(route.body.schema), words('api', 'place.body')),
  ]
  return {
    anchor: route.name.replace('.', '-'),
    method: route.method,
    path: templatedPath(route.path),
    title: words('api', `${route.name}.title`),
    description: words('api', `${route.name}.description`),
    access: words('api', `access.${route.access}`),
    roles: ['session', 'unit', 'people'].includes(route.access) ? staffRolesOf(app, route) : '',
    parameters,
    file: route.body.kind === 'file' || route.body.kind === 'raw' ? route.body.types.join('、') : '',
    status: route.reply.status,
    replyType: route.reply.type.split(';', 1)[0] ?? '',
    fields: rows(app, fieldsOf(route.reply.schema, 'output'), ''),
    example: exampleOf(app, route),
  }
}

function headersOf({ secret }: Route): Parameter[] {
  return secret === undefined ? [] : [{ name: secret, required: true, schema: { type: 'string' } }]
}

function staffRolesOf({ catalog }: AppContext, route: Route): string {
  const roles =
    route.permission === 'none'
      ? []
      : rolesOf(route.permission).filter((role) => role !== 'operator' && role !== 'house' && role !== 'public')
  return roles.map((role) => catalog.words('states', `role.${role}`)).join('、')
}

function rows(app: AppContext, fields: readonly Parameter[], place: string): PageValues[] {
  return fields.map(({ name, required, schema }) => ({ name, place, required, type: typeOf(app, schema) }))
}

type Schema = Parameter['schema']

function typeOf(app: AppContext, schema: Schema): string {
  const { words } = app.catalog
  if (Array.isArray(schema['enum'])) return (schema['enum'] as readonly Json[]).map(String).join(' | ')
  if (Array.isArray(schema['anyOf'])) return (schema['anyOf'] as readonly Schema[]).map((each) => typeOf(app, each)).join(' | ')
  if (schema['type'] === 'array') return words('api', 'type.array', { of: typeOf(app, (schema['items'] ?? {}) as Schema) })
  if (schema['const'] !== undefined) return JSON.stringify(schema['const'])
  const name = [schema['format'], schema['type']].find((each) => typeof each === 'string') ?? ''
  return app.catalog.keys('api').includes(`type.${name}`) ? words('api', `type.${name}`) : name
}

const LOG_INS = ['session.log_in', 'unit_session.log_in']

/** A curl command to paste into a terminal; `cookies.txt` is the file that the example of logging in writes. */
function exampleOf({ config }: AppContext, route: Route): string {
  const query = fieldsOf(route.query).filter(({ required }) => required)
  const search = query.length === 0 ? '' : `?${query.map(({ name }) => `${name}=…`).join('&')}`
  const url = `'${config.publicUrl}${templatedPath(route.path)}${search}'`
  const parts = ['curl']
  if (route.method !== 'GET') parts.push(`-X ${route.method}`)
  const needsCookie = ['session', 'liaison', 'people'].includes(route.access)
  if (needsCookie) parts.push('-b cookies.txt')
  if (route.access === 'unit') parts.push("-H 'Authorization: Bearer zxt_…'")
  if (LOG_INS.includes(route.name)) parts.push('-c cookies.txt')
  if (needsCookie && route.method !== 'GET') parts.push("-H 'X-CSRF-Token: …'")
  parts.push(...headersOf(route).map(({ name }) => `-H '${name}: …'`))
  parts.push(...route.body.types.slice(0, 1).map((type) => `-H 'Content-Type: ${type}'`))
  if (route.body.kind === 'json') parts.push(`-d '${JSON.stringify(sampleOf(fieldsOf(route.body.schema)))}'`)
  if (route.body.kind === 'file') parts.push('--data-binary @list.xlsx')
  return [...parts, url].join(' ')
}

function sampleOf(fields: readonly Parameter[]): Json {
  return Object.fromEntries(fields.filter(({ required }) => required).map(({ name, schema }) => [name, sampleValue(schema)]))
}

function sampleValue(schema: Schema): Json {
  if (Array.isArray(schema['enum'])) return (schema['enum'] as readonly Json[])[0] ?? null
  switch (schema['type']) {
    case 'array':
      return [sampleValue((schema['items'] ?? {}) as Schema)]
    case 'integer':
    case 'number':
      return typeof schema['minimum'] === 'number' ? Math.max(schema['minimum'], 1) : 1
    case 'boolean':
      return true
    case 'object':
      return Object.fromEntries(
        Object.entries((schema['properties'] ?? {}) as Record<string, Schema>).map(([name, inner]) => [name, sampleValue(inner)]),
      )
    default:
      return '…'
  }
}
