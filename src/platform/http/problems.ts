// Turns errors into problem+json answers (RFC 9457) in Chinese, with the code for machines and never a stack; the only home of error statuses.
// The codes are core/errors.ts; their texts are problems.yaml, checks.yaml and http.yaml in templates/words/zh-CN.

import { z } from 'zod'
import type { AppContext } from '../commands/command.ts'
import { AppError, isAppError, type Code, type Kind, type Problem } from '../../core/errors.ts'
import { firstProblems, MOST_PROBLEMS } from '../../core/problem-list.ts'
import { isDuplicate } from '../database/faults.ts'

const STATUS: Readonly<Record<Kind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  conflict: 409,
  limited: 429,
  unavailable: 503,
}

/** Codes with a more exact status than that of their kind. */
const OWN_STATUS: Readonly<Partial<Record<Code, number>>> = {
  body_too_large: 413,
  import_over_limit: 413,
  evidence_over_limit: 413,
  method_not_allowed: 405,
  media_type_wrong: 415,
  internal: 500,
}

/** The media type of an error answer. */
export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

/** One thing wrong with a request, a row or a cell: what it is and what to do, in Chinese. */
export const problemLineSchema = z.object({
  code: z.string(),
  message: z.string(),
  severity: z.enum(['error', 'warning']).optional(),
  field: z.string().optional(),
  row: z.int().optional(),
  column: z.string().optional(),
  value: z.string().optional(),
})

/** The body of every error answer. `instance` is the request id. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  instance: z.string(),
  problems: z.array(problemLineSchema.required({ severity: true })),
})

/** An error answer. */
export interface ProblemAnswer {
  status: number
  headers: Readonly<Record<string, string>>
  body: z.output<typeof problemSchema>
}

/** The HTTP status of an error code. */
export function statusOf(code: Code, kind: Kind): number {
  return OWN_STATUS[code] ?? STATUS[kind]
}

/**
 * Turns any error into an answer. An error that is no AppError becomes `internal`; the log has it under the request id. A row that others
 * kept making first, however often it was tried, is no fault of the server: asked again a little later it is made.
 */
export function problemOf(app: AppContext, error: unknown, requestId: string): ProblemAnswer {
  const appError = isAppError(error) ? error : new AppError(isDuplicate(error) ? 'database_busy' : 'internal')
  const status = statusOf(appError.code, appError.kind)
  return {
    status,
    headers: headersOf(appError),
    body: {
      type: `urn:zhixintong:problem:${appError.code}`,
      title: app.catalog.words('http', `title.${status === 500 ? 'internal' : appError.kind}`),
      status,
      detail: app.catalog.problem(appError.code, appError.values),
      code: appError.code,
      instance: requestId,
      problems: firstProblems(appError.problems).map((problem) => problemLine(app, problem)),
    },
  }
}

/** Characters of the name of a field in a problem. */
const MOST_NAME = 100

/**
 * Parses a value by its schema; without a schema the result is undefined.
 * @throws AppError `request_invalid` with the first 20 problems and, as one more, how many others there are.
 */
export function checkedInput<Value>(schema: z.ZodType<Value> | undefined, value: unknown): Value {
  if (schema === undefined) return undefined as Value
  const parsed = schema.safeParse(value, { reportInput: true })
  if (parsed.success) return parsed.data
  throw new AppError('request_invalid', {}, problemsOf(parsed.error.issues))
}

function problemsOf(issues: readonly Issue[]): Problem[] {
  // One issue names all unknown fields of an object; of those beyond the first nothing is made.
  const count = issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0)
  const named = issues.slice(0, MOST_PROBLEMS).flatMap(problemsOfIssue).slice(0, MOST_PROBLEMS)
  return count > named.length ? [...named, { code: 'problems_more', values: { count: count - named.length } }] : named
}

function headersOf(error: AppError): Record<string, string> {
  const headers: Record<string, string> = {}
  if (error.kind === 'unauthenticated')
    headers['WWW-Authenticate'] = error.code.startsWith('unit_key_') ? 'Bearer error="invalid_token"' : 'Session'
  if (typeof error.values['retrySeconds'] === 'number') headers['Retry-After'] = String(error.values['retrySeconds'])
  if (typeof error.values['left'] === 'number') headers['RateLimit-Remaining'] = String(error.values['left'])
  if (error.code === 'method_not_allowed') headers['Allow'] = String(error.values['allow'] ?? '')
  return headers
}

function problemLine(app: AppContext, problem: Problem): ProblemAnswer['body']['problems'][number] {
  const { code, row, column, value } = problem
  const field = problem.path ?? problem.field
  return {
    code,
    message: app.catalog.check(problem),
    severity: problem.severity ?? 'error',
    ...(field === undefined ? {} : { field }),
    ...(row === undefined ? {} : { row }),
    ...(column === undefined ? {} : { column }),
    ...(value === undefined ? {} : { value }),
  }
}

type Issue = z.core.$ZodIssue

/** Translates an issue of zod into problem codes (http.yaml, `issue`). Values are not repeated, because they may be personal data. */
function problemsOfIssue(issue: Issue): Problem[] {
  const field = nameOf(issue.path)
  if (issue.code === 'unrecognized_keys')
    return issue.keys.slice(0, MOST_PROBLEMS).map((key) => ({ code: 'field_unknown', field: nameOf([...issue.path, key]) }))
  return [{ ...codeOfIssue(issue), ...(field === '' ? {} : { field }) }]
}

function nameOf(path: readonly PropertyKey[]): string {
  return path.map(String).join('.').slice(0, MOST_NAME)
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
      return { code: issue.format === 'date' ? 'format_date' : 'format' }
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
