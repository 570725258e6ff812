// `zxt understand`: reads JSON lines and prints what the bot understands of each. It runs the bot's own code, so it is used for measuring.
// Understanding itself is bot/understanding/understand.ts.

import { createInterface } from 'node:readline'
import type { Command } from 'commander'
import type { Code } from '../../src/core/errors.ts'
import type { CliSession } from '../../src/platform/cli/session.ts'
import type { Understand } from '../../src/core/understanding.ts'

interface Line {
  text: string
  role?: string | undefined
}

/** Adds `zxt understand` to the program. */
export function understandCommands(program: Command, { terminal, understanding }: Pick<CliSession, 'terminal' | 'understanding'>): void {
  program
    .command('understand')
    .description(terminal.words('command.understand'))
    .action(async () => {
      const understand = understanding()
      let number = 0
      for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
        number++
        await write(`${answerLine(understand, line, number)}\n`)
      }
    })
}

/**
 * One line `{"text", "role"?}` answered with one line `{"intent", "confidence", "choices", "slots"}`; a broken line with `{"error",
 * "line"}`, where `error` is `body_not_json` or `request_invalid` and `line` counts from 1. Never throws for what a line says.
 */
export function answerLine(understand: Understand, line: string, number: number): string {
  const parsed = parse(line)
  if ('error' in parsed) return JSON.stringify({ error: parsed.error, line: number })
  const { intent, confidence, choices, slots } = understand(parsed.text, parsed.role)
  return JSON.stringify({ intent, confidence, choices, slots })
}

function parse(line: string): Line | { error: Code } {
  let value: unknown
  try {
    value = JSON.parse(line.replace(/^\uFEFF/, ''))
  } catch {
    return { error: 'body_not_json' }
  }
  if (typeof value !== 'object' || value === null || !('text' in value) || typeof value.text !== 'string')
    return { error: 'request_invalid' }
  const role = 'role' in value ? (value.role ?? undefined) : undefined
  return role === undefined || typeof role === 'string' ? { text: value.text, role } : { error: 'request_invalid' }
}

/** Writes to stdout and waits until it is written, so that a slow reader slows us down. */
function write(text: string): Promise<void> {
  return new Promise((done) => void process.stdout.write(text, () => done()))
}
