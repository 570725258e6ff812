// Conditions that one file states and many statements take up: SQL with its parameters, in order.
// Statements of the query builder take named parameters.

import type { Param } from './database.ts'

/** A condition in brackets, or one that needs none. */
export interface Condition {
  sql: string
  params: Param[]
}

/** The condition that always holds. */
export const ALWAYS: Condition = { sql: '1 = 1', params: [] }

/** All of some conditions. */
export function allOf(...conditions: readonly Condition[]): Condition {
  return { sql: conditions.map(({ sql }) => sql).join(' and ') || ALWAYS.sql, params: conditions.flatMap(({ params }) => params) }
}

/** A condition with named parameters, as a query builder takes it: `query.andWhere(...namedCondition('seen', condition))`. */
export function namedCondition(name: string, { sql, params }: Condition): [sql: string, params: Record<string, Param>] {
  let next = 0
  const named = sql.replaceAll('?', () => `:${name}${next++}`)
  return [named, Object.fromEntries(params.map((param, position) => [`${name}${position}`, param]))]
}
