// The settings of what the court shows beyond its own pages: the board in its lobby, and the page that other sites may frame.
// The other settings are settings.ts and providers.ts; the pages are features/board.

import { z } from 'zod'
import { listOf, wholeNumber, type Settings, type ValuesOf } from './setting.ts'

/** An origin as a browser sends it: scheme, host and port, no path. */
const origin = z.url({ protocol: /^https?$/ }).refine((text) => URL.canParse(text) && new URL(text).origin === text, 'origin')

/** The declarations by variable name. */
export const BOARD_SETTINGS = {
  BOARD: {
    group: 'board',
    schema: z.enum(['on', 'off']),
    default: 'on',
    doc: 'Whether `/board` shows the latest entries and bulletins on a screen in the lobby. With `off` the page does not exist.',
  },
  BOARD_DAYS: {
    group: 'board',
    schema: wholeNumber(1, 366),
    default: '30',
    unit: 'days',
    doc: 'How far back the bulletins reach whose entries the board shows. The list as a whole is never shown.',
    houseRule: true,
  },
  BOARD_ENTRIES: {
    group: 'board',
    schema: wholeNumber(1, 300),
    default: '60',
    unit: 'entries',
    doc: 'How many entries the board shows at most, the latest first.',
    houseRule: true,
  },
  BOARD_TURN_SECONDS: {
    group: 'board',
    schema: wholeNumber(3, 300),
    default: '12',
    unit: 'seconds',
    doc: 'How long the board shows one screen before it turns to the next.',
  },
  BOARD_STALE_MINUTES: {
    group: 'board',
    schema: wholeNumber(1, 60),
    default: '5',
    unit: 'minutes',
    doc: 'After how long without a fresh answer of the server the board goes dark and says that its data is outdated.',
    houseRule: true,
  },
  EMBED_ORIGINS: {
    group: 'board',
    schema: listOf(origin),
    example: 'https://www.city.example',
    doc:
      'The sites that may frame `/embed` and read the latest bulletins from a script, separated by commas, each as its origin. ' +
      'Without it neither exists.',
  },
} as const satisfies Settings

/** The part of the configuration that these settings give. */
export function boardOf(env: ValuesOf<typeof BOARD_SETTINGS>): {
  board: { on: boolean; days: number; entries: number; turnSeconds: number; staleMinutes: number }
  embedOrigins: readonly string[]
} {
  return {
    board: {
      on: env.BOARD === 'on',
      days: env.BOARD_DAYS,
      entries: env.BOARD_ENTRIES,
      turnSeconds: env.BOARD_TURN_SECONDS,
      staleMinutes: env.BOARD_STALE_MINUTES,
    },
    embedOrigins: env.EMBED_ORIGINS ?? [],
  }
}
