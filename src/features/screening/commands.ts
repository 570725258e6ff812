// A unit asks before it decides, and reports what it decided (实施意见 五1, 三(二)2). Every question is logged with its business.
// Batches are batches.commands.ts, looking subjects up is lookup.views.ts, the rules are rules.ts.

import { openRow, placeOf, sealPart } from '../../platform/database/sealing.ts'
import { dayOf, writtenDay } from '../../core/calendar.ts'
import { AppError, isAppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { authorize, requireOwnUnit, type Actor } from '../../platform/commands/permissions.ts'
import { isDespite, report } from './reports.rules.ts'
import { readSubject, type ScreeningResult, type ScreeningOutcome, type Subject, type SubjectInput } from './rules.ts'
import { byRequest, findScreening, insertScreenings, saveOutcome, screeningsByRequest, screeningTable, type ScreeningRow } from './store.ts'
import { findUnit } from '../units/store.ts'
import { command, type AppContext, type Command, type CommandContext } from '../../platform/commands/command.ts'
import { wavesByApp } from '../../platform/commands/waves.ts'
import type { Measure } from '../units/measures.rules.ts'
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

/** What one system asks about one business, so that many questions are answered at once. */
interface Questions {
  unitId: string
  measureId: string | undefined
  business: string | undefined
  asked: readonly { subject: Subject; requestId: string | undefined }[]
}

/**
 * Answers whether the list reaches an applicant, through which measures of this unit, and how surely. Questions of one system about one
 * business that come while others are being answered share a commit, each with a row and an audit row of its own.
 * @throws `screening_subject_wrong` with every problem, `screening_business_unknown`, `screening_no_measures`, `screening_measure_other`, `unit_other`, `unit_missing`;
 *   `screening_item_changed`, `screening_blanked` for a number that was used before.
 */
export const askScreening: Command<ScreeningInput, ScreeningView> = async (app, actor, input) => {
  authorize(actor, 'screening.ask')
  const { measureId, business, requestId } = input
  const question = { unitId: unitAsking(actor, input.unitId), measureId, business, subject: readSubject(input), requestId }
  return askInWaves(app, JSON.stringify([actor.id, question.unitId, measureId, business]), { actor, question })
}

interface Call {
  actor: Actor
  question: Omit<Questions, 'asked'> & Questions['asked'][number]
}

/** Answers one wave: all of one actor, unit, measure and business. */
async function askTogether(app: AppContext, calls: readonly Call[]): Promise<(ScreeningView | Error)[]> {
  const [first] = calls
  if (first === undefined) return []
  const { actor, question } = first
  try {
    return await askAll(app, actor, { ...question, asked: calls.map((call) => call.question) })
  } catch (error) {
    if (error instanceof AllRefused) return [...error.refusals]
    throw error
  }
}

const askInWaves = wavesByApp(askTogether)

/** No question of a wave could be answered, so that there is nothing to commit. */
class AllRefused extends Error {
  readonly refusals: readonly AppError[]
  constructor(refusals: readonly AppError[]) {
    super('all questions are refused')
    this.refusals = refusals
  }
}

const askAll = command(
  'screening.ask',
  async (context, { unitId, measureId, business, asked }: Questions): Promise<(ScreeningView | AppError)[]> => {
    const { app, tx } = context
    const measures = await measuresAsked(tx, unitId, measureId)
    const written = businessOf(app, business, measures.length === 1 ? measures[0]?.title : undefined)
    const about = {
      unitId,
      measures,
      measureId: measureId ?? null,
      business: businessAsked(measures, { measureId, business }),
      written,
      batchId: null,
    }
    const questions = asked.map(({ subject, requestId }) => ({
      subject,
      requestId,
      requestKey: requestId === undefined ? null : `one:${requestId}`,
    }))
    const keys = questions.map(({ requestKey }) => requestKey)
    const known = await screeningsByRequest(
      tx,
      unitId,
      keys.filter((key) => key !== null),
    )
    const fresh = questions.filter(
      ({ requestKey }, at) => requestKey === null || (!known.has(requestKey) && keys.indexOf(requestKey) === at),
    )
    const { rows } = await lookUpAndLog(context, about, fresh)
    await context.auditAll(
      rows.map((row) => ({ subject: subjectOf(row.id), detail: detailOf(row) })),
      'fresh',
    )
    const logged = new Map([...known, ...byRequest(rows)])
    const answers: (ScreeningView | AppError)[] = []
    for (const question of questions) {
      const own = rows[fresh.indexOf(question)]
      if (own !== undefined) answers.push(viewOf(app, own))
      else answers.push(await answeredBefore(context, logged, { ...question, business: written, measureId: about.measureId }))
    }
    const refusals = answers.filter((answer) => isAppError(answer))
    if (refusals.length === answers.length) throw new AllRefused(refusals)
    return answers
  },
  (answers) => ({ screenings: answers.length }),
)

/** The logged answer to a question that is asked once more. */
async function answeredBefore(
  { app, audit }: CommandContext,
  logged: ReadonlyMap<string, ScreeningRow>,
  question: Question & { measureId: string | null; requestId: string | undefined; requestKey: string | null },
): Promise<ScreeningView | AppError> {
  const { subject, business, measureId, requestId = '', requestKey } = question
  try {
    const row = logged.get(requestKey ?? '')
    if (row === undefined) throw new AppError('internal')
    mustBeSame(app, row, { subject, business, measureId }, requestId)
    await audit({ subject: subjectOf(row.id), detail: { repeated: true } })
    return viewOf(app, row)
  } catch (error) {
    if (isAppError(error)) return error
    throw error
  }
}

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

/** What questions that are looked up together have in common. */
interface LoggedAbout {
  unitId: string
  measures: readonly Measure[]
  measureId: string | null
  /** As `businessAsked` reads it, and as the log says it. */
  business: string | null
  written: string
  batchId: string | null
}

/** Looks subjects up, and logs each answer. @returns the rows in the order of the questions, and the list's version that they hold for. */
export async function lookUpAndLog(
  context: CommandContext,
  { unitId, measures, measureId, business, written, batchId }: LoggedAbout,
  fresh: readonly { subject: Subject; requestKey: string | null }[],
): Promise<{ rows: ScreeningRow[]; version: number }> {
  const { app, tx, now } = context
  const { screened, version } = await lookUp(app, tx, { unitId, measures, business, subjects: fresh.map(({ subject }) => subject), now })
  const rows = fresh.map(({ subject, requestKey }, at) => {
    const answered = { question: { subject, business: written }, requestKey, screened: screened[at] as ScreeningResult }
    return rowOf(context, { unitId, measureId, batchId, version }, answered)
  })
  await insertScreenings(tx, rows)
  return { rows, version }
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
