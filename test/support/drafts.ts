// Invented drafts that pass every check, and short ways to change a field and see what the rules find.

import type { RawContent, RowMode } from '../../src/features/debtors/row-reader.rules.ts'
import { checkContent, type RowResult } from '../../src/features/listings/rows.rules.ts'
import { idCheckDigit } from '../../src/core/identifiers.ts'

/** The day on which drafts are checked. */
export const TODAY = '2026-11-22'
export const PERSON: RawContent = {
  name: '扎西某',
  identifier: '533421198410140222',
  court: '香格里拉市人民法院',
  caseNo: '（2026）云3401执123号',
  filedOn: '2026-01-16',
  basisNo: '（2025）云3401民初2530号',
  basisMaker: '香格里拉市人民法院',
  obligation: '支付货款71000元',
  performance: '全部未履行',
  ground: '有履行能力而拒不履行生效法律文书确定义务',
}
export const ORGANISATION: RawContent = {
  ...PERSON,
  name: '香格里拉市某某商贸有限公司',
  identifier: '91533401506614261G',
  legalRepresentative: '卓玛某',
}

/** An invented woman's ID number with this birth day (YYYYMMDD). */
export function born(day: string): string {
  const withoutCheckDigit = `533421${day}002`
  return withoutCheckDigit + idCheckDigit(withoutCheckDigit)
}
/** Checks an invented draft with some fields changed. */
export function check(change: RawContent, mode: RowMode = 'draft', base: RawContent = PERSON): RowResult {
  return checkContent({ ...base, ...change }, { today: TODAY, mode })
}
/** The problems of such a draft, as `code field`. */
export function codes(change: RawContent, mode: RowMode = 'draft', base: RawContent = PERSON): string[] {
  return check(change, mode, base).problems.map(({ code, field }) => `${code} ${field ?? ''}`)
}
/** The invented person's listing as the API takes it. */
export const WRITTEN = check({}).content
