// Every migration, in order.
// A landed one is never edited; an older program refuses a database that holds a newer one.

import { List1763769600001 } from './0001-list.ts'
import { Units1763769600002 } from './0002-units.ts'
import { Notices1763769600003 } from './0003-notices.ts'
import { House1763769600004 } from './0004-house.ts'
import { Clocks1763769600005 } from './0005-clocks.ts'
import { Complaints1763769600006 } from './0006-complaints.ts'
import { Lifts1763769600007 } from './0007-lifts.ts'
import { Bot1763769600009 } from './0009-bot.ts'
import { Objections1763769600010 } from './0010-objections.ts'
import { Screening1763769600011 } from './0011-screening.ts'
import { Feedback1763769600012 } from './0012-feedback.ts'
import { Accountability1763769600013 } from './0013-accountability.ts'
import { Assistance1763769600014 } from './0014-assistance.ts'
import { OwnCase1763769600015 } from './0015-own-case.ts'
import { Mouths1763769600016 } from './0016-mouths.ts'
import { Wechaty1763769600017 } from './0017-wechaty.ts'
import { LiftRefusals1763769600018 } from './0018-lift-refusals.ts'
import { TwoPeople1795910400002 } from './0022-two-people.ts'
import { Circulars1795910400006 } from './0026-circulars.ts'
import { Creditors1795910400007 } from './0027-creditors.ts'
import { ImportPreview1795910400023 } from './0043-import-preview.ts'
import { PushForms1795910400016 } from './0036-push-forms.ts'
import { Clauses1795910400021 } from './0041-clauses.ts'
import { LiftReached1795910500005 } from './0035-lift-reached.ts'
import { MeasuresRest1795910500031 } from './0051-measures-rest.ts'
import { StaffProposals1795910500034 } from './0064-staff-proposals.ts'
import { ComplaintsKept1795910500044 } from './0074-complaints-kept-from-the-court.ts'
import { RetentionReviews1795910500055 } from './0085-retention-reviews.ts'
import { ComplaintOrders1795910500064 } from './0094-complaint-orders.ts'
import { TodoIndexes1795910600131 } from './0131-todo-indexes.ts'
import { ScreeningFiles1795910600145 } from './0145-screening-files.ts'
import { HandoffInbox1795910600146 } from './0146-handoff-inbox.ts'
import { AuditSearch1795910600147 } from './0147-audit-search.ts'
import { SecondFactor1795910600150 } from './0150-second-factor.ts'
import { ListingSearch1795910600151 } from './0151-listing-search.ts'
import { ListingBatches1795910600152 } from './0152-listing-batches.ts'
import { UnitSessions1795910600160 } from './0160-unit-sessions.ts'
import { Forms1795910700041 } from './0161-forms.ts'
import { IntakeFiles1795910700052 } from './0162-intake-files.ts'
import { NoticesByHand1795910700063 } from './0163-notices-by-hand.ts'
import { OvertakenNotices1795910700064 } from './0164-overtaken-notices.ts'
import { NameKeys1795910700068 } from './0168-name-keys.ts'
import { LiftReports1795910700075 } from './0175-lift-reports.ts'
import { KeyedHashes1795910700080 } from './0180-keyed-hashes.ts'
import { KeyChecks1795910700085 } from './0185-key-checks.ts'
import { LoginPlaces1795910700090 } from './0190-login-places.ts'
import { SeenEvents1795910700096 } from './0196-seen-events.ts'
import { EarlyReceiptDelivery1795910700111 } from './0211-early-receipt-delivery.ts'
import { ProvisionalDays1795910700121 } from './0221-provisional-days.ts'
import { ProviderPace1795910700131 } from './0231-provider-pace.ts'
import { ComplaintIndexes1795910700141 } from './0241-complaint-indexes.ts'
import { UnfinishedMedia1795910700151 } from './0251-unfinished-media.ts'
import { UnitCodeRequests1795910700205 } from './0305-unit-code-requests.ts'
import { RemovedAdministrators1795910700215 } from './0315-removed-administrators.ts'
import { QuestionsBeingAsked1795910700216 } from './0316-questions-being-asked.ts'
import { Bearers1795910700221 } from './0320-bearers.ts'
import { Proofs1795910700222 } from './0321-proofs.ts'
import { AuditEnds1795910700223 } from './0322-audit-ends.ts'

export const migrations = [
  List1763769600001,
  Units1763769600002,
  Notices1763769600003,
  House1763769600004,
  Clocks1763769600005,
  Complaints1763769600006,
  Lifts1763769600007,
  Bot1763769600009,
  Objections1763769600010,
  Screening1763769600011,
  Feedback1763769600012,
  Accountability1763769600013,
  Assistance1763769600014,
  OwnCase1763769600015,
  Mouths1763769600016,
  Wechaty1763769600017,
  LiftRefusals1763769600018,
  TwoPeople1795910400002,
  Circulars1795910400006,
  Creditors1795910400007,
  PushForms1795910400016,
  Clauses1795910400021,
  ImportPreview1795910400023,
  LiftReached1795910500005,
  MeasuresRest1795910500031,
  StaffProposals1795910500034,
  ComplaintsKept1795910500044,
  RetentionReviews1795910500055,
  ComplaintOrders1795910500064,
  TodoIndexes1795910600131,
  ScreeningFiles1795910600145,
  HandoffInbox1795910600146,
  AuditSearch1795910600147,
  SecondFactor1795910600150,
  ListingSearch1795910600151,
  ListingBatches1795910600152,
  UnitSessions1795910600160,
  Forms1795910700041,
  IntakeFiles1795910700052,
  NoticesByHand1795910700063,
  OvertakenNotices1795910700064,
  NameKeys1795910700068,
  LiftReports1795910700075,
  KeyedHashes1795910700080,
  KeyChecks1795910700085,
  LoginPlaces1795910700090,
  SeenEvents1795910700096,
  EarlyReceiptDelivery1795910700111,
  ProvisionalDays1795910700121,
  ProviderPace1795910700131,
  ComplaintIndexes1795910700141,
  UnfinishedMedia1795910700151,
  UnitCodeRequests1795910700205,
  RemovedAdministrators1795910700215,
  QuestionsBeingAsked1795910700216,
  Bearers1795910700221,
  Proofs1795910700222,
  AuditEnds1795910700223,
]
