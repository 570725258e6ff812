// What the terminal shows: lines, tables, progress, questions. Words come from templates/words/zh-CN/cli.yaml.
// Nothing here knows a command.

import { createInterface } from 'node:readline/promises'
import { SingleBar } from 'cli-progress'
import stringWidth from 'string-width'
import { isAppError, type Values } from '../../core/errors.ts'
import type { AppContext } from '../commands/command.ts'

export interface Terminal {
  /** A line of words. */
  say(key: string, values?: Values): void
  /** A line as it is. */
  line(text: string): void
  /** Rows in aligned columns, under headings. */
  table(headings: readonly string[], rows: readonly (readonly string[])[]): void
  json(value: unknown): void
  /** A progress bar on a terminal; nothing elsewhere. */
  progress(label: string): { update(done: number, total: number, note: string): void; stop(): void }
  /** Asks until yes or no; null when nobody can answer (no terminal). */
  confirm(question: string): Promise<boolean | null>
  words(key: string, values?: Values): string
}

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

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)))
}

/** Says an error in words, with its code for whoever asks for help; every problem on a line of its own. Anything unexpected keeps its stack for the log. */
export function explain(catalog: AppContext['catalog'], error: unknown): string {
  if (!isAppError(error)) return error instanceof Error ? (error.stack ?? error.message) : String(error)
  const problems = error.problems.map(
    (problem) => `  - ${catalog.check(problem)}${problem.value === undefined ? '' : ` (${problem.value})`}`,
  )
  return [`${catalog.problem(error.code, error.values)} [${error.code}]`, ...problems].join('\n')
}
