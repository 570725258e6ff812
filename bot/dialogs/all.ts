// The list of all dialogs, one for each intent, with which the engine runs.
// Each dialog is in its own file beside this one.

import type { Dialog } from '../engine.ts'
import { answers } from './answers.ts'
import { complaint, complaintStatus } from './complaint.ts'
import { creditor } from './creditor.ts'
import { enquiry } from './enquiry.ts'
import { creditRepair, objection } from './intakes.ts'
import { feedback } from './feedback.ts'
import { lift } from './lift.ts'
import { ownCase, removalInfo, limitsInfo } from './own-case.ts'
import { precheck } from './screening.ts'
import { binding, human, subscribe, unsubscribe } from './service.ts'

/** All dialogs. */
export const DIALOGS: readonly Dialog[] = [
  ...[enquiry, ownCase, removalInfo, limitsInfo],
  ...[complaint, complaintStatus, objection, creditRepair, creditor],
  ...[human, subscribe, unsubscribe],
  ...[binding, lift, feedback, precheck],
  ...answers,
]
