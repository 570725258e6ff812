// One's own listing: why, since when, until when, how out, what limits. From the listing itself once identity is confirmed; else what holds for everybody.
// Being confirmed is identity.ts; what may be told is features/own-case/views.

import type { Dialog, Outcome, Settled } from '../engine.ts'
import type { Intent } from '../../src/core/understanding.ts'
import { identityOf, identitySettled, identitySteps, identityEffect } from './identity.ts'
import type { Line, LineValues } from '../../src/platform/texts/dialogs.ts'

/** Entries in one reply: what a passive reply of WeChat holds. */
const SHOWN = 3

/** Slots: those of identity. */
export const ownCase: Dialog = {
  name: 'own_case',
  version: 1,
  intent: 'query_case',
  open: identityOf,
  steps: identitySteps('own.ask_who'),
  finish: (slots) => ({ say: [], want: identityEffect(slots) ?? { name: 'show_own', input: {} } }),
  settle: (outcome) => identitySettled(outcome) ?? told(outcome, (item) => [entry(item), exit(item)], ['own.foot']),
}

/** Asked by anybody at any time; whoever is confirmed is answered from their own listing. */
export const removalInfo = fromOwn('removal_info', (item) => [{ key: 'own.title', values: only(item, 'caseNo', 'state') }, exit(item)], [
  'own.exits',
])
export const limitsInfo = fromOwn(
  'sanction_info',
  (item) => [{ key: 'own.title', values: only(item, 'caseNo', 'state') }, limits(item)],
  [],
)

function fromOwn(intent: Intent, lines: (item: LineValues) => Line[], foot: readonly string[]): Dialog {
  return {
    name: intent,
    version: 2,
    intent,
    open: () => ({}),
    steps: [],
    finish: () => ({ say: [], want: { name: 'show_own', input: {} } }),
    settle: (outcome) =>
      outcome.name === 'unconfirmed' ? { say: [{ key: `answer.${intent}` }, { key: 'own.hint' }] } : told(outcome, lines, foot),
  }
}

function told({ name, values = {}, items = [] }: Outcome, lines: (item: LineValues) => Line[], foot: readonly string[]): Settled {
  if (name !== 'found') return { say: [{ key: 'own.none', values: only(values, 'asOf') }] }
  const shown = items.slice(0, SHOWN).flatMap(lines)
  return {
    say: [
      { key: 'own.head', values: only(values, 'asOf', 'count') },
      ...shown,
      ...foot.map((key) => ({ key, values: only(values, 'grounds') })),
    ],
  }
}

function entry(item: LineValues): Line {
  return {
    key: 'own.entry',
    values: only(item, 'name', 'caseNo', 'court', 'state', 'grounds', 'performance', 'decided', 'published', 'term'),
  }
}

/** How this entry is left, or was. */
function exit(item: LineValues): Line {
  if (item['left'] === 1) return { key: 'own.exit.left', values: only(item, 'exitedOn', 'exitGround') }
  if (item['higher'] !== '') return { key: 'own.exit.higher', values: only(item, 'higher') }
  const until: Line =
    item['objectionUntil'] === '' ? { key: 'own.objection.any' } : { key: 'own.objection.until', values: only(item, 'objectionUntil') }
  const key = item['termEndsOn'] === '' ? 'own.exit.open' : 'own.exit.fixed'
  return { key, values: { ...(item['termEndsOn'] === '' ? {} : only(item, 'termEndsOn')), objection: until } }
}

function limits(item: LineValues): Line {
  if (item['suspended'] === 1) return { key: 'own.limits.suspended' }
  if (item['measures'] === 0) return { key: 'own.limits.none' }
  return { key: 'own.limits.some', values: only(item, 'measures', 'categories') }
}

function only(item: LineValues, ...names: readonly string[]): LineValues {
  return Object.fromEntries(names.map((name) => [name, item[name] ?? '']))
}
