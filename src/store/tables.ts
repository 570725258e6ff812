// Every table of the house, for the composition root and the test that holds migrations against schemas.
// Nothing else belongs here.

import type { EntitySchema } from 'typeorm'
import { auditTable } from './audit.ts'
import { calendarDayTable, calendarYearTable } from './calendar.ts'
import { complaintStepTable, complaintTable } from './complaints.ts'
import { chatLimitTable, conversationTable, messageTable } from './conversations.ts'
import { deadlineTable } from './deadlines.ts'
import { attemptTable, deliveryTable } from './deliveries.ts'
import { evidenceTable } from './evidence.ts'
import { handoffTable, liaisonCodeTable } from './handoffs.ts'
import { importTable } from './imports.ts'
import { bulletinTable, counterTable, journalTable } from './journal.ts'
import { liftAnswerTable, liftOrderTable, liftTable } from './lifts.ts'
import { listingTable } from './listings.ts'
import { addressMarkTable } from './marks.ts'
import { broadcastTable, noticeTable } from './notices.ts'
import { objectionTable, suspensionTable } from './objections.ts'
import { earlyReceiptTable, receiptTable } from './receipts.ts'
import { repairOpinionTable, repairTable } from './repairs.ts'
import { sessionTable, staffTable } from './staff.ts'
import { staffReachTable } from './staff-reach.ts'
import { liaisonTable, measureTable, measureUnitTable, subscriberTable, unitTable } from './units.ts'
import { providerTokenTable, runTable } from './upkeep.ts'
import { listingWordingTable } from './wordings.ts'

export const schemas = [
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
  handoffTable,
  liaisonCodeTable,
  importTable,
  bulletinTable,
  counterTable,
  journalTable,
  liftTable,
  liftOrderTable,
  liftAnswerTable,
  listingTable,
  listingWordingTable,
  objectionTable,
  suspensionTable,
  repairTable,
  repairOpinionTable,
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
  providerTokenTable,
  runTable,
].map((each) => each.schema as EntitySchema<object>)
