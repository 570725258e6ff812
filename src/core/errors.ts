// The errors of the application, as a closed list of codes, each of one kind. platform/http/problems.ts turns kinds into HTTP statuses;
// templates/words/zh-CN/problems.yaml turns codes into Chinese. No status and no wording is in this file.

import { LIAISON_CODES } from './liaison-codes.ts'
import { OPERATING_CODES } from './operating-codes.ts'
import { PROPOSAL_CODES } from './proposal-codes.ts'

/** What sort of error a code is; it decides the HTTP status. */
export type Kind = 'invalid' | 'unauthenticated' | 'forbidden' | 'missing' | 'conflict' | 'limited' | 'unavailable'

/** Every code there is, with its kind. */
export const CODES = {
  // requests
  request_invalid: 'invalid',
  body_too_large: 'invalid',
  body_not_json: 'invalid',
  form_broken: 'invalid',
  media_type_wrong: 'invalid',
  signature_wrong: 'forbidden',
  route_missing: 'missing',
  pages_not_built: 'unavailable',
  method_not_allowed: 'invalid',
  // people
  login_required: 'unauthenticated',
  login_failed: 'unauthenticated',
  login_locked: 'limited',
  password_weak: 'invalid',
  password_change_required: 'forbidden',
  csrf_wrong: 'forbidden',
  factor_required: 'forbidden',
  factor_enrol_required: 'forbidden',
  factor_code_needed: 'unauthenticated',
  factor_wrong: 'invalid',
  factor_missing: 'conflict',
  factor_exists: 'conflict',
  factor_way_missing: 'conflict',
  factor_unsendable: 'conflict',
  code_limited: 'limited',
  code_unsendable: 'unavailable',
  unit_code_wrong: 'invalid',
  unit_wechat_unbound: 'forbidden',
  wechat_entry_ended: 'invalid',
  not_allowed: 'forbidden',
  password_needed: 'unauthenticated',
  own_draft: 'forbidden',
  staff_missing: 'missing',
  staff_exists: 'conflict',
  last_admin: 'conflict',
  staff_proposal_open: 'conflict',
  staff_proposal_missing: 'missing',
  staff_own_proposal: 'forbidden',
  staff_confirm_admin: 'forbidden',
  // units
  unit_missing: 'missing',
  unit_class: 'invalid',
  unit_own_court: 'conflict',
  unit_other: 'forbidden',
  unit_key_wrong: 'unauthenticated',
  unit_key_revoked: 'unauthenticated',
  unit_key_expired: 'unauthenticated',
  unit_key_missing: 'missing',
  unit_key_ended: 'conflict',
  unit_key_limited: 'limited',
  unit_key_items_limited: 'limited',
  unit_key_items_many: 'invalid',
  scope_missing: 'forbidden',
  route_staff_only: 'forbidden',
  address_invalid: 'invalid',
  address_needed: 'invalid',
  subscriber_missing: 'missing',
  subscriber_exists: 'conflict',
  handoff_missing: 'missing',
  handoff_closed: 'conflict',
  handoff_claimed: 'conflict',
  handoff_other: 'conflict',
  // import
  import_missing: 'missing',
  import_empty: 'invalid',
  import_type_unknown: 'invalid',
  import_encoding_unknown: 'invalid',
  import_file_broken: 'invalid',
  import_stopped: 'invalid',
  import_header_missing: 'invalid',
  import_columns_missing: 'invalid',
  import_columns_twice: 'invalid',
  import_too_large: 'invalid',
  import_over_limit: 'invalid',
  import_too_wide: 'invalid',
  sheet_time: 'invalid',
  sheet_memory: 'invalid',
  sheet_busy: 'unavailable',
  sheet_rows: 'invalid',
  sheet_row_swallowed: 'invalid',
  sheet_row_long: 'invalid',
  sheet_tabs: 'invalid',
  sheet_merges: 'invalid',
  sheet_texts: 'invalid',
  sheet_texts_long: 'invalid',
  sheet_styles: 'invalid',
  sheet_unpacked: 'invalid',
  sheet_ratio: 'invalid',
  import_state: 'conflict',
  import_source_not_higher: 'invalid',
  import_source_unknown: 'invalid',
  import_unconfirmed: 'conflict',
  import_list_changed: 'conflict',
  import_other_running: 'conflict',
  import_no_rejects: 'missing',
  file_missing: 'missing',
  // listings
  listing_missing: 'missing',
  listing_act_impossible: 'conflict',
  listing_incomplete: 'invalid',
  listing_version_stale: 'conflict',
  listing_in_force: 'conflict',
  listing_barred: 'conflict',
  listing_early_exit: 'conflict',
  exit_applicant_needed: 'invalid',
  listing_of_higher_court: 'conflict',
  listing_excluded: 'conflict',
  exclusions_unanswered: 'conflict',
  correction_fixed: 'invalid',
  correction_empty: 'invalid',
  exit_by_two: 'forbidden',
  exit_queries_needed: 'invalid',
  exit_queries_unfit: 'invalid',
  reason_needed: 'invalid',
  batch_missing: 'missing',
  batch_of_another: 'conflict',
  batch_busy: 'conflict',
  batch_count_changed: 'conflict',
  batch_too_large: 'invalid',
  preview_too_large: 'invalid',
  export_too_large: 'invalid',
  export_too_many: 'invalid',
  file_exists: 'conflict',
  bulletin_missing: 'missing',
  bulletin_empty: 'invalid',
  duty_not_by_letter: 'conflict',
  bulletin_nothing_public: 'conflict',
  bulletin_part_missing: 'missing',
  link_wrong: 'forbidden',
  // complaints
  complaint_missing: 'missing',
  complaint_incomplete: 'invalid',
  complaint_act_impossible: 'conflict',
  complaint_version_stale: 'conflict',
  complaint_not_yours: 'forbidden',
  complaint_own_unit: 'conflict',
  complaint_unresolved: 'conflict',
  complaint_unit_needed: 'invalid',
  complaint_names_complainant: 'invalid',
  complaint_order_missing: 'missing',
  complaint_order_closed: 'conflict',
  complaint_order_impossible: 'invalid',
  complaint_order_unit_needed: 'invalid',
  complaint_order_debtor_needed: 'invalid',
  evidence_missing: 'missing',
  evidence_type_refused: 'invalid',
  evidence_heic: 'invalid',
  evidence_moving: 'invalid',
  evidence_active: 'invalid',
  evidence_time: 'invalid',
  evidence_broken: 'invalid',
  evidence_over_limit: 'invalid',
  evidence_too_many: 'conflict',
  complaint_accuses_court: 'conflict',
  complaint_additions_full: 'conflict',
  // forms of the public pages
  uploads_limited: 'limited',
  uploads_full: 'limited',
  form_expired: 'missing',
  // screening
  screening_missing: 'missing',
  screening_subject_wrong: 'invalid',
  screening_unit_needed: 'invalid',
  screening_no_measures: 'conflict',
  screening_measure_other: 'invalid',
  screening_business_unknown: 'invalid',
  advice_line_wrong: 'invalid',
  screening_batch_missing: 'missing',
  screening_batch_changed: 'conflict',
  screening_item_repeated: 'invalid',
  screening_item_changed: 'conflict',
  screening_blanked: 'conflict',
  screening_outcome_impossible: 'conflict',
  screening_suspended: 'conflict',
  screening_reported: 'conflict',
  screening_reason_needed: 'invalid',
  screening_version_stale: 'conflict',
  screening_file_missing: 'missing',
  screening_file_state: 'conflict',
  screening_file_long: 'invalid',
  screening_files_many: 'conflict',
  // objections
  objection_missing: 'missing',
  objection_impossible: 'conflict',
  objection_pending: 'conflict',
  objection_act_impossible: 'conflict',
  objection_version_stale: 'conflict',
  objection_unit_needed: 'invalid',
  objection_suspends: 'conflict',
  objection_own_review: 'forbidden',
  objection_remedy_unfit: 'invalid',
  objection_proposal_unfit: 'conflict',
  objection_not_carried_out: 'conflict',
  // handed in by conversation
  intake_missing: 'missing',
  intake_day_needed: 'invalid',
  payment_impossible: 'conflict',
  intake_pending: 'conflict',
  intake_act_impossible: 'conflict',
  // credit repair
  repair_missing: 'missing',
  repair_not_delisted: 'conflict',
  repair_pending: 'conflict',
  repair_act_impossible: 'conflict',
  repair_version_stale: 'conflict',
  repair_unit_asked: 'conflict',
  repair_unit_unasked: 'conflict',
  repair_opinions_missing: 'conflict',
  repair_opposed: 'conflict',
  repair_own_registration: 'forbidden',
  repair_export_large: 'invalid',
  // what creditors hand in
  creditor_missing: 'missing',
  creditor_incomplete: 'invalid',
  creditor_act_impossible: 'conflict',
  creditor_version_stale: 'conflict',
  creditor_listing_needed: 'invalid',
  creditor_listing_unfit: 'conflict',
  creditor_draft_needed: 'invalid',
  // assistance notices and judicial suggestions
  assistance_missing: 'missing',
  assistance_act_impossible: 'conflict',
  assistance_version_stale: 'conflict',
  assistance_debtor_needed: 'invalid',
  assistance_debtor_unfit: 'conflict',
  assistance_own_request: 'forbidden',
  assistance_review_pending: 'conflict',
  assistance_no_review: 'conflict',
  assistance_lift_pending: 'conflict',
  assistance_no_lift: 'conflict',
  assistance_dealings_full: 'conflict',
  // links sent to one person
  link_used: 'conflict',
  link_ended: 'forbidden',
  // the quarter's pushes
  push_missing: 'missing',
  push_act_impossible: 'conflict',
  push_standing: 'conflict',
  push_quarter_open: 'conflict',
  push_outdated: 'conflict',
  push_own: 'forbidden',
  push_not_released: 'conflict',
  // accountability of units
  circular_missing: 'missing',
  circular_act_impossible: 'conflict',
  circular_version_stale: 'conflict',
  circular_day_needed: 'invalid',
  interview_missing: 'missing',
  interview_act_impossible: 'conflict',
  interview_version_stale: 'conflict',
  interview_day_needed: 'invalid',
  consequence_missing: 'missing',
  consequence_act_impossible: 'conflict',
  consequence_version_stale: 'conflict',
  consequence_own_cause: 'forbidden',
  consequence_not_yours: 'forbidden',
  consequence_bodies_needed: 'invalid',
  consequence_body_itself: 'invalid',
  joint_missing: 'missing',
  joint_act_impossible: 'conflict',
  joint_version_stale: 'conflict',
  joint_units_needed: 'invalid',
  joint_unit_blameless: 'invalid',
  meeting_missing: 'missing',
  meeting_act_impossible: 'conflict',
  meeting_version_stale: 'conflict',
  // lift orders
  lift_missing: 'missing',
  lift_act_impossible: 'conflict',
  lift_told: 'conflict',
  lift_retention_missing: 'missing',
  lift_retention_over: 'conflict',
  lift_review_impossible: 'conflict',
  retention_incomplete: 'invalid',
  // feedback
  feedback_missing: 'missing',
  feedback_exists: 'conflict',
  feedback_running: 'conflict',
  feedback_nobody: 'conflict',
  feedback_closed: 'conflict',
  feedback_early: 'conflict',
  feedback_act_impossible: 'conflict',
  feedback_version_stale: 'conflict',
  feedback_wrong: 'invalid',
  feedback_form_unknown: 'invalid',
  feedback_form_changed: 'invalid',
  feedback_form_round: 'conflict',
  // notices
  notice_missing: 'missing',
  delivery_missing: 'missing',
  duty_missing: 'missing',
  duty_done: 'conflict',
  notice_changed: 'conflict',
  notice_not_resendable: 'conflict',
  notice_no_way: 'conflict',
  // public
  enquiry_identifier_needed: 'invalid',
  enquiry_number_wrong: 'invalid',
  enquiry_limited: 'limited',
  // the official account
  account_missing: 'unavailable',
  account_refused: 'unavailable',
  // the terminal
  path_missing: 'missing',
  confirmation_needed: 'invalid',
  cancelled: 'conflict',
  audit_broken: 'conflict',
  // the application
  rate_limited: 'limited',
  test_limited: 'limited',
  template_missing: 'missing',
  database_unavailable: 'unavailable',
  database_busy: 'unavailable',
  ...LIAISON_CODES,
  ...PROPOSAL_CODES,
  ...OPERATING_CODES,
  internal: 'unavailable',
} as const satisfies Record<string, Kind>

