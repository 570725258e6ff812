// What single cells of a court list say: days, terms, case numbers, yes and no. Each reader is total: null for what it cannot read.
// Whether the values of a row agree with each other is rows.ts.

import { addDays, makeDay, type Day } from '../../core/calendar.ts'
import { memo } from '../../core/memo.ts'
import { squeeze } from '../../core/text.ts'
import type { Cell } from './columns.rules.ts'
import type { OfficialCapacity, Sex, Disclosure } from './rules.ts'
import { tidyName } from '../../core/person-names.ts'

const DATE = /^(\d{4})\s*[-–—−/.年]\s*(\d{1,2})\s*[-–—−/.月]\s*(\d{1,2})\s*[日号]?(?:[\sT]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$/

/** Serials of 1954 to 2119: below and above, a five-digit number in a date column is not a date. */
const SERIALS = { least: 20_000, most: 80_000 }

/** A day as lists write it: `2026年9月30日`, `2026/9/30`, `2026-9-30`, `2026.9.30`, `20260930`, each with or without a time of day, or an Excel serial. */
export function readDay(cell: Cell): Day | null {
  return dayIn(String(cell))
}

const dayIn = memo(5000, (cell): Day | null => {
  const text = cell
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .trim()
  const whole = squeeze(text)
  const parts = DATE.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(whole)
  if (parts !== null) return makeDay(Number(parts[1]), Number(parts[2]), Number(parts[3]))
  if (!/^\d{5}(\.\d+)?$/.test(whole)) return null
  const serial = Math.floor(Number(whole))
  return serial < SERIALS.least || serial > SERIALS.most ? null : serialDay(serial)
})

/** The day of an Excel serial (1900 system). Excel believes in 29 February 1900, number 60, so that later serials are one ahead. */
export function serialDay(serial: number): Day | null {
  if (!Number.isInteger(serial) || serial < 1 || serial === 60) return null
  return addDays(serial < 60 ? '1899-12-31' : '1899-12-30', serial)
}

const HAN_DIGITS = '零一二三四五六七八九'

/** 0–99 in digits or Chinese (`二十四`, `两`); null for anything else. */
function count(text: string): number | null {
  if (/^\d{1,2}$/.test(text)) return Number(text)
  const han = /^([一二三四五六七八九])?(十)?([一二三四五六七八九])?$/.exec(text.replace('两', '二').replace('贰', '二').replace('叁', '三'))
  if (han === null || text === '') return null
  const [, left, ten, right] = han
  if (ten === undefined && left !== undefined && right !== undefined) return null
  const tens = ten === undefined ? 0 : left === undefined ? 1 : HAN_DIGITS.indexOf(left)
  const ones = right ?? (ten === undefined ? left : undefined)
  return tens * 10 + (ones === undefined ? 0 : HAN_DIGITS.indexOf(ones))
}

/** A term in months: `2年`, `二年`, `24个月`, `二年零六个月`. A bare number is years up to 9 and months from 12. Null when unreadable. */
export function readTerm(cell: Cell): number | null {
  const text = squeeze(String(cell))
  if (/^\d{1,2}$/.test(text)) return bareTerm(Number(text))
  const parts = /^(?:([\d一二两三四五六七八九十贰叁]{1,3})周?年)?(?:(半)|[零又]?([\d一二两三四五六七八九十]{1,3})个?月)?$/.exec(text)
  if (parts === null || text === '') return null
  const [, yearPart, half, monthPart] = parts
  const years = yearPart === undefined ? 0 : count(yearPart)
  const months = half !== undefined ? 6 : monthPart === undefined ? 0 : count(monthPart)
  return years === null || months === null || years * 12 + months === 0 ? null : years * 12 + months
}

function bareTerm(number: number): number | null {
  if (number === 0 || number === 10 || number === 11) return null
  return number < 10 ? number * 12 : number
}

const OPENING = /[[【〔〖{<《]/g
const CLOSING = /[\]】〕〗}>》]/g
const CASE_NO = /^\(?(\d{4})\)?(\p{Script=Han}{1,8}\d{0,4})(\p{Script=Han}{0,4}执\p{Script=Han}{0,3})(\d{1,7})号?$/u

/** An execution case's number, `（2026）云3401执123号`, with its year; null unless it reads as one. Zeros in front go, except after the old form's 字第. */
export function readCaseNo(cell: Cell): { caseNo: string; year: number } | null {
  const parts = CASE_NO.exec(squeeze(String(cell)).replace(OPENING, '(').replace(CLOSING, ')'))
  if (parts === null) return null
  const [, year, court, kind, digits] = parts as unknown as [string, string, string, string, string]
  const number = kind.endsWith('字第') ? digits : digits.replace(/^0+(?=\d)/, '')
  return { caseNo: `（${year}）${court}${kind}${number}号`, year: Number(year) }
}

/** The number of the basis document. Awards and notarial deeds have their own forms, so only a leading year's brackets are made alike. */
export function readBasisNo(cell: Cell): string {
  return tidyName(String(cell))
    .replace(/\s+/g, '')
    .replace(/^[（([【〔〖［](\d{4})[）)\]】〕〗］]/, '（$1）')
}

/** Male or female, or null. */
export function readSex(cell: Cell): Sex | null {
  const text = squeeze(String(cell)).toLowerCase()
  if (/^(男性?|m|male)$/.test(text)) return 'male'
  return /^(女性?|f|female)$/.test(text) ? 'female' : null
}

/** Whether a listing is public: the answer to 是否公开. */
export function readDisclosure(cell: Cell): Disclosure | null {
  const text = squeeze(String(cell)).toLowerCase()
  if (/^(是|公开|公布|对外公开|y|yes|true|public)$/.test(text)) return 'public'
  return /^(否|不公开|不予公开|不宜公开|不公布|n|no|false|undisclosed)$/.test(text) ? 'undisclosed' : null
}

/** Official capacity as a list writes it: a duty to tell follows from it, so nothing is guessed from a title. */
export function readCapacity(cell: Cell): OfficialCapacity | null {
  const text = squeeze(String(cell)).toLowerCase()
  if (/^(国家工作人员|公职人员|国家机关工作人员|公务员|state_staff)$/.test(text)) return 'state_staff'
  if (/^(人大代表|(全国|省|州|市|县|区|乡|镇)*人大代表|deputy)$/.test(text)) return 'deputy'
  if (/^((全国|省|州|市|县|区)*政协委员|cppcc)$/.test(text)) return 'cppcc'
  return /^(国家机关|机关|事业单位|国有企业|机关事业单位|国有企事业单位|公共机构|public_body)$/.test(text) ? 'public_body' : null
}

/** Completed years as a list states them. */
export function readAge(cell: Cell): number | null {
  const parts = /^(\d{1,3})周?岁?$/.exec(squeeze(String(cell)))
  return parts === null ? null : Number(parts[1])
}
