// The only status codes: errors become problem+json (RFC 9457) in Chinese, with the code for machines and never a stack.
// Which codes there are is core/errors; their words are problems.yaml, checks.yaml and http.yaml.

import { z } from 'zod'
import type { AppContext } from '../commands/command.ts'
import { AppError, isAppError, type Code, type Kind, type Problem } from '../../core/errors.ts'

const STATUS: Readonly<Record<Kind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  conflict: 409,
  limited: 429,
  unavailable: 503,
}

/** Codes whose status says more than their kind's. */
const OWN_STATUS: Readonly<Partial<Record<Code, number>>> = {
  body_too_large: 413,
  method_not_allowed: 405,
  media_type_wrong: 415,
  internal: 500,
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

/** The body of every answer that is an error. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  instance: z.string(),
  problems: z.array(
    z.object({
      code: z.string(),
      message: z.string(),
      severity: z.enum(['error', 'warning']),
      field: z.string().optional(),
      row: z.int().optional(),
      column: z.string().optional(),
      value: z.string().optional(),
    }),
  ),
})

export interface ProblemAnswer {
  status: number
  headers: Readonly<Record<string, string>>
  body: z.output<typeof problemSchema>
}

export function statusOf(code: Code, kind: Kind): number {
  return OWN_STATUS[code] ?? STATUS[kind]
}

/** Any error as an answer. What nobody meant to throw becomes `internal`; the log has it under the request's id. */
export function problemOf(app: AppContext, error: unknown, requestId: string): ProblemAnswer {
  const known = isAppError(error) ? error : new AppError('internal')
  const status = statusOf(known.code, known.kind)
  return {
    status,
    headers: headersOf(known),
    body: {
      type: `urn:zhixintong:problem:${known.code}`,
      title: app.catalog.words('http', `title.${status === 500 ? 'internal' : known.kind}`),
      status,
      detail: app.catalog.problem(known.code, known.values),
      code: known.code,
      instance: requestId,
      problems: known.problems.map((problem) => problemLine(app, problem)),
    },
  }
}

/** The value by its schema, or every problem with it at once. Without a schema there is nothing to have. @throws `request_invalid`. */
export function checkedInput<Value>(schema: z.ZodType<Value> | undefined, value: unknown): Value {
  if (schema === undefined) return undefined as Value
  const parsed = schema.safeParse(value, { reportInput: true })
  if (parsed.success) return parsed.data
  throw new AppError('request_invalid', {}, parsed.error.issues.flatMap(problemsOfIssue))
}

function headersOf(error: AppError): Record<string, string> {
  const headers: Record<string, string> = {}
  if (error.kind === 'unauthenticated')
    headers['WWW-Authenticate'] = error.code.startsWith('unit_key_') ? 'Bearer error="invalid_token"' : 'Session'
  if (typeof error.values['retrySeconds'] === 'number') headers['Retry-After'] = String(error.values['retrySeconds'])
  if (error.code === 'method_not_allowed') headers['Allow'] = String(error.values['allow'] ?? '')
  return headers
}

function problemLine(app: AppContext, problem: Problem): ProblemAnswer['body']['problems'][number] {
  const { code, field, row, column, value } = problem
  return {
    code,
    message: sentenceOf(app, problem),
    severity: problem.severity ?? 'error',
    ...(field === undefined ? {} : { field }),
    ...(row === undefined ? {} : { row }),
    ...(column === undefined ? {} : { column }),
    ...(value === undefined ? {} : { value }),
  }
}

/** A field of a request is the door's own matter; a cell or a draft's field has its words with the checks. */
function sentenceOf({ catalog }: AppContext, problem: Problem): string {
  const key = `issue.${problem.code}`
  return catalog.keys('http').includes(key) ? catalog.words('http', key, problem.values ?? {}) : catalog.check(problem)
}

type Issue = z.core.$ZodIssue

/** What zod found, in the house's codes (http.yaml, `issue`). Values are not repeated: a request may hold anybody's. */
function problemsOfIssue(issue: Issue): Problem[] {
  const field = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ code: 'field_unknown', field: [...issue.path, key].map(String).join('.').slice(0, 100) }))
  return [{ ...codeOfIssue(issue), ...(field === '' ? {} : { field }) }]
}

function codeOfIssue(issue: Issue): Problem {
  if (issue.input === undefined) return { code: 'required' }
  switch (issue.code) {
    case 'invalid_type':
      return { code: `type_${typeName(issue.expected)}` }
    case 'too_small':
      return { code: `least_${measureOf(issue.origin)}`, values: { least: Number(issue.minimum) } }
    case 'too_big':
      return { code: `most_${measureOf(issue.origin)}`, values: { most: Number(issue.maximum) } }
    case 'invalid_value':
      return { code: 'one_of', values: { choices: issue.values.map(String).join('、') } }
    case 'invalid_format':
      return { code: 'format' }
    default:
      return { code: 'not_fitting' }
  }
}

const TYPE_NAMES = ['string', 'number', 'int', 'boolean', 'array', 'object']

function typeName(expected: string): string {
  return TYPE_NAMES.includes(expected) ? expected : 'other'
}

function measureOf(origin: string): 'length' | 'count' | 'number' {
  if (origin === 'string') return 'length'
  return origin === 'array' || origin === 'set' ? 'count' : 'number'
}
