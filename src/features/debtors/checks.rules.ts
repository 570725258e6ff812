// The closed list of problem codes of rows, drafts and typed fields, with their severities. Wording: templates/words/zh-CN/checks.yaml.
// The checks themselves are in features/listings/rows.rules.ts, identity.rules.ts and officers.rules.ts.

/** Every code with its severity. A row with an error is refused; a row with warnings is accepted and the warnings are reported. */
export const CHECKS = {
  // the header of a file; reported in an AppError
  column_missing: 'error',
  column_twice: 'error',
  // any field
  field_missing: 'error',
  field_short: 'error',
  field_too_long: 'error',
  field_given_twice: 'error',
  field_fixed: 'error',
  // the debtor
  name_form: 'error',
  identifier_form: 'error',
  identifier_rounded: 'error',
  identifier_old_code: 'error',
  identifier_registration: 'error',
  identifier_tax: 'error',
  id_region_impossible: 'error',
  id_birth_impossible: 'error',
  id_check_wrong: 'error',
  uscc_letter_wrong: 'error',
  uscc_check_wrong: 'error',
  id_upgraded: 'warning',
  kind_doubtful: 'error',
  minor: 'error',
  sex_unreadable: 'error',
  sex_disagrees: 'error',
  age_disagrees: 'warning',
  person_field_of_organisation: 'warning',
  representative_of_person: 'warning',
  representative_missing: 'warning',
  officer_unreadable: 'warning',
  // the case
  case_no_form: 'error',
  case_no_year: 'error',
  date_unreadable: 'error',
  date_future: 'error',
  date_order: 'error',
  // the listing
  ground_unknown: 'error',
  term_unreadable: 'error',
  term_missing: 'error',
  term_unstated: 'warning',
  term_not_allowed: 'error',
  term_out_of_range: 'error',
  disclosure_unreadable: 'error',
  employer_missing: 'warning',
  official_unreadable: 'error',
  official_kind: 'error',
  official_missing: 'error',
  superior_missing: 'error',
  own_motion_short: 'error',
  // input of commands
  service_day: 'error',
  phone_invalid: 'error',
  openid_invalid: 'error',
  role_unknown: 'error',
  date_too_early: 'error',
  date_past: 'error',
  date_not_ahead: 'error',
  quarter_form: 'error',
  // units' keys
  scope_unknown: 'error',
  key_expiry: 'error',
  // screening
  officers_of_person: 'error',
  office_unknown: 'error',
  number_missing: 'warning',
  question_twice: 'warning',
  holder_unreadable: 'error',
  screening_measure: 'error',
  screening_business: 'error',
  advice_json: 'error',
  advice_field: 'error',
  advice_measure: 'error',
  advice_kind: 'error',
  advice_relation: 'error',
  // sheets of liaisons
  unit_unknown: 'error',
  unit_several: 'error',
  unit_is_class: 'error',
  head_unreadable: 'error',
  liaison_twice: 'error',
  liaison_elsewhere: 'error',
  // retained measures
  retention_basis: 'error',
  retention_until: 'error',
  retention_past: 'error',
  retention_over: 'error',
  retention_measure: 'error',
  // feedback
  feedback_number: 'error',
  feedback_restricted: 'error',
  feedback_sum: 'error',
  feedback_lines_over: 'error',
  feedback_measure: 'error',
  feedback_measure_twice: 'error',
  feedback_reason: 'error',
  // the work calendar
  holiday_day: 'error',
  holiday_both: 'error',
  holiday_year: 'error',
  holiday_past: 'error',
  // spans of days on screens
  month_form: 'error',
  span_order: 'error',
  // compared with other rows and with the list
  row_twice: 'warning',
  relist_barred: 'error',
  relist_doubtful: 'warning',
  left_shielded: 'warning',
  left_revoked: 'warning',
  // addresses
  phone_dropped: 'warning',
  phone_several: 'warning',
  openid_dropped: 'warning',
} as const satisfies Record<string, 'error' | 'warning'>

/** A code of the list above. */
export type Check = keyof typeof CHECKS
