// What is wrong with an enquiry as typed, one sentence for each fault: what is missing beside a name or a case number, a digit too few, an O. Pure.
// The enquiry itself is views.ts; the sentences are templates/words/zh-CN/forms.yaml.

import { readHolder } from '../../core/documents.ts'
import type { IdentifierFault } from '../../core/identifiers.ts'
import { squeeze } from '../../core/text.ts'
import { namesOrganisation } from '../debtors/kind.rules.ts'
import { readCaseNo } from '../debtors/values.rules.ts'

/** A fault of what was typed: the input that it is about, the sentence under `enquiry` in forms.yaml, and its values. */
export interface EnquiryFault {
  field: 'name' | 'identifier' | 'caseNo'
  sentence: string
  values?: Readonly<Record<string, number>>
}

/** Characters of an identity number and of a unified social credit code. */
const WHOLE = 18
/** Digits of an identity number of the old form. */
const OLD = 15

/** The first fault of an enquiry; null when it can be asked. */
export function enquiryFault(typed: { name: string; identifier: string; caseNo: string }): EnquiryFault | null {
  const name = squeeze(typed.name)
  const number = squeeze(typed.identifier).toUpperCase()
  const caseNo = squeeze(typed.caseNo)
  if (name === '' && number === '' && caseNo === '') return { field: 'identifier', sentence: 'empty' }
  if (number !== '') {
    const fault = numberFault(number)
    if (fault !== null) return fault
    if (number.length === 4 && name === '') return { field: 'name', sentence: 'name_beside_tail' }
    return null
  }
  if (caseNo === '') return { field: 'identifier', sentence: namesOrganisation(name) ? 'company_alone' : 'name_alone' }
  if (readCaseNo(caseNo) === null) return { field: 'caseNo', sentence: 'case_incomplete' }
  return name === '' ? { field: 'name', sentence: 'name_beside_case' } : null
}

/** What is wrong with a number as typed, upper case and without blanks; null for a whole one and for the last four characters of one. */
export function numberFault(number: string): EnquiryFault | null {
  if (/^[0-9A-Z]{4}$/.test(number) && !/[OI]/.test(number)) return null
  const read = readHolder(number)
  if (read.kind !== 'none') return null
  const of = (sentence: string, values?: EnquiryFault['values']): EnquiryFault => ({
    ...{ field: 'identifier', sentence },
    ...(values === undefined ? {} : { values }),
  })
  const plain = number.replace(/[-–—]/g, '')
  if (!/^[0-9A-Z]+$/.test(plain)) return of('number_signs')
  if (/[OI]/.test(plain)) return of('number_letters')
  const digits = plain.length
  if (digits < 4) return of('number_short_tail')
  if (digits < WHOLE && digits !== OLD) return of('number_few', { typed: digits, missing: WHOLE - digits })
  return digits > WHOLE ? of('number_many', { typed: digits, extra: digits - WHOLE }) : of(PLACES[read.fault] ?? 'number_wrong')
}

/** The sentence that says at which characters a number of the right length is wrong. */
const PLACES: Readonly<Partial<Record<IdentifierFault, string>>> = {
  id_region: 'number_region',
  id_birth: 'number_birth',
  uscc_check: 'code_wrong',
  uscc_letter: 'code_wrong',
}
