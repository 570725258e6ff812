// Procedures of the filled court: objections, a repair, an assistance notice with all its dealings, and complaints with evidence.

import {
  acceptComplaint,
  answerComplaint,
  assignComplaint,
  decideComplaint,
  fileComplaint,
  recordInvestigation,
} from '../../../src/features/complaints/commands.ts'
import { addEvidence } from '../../../src/features/complaints/evidence.commands.ts'
import {
  answerAssistance,
  draftAssistance,
  issueAssistance,
  replyAssistanceReview,
  suggestAssistanceReview,
} from '../../../src/features/assistance/commands.ts'
import { confirmAssistance } from '../../../src/features/assistance/linked.commands.ts'
import { registerObjection, rejectObjection, reviewObjection, suspendForObjection } from '../../../src/features/objections/commands.ts'
import { fileMatter, confirmMatter, decideMatter, reviewMatter } from '../../../src/features/creditors/commands.ts'
import { answerOnRepair, applyForRepair, consultOnRepair, refuseRepair } from '../../../src/features/repairs/commands.ts'
import { dayOf } from '../../../src/core/calendar.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { PUBLIC } from '../../../src/platform/commands/permissions.ts'
import { tokensSent } from '../assistance.ts'
import { APPROVER, CLERK } from '../listed.ts'
import type { Entries } from './listings.ts'
import { OF_UNIT, UNIT } from './people.ts'
import { ACCOUNTS, NUMBERS, PHONES, SAID, STATED } from './words.ts'
import { decideAssistanceLift, requestAssistanceLift } from '../../../src/features/assistance/lifting.commands.ts'

export async function runProcedures(app: AppContext, entries: Entries): Promise<void> {
  await objectTo(app, entries.corrected)
  await applyForRepairOf(app, entries.revoked)
  await askForAssistance(app, entries.debtor)
  await complain(app)
  await applyForListing(app)
}

async function objectTo(app: AppContext, listingId: string): Promise<void> {
  const receivedOn = dayOf(app.clock.now())
  const { id } = await registerObjection(app, CLERK, { listingId, about: 'listing', way: 'counter', receivedOn, claim: SAID.objection })
  await reviewObjection(app, CLERK, { id })
  await suspendForObjection(app, APPROVER, { id })
  await rejectObjection(app, APPROVER, { id, reason: SAID.objectionReason })
}

async function applyForRepairOf(app: AppContext, listingId: string): Promise<void> {
  const receivedOn = dayOf(app.clock.now())
  const { id } = await applyForRepair(app, CLERK, { listingId, receivedOn, statement: SAID.repair })
  await consultOnRepair(app, CLERK, { id, unitIds: [UNIT] })
  await answerOnRepair(app, OF_UNIT, { id, unitId: UNIT, opinion: 'object', reason: STATED.opinion })
  await refuseRepair(app, APPROVER, { id, reason: SAID.repairReason })
}

/** By chat, and refused. */
async function applyForListing(app: AppContext): Promise<void> {
  const who = { name: SAID.creditorName, phone: PHONES.creditor, wechat: ACCOUNTS.creditor }
  const about = { caseNo: '（2026）云3401执88号', debtorName: '永宗尼玛', debtorIdentifier: NUMBERS.denounced, text: SAID.creditor }
  const { id } = await fileMatter(app, PUBLIC, { kind: 'application', way: 'bot', ...who, ...about })
  await confirmMatter(app, CLERK, { id })
  await reviewMatter(app, CLERK, { id, finding: 'refused', reason: SAID.creditorReason })
  await decideMatter(app, APPROVER, { id })
}

async function askForAssistance(app: AppContext, listingId: string): Promise<void> {
  const words = { facts: SAID.noticeFacts, request: '停止办理登记', basis: '联动意见第十九条' }
  const { id } = await draftAssistance(app, CLERK, { kind: 'assistance', unitId: UNIT, listingId, answerBy: '2026-08-20', ...words })
  await issueAssistance(app, APPROVER, { id })
  const token = (await tokensSent(app, 'assistance.issued')).at(-1) ?? ''
  await confirmAssistance(app, PUBLIC, { token, holder: null })
  await suggestAssistanceReview(app, OF_UNIT, { id, text: SAID.noticeDoubt })
  await replyAssistanceReview(app, APPROVER, { id, reply: '请先停办' })
  await answerAssistance(app, OF_UNIT, { id, outcome: 'carried_out', text: SAID.noticeAnswer })
  await requestAssistanceLift(app, CLERK, { id, ground: 'creditor_consent', note: SAID.noticeLift })
  await decideAssistanceLift(app, APPROVER, { id, granted: true, reason: '债权人同意' })
}

/** About a unit and a debtor, with a file, and followed to its answer. */
async function complain(app: AppContext): Promise<void> {
  const who = { anonymous: false, name: SAID.complainantName, phone: PHONES.complainant, wechat: ACCOUNTS.complainant }
  const whom = { debtorName: '永宗尼玛', debtorIdentifier: NUMBERS.denounced, place: SAID.place }
  const filed = await fileComplaint(app, PUBLIC, {
    about: 'unit',
    unitId: 'land_resources',
    text: SAID.complaint,
    way: 'web',
    ...whom,
    ...who,
  })
  const complaint = { number: filed.number, code: filed.code }
  await addEvidence(app, PUBLIC, { complaint, content: onePiece(document(SAID.evidence)) })
  const { id } = filed
  await acceptComplaint(app, CLERK, { id })
  await assignComplaint(app, CLERK, { id, unitId: UNIT, brief: SAID.brief })
  await recordInvestigation(app, OF_UNIT, { id, findings: SAID.findings })
  await decideComplaint(app, CLERK, { id, finding: 'upheld', outcome: SAID.outcome, orderUnitId: UNIT, orderText: SAID.order })
  await answerComplaint(app, CLERK, { id, answer: SAID.reply })
}

async function* onePiece(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes)
}

/** A PDF that says a sentence; such a file is kept as it is. */
export function document(sentence: string): Buffer {
  return Buffer.from(`%PDF-1.7\n1 0 obj\n<< /Title (${sentence}) >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n`)
}
