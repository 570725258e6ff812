// The log: one JSON line for each event on standard error. It holds ids and codes, never names, numbers, addresses or message bodies; `text`
// says what the event means, in words of templates/log. ERROR means that a person must act now; a healthy installation logs none.

import pino from 'pino'
import { maskDigits } from './identifiers.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** Data of one event: ids, codes, counts and milliseconds. */
export type Facts = Readonly<Record<string, string | number | boolean | null | undefined>>

/** Writes events by level. `event` is `subject.happened`. */
export interface Log {
  debug(event: string, facts?: Facts): void
  info(event: string, facts?: Facts): void
  warn(event: string, facts?: Facts): void
  /**
   * Of `cause` only the name, code, message (quoted values blanked) and stack frames are logged: other properties may hold personal data.
   */
  error(event: string, facts?: Facts, cause?: unknown): void
}

/**
 * A log that drops events below `level`. It writes synchronously.
 * @param textOf what an event means, for people; undefined for one without words.
 */
export function createLog(level: LogLevel, textOf: (event: string) => string | undefined = () => undefined): Log {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'event' },
    pino.destination({ dest: 2, sync: true }),
  )
  const worded = (event: string, facts: Facts = {}): Facts => {
    const text = textOf(event)
    return text === undefined ? facts : { text, ...facts }
  }
  return {
    debug: (event, facts) => logger.debug(worded(event, facts), event),
    info: (event, facts) => logger.info(worded(event, facts), event),
    warn: (event, facts) => logger.warn(worded(event, facts), event),
    error: (event, facts, cause) => {
      const said = worded(event, facts)
      logger.error(cause === undefined ? said : { ...said, cause: causeFacts(cause) }, event)
    },
  }
}

interface CauseFacts {
  name: string
  code?: string
  message: string
  frames: string[]
}

/**
 * The parts of an error that may be logged. Database errors carry the statement's parameters as properties, and some quote a value in their
 * message (`Duplicate entry 'x' for key 'y'`): both are left out.
 */
export function causeFacts(cause: unknown): CauseFacts {
  if (!(cause instanceof Error)) return { name: typeof cause, message: '', frames: [] }
  const { code } = cause as { code?: unknown }
  return {
    name: cause.name,
    ...(typeof code === 'string' ? { code } : {}),
    message: maskDigits(cause.message.replace(/'[^']*'|"[^"]*"/g, '…')).slice(0, 500),
    frames: (cause.stack ?? '')
      .split('\n')
      .filter((line) => line.startsWith('    at '))
      .map((line) => line.trim()),
  }
}
