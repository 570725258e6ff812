// A unit asks before it decides, and reports what it decided (实施意见 五1, 三(二)2). Every question is logged with its business.
// Batches are batches.commands.ts, looking subjects up is lookup.views.ts, the rules are rules.ts.

import { openRow, placeOf, sealPart } from '../../platform/database/sealing.ts'
import { dayOf, writtenDay } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { requireOwnUnit } from '../../platform/commands/permissions.ts'
import { isDespite, report } from './reports.rules.ts'
import { readSubject, type ScreeningResult, type ScreeningOutcome, type SubjectInput } from './rules.ts'
import { findScreening, insertScreenings, saveOutcome, screeningsByRequest, screeningTable, type ScreeningRow } from './store.ts'
import { findUnit } from '../units/store.ts'
import { command, type CommandContext, type AppContext } from '../../platform/commands/command.ts'
import { enqueueNotice } from '../../messaging/outbox.ts'
import { businessAsked, lookUp, measuresAsked, unitAsking, viewOf, type Question, type ScreeningView } from './lookup.views.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { staffRecipients } from '../staff/recipients.ts'

export interface ScreeningInput extends SubjectInput {
  /** The business that the applicant asks the unit for: an entry of the measure's list, or words that fit one; 其他: a person looks. */
  business?: string | undefined
  /** One measure of the unit; all of them unless given. */
  measureId?: string | undefined
  /** Required for the court's staff, who belong to no unit. */
  unitId?: string | undefined
  /** The caller's own number: a question repeated under it is answered from the log. */
  requestId?: string | undefined
}

/** Subject of the audit rows of one screening. */
function subjectOf(screeningId: string): string {
  return `screening:${screeningId}`
}

/**
 * Answers whether the list reaches an applicant, through which measures of this unit, and how surely.
 * @throws `screening_subject_wrong` with every problem, `screening_business_unknown`, `screening_no_measures`, `screening_measure_other`, `unit_other`, `unit_missing`;
 *   `screening_item_changed`, `screening_blanked` for a number that was used before.
 */
export const askScreening = command(
  'screening.ask',
  async (context, input: ScreeningInput): Promise<ScreeningView> => {
    const { app, tx, now, actor } = context
    const unitId = unitAsking(actor, input.unitId)
    const measures = await measuresAsked(tx, unitId, input.measureId)
    const subject = readSubject(input)
    const asked = { measures, business: businessAsked(measures, input) }
    const business = businessOf(app, input.business, measures.length === 1 ? measures[0]?.title : undefined)
    const requestKey = input.requestId === undefined ? null : `one:${input.requestId}`
    const [earlier] = requestKey === null ? [] : await screeningsByRequest(tx, unitId, [requestKey])
    if (earlier !== undefined) {
      mustBeSame(app, earlier, { subject, business, measureId: input.measureId ?? null }, input.requestId ?? '')
      await context.audit({ subject: subjectOf(earlier.id), detail: { repeated: true } })
      return viewOf(app, earlier)
    }
    const { screened, version } = await lookUp(app, tx, { unitId, ...asked, subjects: [subject], now })
    const about = { unitId, measureId: input.measureId ?? null, batchId: null, version }
    const row = rowOf(context, about, { question: { subject, business }, requestKey, screened: screened[0] as ScreeningResult })
    await insertScreenings(tx, [row])
    await context.audit({ subject: subjectOf(row.id), detail: detailOf(row) })
    return viewOf(app, row)
  },
  ({ id, unitId, answer }) => ({ screening: id, unit: unitId, answer }),
)

/** The business as given (at most 200 characters), else the measure's title, else a phrase for an unstated business. */
export function businessOf({ catalog }: AppContext, given: string | undefined, title: string | undefined): string {
  return given?.trim().slice(0, 200) || title || catalog.words('screenings', 'business.unsaid')
}

/**
 * Checks that a repeated number asks the same: about the same subject, measure and business, by which the advice differs.
 * @throws `screening_item_changed` when the number was used for something else, `screening_blanked` when the earlier question is blanked.
 */
export function mustBeSame(
  { secrets }: AppContext,
  earlier: ScreeningRow,
  question: Question & { measureId: string | null },
  key: string,
): void {
  if (earlier.subject === null) throw new AppError('screening_blanked')
  const asked = openRow(screeningTable, secrets, { id: earlier.id, subject: earlier.subject }).subject as Question
  const isSame = JSON.stringify(asked.subject) === JSON.stringify(question.subject) && asked.business === question.business
  if (!isSame || earlier.measureId !== question.measureId) throw new AppError('screening_item_changed', { key })
}

