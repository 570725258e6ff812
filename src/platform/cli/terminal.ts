// Output of the terminal: lines, tables, progress bars, questions, errors. Texts come from templates/words/zh-CN/cli.yaml.
// No command is known here; what commands share is answers.ts.

import { createInterface } from 'node:readline/promises'
import { Writable, type Readable } from 'node:stream'
import { SingleBar } from 'cli-progress'
import stringWidth from 'string-width'
import { isAppError, type AppError, type Values } from '../../core/errors.ts'
import { firstProblems } from '../../core/problem-list.ts'
import type { AppContext } from '../commands/command.ts'
import { PERMISSIONS, rolesOf, STAFF_ROLES } from '../commands/permissions.ts'

/** Where commands write. */
export interface Terminal {
  /** Prints a text of cli.yaml. */
  say(key: string, values?: Values): void
  /** Prints a line as it is. */
  line(text: string): void
  /** Prints rows in aligned columns under headings. */
  table(headings: readonly string[], rows: readonly (readonly string[])[]): void
  /** Prints a value as indented JSON. */
  json(value: unknown): void
  /** Shows a progress bar on a terminal; does nothing elsewhere. */
  progress(label: string): { update(done: number, total: number, note: string): void; stop(): void }
  /** Asks until the answer is yes or no; null when there is no terminal to answer at. */
  confirm(question: string): Promise<boolean | null>
  /** A text of cli.yaml. */
  words(key: string, values?: Values): string
}

/** Writes to standard output; progress and questions to standard error. */
export function createTerminal(catalog: Pick<AppContext['catalog'], 'words'>): Terminal {
  const words = (key: string, values?: Values): string => catalog.words('cli', key, values)
  const line = (text: string): void => void process.stdout.write(`${text}\n`)
  return {
    words,
    line,
    say: (key, values) => line(words(key, values)),
    json: (value) => line(JSON.stringify(value, null, 2)),
    table(headings, rows) {
      const widths = headings.map((heading, column) => Math.max(stringWidth(heading), ...rows.map((row) => stringWidth(row[column] ?? ''))))
      for (const row of [headings, ...rows])
        line(
          row
            .map((cell, column) => padded(cell, widths[column] ?? 0))
            .join('  ')
            .trimEnd(),
        )
    },
    progress(label) {
      if (!process.stderr.isTTY) return { update: () => undefined, stop: () => undefined }
      const bar = new SingleBar({
        format: `${label} {bar} {percentage}% {note}`,
        stream: process.stderr,
        hideCursor: true,
        clearOnComplete: true,
      })
      bar.start(1, 0, { note: '' })
      return {
        update(done, total, note) {
          bar.setTotal(Math.max(total, 1))
          bar.update(Math.min(done, total), { note })
        },
        stop: () => bar.stop(),
      }
    },
    async confirm(question) {
      if (!process.stdin.isTTY) return null
      const prompt = createInterface({ input: process.stdin, output: process.stderr })
      try {
        for (;;) {
          const answer = (await prompt.question(`${question} `)).trim().toLowerCase()
          if (['y', 'yes', words('yes')].includes(answer)) return true
          if (['n', 'no', '', words('no')].includes(answer)) return false
        }
      } finally {
        prompt.close()
      }
    },
  }
}

/**
 * Reads a password or a code: on a terminal after a question and without showing it, elsewhere as the next line of standard input. Null for
 * an empty line or none.
 */
export async function askPassword(question: string): Promise<string | null> {
  const { stdin, stderr } = process
  if (!stdin.isTTY) {
    piped ??= pipedLines(stdin)
    return (await piped()) || null
  }
  // Readline writes what is typed to its output, so that nothing is shown when the output swallows it.
  const hidden = new Writable({ write: (_chunk, _encoding, done) => done() })
  stderr.write(`${question} `)
  const reader = createInterface({ input: stdin, output: hidden, terminal: true })
  try {
    for await (const line of reader) return line === '' ? null : line
    return null
  } finally {
    reader.close()
    stderr.write('\n')
  }
}

/** The lines of standard input. One reader for all questions: a second one would miss what the first has read ahead. */
let piped: (() => Promise<string | null>) | undefined

/** Hands out the lines of a stream one by one, then null. Between two lines the stream rests, so that it does not keep the process alive. */
export function pipedLines(input: Readable): () => Promise<string | null> {
  const reader = createInterface({ input })
  const lines: string[] = []
  let ended = false
  let wake: () => void = () => undefined
  reader.on('line', (line) => {
    lines.push(line)
    wake()
  })
  reader.on('close', () => {
    ended = true
    wake()
  })
  reader.pause()
  return async () => {
    while (lines.length === 0 && !ended) {
      const arrived = new Promise<void>((resolve) => (wake = resolve))
      reader.resume()
      await arrived
    }
    if (!ended) reader.pause()
    return lines.shift() ?? null
  }
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)))
}

/**
 * An error in words with its code, each of the first problems on a line of its own, and who may do what was refused. An unexpected error is
 * shown with its stack.
 */
export function explain(catalog: AppContext['catalog'], error: unknown): string {
  if (!isAppError(error)) return error instanceof Error ? (error.stack ?? error.message) : String(error)
  const problems = firstProblems(error.problems).map(
    (problem) => `  - ${catalog.check(problem)}${problem.value === undefined ? '' : ` (${problem.value})`}`,
  )
  return [`${catalog.problem(error.code, error.values)} [${error.code}]`, ...problems, ...whoMay(catalog, error)].join('\n')
}

/** For a missing permission: the roles of staff that have it, to be used with `--as`. */
function whoMay(catalog: AppContext['catalog'], { code, values }: AppError): string[] {
  const permission = PERMISSIONS.find((each) => code === 'not_allowed' && each === values['act'])
  if (permission === undefined) return []
  const roles = STAFF_ROLES.filter((role) => rolesOf(permission).includes(role)).map((role) => catalog.words('states', `role.${role}`))
  return roles.length === 0 ? [] : [catalog.words('cli', 'who_may', { roles: roles.join('、') })]
}
