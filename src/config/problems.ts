// What can be wrong with a setting, as codes: the sentences are in templates/settings, in the language of whoever looks after the
// installation (platform/texts/setting-words.ts).

import type { z } from 'zod'

/** One thing that is wrong. */
export interface ConfigProblem {
  /** The variable, or several separated by commas, as in docs/configuration.md. */
  setting: string
  /** A key of templates/settings. */
  code: string
  values?: Readonly<Record<string, string | number>>
}

/** Wrong settings, each of which an operator can mend. Its message has codes only. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[]
  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(({ setting, code, values = {} }) => [`${setting}: ${code}`, ...Object.values(values)].join(' ')).join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/** The problem that a check of a setting found. Checks of our own give a key of templates/settings as their message. */
export function problemOf(name: string, issue: z.core.$ZodIssue): ConfigProblem {
  return { setting: [name, ...issue.path].join('.'), ...described(issue) }
}

function described(issue: z.core.$ZodIssue): Omit<ConfigProblem, 'setting'> {
  switch (issue.code) {
    case 'invalid_value':
      return { code: 'choice', values: { choices: issue.values.join(', ') } }
    case 'too_small':
      return bounded('least', issue.origin, Number(issue.minimum), issue.exact)
    case 'too_big':
      return bounded('most', issue.origin, Number(issue.maximum), issue.exact)
    case 'invalid_type':
      return { code: 'number' }
    case 'invalid_format':
      return { code: issue.format === 'regex' ? issue.message : issue.format }
    case 'custom':
      return { code: issue.message, values: (issue.params ?? {}) as Record<string, string> }
    default:
      return { code: 'wrong' }
  }
}

function bounded(side: 'least' | 'most', origin: string, bound: number, exact = false): Omit<ConfigProblem, 'setting'> {
  if (origin === 'array') return { code: 'list_empty' }
  if (origin === 'string') return { code: exact ? 'length_exact' : bound === 1 ? 'empty' : `length_${side}`, values: { bound } }
  return { code: side, values: { bound } }
}
