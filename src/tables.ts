// The list of all database tables, for the composition root, the rotation of keys and the tests that walk typedTables table.
// A table is defined in the store.ts of its feature.

import { assistanceTable } from './features/assistance/store.ts'
import { proposalTable, sourceTable } from './features/accountability/store.ts'
import { circularTable, consequenceTable, interviewTable } from './features/accountability/steps.store.ts'
import { auditEndTable } from './platform/commands/audit-ends.store.ts'
import { auditTable } from './platform/commands/audit.store.ts'
import type { AnyTable } from './platform/database/columns.ts'
import { complaintOrderTable } from './features/complaints/orders.store.ts'
import { complaintStepTable, complaintTable } from './features/complaints/store.ts'
import { loginTryTable, staffBrowserTable } from './features/staff/logins.store.ts'
import { chatLimitTable, conversationTable, messageTable } from './messaging/conversations.store.ts'
import { deadlineMoveTable } from './features/deadlines/moves.store.ts'
import { deadlineTable, calendarDayTable, calendarYearTable } from './features/deadlines/store.ts'
import { attemptTable, deliveryTable } from './messaging/deliveries.store.ts'
import { evidenceTable } from './features/complaints/evidence.store.ts'
import { matterTable } from './features/creditors/store.ts'
import { feedbackReturnTable, feedbackRoundTable } from './features/feedback/store.ts'
import { feedbackEntryTable, feedbackReportTable } from './features/feedback/records.store.ts'
import { formFileTable, formReceiptTable } from './features/forms/store.ts'
import { handoffNoteTable, handoffTable } from './features/handoffs/store.ts'
import { identityTable } from './features/own-case/store.ts'
import { importTable } from './features/imports/store.ts'
import { intakeFileTable, intakeTable } from './features/intakes/store.ts'
import { jointCircularTable, meetingTable } from './features/accountability/joint.store.ts'
import { bulletinTable, journalTable } from './features/journal/store.ts'
import { liftAnswerTable } from './features/lifts/answers.store.ts'
import { liftReportTable } from './features/lifts/reports.store.ts'
import { liftOrderTable, liftTable } from './features/lifts/store.ts'
import { linkTable } from './features/links/store.ts'
import { listingTable, listingWordingTable } from './features/listings/store.ts'
import { exclusionTable } from './features/listings/exclusions.store.ts'
import { listingProposalTable } from './features/listings/proposals.store.ts'
import { addressMarkTable } from './messaging/address-marks.store.ts'
import { pendingReplyTable } from './messaging/pending-replies.store.ts'
import { dutyPrintTable, noticeResendTable } from './features/notices/store.ts'
import { broadcastTable, noticeTable } from './messaging/notices.store.ts'
import { listingOfficerTable } from './features/listings/officers.store.ts'
import { objectionTable } from './features/objections/store.ts'
import { pushEntryTable, pushFileTable, pushReceiptTable, pushTable } from './features/quarterly-list/store.ts'
import { earlyReceiptTable, receiptTable } from './messaging/receipts.store.ts'
import { repairOpinionTable, repairTable } from './features/repairs/store.ts'
import { screeningFileTable } from './features/screening/files.store.ts'
import { screeningBatchTable, screeningTable } from './features/screening/store.ts'
import { factorTable } from './features/staff/factors.store.ts'
import { sessionTable, staffProposalTable, staffTable, staffReachTable } from './features/staff/store.ts'
import { unitKeyTable } from './features/units/keys.store.ts'
import { unitBrowserTable, unitCodeRequestTable } from './features/units/codes.store.ts'
import { unitSessionTable } from './features/units/sessions.store.ts'
import { liaisonTable, measureTable, measureUnitTable, subscriberTable, unitTable } from './features/units/store.ts'
import { keyCheckTable } from './platform/commands/key-checks.store.ts'
import { runTable } from './platform/scheduler/runs.store.ts'
import { seenEventTable } from './messaging/seen-events.store.ts'
import { wechatySessionTable } from './messaging/wechaty-session.store.ts'
import { counterTable } from './platform/database/counters.ts'
import { suspensionTable } from './features/listings/suspensions.store.ts'
import { listingBatchItemTable, listingBatchTable } from './features/bulletins/batches.store.ts'
import { liaisonCodeTable } from './features/units/bindings.store.ts'
import { providerPaceTable } from './messaging/pace.store.ts'
import { providerTokenTable } from './messaging/provider-tokens.store.ts'
import { mediaTable } from './features/complaints/chat-media.store.ts'

const typedTables = [
  listingBatchTable,
  listingBatchItemTable,
  proposalTable,
  sourceTable,
  circularTable,
  interviewTable,
  consequenceTable,
  jointCircularTable,
  meetingTable,
  auditTable,
  auditEndTable,
  calendarDayTable,
  calendarYearTable,
  complaintTable,
  complaintStepTable,
  complaintOrderTable,
  evidenceTable,
  deadlineTable,
  deadlineMoveTable,
  attemptTable,
  deliveryTable,
  receiptTable,
  earlyReceiptTable,
  chatLimitTable,
  loginTryTable,
  staffBrowserTable,
  conversationTable,
  messageTable,
  pendingReplyTable,
  mediaTable,
  feedbackRoundTable,
  feedbackReturnTable,
  feedbackEntryTable,
  feedbackReportTable,
  formFileTable,
  formReceiptTable,
  handoffTable,
  handoffNoteTable,
  liaisonCodeTable,
  identityTable,
  importTable,
  intakeTable,
  intakeFileTable,
  matterTable,
  bulletinTable,
  counterTable,
  journalTable,
  keyCheckTable,
  liftTable,
  liftOrderTable,
  liftAnswerTable,
  liftReportTable,
  listingTable,
  listingWordingTable,
  exclusionTable,
  listingProposalTable,
  listingOfficerTable,
  objectionTable,
  suspensionTable,
  repairTable,
  repairOpinionTable,
  linkTable,
  assistanceTable,
  pushTable,
  pushFileTable,
  pushEntryTable,
  pushReceiptTable,
  addressMarkTable,
  broadcastTable,
  noticeTable,
  dutyPrintTable,
  noticeResendTable,
  sessionTable,
  staffTable,
  staffReachTable,
  factorTable,
  staffProposalTable,
  liaisonTable,
  measureTable,
  measureUnitTable,
  subscriberTable,
  unitTable,
  unitKeyTable,
  unitSessionTable,
  unitCodeRequestTable,
  unitBrowserTable,
  screeningBatchTable,
  screeningTable,
  screeningFileTable,
  providerPaceTable,
  providerTokenTable,
  runTable,
  wechatySessionTable,
  seenEventTable,
]

/** All tables, without the types of their rows. */
export const tables: readonly AnyTable[] = typedTables.map(({ name, schema, properties, protection }) => ({
  name,
  schema,
  properties,
  protection,
}))
