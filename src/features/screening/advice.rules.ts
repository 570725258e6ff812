// Reads the lines of `zxt screening advise`: one question about a business each, without a person, answered by the same rules as a screening.
// The advice itself is features/units/clauses.rules.ts; what a unit asks about somebody is rules.ts.

import { AppError, type Problem } from '../../core/errors.ts'
import type { Measure } from '../units/measures.rules.ts'
import { adviceOf, readRelation, type BusinessAdvice } from '../units/clauses.rules.ts'

/** What the clauses say to one line. `id` is the line's own, whatever it is. */
export interface AdvisedLine extends BusinessAdvice {
  id: unknown
}

/**
 * Answers one line, a JSON object with `id`, `measure`, `business`, `listed.kind` and `relation`; other fields are left alone.
 * @throws AppError `advice_line_wrong` with every problem of the line.
 */
export function adviseLine(measures: ReadonlyMap<string, Measure>, line: string): AdvisedLine {
  const given = readObject(line)
  const { id, measure: measureId, business, listed, relation } = given
  const kind = isObject(listed) ? listed['kind'] : undefined
  const measure = measures.get(String(measureId))
  const related = typeof relation === 'string' ? readRelation(relation) : null
  const problems: Problem[] = []
  const check = (holds: boolean, field: string, code: string): void => {
    if (!holds) problems.push({ code, field })
  }
  check(id !== undefined && id !== null, 'id', 'advice_field')
  check(measure !== undefined, 'measure', 'advice_measure')
  check(typeof business === 'string' && business.trim() !== '', 'business', 'advice_field')
  check(kind === 'person' || kind === 'organisation', 'listed.kind', 'advice_kind')
  check(related !== null, 'relation', 'advice_relation')
  if (problems.length > 0 || measure === undefined || related === null) throw new AppError('advice_line_wrong', {}, problems)
  const debtor = { kind: kind === 'organisation' ? 'organisation' : 'person' } as const
  return { id, ...adviceOf(measure, String(business), debtor, related) }
}

function readObject(line: string): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(line)
    if (isObject(read)) return read
  } catch {
    // Answered below, like any other line that is no object.
  }
  throw new AppError('advice_line_wrong', {}, [{ code: 'advice_json' }])
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
