// Effects of the applicant of a case: file a matter, and show how far one's own matters are.
// The dialogs are bot/dialogs/creditor.ts and complaint.ts; the commands and queries are in src/features/creditors.

import { writtenDay, writtenDayOrNone } from '../../src/core/calendar.ts'
import { AppError, isAppError } from '../../src/core/errors.ts'
import { fileMatter } from '../../src/features/creditors/commands.ts'
import type { MatterKind } from '../../src/features/creditors/rules.ts'
import { followMatter, mattersOfAccount, type PublicMatter } from '../../src/features/creditors/views.ts'
import { countUse, lockUse } from '../../src/messaging/sender-limits.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { PUBLIC } from '../../src/platform/commands/permissions.ts'
import type { LineValues } from '../../src/platform/texts/dialogs.ts'
import type { Outcome, Slots } from '../engine.ts'
import { minutesLeft, wechatOf, withGuessLimit, type TurnContext } from './turn.ts'

/** The most matters that one person can file in an hour. */
const FILED = 10

/**
 * Files a matter. Outcome `filed`, or `incomplete` with the fields to ask for again.
 * @throws `rate_limited` after too many in an hour.
 */
export async function submitMatter(turn: TurnContext, input: Slots): Promise<Outcome> {
  const { app, tx, now, address } = turn
  const filings = { what: 'file', sender: turn.sender, most: FILED }
  const full = await lockUse(app, tx, filings, now)
  if (full !== null) throw new AppError('rate_limited', { retrySeconds: minutesLeft(full, now) * 60 })
  try {
    const { number, code, dueOn } = await fileMatter(app, PUBLIC, {
      kind: input['kind'] as MatterKind,
      way: address === null ? 'web' : 'bot',
      name: input['name'] ?? '',
      phone: input['phone'] ?? (address !== null && 'phone' in address ? address.phone : undefined),
      wechat: wechatOf(turn),
      caseNo: input['caseNo'] ?? '',
      debtorName: input['debtorName'] ?? '',
      debtorIdentifier: input['debtorIdentifier'],
      text: input['text'] ?? '',
    })
    await countUse(app, tx, filings, now)
    return { name: 'filed', values: { number, code, dueOn: writtenDayOrNone(dueOn) } }
  } catch (error) {
    if (!isAppError(error, 'creditor_incomplete')) throw error
    const problems = error.problems.map((problem) => app.catalog.check(problem)).join('；')
    return { name: 'incomplete', values: { problems }, fields: error.problems.flatMap((problem) => problem.field ?? []) }
  }
}

/** Progress of one matter by number and code. Outcome `found`, `missing` or `limited`. */
export async function progressOfMatter(turn: TurnContext, { number = '', code = '' }: Slots): Promise<Outcome> {
  return withGuessLimit(turn, 'creditor_missing', 'missing', async () => ({
    name: 'found',
    items: [progressOf(turn.app, await followMatter(turn.app, PUBLIC, { number, code }))],
  }))
}

/** Progress of the matters filed from the sender's WeChat account; none on every other channel. */
export async function ownMatters(turn: TurnContext): Promise<LineValues[]> {
  const wechat = wechatOf(turn)
  const own = wechat === undefined ? [] : await mattersOfAccount(turn.app, PUBLIC, { wechat })
  return own.map((each) => progressOf(turn.app, each))
}

function progressOf({ catalog }: AppContext, { number, kind, state, receivedOn, answer }: PublicMatter): LineValues {
  const words = (key: string): string => catalog.words('creditors', key)
  return { kind: words(`kind.${kind}`), number, state: words(`public.${state}`), receivedAt: writtenDay(receivedOn), answer }
}
