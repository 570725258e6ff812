// Commands on complaints (实施意见 四(二)8): file, accept, decline, assign, investigate, decide, answer. Most notify the complainant.
// Evidence is evidence.commands.ts; loading, saving and notifying are changes.commands.ts.

import { confirmableReach } from '../../messaging/confirmations.ts'
import { outcomeOf } from '../../platform/commands/outcome.ts'
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
  resolve,
  type Complaint,
  type ComplaintWay,
  type DeclineReason,
} from './rules.ts'
import { readComplaint, type ComplaintForm, type ReadComplaint } from './form.rules.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { complaintCodeHash, complaintsAbout, insertComplaint, toComplaint, toComplaintRow } from './store.ts'
import { evidenceOf, releaseEvidence } from './evidence.store.ts'
import { searchDeadlines } from '../deadlines/search.store.ts'
import { accusedOf, type NamedUnit } from './accused.rules.ts'
import { unitAliases } from '../units/catalogue.tasks.ts'
import { allUnits, findUnit } from '../units/store.ts'
import { closeDeadlines, openDeadlines, restartDeadlines } from '../deadlines/commands.ts'
import {
  complaintFacts,
  daysOf,
  loadComplaint,
  recordStep,
  saveComplaint,
  subjectOf,
  notifyAssigned,
  notifyComplainant,
  type ComplaintItem,
  type ComplaintOutcome,
} from './changes.commands.ts'
import { openOrder } from './orders.commands.ts'
import type { OrderWish } from './orders.rules.ts'
import { command, type CommandContext, type AppContext } from '../../platform/commands/command.ts'
import { takeNumbers } from '../../platform/database/counters.ts'
import { LEADING_GROUP_OFFICE, isConflicted, isForOfficeAlone } from '../units/conflicts.rules.ts'

/** A complaint just filed, with its query code. */
export interface FiledComplaint extends ComplaintOutcome {
  /** Shown this once, and stored as a hash only. Grouped for reading: `ABCD-EFGH-JKLM`. */
  code: string
  /** Whether whoever filed it may see it: a complaint that may be about the court is kept from its staff. */
  visible: boolean
}

/**
 * Files a complaint. A likely duplicate is linked to the earlier complaint, which only the handler sees.
 * @throws `complaint_incomplete` with every problem, `unit_missing`, `not_allowed` for a way that the actor may not use.
 */
export const fileComplaint = command(
  'complaint.file',
  async (context, input: ComplaintForm & { way: ComplaintWay }): Promise<FiledComplaint> => {
    const { tx, app, now, actor } = context
    mustBeOwnWay(actor, input.way)
    const today = dayOf(now)
    const form = readForm(app, input, today)
    if (form.unitId !== null) await mustBeActiveUnit(context, form.unitId)
    const accused = accusedOf(
      { about: input.about, ...form.content, debtorName: form.content.debtor?.name, unitId: form.unitId },
      await namedUnits(context),
    )
    const serial = await takeNumbers(tx, `complaint:${today}`, 1)
    const fresh: Complaint = {
      id: newId(),
      number: complaintNumber(today, serial),
      state: 'received',
      version: 1,
      about: input.about,
      way: input.way,
      ...form,
      ...accused,
      assignedTo: null,
      duplicateOf: null,
      declineReason: null,
      record: {},
      receivedAt: now,
    }
    const complaint = { ...fresh, duplicateOf: await findEarlier(context, fresh) }
    const code = newCode()
    const codeHash = complaintCodeHash(complaint.number, code.replaceAll('-', ''))
    await insertComplaint(tx, toComplaintRow(app.secrets, complaint, { codeHash, updatedAt: now }))
    const unitId = isForOfficeAlone(complaint) ? { unitId: LEADING_GROUP_OFFICE } : {}
    await openDeadlines(context, [{ code: 'complaint.accept', subject: subjectOf(complaint.id), start: today, ...unitId }])
    const confirmable = { ...complaint, complainant: await confirmableReach(context, complaint.complainant) }
    const told = await notifyComplainant(context, 'complaint.received', confirmable, { acceptDays: daysOf(app, 'complaint.accept') })
    await recordStep(context, complaint, { act: 'file', told, detail: { way: input.way, about: input.about } }, '')
    return { ...outcomeOf(complaint), code, visible: !isConflicted(complaint, actor) }
  },
  complaintFacts,
)

/** Reads the form, and adds to each problem the field's label from the catalogue. */
function readForm(app: AppContext, form: ComplaintForm, today: Day): ReadComplaint {
  try {
    return readComplaint(form, today)
  } catch (error) {
    if (!isAppError(error)) throw error
    const problems = error.problems.map((each) => ({ ...each, column: app.catalog.words('complaints', `field.${each.field ?? ''}`) }))
    throw new AppError(error.code, error.values, problems)
  }
}

/** Staff enter complaints made by phone or at the counter; everybody else files by bot or web. @throws `not_allowed`. */
function mustBeOwnWay(actor: Actor, way: ComplaintWay): void {
  const onBehalf = way === 'phone' || way === 'clerk'
  if (onBehalf === actor.roles.includes('public')) throw new AppError('not_allowed', { act: 'complaint.file' })
}

