// Effects about a person's own listing: confirm identity, show it, choose one, file an objection or an application for credit repair.
// The dialogs are bot/dialogs/identity.ts, own-case.ts and intakes.ts; the commands are in src/features/own-case and src/features/intakes.

import { askIdentity, askSignature, confirmedIdentifier, confirmIdentity, countCodes } from '../../src/features/own-case/commands.ts'
import { fileIntake } from '../../src/features/intakes/commands.ts'
import { performanceOf, showOwnCases, type OwnCase } from '../../src/features/own-case/views.ts'
import { wallTime, writtenDay, writtenDayOrNone } from '../../src/core/calendar.ts'
import type { IntakeKind } from '../../src/features/intakes/rules.ts'
import { hasExited, STATED_EXIT_GROUNDS } from '../../src/features/listings/rules.ts'
import type { ObjectionSubject } from '../../src/features/objections/rules.ts'
import { PUBLIC } from '../../src/platform/commands/permissions.ts'
import type { Outcome, Slots } from '../engine.ts'
import { minutesUntil, wechatOf, type TurnContext } from './turn.ts'
import type { Line, LineValues } from '../../src/platform/texts/dialogs.ts'
import { readHolder } from '../../src/core/documents.ts'

/**
 * Sends a code for an identifier, within the limits of the hour.
 */
export async function requestIdentityCode(turn: TurnContext, { identifier = '' }: Slots): Promise<Outcome> {
  const { app, tx, now, conversation } = turn
  const read = readHolder(identifier)
  if (read.kind === 'none') return { name: 'unreadable' }
  const limited = await countCodes(app, tx, { sender: turn.sender, identifier: read.number, now })
  if (limited !== null) return { name: 'codes_limited', values: { minutes: minutesUntil(limited.until, now) } }
  return { name: await askIdentity(app, PUBLIC, { conversationId: conversation.id, identifier, wechat: wechatOf(turn) }) }
}

/** Checks the code that was sent. Outcome `confirmed`, `wrong_code`, or another name of `confirmIdentity`. */
export async function checkIdentityCode(turn: TurnContext, { code = '' }: Slots): Promise<Outcome> {
  const { app, conversation } = turn
  const outcome = await confirmIdentity(app, PUBLIC, {
    conversationId: conversation.id,
    code,
    vouched: wechatOf(turn) !== undefined,
  })
  return { name: outcome === 'wrong' ? 'wrong_code' : outcome }
}

/** The confirmed person's listings. Outcome `found`, `none`, or `unconfirmed`. */
export async function showOwn(turn: TurnContext): Promise<Outcome> {
  const { app, now, conversation } = turn
  const own = await showOwnCases(app, PUBLIC, conversation.id)
  if (own === null) return { name: 'unconfirmed' }
  const values = { asOf: wallTime(now), count: own.length, grounds: exitGrounds(turn) }
  return own.length === 0 ? { name: 'none', values } : { name: 'found', values, items: own.map((each) => listingValues(turn, each)) }
}

function exitGrounds({ app }: TurnContext): string {
  return STATED_EXIT_GROUNDS.map((ground) => app.catalog.words('states', `exit.${ground}`)).join('；')
}

