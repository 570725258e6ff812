// The codes of errors about proposals: what one person proposes and another decides. They are part of the closed list in errors.ts.
// Their wording is in templates/words/zh-CN/problems.yaml, as that of all codes.

export const PROPOSAL_CODES = {
  proposer_ceased: 'conflict',
  // changes of a published listing
  listing_proposal_missing: 'missing',
  listing_proposal_open: 'conflict',
  listing_proposal_closed: 'conflict',
  // accountability of units
  proposal_missing: 'missing',
  proposal_act_impossible: 'conflict',
  proposal_version_stale: 'conflict',
  proposal_unit_above: 'invalid',
  proposal_not_approved: 'conflict',
  proposal_source_known: 'conflict',
  proposal_open_standing: 'conflict',
} as const
