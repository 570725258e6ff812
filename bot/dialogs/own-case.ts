// Dialogs about a person's own listing: grounds, dates, exit and measures. Without a confirmed identity they state the general rules.
// Confirming identity is identity.ts; what may be shown is src/features/own-case/views.ts.

import type { Dialog, Outcome, Settled } from '../engine.ts'
import type { Intent } from '../../src/core/understanding.ts'
import { identitySlots, settleIdentity, identitySteps, identityEffect } from './identity.ts'
import { pick } from './reading.ts'
import type { Line, LineValues } from '../../src/platform/texts/dialogs.ts'

/** The most entries in one reply, because of the size of a passive reply of WeChat. */
const SHOWN = 3

/** The dialog that shows a confirmed person's own listings. Slots: those of identity.ts. */
export const ownCase: Dialog = {
  name: 'own_case',
  version: 1,
  intent: 'query_case',
  open: identitySlots,
  steps: identitySteps('own.ask_who'),
  finish: (slots) => ({ say: [], effect: identityEffect(slots) ?? { name: 'show_own', input: {} } }),
  settle: (outcome) => settleIdentity(outcome) ?? listingsReply(outcome, (item) => [entryLine(item), exitLine(item)], ['own.foot']),
}

/** How to leave the list. Anybody may ask; a person with a confirmed identity is answered from their own listing. */
export const removalInfo = listingInfo(
  'removal_info',
  (item) => [{ key: 'own.title', values: pick(item, 'caseNo', 'state') }, exitLine(item)],
  ['own.exits'],
)
/** Which measures apply. Anybody may ask; a person with a confirmed identity is answered from their own listing. */
export const limitsInfo = listingInfo(
  'sanction_info',
  (item) => [{ key: 'own.title', values: pick(item, 'caseNo', 'state') }, limitsLine(item)],
  [],
)

/** A dialog without steps: general information, or the confirmed person's own listings. */
function listingInfo(intent: Intent, lines: (item: LineValues) => Line[], foot: readonly string[]): Dialog {
  return {
    name: intent,
    version: 2,
    intent,
    open: () => ({}),
    steps: [],
    finish: () => ({ say: [], effect: { name: 'show_own', input: {} } }),
    settle: (outcome) =>
      outcome.name === 'unconfirmed' ? { say: [{ key: `answer.${intent}` }, { key: 'own.hint' }] } : listingsReply(outcome, lines, foot),
  }
}

function listingsReply({ name, values = {}, items = [] }: Outcome, lines: (item: LineValues) => Line[], foot: readonly string[]): Settled {
  if (name !== 'found') return { say: [{ key: 'own.none', values: pick(values, 'asOf') }] }
  const shown = items.slice(0, SHOWN).flatMap(lines)
  return {
    say: [
      { key: 'own.head', values: pick(values, 'asOf', 'count') },
      ...shown,
      ...foot.map((key) => ({ key, values: pick(values, 'grounds') })),
    ],
  }
}

function entryLine(item: LineValues): Line {
  return {
    key: 'own.entry',
    values: pick(item, 'name', 'caseNo', 'court', 'state', 'grounds', 'performance', 'decided', 'published', 'term'),
  }
}

/** How this listing ends, or ended. */
function exitLine(item: LineValues): Line {
  if (item['left'] === 1) return { key: 'own.exit.left', values: pick(item, 'exitedOn', 'exitGround') }
  if (item['higher'] !== '') return { key: 'own.exit.higher', values: pick(item, 'higher') }
  const until: Line =
    item['objectionUntil'] === '' ? { key: 'own.objection.any' } : { key: 'own.objection.until', values: pick(item, 'objectionUntil') }
  const key = item['termEndsOn'] === '' ? 'own.exit.open' : 'own.exit.fixed'
  return { key, values: { ...(item['termEndsOn'] === '' ? {} : pick(item, 'termEndsOn')), objection: until } }
}

function limitsLine(item: LineValues): Line {
  if (item['suspended'] === 1) return { key: 'own.limits.suspended' }
  if (item['measures'] === 0) return { key: 'own.limits.none' }
  return { key: 'own.limits.some', values: pick(item, 'measures', 'categories') }
}