function listingValues(turn: TurnContext, each: OwnCase): LineValues {
  const { catalog } = turn.app
  const left = hasExited(each.state)
  return {
    name: each.name,
    caseNo: each.caseNo,
    court: each.court,
    state: catalog.words('states', `listing.${each.state}`),
    grounds: each.grounds
      .map((ground) => catalog.words('own', `ground.${ground}`, { text: catalog.words('grounds', String(ground)) }))
      .join('；'),
    performance: performanceOf(turn.app, each),
    decided:
      each.decidedOn === null
        ? NONE_LINE
        : catalog.words('own', 'decided', { on: writtenDay(each.decidedOn), number: each.decisionNo ?? '' }),
    published: each.publishedOn === null ? NONE_LINE : writtenDay(each.publishedOn),
    term: each.termMonths === null ? catalog.words('states', 'term.none') : catalog.words('own', 'term', { months: each.termMonths }),
    left: left ? 1 : 0,
    higher: each.ofHigherCourt === null ? '' : catalog.words('states', `court.${each.ofHigherCourt}`),
    exitedOn: writtenDayOrNone(each.exitedOn),
    exitGround: catalog.words('own', each.exitGround === null ? 'revoked' : 'shielded', {
      ground: each.exitGround === null ? '' : catalog.words('states', `exit.${each.exitGround}`),
    }),
    termEndsOn: writtenDayOrNone(each.termEndsOn),
    objectionUntil: writtenDayOrNone(each.objectionUntil),
    suspended: each.suspended ? 1 : 0,
    measures: each.limits.measures,
    categories: each.limits.categories.join('、'),
  }
}

const NONE_LINE: Line = { key: 'none' }

/** The listings that the person can file something about. Outcome `one`, `many`, `none_fit`, or `unconfirmed`. */
export async function chooseOwn(turn: TurnContext, { kind = '' }: Slots): Promise<Outcome> {
  const { app, conversation } = turn
  const own = await showOwnCases(app, PUBLIC, conversation.id)
  if (own === null) return { name: 'unconfirmed' }
  const matching = kind === 'repair' ? own.filter(({ state }) => hasExited(state)) : own
  if (matching.length === 0) return { name: 'none_fit' }
  const items = matching.map(({ listingId, caseNo, court, state }) => {
    return { listingId, caseNo, court, state: app.catalog.words('states', `listing.${state}`) }
  })
  return { name: matching.length === 1 ? 'one' : 'many', items }
}

/**
 * Files the objection or the application for credit repair. Outcome `filed` or `filed_late`; where the sender
 * can be forged also those of `unsignedOutcome`.
 */
export async function submitIntake(turn: TurnContext, input: Slots): Promise<Outcome> {
  const { app, conversation } = turn
  const unsigned = isForgeable(turn) ? await unsignedOutcome(turn, input) : null
  if (unsigned !== null) return unsigned
  const { number, receivedOn, dueOn, late } = await fileIntake(app, PUBLIC, {
    conversationId: conversation.id,
    kind: input['kind'] as IntakeKind,
    listingId: input['listingId'] ?? '',
    about: input['about'] as ObjectionSubject | undefined,
    way: turn.address === null ? 'web' : 'bot',
    text: input['text'] ?? '',
    unitWords: input['unitWords'],
  })
  return { name: late ? 'filed_late' : 'filed', values: { number, receivedOn: writtenDay(receivedOn), dueOn } }
}

/** The sender of an SMS is easily forged, while what we send goes to the true owner of the number. */
function isForgeable({ address }: TurnContext): boolean {
  return address !== null && 'phone' in address
}

/**
 * Requires a code that was sent for this filing. Null when it came; else `unsigned` (it was sent), `unconfirmed`, `codes_limited`, `wrong_code`
 * or `spent`.
 */
async function unsignedOutcome(turn: TurnContext, { signing, code, resend }: Slots): Promise<Outcome | null> {
  const { app, tx, now, conversation } = turn
  if (signing !== undefined && code !== undefined && resend === undefined) {
    const checked = await checkIdentityCode(turn, { code })
    return checked.name === 'confirmed' ? null : checked
  }
  const identifier = await confirmedIdentifier(app, tx, conversation.id, now)
  if (identifier === null) return { name: 'unconfirmed' }
  const limited = await countCodes(app, tx, { sender: turn.sender, identifier, now })
  if (limited !== null) return { name: 'codes_limited', values: { minutes: minutesUntil(limited.until, now) } }
  return { name: (await askSignature(app, PUBLIC, { conversationId: conversation.id })) ? 'unsigned' : 'unconfirmed' }
}
