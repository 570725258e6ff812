// What a dialog wants done, done: each want is the act that the web uses, asked inside the turn's own transaction; and what every text may name.
// When something is wanted is dialogs/; how an outcome is worded too; the doing is wants/.

import type { AppContext } from '../../src/platform/commands/command.ts'
import { isAppError } from '../../src/core/errors.ts'
import { ruleOf, type ClockCode } from '../../src/features/deadlines/clocks.rules.ts'
import { amountOf } from '../../src/features/deadlines/rules.ts'
import { CODE_DIGITS, CODE_MINUTES } from '../../src/features/own-case/rules.ts'
import type { Facts, Line } from '../../src/platform/texts/dialogs.ts'
import { settle, type Dialog, type Outcome, type Position, type Slots, type Turn, type Effect, type EffectName } from '../engine.ts'
import { answerOrder, findOrders } from './lift.ts'
import { chooseOwn, handIn, proveCode, proveIdentity, showOwn } from './own.ts'
import { ask, bind, complain, follow, handOff, join, leave } from './public.ts'
import { findReturn, handInReturn, precheck, reportScreeningOutcome } from './returns.ts'
import type { TurnContext } from './turn.ts'

const EFFECTS: Readonly<Record<EffectName, (turn: TurnContext, input: Slots) => Promise<Outcome>>> = {
  enquire: ask,
  file_complaint: complain,
  follow_complaint: follow,
  subscribe: join,
  unsubscribe: leave,
  bind_liaison: bind,
  hand_off: handOff,
  ask_identity: proveIdentity,
  confirm_identity: proveCode,
  show_own: showOwn,
  choose_own: chooseOwn,
  file_intake: handIn,
  find_orders: findOrders,
  answer_order: answerOrder,
  find_return: findReturn,
  submit_return: handInReturn,
  precheck,
  report_outcome: reportScreeningOutcome,
}

/** Wants that one message may lead to, one after another: to be confirmed, to choose, to be shown. */
const CHAIN = 6

/** Does what a turn wants, and what its outcome wants again. A refusal that the dialog has no words of its own for is said, and ends the dialog. */
export async function carryOut(
  turn: TurnContext,
  dialogs: readonly Dialog[],
  first: Turn,
): Promise<{ say: Line[]; position: Position; handedOver: boolean }> {
  const say = [...first.say]
  let { position, effect } = first
  let handedOver = false
  for (let done = 0; effect !== undefined; done += 1) {
    if (done === CHAIN) throw new Error(`the dialog ${effect.dialog} goes in circles`)
    const outcome = await fulfilled(turn, effect)
    if (typeof outcome === 'string') return { say: [...say, { key: 'refused', values: { why: outcome } }], position, handedOver }
    handedOver ||= ['opened', 'handed'].includes(outcome.name)
    const then: Turn = settle(dialogs, position, effect, outcome, turn.now)
    say.push(...then.say)
    position = then.position
    effect = then.effect
  }
  return { say, position, handedOver }
}

/** The outcome, or why it was refused. */
async function fulfilled(turn: TurnContext, want: Effect): Promise<Outcome | string> {
  try {
    return await EFFECTS[want.name](turn, want.input)
  } catch (error) {
    if (!isAppError(error) || error.kind === 'unavailable') throw error
    return turn.app.catalog.problem(error.code, error.values)
  }
}

/** What every text may name: the court as it is configured, periods as the table of clocks has them. */
export function factsOf({ config }: AppContext): Facts {
  const period = (code: ClockCode): Line => {
    const rule = ruleOf(code, config.profile)
    if ('none' in rule || rule.unit === 'stated_day') return { key: 'period.none' }
    return { key: `period.${rule.unit}`, values: { amount: amountOf(code, config.profile, config.clockDays) } }
  }
  return {
    court: config.court.name,
    phone: config.court.phone,
    address: config.court.address,
    objectionPeriod: period('objection.file'),
    reviewPeriod: period('objection.review'),
    reconsiderPeriod: period('reconsideration.file'),
    exitPeriod: period('listing.exit'),
    acceptPeriod: period('complaint.accept'),
    codeMinutes: CODE_MINUTES,
    codeDigits: CODE_DIGITS,
  }
}