/** The row that logs one answered question. */
export function rowOf(
  { app, now, actor }: Pick<CommandContext, 'app' | 'now' | 'actor'>,
  about: { unitId: string; measureId: string | null; batchId: string | null; version: number },
  answered: { question: Question; requestKey: string | null; screened: ScreeningResult },
): ScreeningRow {
  const { secrets } = app
  const { screened, question } = answered
  const { identifier } = question.subject
  const id = newId()
  return {
    id,
    unitId: about.unitId,
    actor: actor.id,
    measureId: about.measureId,
    subject: secrets.seal(JSON.stringify(question), placeOf(screeningTable, 'subject', { id })),
    subjectIndex: identifier === null ? null : secrets.index('identifier', identifier),
    answer: screened.answer,
    advice: screened.advice,
    hits: screened.findings.filter((finding) => finding.certain).length,
    result: secrets.seal(JSON.stringify(screened), placeOf(screeningTable, 'result', { id })),
    listVersion: about.version,
    askedAt: now,
    requestKey: answered.requestKey,
    batchId: about.batchId,
    outcome: null,
    outcomeReason: null,
    outcomeAt: null,
    outcomeBy: null,
    version: 1,
    blankedAt: null,
  }
}

function detailOf(row: ScreeningRow): Record<string, string | number> {
  const { unitId, answer, advice, listVersion: version } = row
  return { unitId, measureId: row.measureId ?? '', answer, advice, listVersion: version }
}

export interface OutcomeInput {
  screeningId: string
  outcome: ScreeningOutcome
  reason?: string | undefined
  /** The version the caller saw; a report made since then is refused when it is given. */
  version?: number | undefined
}

/**
 * The unit reports what became of the business; a second report changes the first and needs a reason. An approval despite a hit is notified
 * to the leading group at once (实施意见 五1).
 * @throws `screening_missing`, `unit_other`, `screening_version_stale`, and what `report` throws.
 */
export const reportOutcome = command(
  'screening.report',
  async (context, input: OutcomeInput): Promise<ScreeningView> => {
    const { tx, app, now, actor } = context
    const row = await findScreening(tx, input.screeningId)
    if (row === null) throw new AppError('screening_missing')
    requireOwnUnit(actor, row.unitId)
    if (input.version !== undefined && input.version !== row.version) throw new AppError('screening_version_stale')
    const { answer, advice } = row
    const earlier = row.outcome === null ? null : { outcome: row.outcome, reason: reasonOf(app, row) }
    const reported = report({ answer, advice, reported: earlier }, input)
    const subject = subjectOf(row.id)
    if (reported === null) {
      await context.audit({ subject, detail: { outcome: input.outcome, repeated: true } })
      return viewOf(app, row)
    }
    const changes = {
      outcome: reported.outcome,
      ...sealPart(screeningTable, app.secrets, { id: row.id }, { outcomeReason: reported.reason }),
      outcomeAt: now,
      outcomeBy: actor.id,
    }
    if (!(await saveOutcome(tx, row, changes))) throw new AppError('screening_version_stale')
    const after: ScreeningRow = { ...row, ...changes, version: row.version + 1 }
    await context.audit({
      subject,
      detail: { unitId: row.unitId, from: earlier?.outcome ?? '', to: reported.outcome, version: after.version },
    })
    if (isDespite(row, reported.outcome)) await notifyLeadingGroup(context, after, reported.reason ?? '')
    return viewOf(app, after)
  },
  ({ id, unitId, outcome }) => ({ screening: id, unit: unitId, outcome: outcome ?? '' }),
)

function reasonOf({ secrets }: AppContext, row: ScreeningRow): string | null {
  return openRow(screeningTable, secrets, { id: row.id, outcomeReason: row.outcomeReason }).outcomeReason
}

/** An urgent notice, which names the unit and no person. */
async function notifyLeadingGroup(context: CommandContext, row: ScreeningRow, reason: string): Promise<void> {
  const { tx } = context
  const unit = await findUnit(tx, row.unitId)
  const notice = {
    event: 'screening.approved_despite_hit' as const,
    key: `screening.approved_despite_hit:${row.id}:${row.version}`,
    values: { unit: unit?.name ?? row.unitId, number: row.id, reason, approvedOn: writtenDay(dayOf(context.now)) },
    listVersion: await listVersion(tx),
  }
  await enqueueNotice(context, 'court', notice, await staffRecipients(context, 'group_office'))
}
