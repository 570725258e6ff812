// Complaints (实施意见 四(二)8): filed by anyone, taken up or declined, handed to a unit, investigated, decided, answered; each step is told.
// Looking at them is complaint-views.ts, what is handed in with them evidence.ts; the rules are features/complaints/rules.

import { dayOf, type Day } from '../../core/calendar.ts'
import { AppError, isAppError } from '../../core/errors.ts'
import { newCode, newId } from '../../core/ids.ts'
import {
  accept,
  answer,
  assign,
  complaintNumber,
  decide,
  decline,
  defaultAssignee,
  DUPLICATE_DAYS,
  investigate,
  isLikelySame,
  mustHandle,
  mustInvestigate,
  type Complaint,
  type ComplaintWay,
  type DeclineReason,
} from './rules.ts'
import { readComplaint, type ComplaintForm, type ReadComplaint } from './form.rules.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { complaintCodeHash, complaintsAbout, insertComplaint, toComplaint, toComplaintRow } from './store.ts'
import { evidenceOf, releaseEvidence } from './evidence.store.ts'
import { searchDeadlines } from '../deadlines/store.ts'
import { findUnit } from '../units/store.ts'
import { closeDeadlines, openDeadlines, restartDeadlines } from '../deadlines/commands.ts'
import {
  complaintFacts,
  daysOf,
  loadComplaint,
  outcomeOf,
  recordStep,
  saveComplaint,
  subjectOf,
  notifyAssigned,
  notifyComplainant,
  type ComplaintItem,
  type ComplaintOutcome,
} from './changes.commands.ts'
import { command, type CommandContext, type AppContext } from '../../platform/commands/command.ts'
import { takeNumbers } from '../../platform/database/counters.ts'

export interface FiledComplaint extends ComplaintOutcome {
  /** Shown this once, and kept as a hash only. Grouped for reading: `ABCD-EFGH-JKLM`. */
  code: string
}

/**
 * Takes a complaint in. Whether it is likely one that is known is found and linked, and said to nobody but its handler.
 * @throws `complaint_incomplete` with every problem, `unit_missing`, `not_allowed` for a way that is not the actor's.
 */
export const fileComplaint = command(
  'complaint.file',
  async (context, input: ComplaintForm & { way: ComplaintWay }): Promise<FiledComplaint> => {
    const { tx, app, now, actor } = context
    mustComeBy(actor, input.way)
    const today = dayOf(now)
    const read = readForm(app, input, today)
    if (read.unitId !== null) await mustBeUnit(context, read.unitId)
    const counted = await takeNumbers(tx, `complaint:${today}`, 1)
    const fresh: Complaint = {
      id: newId(),
      number: complaintNumber(today, counted),
      state: 'received',
      version: 1,
      about: input.about,
      way: input.way,
      ...read,
      assignedTo: null,
      duplicateOf: null,
      declineReason: null,
      record: {},
      receivedAt: now,
    }
    const complaint = { ...fresh, duplicateOf: await earlierOf(context, fresh) }
    const code = newCode()
    const codeHash = complaintCodeHash(complaint.number, code.replaceAll('-', ''))
    await insertComplaint(tx, toComplaintRow(app.secrets, complaint, { codeHash, updatedAt: now }))
    await openDeadlines(context, [{ code: 'complaint.accept', subject: subjectOf(complaint.id), start: today }])
    const told = await notifyComplainant(context, 'complaint.received', complaint, { acceptDays: daysOf(app, 'complaint.accept') })
    await recordStep(context, complaint, { act: 'file', told, detail: { way: input.way, about: input.about } }, '')
    return { ...outcomeOf(complaint), code }
  },
  complaintFacts,
)

/** The rules know fields by their names, people by what the form calls them. */
function readForm(app: AppContext, form: ComplaintForm, today: Day): ReadComplaint {
  try {
    return readComplaint(form, today)
  } catch (error) {
    if (!isAppError(error)) throw error
    const problems = error.problems.map((each) => ({ ...each, column: app.catalog.words('complaints', `field.${each.field ?? ''}`) }))
    throw new AppError(error.code, error.values, problems)
  }
}

