// Units of the filled court that asked, approved, fell short and are called to account, and the quarter's feedback with its report.

import { Readable } from 'node:stream'
import { receiveScreeningFile, workThrough } from '../../../src/features/screening/files.commands.ts'
import { callMeeting, draftJoint, holdMeeting, issueJoint } from '../../../src/features/accountability/joint.commands.ts'
import { doubtApproval, decideProposal, registerShortfall } from '../../../src/features/accountability/commands.ts'
import { confirmConsequence, recordTransfer } from '../../../src/features/accountability/consequences.commands.ts'
import { issueCircular, withdrawCircular } from '../../../src/features/accountability/circulars.commands.ts'
import { concludeInterview, holdInterview } from '../../../src/features/accountability/steps.commands.ts'
import { listCirculars, listConsequences, listInterviews } from '../../../src/features/accountability/views.ts'
import { submitReturn } from '../../../src/features/feedback/commands.ts'
import { closeFeedback, openFeedback } from '../../../src/features/feedback/rounds.commands.ts'
import { screenBatch } from '../../../src/features/screening/batches.commands.ts'
import { askScreening, reportOutcome } from '../../../src/features/screening/commands.ts'
import { dayOf } from '../../../src/core/calendar.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { SYSTEM } from '../../../src/platform/commands/permissions.ts'
import { missedBy, SECOND } from '../accountability.ts'
import { PAGE } from '../deadlines.ts'
import { PERSON } from '../drafts.ts'
import { systemOf } from '../screening.ts'
import { OF_UNIT, OFFICE, UNIT } from './people.ts'
import { NUMBERS, SAID, STATED } from './words.ts'

/** Questions one by one and many at once; a hit is approved all the same, and the office doubts the reason. */
export async function screenApplicants(app: AppContext): Promise<void> {
  const officers = [{ office: 'director', name: SAID.officerName, identifier: NUMBERS.officer }] as const
  await askScreening(app, OF_UNIT, { name: SAID.screenedName, identifier: NUMBERS.subject, business: SAID.business })
  await askScreening(app, OF_UNIT, { name: '某某合作社', officers })
  const known = { name: String(PERSON['name']), identifier: NUMBERS.debtor }
  const { id } = await askScreening(app, OF_UNIT, known)
  await reportOutcome(app, OF_UNIT, { screeningId: id, outcome: 'approved', reason: SAID.approvalReason })
  await doubtApproval(app, OFFICE, { screeningId: id, reason: SAID.doubt })
  const items = [
    { key: STATED.itemKey, name: SAID.batchedName, identifier: NUMBERS.batched },
    { key: 'b', ...known },
  ]
  await screenBatch(app, systemOf(UNIT), { requestId: STATED.batchKey, items })
  const sheet = `姓名或名称,身份证号码或统一社会信用代码\n${SAID.screenedName},123\n`
  const { file } = await receiveScreeningFile(app, OF_UNIT, {
    fileName: SAID.screeningFile,
    business: SAID.business,
    content: Readable.from([Buffer.from(sheet)]),
  })
  await workThrough(app, OF_UNIT, file.id)
}

export async function callToAccount(app: AppContext): Promise<void> {
  const today = dayOf(app.clock.now())
  const shortfall = { unitId: UNIT, kind: 'not_implemented', happenedOn: today, note: SAID.shortfall } as const
  for (const decision of ['circular', 'circular', 'interview', 'refer'] as const) {
    const { id } = await registerShortfall(app, OFFICE, shortfall)
    await decideProposal(app, OFFICE, {
      id,
      decision,
      reason: SAID.proposalReason,
      ...(decision === 'interview' ? { calledFor: today } : {}),
      ...(decision === 'circular' ? { rectifyBy: today, persons: [{ name: SAID.circularPerson, post: 'unit_head' }] } : {}),
    })
  }
  const filter = { unitId: UNIT }
  for (const { id } of (await listCirculars(app, OFFICE, { filter, page: PAGE })).items) await issueCircular(app, SECOND, { id })
  const [circular] = (await listCirculars(app, OFFICE, { filter, page: PAGE })).items
  await withdrawCircular(app, OFFICE, { id: circular?.id ?? '', reason: SAID.circularWithdrawn })
  const [interview] = (await listInterviews(app, OFFICE, { filter, page: PAGE })).items
  const id = interview?.id ?? ''
  await holdInterview(app, OFFICE, { id, heldOn: today, minutes: SAID.interviewMinutes })
  await concludeInterview(app, OFFICE, { id, result: 'unchanged', finding: SAID.interviewFinding })
  const discipline = { unitId: UNIT, kind: 'discipline', state: 'proposed' } as const
  const [consequence] = (await listConsequences(app, OFFICE, { filter: discipline, page: PAGE })).items
  await confirmConsequence(app, SECOND, { id: consequence?.id ?? '', reason: SAID.consequence, reference: STATED.reference })
  await recordTransfer(app, OFFICE, { unitId: UNIT, note: SAID.transfer })
  await missedBy(app, { 'lift_order:1': UNIT })
  const joint = await draftJoint(app, OFFICE, { from: '2026-01-01', to: today, unitIds: [UNIT], foreword: SAID.foreword })
  await issueJoint(app, SECOND, { id: joint.id })
  const meeting = await callMeeting(app, OFFICE, { plannedFor: today, agenda: SAID.agenda, place: '第一会议室' })
  await holdMeeting(app, OFFICE, { id: meeting.id, heldOn: today, minutes: SAID.meetingMinutes })
}

/** Opened on the quarter's first day; the unit answers with a note. */
export async function askFeedback(app: AppContext, quarter: string): Promise<string> {
  const { id: roundId } = await openFeedback(app, SYSTEM, { quarter })
  await submitReturn(app, OF_UNIT, { roundId, checked: 4, restricted: 1, approved: 2, note: SAID.feedbackNote })
  return roundId
}

/** The report holds the reasons of approvals. */
export async function reportFeedback(app: AppContext, roundId: string): Promise<void> {
  await closeFeedback(app, OFFICE, { id: roundId })
}
