// Why a call to the server failed, as screens show it: the server's own problem, or that the server was not reached.

/** One line of a refusal: a field, a row, or a cell. */
export interface ProblemLine {
  code: string
  message: string
  severity: 'error' | 'warning'
  field?: string
  row?: number
  column?: string
  value?: string
}

/** A refusal of the server (RFC 9457), or with the code `network` a call that got no answer. */
export class Problem extends Error {
  readonly code: string
  readonly status: number
  readonly title: string
  readonly detail: string
  /** The request's id, by which the operator finds it in the log. */
  readonly instance: string
  readonly lines: readonly ProblemLine[]

  constructor(given: {
    code: string
    status: number
    title: string
    detail: string
    instance?: string
    problems?: readonly ProblemLine[]
  }) {
    super(given.code)
    this.code = given.code
    this.status = given.status
    this.title = given.title
    this.detail = given.detail
    this.instance = given.instance ?? ''
    this.lines = given.problems ?? []
  }
}

/** A call that got no answer: nobody knows whether the server did what was asked. */
export const NETWORK = 'network'

/** Whether the same call may succeed later: what is missing or refused stays so, what was busy or broken may not. */
export function mayPass({ status }: Problem): boolean {
  return status < 400 || status >= 500 || [401, 408, 409, 429].includes(status)
}

/** Any error as a problem, so that a screen has one way to show it. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof Problem) return error
  return new Problem({ code: 'defect', status: 0, title: '', detail: '' })
}

/** A refusal whose lines name the fields of a form in place of places of the request. */
export function inFields(problem: Problem, fieldAt: ((path: string) => string) | undefined): Problem {
  if (fieldAt === undefined || problem.lines.length === 0) return problem
  const problems = problem.lines.map((line) => (line.field === undefined ? line : { ...line, field: fieldAt(line.field) }))
  const { code, status, title, detail, instance } = problem
  return new Problem({ code, status, title, detail, instance, problems })
}