/** @throws `unit_missing`. */
async function mustBeActiveUnit({ tx }: Pick<CommandContext, 'tx'>, unitId: string): Promise<void> {
  const unit = await findUnit(tx, unitId)
  if (unit === null || !unit.active) throw new AppError('unit_missing', { id: unitId })
}

/** All units with every name of theirs; the catalogue holds the names that are not official. */
async function namedUnits({ tx, app }: CommandContext): Promise<NamedUnit[]> {
  const aliases = await unitAliases(app.config.templatesFolder)
  return (await allUnits(tx)).map(({ id, name }) => ({ id, names: [name, ...(aliases.get(id) ?? [])] }))
}

/** Earlier complaints compared at most. */
const CANDIDATES = 200

/** Id of the first complaint within `DUPLICATE_DAYS` about the same unit or debtor with a similar text. */
async function findEarlier({ tx, app, now }: CommandContext, complaint: Complaint): Promise<string | null> {
  const { content, unitId } = complaint
  const { secrets } = app
  const { identifier, name } = content.debtor ?? {}
  const subject = {
    unitId,
    debtor: identifier === undefined ? [] : secrets.indexes('accused_identifier', identifier),
    debtorName: name === undefined ? [] : secrets.indexes('accused_name', name),
  }
  const since = new Date(now.getTime() - DUPLICATE_DAYS * 86_400_000)
  const rows = await complaintsAbout(tx, subject, since, CANDIDATES)
  // The handler of one never learns of the other where another handles that.
  const others = rows.map((row) => toComplaint(secrets, row)).filter((other) => isForOfficeAlone(other) === isForOfficeAlone(complaint))
  const earlier = others.find((other) => isLikelySame(content.text, other.content.text))
  return earlier === undefined ? null : (earlier.duplicateOf ?? earlier.id)
}

/**
 * Accepts a complaint; the deadline to resolve it starts today.
 * @throws `complaint_missing`, `complaint_version_stale`, `complaint_act_impossible`, `complaint_not_yours`, `unit_missing`.
 */