/** The court's people enter what was said to them; everybody else comes by bot or web. */
function mustComeBy(actor: Actor, way: ComplaintWay): void {
  const onBehalf = way === 'phone' || way === 'clerk'
  if (onBehalf === actor.roles.includes('public')) throw new AppError('not_allowed', { act: 'complaint.file' })
}

/** @throws `unit_missing`. */
async function mustBeUnit({ tx }: Pick<CommandContext, 'tx'>, unitId: string): Promise<void> {
  const unit = await findUnit(tx, unitId)
  if (unit === null || !unit.active) throw new AppError('unit_missing', { id: unitId })
}

const CANDIDATES = 200

/** The first complaint of the last days that is about the same and says likely the same. */
async function earlierOf({ tx, app, now }: CommandContext, { content, unitId }: Complaint): Promise<string | null> {
  const { secrets } = app
  const { identifier, name } = content.debtor ?? {}
  const subject = {
    unitId,
    debtor: identifier === undefined ? [] : secrets.indexes('identifier', identifier),
    debtorName: name === undefined ? [] : secrets.indexes('name', name),
  }
  const since = new Date(now.getTime() - DUPLICATE_DAYS * 86_400_000)
  const rows = await complaintsAbout(tx, subject, since, CANDIDATES)
  const same = rows.find((row) => isLikelySame(content.text, toComplaint(secrets, row).content.text))
  return same === undefined ? null : (same.duplicateOf ?? same.id)
}

/**
 * Takes a complaint up; its time to be resolved begins.
 * @throws `complaint_missing`, `complaint_version_stale`, `complaint_act_impossible`, `complaint_not_yours`, `unit_missing`.
 */
export const acceptComplaint = command(
  'complaint.accept',
  async (context, input: ComplaintItem & { unitId?: string | undefined }): Promise<ComplaintOutcome> => {
    const before = await loadComplaint(context, input)
    mustHandle(before.complaint, context.actor)
    if (input.unitId !== undefined) await mustBeUnit(context, input.unitId)
    const complaint = accept(before.complaint, input.unitId ?? null)
    const subject = subjectOf(complaint.id)
    await closeDeadlines(context, 'complaint.accept', [subject])
    await openDeadlines(context, [{ code: 'complaint.resolve', subject, start: dayOf(context.now) }])
    const told = await notifyComplainant(context, 'complaint.accepted', complaint, {
      resolveDays: daysOf(context.app, 'complaint.resolve'),
    })
    return saveComplaint(context, before, complaint, { act: 'accept', told })
  },
  complaintFacts,
)

export const declineComplaint = command(
  'complaint.decline',
  async (context, input: ComplaintItem & { reason: DeclineReason; note?: string | undefined }): Promise<ComplaintOutcome> => {
    const before = await loadComplaint(context, input)
    mustHandle(before.complaint, context.actor)
    const complaint = decline(before.complaint, input)
    await closeDeadlines(context, 'complaint.accept', [subjectOf(complaint.id)])
    const reason = context.app.catalog.words('complaints', `decline.${input.reason}`)
    const told = await notifyComplainant(context, 'complaint.declined', complaint, { declineReason: reason })
    return saveComplaint(context, before, complaint, { act: 'decline', told, detail: { reason: input.reason } })
  },
  complaintFacts,
)

export interface Assignment extends ComplaintItem {
  /** Without it: the leading group's office, when the complaint is about a unit. */
  unitId?: string | undefined
  /** What the unit is asked, in the handler's own words: it does not see the complainant's. */
  brief: string
  /** Evidence the unit may see; the rest it may not. */
  evidence?: readonly string[] | undefined
}

/**
 * Hands a complaint to a unit, or from one unit to another; never to the one complained of.
 * @throws as `acceptComplaint`, and `complaint_own_unit`, `complaint_unit_needed`, `complaint_names_complainant`, `reason_needed`, `unit_class`, `evidence_missing`.
 */
