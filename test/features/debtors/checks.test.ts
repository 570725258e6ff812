// The closed list of problem codes: its wording in templates, and the values that the wording uses.
// The checks themselves are tested with the features that make them.

import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { parse } from 'yaml'
import { CHECKS, type Check } from '../../../src/features/debtors/checks.rules.ts'
import type { RawContent } from '../../../src/features/debtors/row-reader.rules.ts'
import { check } from '../../support/drafts.ts'

const placeholders = (text: string): string[] => Array.from(text.matchAll(/\{(\w+)\}/g), (match) => match[1] ?? '')

describe('the list of problem codes', () => {
  const words = parse(readFileSync(new URL('../../../templates/words/zh-CN/checks.yaml', import.meta.url), 'utf8')) as Record<
    string,
    string
  >

  it('has a text for every code and a code for every text', () => {
    expect(Object.keys(words)).to.have.members(Object.keys(CHECKS))
  })

  it('has no text with a placeholder that its problem does not fill', () => {
    const givenByRows: Partial<Record<Check, string[]>> = {
      field_too_long: ['limit'],
      date_future: ['today'],
      date_order: ['filed', 'published'],
      term_missing: ['least', 'most'],
      term_out_of_range: ['least', 'most'],
      phone_several: ['taken'],
    }
    /** Codes of commands and of the calendar; their values are checked in their own tests. */
    const givenByCommands: Partial<Record<Check, string[]>> = {
      tab_unread: ['tab'],
      tab_hidden: ['tab'],
      rows_hidden: ['tab', 'count', 'first'],
      columns_hidden: ['tab', 'columns'],
      columns_unread: ['most', 'count', 'place'],
      role_unknown: ['roles'],
      scope_unknown: ['scopes'],
      office_unknown: ['offices'],
      screening_measure: ['possible'],
      measures_all: ['measures', 'count'],
      screening_business: ['measure'],
      case_no_other_court: ['code'],
      row_twice: ['first'],
      question_twice: ['first'],
      liaison_twice: ['first'],
      liaison_elsewhere: ['unit'],
      relist_barred: ['until'],
      relist_doubtful: ['until'],
      left_shielded: ['on'],
      left_revoked: ['on'],
      retention_over: ['last'],
      holiday_year: ['found', 'least'],
      feedback_number: ['max'],
      feedback_restricted: ['restricted', 'checked'],
      feedback_sum: ['restricted', 'approved', 'checked'],
      feedback_lines_over: ['lines', 'total'],
      date_not_ahead: ['today'],
      date_past: ['today'],
      span_order: ['from', 'to'],
    }
    for (const [code, text] of Object.entries(words)) {
      expect([...(givenByRows[code as Check] ?? []), ...(givenByCommands[code as Check] ?? []), 'column'], code).to.include.members(
        placeholders(text),
      )
      expect(text, code).to.match(/。$/)
    }
    const seen = new Map<string, string[]>()
    const samples: RawContent[] = [
      { name: '长'.repeat(101) },
      { filedOn: '2027-01-01' },
      { publishedOn: '2026-01-01' },
      { ground: '违反限制消费令' },
      { ground: '违反限制消费令', term: '9年' },
      { phone: '13900005279,1' },
    ]
    for (const sample of samples) for (const problem of check(sample).problems) seen.set(problem.code, Object.keys(problem.values ?? {}))
    expect(Object.fromEntries(seen)).to.deep.equal(givenByRows)
  })
})