export const acceptComplaint = command(
  'complaint.accept',
  async (context, input: ComplaintItem & { unitId?: string | undefined }): Promise<ComplaintOutcome> => {
    const before = await loadComplaint(context, input)
    mustHandle(before.complaint, context.actor)
    if (input.unitId !== undefined) await mustBeActiveUnit(context, input.unitId)
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

/**
 * Says whom a complaint is about that was kept from the court; a clerk handles it from then on unless it is the court.
 * @throws as `acceptComplaint`, `complaint_not_yours` for a complaint that a clerk handles.
 */
export const resolveComplaint = command(
  'complaint.resolve',
  async (context, input: ComplaintItem & { unitId: string | null }): Promise<ComplaintOutcome> => {
    const before = await loadComplaint(context, input)
    mustHandle(before.complaint, context.actor)
    if (!isForOfficeAlone(before.complaint)) throw new AppError('complaint_not_yours', { number: before.complaint.number })
    if (input.unitId !== null) await mustBeActiveUnit(context, input.unitId)
    const complaint = resolve(before.complaint, input.unitId)
    if (!isForOfficeAlone(complaint) && complaint.state === 'received')
      await restartDeadlines(context, [{ code: 'complaint.accept', subject: subjectOf(complaint.id), start: dayOf(complaint.receivedAt) }])
    return saveComplaint(context, before, complaint, { act: 'resolve', told: [] })
  },
  complaintFacts,
)

/**
 * Declines a complaint for a reason of the closed list.
 * @throws as `acceptComplaint`, and `complaint_incomplete` for a note that is too long.
 */
export const declineComplaint = command(
  'complaint.decline',
  async (context, input: ComplaintItem & { reason: DeclineReason; note?: string | undefined }): Promise<ComplaintOutcome> => {
    const before = await loadComplaint(context, input)
    mustHandle(before.complaint, context.actor)
    const complaint = decline(before.complaint, input)
    await closeDeadlines(context, 'complaint.accept', [subjectOf(complaint.id)])
    const key = isForOfficeAlone(complaint) ? 'office.declined' : `decline.${input.reason}`
    const reason = context.app.catalog.words('complaints', key)
    const told = await notifyComplainant(context, 'complaint.declined', complaint, { declineReason: reason })
    return saveComplaint(context, before, complaint, { act: 'decline', told, detail: { reason: input.reason } })
  },
  complaintFacts,
)

export interface Assignment extends ComplaintItem {
  /** Default: the leading group's office, when the complaint is about a unit. */
  unitId?: string | undefined
  /** What the unit is asked to look into, in the handler's words; it does not see the complainant's text. */
  brief: string
  /** Ids of the evidence that the unit may see; all other evidence is hidden from it. */
  evidence?: readonly string[] | undefined
}

/**
 * Assigns a complaint to a unit, or reassigns it to another one; never to the unit complained of.
 * @throws as `acceptComplaint`, and `complaint_own_unit`, `complaint_unit_needed`, `complaint_names_complainant`, `reason_needed`,
 * `unit_class`, `evidence_missing`.
 */
export const assignComplaint = command(
  'complaint.assign',
  async (context, input: Assignment): Promise<ComplaintOutcome> => {
    const before = await loadComplaint(context, input)
    mustHandle(before.complaint, context.actor)
    const unitId = input.unitId ?? defaultAssignee(before.complaint)
    if (unitId === null) throw new AppError('complaint_unit_needed')
    const complaint = assign(before.complaint, { unitId, brief: input.brief })
    await mustBeAssignable(context, unitId, complaint.unitId)
    await release(context, complaint.id, input.evidence ?? [])
    await moveDeadline(context, complaint.id, unitId)
    // The complainant is notified of the first assignment only: which unit is asked next does not concern them.
    const isReassigned = before.complaint.assignedTo !== null
    const told = [
      ...(isReassigned ? [] : await notifyComplainant(context, 'complaint.assigned', complaint)),
      ...(await notifyAssigned(context, complaint, unitId)),
    ]
    return saveComplaint(context, before, complaint, { act: 'assign', unitId, told, detail: { released: input.evidence?.length ?? 0 } })
  },
  complaintFacts,
)

/**
 * Checks that a unit can look into a complaint.
 * @throws `unit_missing`, `unit_class` for a class of units, which has no people of its own, `complaint_own_unit` for a member of the class
 * complained of.
 */
async function mustBeAssignable(context: CommandContext, unitId: string, accusedId: string | null): Promise<void> {
  await mustBeActiveUnit(context, unitId)
  const unit = await findUnit(context.tx, unitId)
  if (unit?.isClass === true) throw new AppError('unit_class', { id: unitId })
  if (accusedId !== null && unit?.classId === accusedId) throw new AppError('complaint_own_unit')
}

async function release({ tx }: CommandContext, complaintId: string, evidenceIds: readonly string[]): Promise<void> {
  const known = new Set((await evidenceOf(tx, [complaintId])).map((each) => each.id))
  if (evidenceIds.some((id) => !known.has(id))) throw new AppError('evidence_missing')
  await releaseEvidence(tx, complaintId, [...new Set(evidenceIds)])
}

/** Makes the unit responsible for the open deadline; a missed one stays with the unit that missed it. */
async function moveDeadline(context: CommandContext, complaintId: string, unitId: string): Promise<void> {
  const subject = subjectOf(complaintId)
  const { items } = await searchDeadlines(context.tx, { subject, code: 'complaint.resolve', state: 'open' }, { limit: 1, offset: 0 })
  const open = items[0]
  if (open !== undefined) await restartDeadlines(context, [{ code: 'complaint.resolve', subject, start: open.start, unitId }])
}

/**
 * Records the findings, by the assigned unit or by a clerk for a unit that answered on paper.
 * @throws as `acceptComplaint`, `reason_needed`.
 */
export const recordInvestigation = command(
  'complaint.investigate',
  async (context, input: ComplaintItem & { findings: string }): Promise<ComplaintOutcome> => {
    const before = await loadComplaint(context, input)
    mustInvestigate(before.complaint, context.actor)
    return saveComplaint(context, before, investigate(before.complaint, input.findings), { act: 'investigate', told: [] })
  },
  complaintFacts,
)

/**
 * Decides on the findings: upheld with the measure taken, or not upheld with the reason. Upheld about a debtor, it orders a unit to act.
 * @throws as `acceptComplaint`, `reason_needed`, and as `openOrder`.
 */
export const decideComplaint = command(
  'complaint.decide',
  async (context, input: ComplaintItem & OrderWish): Promise<ComplaintOutcome> => {
    const before = await loadComplaint(context, input)
    mustHandle(before.complaint, context.actor)
    const complaint = decide(before.complaint, input.finding, input.outcome)
    await openOrder(context, complaint, input)
    return saveComplaint(context, before, complaint, { act: input.finding === 'upheld' ? 'uphold' : 'dismiss', told: [] })
  },
  complaintFacts,
)

/** Answers the complaint and closes its deadline. The notice holds the result only; the answer itself is read with number and code. */
export const answerComplaint = command(
  'complaint.answer',
  async (context, input: ComplaintItem & { answer: string }): Promise<ComplaintOutcome> => {
    const before = await loadComplaint(context, input)
    mustHandle(before.complaint, context.actor)
    const complaint = answer(before.complaint, input.answer)
    await closeDeadlines(context, 'complaint.resolve', [subjectOf(complaint.id)])
    const key = isForOfficeAlone(complaint) ? 'office.answered' : `finding.${before.complaint.state}`
    const finding = context.app.catalog.words('complaints', key)
    const told = await notifyComplainant(context, 'complaint.answered', complaint, { finding })
    return saveComplaint(context, before, complaint, { act: 'answer', told })
  },
  complaintFacts,
)
