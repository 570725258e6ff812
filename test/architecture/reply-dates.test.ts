// Every field of a reply that is named like a day or an instant is one, in ISO 8601, and its schema says so.
// What the fields mean is tested with the features; in requests the schemas refuse everything else.

import { expect } from 'chai'
import { z } from 'zod'
import { readConfig } from '../../src/config/config.ts'
import { createMetrics } from '../../src/platform/http/metrics.ts'
import { allRoutes } from '../../src/routes.ts'

interface Schema {
  format?: string
  type?: string | string[]
  properties?: Record<string, Schema>
  additionalProperties?: Schema | boolean
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
}

/** Fields that are named like a day and are none, with the reason. */
const NO_DAYS: Readonly<Record<string, string>> = {
  'listings.history.items[].on': 'what was changed: the listing, its term, its exit',
  'listings.show.proposals[].patch.filedOn': 'the words of a proposal, as they were written',
  'listings.proposals.items[].patch.filedOn': 'as above',
}

const DAY = /(?:[a-z]On|Day)$|^(?:on|due|birth)$/
const INSTANT = /[a-z]At$/

/** Whether each text of this schema has this format. */
function is(format: string, schema: Schema): boolean {
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.items === undefined ? [] : [schema.items])]
  if (choices.length > 0) return choices.filter(({ type }) => type !== 'null').every((each) => is(format, each))
  return schema.properties !== undefined || schema.format === format
}

function faultsOf(schema: Schema | boolean | undefined, at: string): string[] {
  if (typeof schema !== 'object') return []
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((each) => faultsOf(each, at))
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const place = `${at}.${name}`
    const format = DAY.test(name) ? 'date' : INSTANT.test(name) ? 'date-time' : null
    return [...(format === null || is(format, field) ? [] : [`${place}: no ${format}`]), ...faultsOf(field, place)]
  })
  return [...parts, ...fields, ...faultsOf(schema.items, `${at}[]`), ...faultsOf(schema.additionalProperties, `${at}{}`)]
}

/** The field that a fault speaks of. */
const placeOf = (fault: string): string => fault.split(':', 1)[0] ?? ''

describe('the replies', () => {
  it('have ISO 8601 in every field that is named like a day or an instant', () => {
    const replies = allRoutes(readConfig({}), createMetrics([])).flatMap(({ name, reply }) =>
      reply.schema === undefined ? [] : [{ name, schema: z.toJSONSchema(reply.schema, { io: 'output' }) as Schema }],
    )
    expect(replies.length).to.be.above(100)
    const faults = replies.flatMap(({ name, schema }) => faultsOf(schema, name))
    expect(faults.filter((fault) => !(placeOf(fault) in NO_DAYS))).to.deep.equal([])
    expect(Object.keys(NO_DAYS).filter((place) => !faults.map(placeOf).includes(place))).to.deep.equal([])
  })
})
