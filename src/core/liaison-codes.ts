// The codes of errors about liaisons: entering them, and binding their accounts. They are part of the closed list in errors.ts.
// Their wording is in templates/words/zh-CN/problems.yaml, as that of all codes.

export const LIAISON_CODES = {
  liaison_missing: 'missing',
  liaison_sheet_long: 'invalid',
  liaison_sheet_unconfirmed: 'conflict',
  liaisons_none: 'conflict',
  liaisons_many: 'invalid',
  binding_code_wrong: 'missing',
  binding_taken: 'conflict',
} as const
