// Carries out the effects that dialogs ask for, each by the command or query that the web uses, inside the turn's transaction.
// When an effect is asked for and how its outcome is worded is in dialogs/; each effect itself is in a file beside this one.

import type { AppContext } from '../../src/platform/commands/command.ts'
import { isAppError } from '../../src/core/errors.ts'
import { ruleOf, type ClockCode } from '../../src/features/deadlines/clocks.rules.ts'
import { amountOf } from '../../src/features/deadlines/rules.ts'
import { CODE_DIGITS, CODE_MINUTES } from '../../src/features/own-case/rules.ts'
import type { Facts, Line } from '../../src/platform/texts/dialogs.ts'
import { settle, type Dialog, type Outcome, type Position, type Slots, type Turn, type Effect, type EffectName } from '../engine.ts'
import { submitMatter } from './creditors.ts'
import { answerOrder, findOrders } from './lift.ts'
import { chooseOwn, submitIntake, checkIdentityCode, requestIdentityCode, showOwn } from './own.ts'
import { enquireList, bindAccount, findBinding, submitComplaint, followComplaint, handOff, subscribe, unsubscribe } from './public.ts'
import { findReturn, submitFeedback } from './returns.ts'
import { findBusinesses, reportScreeningOutcome, screen } from './screening.ts'
import type { TurnContext } from './turn.ts'

const EFFECTS: Readonly<Record<EffectName, (turn: TurnContext, input: Slots) => Promise<Outcome>>> = {
  enquire: enquireList,
  file_complaint: submitComplaint,
  file_matter: submitMatter,
  follow_complaint: followComplaint,
  subscribe: subscribe,
  unsubscribe: unsubscribe,
  find_binding: findBinding,
  bind_liaison: bindAccount,
  hand_off: handOff,
  ask_identity: requestIdentityCode,
  confirm_identity: checkIdentityCode,
  show_own: showOwn,
  choose_own: chooseOwn,
  file_intake: submitIntake,
  find_orders: findOrders,
  answer_order: answerOrder,
  find_return: findReturn,
  submit_return: submitFeedback,
  find_businesses: findBusinesses,
  precheck: screen,
  report_outcome: reportScreeningOutcome,
}

/** The most effects that one message may lead to, one after another: confirm identity, choose a listing, show it. */
const MAX_CHAIN = 6

/**
 * Carries out a turn's effect, and every effect that its outcome leads to. A refusal that the dialog has no text of its own for is said in
 * the error's words and ends the dialog.
 */
export async function carryOut(
  turn: TurnContext,
  dialogs: readonly Dialog[],
  first: Turn,
): Promise<{ say: Line[]; position: Position; handedOver: boolean; asksCode: boolean }> {
  const say = [...first.say]
  let { position, effect } = first
  let handedOver = false
  let asksCode = false
  for (let done = 0; effect !== undefined; done += 1) {
    if (done === MAX_CHAIN) throw new Error(`the dialog ${effect.dialog} goes in circles`)
    asksCode ||= effect.name === 'ask_identity'
    const outcome = await perform(turn, effect)
    if (typeof outcome === 'string') return { say: [...say, { key: 'refused', values: { why: outcome } }], position, handedOver, asksCode }
    handedOver ||= ['opened', 'handed'].includes(outcome.name)
    const next: Turn = settle(dialogs, position, effect, outcome, turn.now)
    say.push(...next.say)
    position = next.position
    effect = next.effect
  }
  return { say, position, handedOver, asksCode }
}

/** The outcome, or the text of the refusal. */
async function perform(turn: TurnContext, effect: Effect): Promise<Outcome | string> {
  try {
    return await EFFECTS[effect.name](turn, effect.input)
  } catch (error) {
    if (!isAppError(error) || error.kind === 'unavailable') throw error
    return turn.app.catalog.problem(error.code, error.values)
  }
}

/** Values that every text may use: the configured court, and the periods of the deadlines table. */
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
    hotline: config.court.crisisPhone,
    objectionPeriod: period('objection.file'),
    reviewPeriod: period('objection.review'),
    reconsiderPeriod: period('reconsideration.file'),
    exitPeriod: period('listing.exit'),
    acceptPeriod: period('complaint.accept'),
    codeMinutes: CODE_MINUTES,
    codeDigits: CODE_DIGITS,
  }
}
