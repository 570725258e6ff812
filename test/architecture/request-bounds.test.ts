// Every field that a request may have says how much it takes: texts their length, lists their number, numbers both ends.
// Which values are right is tested with the features; how large a whole body may be is platform/http/body.ts.

import { expect } from 'chai'
import { z } from 'zod'
import { readConfig } from '../../src/config/config.ts'
import { createMetrics } from '../../src/platform/http/metrics.ts'
import type { Route } from '../../src/platform/http/route.ts'
import { allRoutes } from '../../src/routes.ts'

interface Schema {
  type?: string
  format?: string
  pattern?: string
  enum?: unknown[]
  const?: unknown
  minimum?: number
  maximum?: number
  maxLength?: number
  maxItems?: number
  maxProperties?: number
  items?: Schema
  prefixItems?: Schema[]
  properties?: Record<string, Schema>
  propertyNames?: Schema
  additionalProperties?: Schema | boolean
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
}

/** Fields that need no bound of their own, with the reason. */
const UNBOUNDED: Readonly<Record<string, string>> = {
  'webhooks.wechat_verify query: names': 'the platform chooses the parameters; an address has 16 kB at most, which Node refuses to exceed',
  'webhooks.wechat_verify query: number': 'as above',
  'webhooks.wechat query: names': 'as above',
  'webhooks.wechat query: number': 'as above',
}

/** Integers that are compared with a stored number and never stored: any whole number that JSON carries exactly. */
const COMPARED = ['version', 'after', 'n', 'left[]', 'confirmedTotal']

/** Whether every text that fits the pattern has a largest length: both ends are fixed, and nothing in it repeats without end. */
function isBounded(pattern: string): boolean {
  const bare = pattern.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x')
  return bare.startsWith('^') && bare.endsWith('$') && !/[*+|]|\{\d+,\}/.test(bare)
}

function faultsOf(schema: Schema | boolean | undefined, at: string): string[] {
  if (schema === false || (typeof schema === 'object' && (schema.enum !== undefined || 'const' in schema))) return []
  if (schema === undefined || schema === true) return [`${at}: anything`]
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf
  if (choices !== undefined) return choices.flatMap((each) => faultsOf(each, at))
  const fault = FAULTS.get(schema.type ?? '')
  return fault === undefined ? [`${at}: anything`] : fault(schema, at)
}

/** How each type says its bound. */
const FAULTS: ReadonlyMap<string, (schema: Schema, at: string) => string[]> = new Map([
  ['boolean', () => []],
  ['null', () => []],
  ['string', faultsOfText],
  ['number', faultsOfNumber],
  ['integer', faultsOfNumber],
  ['array', faultsOfList],
  ['object', faultsOfObject],
])

function faultsOfText({ maxLength, format = '', pattern }: Schema, at: string): string[] {
  const isFixed = ['date', 'date-time'].includes(format) || (pattern !== undefined && isBounded(pattern))
  return maxLength === undefined && !isFixed ? [`${at}: length`] : []
}

function faultsOfNumber({ type, minimum, maximum }: Schema, at: string): string[] {
  const [isFrom, isTo] = [(minimum ?? Number.MIN_SAFE_INTEGER) > Number.MIN_SAFE_INTEGER, (maximum ?? Infinity) < Number.MAX_SAFE_INTEGER]
  const isCompared = type === 'integer' && COMPARED.includes(at.split('.').at(-1) ?? '')
  return isFrom && (isTo || isCompared) ? [] : [`${at}: range`]
}

function faultsOfList({ prefixItems, items, maxItems }: Schema, at: string): string[] {
  if (prefixItems !== undefined) return prefixItems.flatMap((each) => faultsOf(each, `${at}[]`))
  return [...(maxItems === undefined ? [`${at}: number`] : []), ...faultsOf(items, `${at}[]`)]
}

/** Fields of an object; of a record also how its names are bounded. Fields that a schema does not name are refused or left out. */
function faultsOfObject({ properties = {}, additionalProperties: others, propertyNames, maxProperties }: Schema, at: string): string[] {
  const own = Object.entries(properties).flatMap(([name, each]) => faultsOf(each, `${at}.${name}`))
  if (typeof others !== 'object' || Object.keys(others).length === 0) return own
  const isClosed = propertyNames?.enum !== undefined
  const names = faultsOf(propertyNames, at).length > 0 ? [`${at}: names`] : []
  return [...own, ...names, ...(isClosed || maxProperties !== undefined ? [] : [`${at}: number`]), ...faultsOf(others, `${at}.*`)]
}

function faultsOfRoute({ name, params, query, body }: Route): string[] {
  return Object.entries({ params, query, body: body.schema }).flatMap(([part, schema]) =>
    schema === undefined ? [] : faultsOf(z.toJSONSchema(schema, { io: 'input', reused: 'inline' }) as Schema, `${name} ${part}`),
  )
}

describe('the fields of requests', () => {
  const routes = allRoutes(readConfig({}), createMetrics([]))

  it('each have a bound: a length, a number of items, or a range', () => {
    expect(routes.filter(({ body }) => body.schema !== undefined).length).to.be.above(100)
    const faults = [...new Set(routes.flatMap(faultsOfRoute))]
    expect(faults.filter((each) => !Object.hasOwn(UNBOUNDED, each))).to.deep.equal([])
    expect(Object.keys(UNBOUNDED).filter((each) => !faults.includes(each))).to.deep.equal([])
  })

  it('are found without a bound, however deep they are', () => {
    const schema = z.strictObject({
      text: z.string(),
      short: z.string().max(5),
      open: z.string().regex(/^a+$/),
      fixed: z.string().regex(/^[a+]{1,5}$/),
      list: z.array(z.strictObject({ n: z.int(), m: z.int().min(0).max(9) })),
      names: z.record(z.string(), z.boolean()),
    })
    expect(faultsOf(z.toJSONSchema(schema, { io: 'input' }) as Schema, 'x')).to.deep.equal([
      'x.text: length',
      'x.open: length',
      'x.list: number',
      'x.list[].n: range',
      'x.names: names',
      'x.names: number',
    ])
  })
})