export const assignComplaint = command(
  'complaint.assign',
  async (context, input: Assignment): Promise<ComplaintOutcome> => {
    const before = await loadComplaint(context, input)
    mustHandle(before.complaint, context.actor)
    const unitId = input.unitId ?? defaultAssignee(before.complaint)
    if (unitId === null) throw new AppError('complaint_unit_needed')
    const complaint = assign(before.complaint, { unitId, brief: input.brief })
    await mustTakeWork(context, unitId)
    await release(context, complaint.id, input.evidence ?? [])
    await moveClock(context, complaint.id, unitId)
    // Told once: a complainant has no part in who among the units is asked next.
    const again = before.complaint.assignedTo !== null
    const told = [
      ...(again ? [] : await notifyComplainant(context, 'complaint.assigned', complaint)),
      ...(await notifyAssigned(context, complaint, unitId)),
    ]
    return saveComplaint(context, before, complaint, { act: 'assign', unitId, told, detail: { released: input.evidence?.length ?? 0 } })
  },
  complaintFacts,
)

/** @throws `unit_missing`, `unit_class`: a class of bodies has nobody who could look into it. */
async function mustTakeWork(context: CommandContext, unitId: string): Promise<void> {
  await mustBeUnit(context, unitId)
  const unit = await findUnit(context.tx, unitId)
  if (unit?.isClass === true) throw new AppError('unit_class', { id: unitId })
}

async function release({ tx }: CommandContext, complaintId: string, evidenceIds: readonly string[]): Promise<void> {
  const known = new Set((await evidenceOf(tx, [complaintId])).map((each) => each.id))
  if (evidenceIds.some((id) => !known.has(id))) throw new AppError('evidence_missing')
  await releaseEvidence(tx, complaintId, [...new Set(evidenceIds)])
}

/** The running clock becomes the unit's; one that was missed stays with whoever missed it. */
async function moveClock(context: CommandContext, complaintId: string, unitId: string): Promise<void> {
  const subject = subjectOf(complaintId)
  const { items } = await searchDeadlines(context.tx, { subject, code: 'complaint.resolve', state: 'open' }, { limit: 1, offset: 0 })
  const running = items[0]
  if (running !== undefined) await restartDeadlines(context, [{ code: 'complaint.resolve', subject, start: running.start, unitId }])
}

/** Records what the assigned unit found: by itself, or by a clerk for one that answered on paper. @throws as `acceptComplaint`. */
export const recordInvestigation = command(
  'complaint.investigate',
  async (context, input: ComplaintItem & { findings: string }): Promise<ComplaintOutcome> => {
    const before = await loadComplaint(context, input)
    mustInvestigate(before.complaint, context.actor)
    return saveComplaint(context, before, investigate(before.complaint, input.findings), { act: 'investigate', told: [] })
  },
  complaintFacts,
)

/** Decides on the findings: upheld with the measure that was taken, or not upheld with the reason. @throws as `acceptComplaint`, `reason_needed`. */
export const decideComplaint = command(
  'complaint.decide',
  async (context, input: ComplaintItem & { finding: 'upheld' | 'not_upheld'; outcome: string }): Promise<ComplaintOutcome> => {
    const before = await loadComplaint(context, input)
    mustHandle(before.complaint, context.actor)
    const complaint = decide(before.complaint, input.finding, input.outcome)
    return saveComplaint(context, before, complaint, { act: input.finding === 'upheld' ? 'uphold' : 'dismiss', told: [] })
  },
  complaintFacts,
)

/** Answers the complainant; the matter ends and its clock with it. The message says how it ended, the answer itself is read with number and code. */
export const answerComplaint = command(
  'complaint.answer',
  async (context, input: ComplaintItem & { answer: string }): Promise<ComplaintOutcome> => {
    const before = await loadComplaint(context, input)
    mustHandle(before.complaint, context.actor)
    const complaint = answer(before.complaint, input.answer)
    await closeDeadlines(context, 'complaint.resolve', [subjectOf(complaint.id)])
    const finding = context.app.catalog.words('complaints', `finding.${before.complaint.state}`)
    const told = await notifyComplainant(context, 'complaint.answered', complaint, { finding })
    return saveComplaint(context, before, complaint, { act: 'answer', told })
  },
  complaintFacts,
)