export type Code = keyof typeof CODES

/** Values that the wording of a code may use. Never personal data unmasked: they reach logs and replies. */
export type Values = Readonly<Record<string, string | number>>

/** One fault of one field or cell. `code` names a wording in templates/words/zh-CN/checks.yaml. */
export interface Problem {
  code: string
  /** With `warning` the row or request is still accepted. Absent means an error. */
  severity?: 'error' | 'warning'
  /** Name of the field in the request, or identifier of a list column. */
  field?: string
  /** Where the field stands in the request, when `field` is that of a list column: `content.debtor.name`. */
  path?: string
  /** Line of the file, counted from 1 as a spreadsheet shows it. */
  row?: number
  /** The column's heading as the file writes it. */
  column?: string
  /** The offending value, masked. */
  value?: string
  values?: Values
}

/**
 * The one error class that commands and rules throw on purpose. Any other error is a defect, and routes and CLI report it as `internal`.
 */
export class AppError extends Error {
  readonly code: Code
  readonly kind: Kind
  readonly values: Values
  readonly problems: readonly Problem[]

  constructor(code: Code, values: Values = {}, problems: readonly Problem[] = [], cause?: unknown) {
    super(code, cause === undefined ? undefined : { cause })
    this.name = 'AppError'
    this.code = code
    this.kind = CODES[code]
    this.values = values
    this.problems = problems
  }
}

/** Whether an error is an AppError, and has this code if one is given. */
export function isAppError(error: unknown, code?: Code): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code)
}

/** Whether the database could not be reached or was too busy: the same work may succeed a moment later. */
export function isDatabaseAway(error: unknown): boolean {
  return isAppError(error, 'database_unavailable') || isAppError(error, 'database_busy')
}

/** An error about one field of a request. */
export function invalidRequest(problem: Problem): AppError {
  return new AppError('request_invalid', {}, [problem])
}
