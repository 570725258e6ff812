// Every table of the house, for the composition root, the rotation of keys and the tests that walk all tables.
// Nothing else belongs here.

import { assistanceTable } from './assistance.ts'
import { proposalTable, sourceTable } from './accountability.ts'
import { circularTable, consequenceTable, interviewTable } from './accountability-steps.ts'
import { auditTable } from './audit.ts'
import { calendarDayTable, calendarYearTable } from './calendar.ts'
import type { AnyTable } from './columns.ts'
import { complaintStepTable, complaintTable } from './complaints.ts'
import { chatLimitTable, conversationTable, messageTable } from './conversations.ts'
import { deadlineTable } from './deadlines.ts'
import { attemptTable, deliveryTable } from './deliveries.ts'
import { evidenceTable } from './evidence.ts'
import { feedbackReturnTable, feedbackRoundTable } from './feedback.ts'
import { feedbackEntryTable, feedbackReportTable } from './feedback-records.ts'
import { handoffTable } from './handoffs.ts'
import { identityTable } from './identity.ts'
import { importTable } from './imports.ts'
import { intakeTable } from './intakes.ts'
import { jointCircularTable, meetingTable } from './joint-circulars.ts'
import { bulletinTable, journalTable } from './journal.ts'
import { liftAnswerTable, liftOrderTable, liftTable } from './lifts.ts'
import { linkTable } from './links.ts'
import { listingTable } from './listings.ts'
import { addressMarkTable } from './marks.ts'
import { debtTable, mediaTable } from './mouths.ts'
import { broadcastTable, noticeTable } from './notices.ts'
import { listingOfficerTable } from './officers.ts'
import { objectionTable } from './objections.ts'
import { pushEntryTable, pushFileTable, pushReceiptTable, pushTable } from './pushes.ts'
import { earlyReceiptTable, receiptTable } from './receipts.ts'
import { repairOpinionTable, repairTable } from './repairs.ts'
import { screeningBatchTable, screeningTable } from './screenings.ts'
import { sessionTable, staffTable } from './staff.ts'
import { staffReachTable } from './staff-reach.ts'
import { unitKeyTable } from './unit-keys.ts'
import { liaisonTable, measureTable, measureUnitTable, subscriberTable, unitTable } from './units.ts'
import { providerTokenTable, runTable } from './upkeep.ts'
import { wechatySessionTable } from './wechaty.ts'
import { listingWordingTable } from './wordings.ts'
import { counterTable } from './counters.ts'
import { suspensionTable } from './suspensions.ts'
import { liaisonCodeTable } from './bindings.ts'

const every = [
  proposalTable,
  sourceTable,
  circularTable,
  interviewTable,
  consequenceTable,
  jointCircularTable,
  meetingTable,
  auditTable,
  calendarDayTable,
  calendarYearTable,
  complaintTable,
  complaintStepTable,
  evidenceTable,
  deadlineTable,
  attemptTable,
  deliveryTable,
  receiptTable,
  earlyReceiptTable,
  chatLimitTable,
  conversationTable,
  messageTable,
  debtTable,
  mediaTable,
  feedbackRoundTable,
  feedbackReturnTable,
  feedbackEntryTable,
  feedbackReportTable,
  handoffTable,
  liaisonCodeTable,
  identityTable,
  importTable,
  intakeTable,
  bulletinTable,
  counterTable,
  journalTable,
  liftTable,
  liftOrderTable,
  liftAnswerTable,
  listingTable,
  listingWordingTable,
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
  sessionTable,
  staffTable,
  staffReachTable,
  liaisonTable,
  measureTable,
  measureUnitTable,
  subscriberTable,
  unitTable,
  unitKeyTable,
  screeningBatchTable,
  screeningTable,
  providerTokenTable,
  runTable,
  wechatySessionTable,
]

/** A table without the type of its rows, for code that walks all tables. */
export const tables: readonly AnyTable[] = every.map(({ name, schema, properties, protection }) => ({
  name,
  schema: schema,
  properties,
  protection,
}))
