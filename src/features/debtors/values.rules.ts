// Reads single cells of a court's list: days, terms, case numbers, yes and no. Each function returns null for what it cannot read.
// Whether the values of a row agree with each other is checked in features/listings/rows.rules.ts.

import { addDays, dayOf, makeDay, type Day } from '../../core/calendar.ts'
import { memo } from '../../core/memo.ts'
import { squeeze } from '../../core/text.ts'
import type { Cell } from './headings.rules.ts'
import type { OfficialCapacity, Sex, Disclosure } from './rules.ts'
import { tidyName } from '../../core/person-names.ts'

const DATE = /^(\d{4})\s*[-–—−/.年]\s*(\d{1,2})\s*[-–—−/.月]\s*(\d{1,2})(?!\d)\s*[日号]?/
/** A time of day after a day: 10:30:00.0, T10:30, 上午10时30分, 10点半. */
const TIME =
  /^T?\s?(?:上午|下午|凌晨|早上|晚上|中午|[AP]M)?\s?\d{1,2}\s?[:时点]\s?(?:半|\d{1,2})?\s?[:分]?\s?(?:\d{1,2}(?:\.\d{1,9})?)?秒?\s?(?:[AP]M)?$/i
/** An instant with its zone, as programs export it: the day is that of Beijing. */
const INSTANT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/
/** 二〇二六年九月三十日, with the zero written in any way. */
const HAN_DATE = /^([一二三四五六七八九零]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]?$/
/** Some exporters write midnight 43 seconds too early. */
const ALMOST_A_DAY = 0.0006

/** Excel serials of the years 1954 to 2119. A five-digit number outside this range in a date column is not a date. */
const SERIALS = { least: 20_000, most: 80_000 }

/**
 * Returns YYYY-MM-DD for a day as lists write it: `2026年9月30日`, `2026/9/30`, `2026-9-30`, `2026.9.30`, `20260930`, each with or without a
 * time of day, `二〇二六年九月三十日`, an instant with its zone, or an Excel serial.
 */
export function readDay(cell: Cell): Day | null {
  return parseDay(String(cell))
}

const parseDay = memo(5000, (cell): Day | null => {
  const text = cell
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .trim()
  const whole = squeeze(text)
  if (INSTANT.test(text)) return instantDay(text)
  const parts = dateWithTime(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(whole)
  if (parts !== null) return makeDay(Number(parts[1]), Number(parts[2]), Number(parts[3]))
  const han = HAN_DATE.exec(whole.replace(/[〇○oO0]/g, '零'))
  if (han !== null) return hanDay(han)
  if (!/^\d{5}(\.\d+)?$/.test(whole)) return null
  const serial = Math.floor(Number(whole) + ALMOST_A_DAY)
  return serial < SERIALS.least || serial > SERIALS.most ? null : serialDay(serial)
})

const DAY_OF_YEAR = /^(\d{1,2})(?:月|[./-])(\d{1,2})[日号]?$/
/** Years back in which a day of the year is looked for: 29 February may lie eight years back. */
const YEARS_BACK = [0, 1, 2, 3, 4, 8]

/** A day without its year (11月25号, 11.25) as the latest such day that is not after today; null for anything else. */
export function readDayOfYear(text: string, today: Day): Day | null {
  const [, month, date] = DAY_OF_YEAR.exec(squeeze(text)) ?? []
  if (month === undefined || date === undefined) return null
  const days = YEARS_BACK.map((back) => makeDay(Number(today.slice(0, 4)) - back, Number(month), Number(date)))
  return days.find((day) => day !== null && day <= today) ?? null
}

function instantDay(text: string): Day | null {
  const time = Date.parse(text.replace(' ', 'T'))
  return Number.isNaN(time) ? null : dayOf(new Date(time))
}

/** The parts of a day that stands alone or before a time of day. */
function dateWithTime(text: string): RegExpExecArray | null {
  const parts = DATE.exec(text)
  const rest = parts === null ? '' : text.slice(parts[0].length)
  return rest.trim() === '' || TIME.test(rest.trim()) ? parts : null
}

function hanDay([, year = '', month = '', day = '']: RegExpExecArray): Day | null {
  const digits = Array.from(year, (digit) => HAN_DIGITS.indexOf(digit)).join('')
  const [monthNumber, dayNumber] = [readSmallNumber(month), readSmallNumber(day)]
  return monthNumber === null || dayNumber === null ? null : makeDay(Number(digits), monthNumber, dayNumber)
}

/**
 * The day of an Excel serial (1900 system). Excel counts a 29 February 1900 (serial 60) that did not exist, so later serials are one ahead.
 */
export function serialDay(serial: number): Day | null {
  if (!Number.isInteger(serial) || serial < 1 || serial === 60) return null
  return addDays(serial < 60 ? '1899-12-31' : '1899-12-30', serial)
}

const HAN_DIGITS = '零一二三四五六七八九'

/** Reads 0–99 in digits or Chinese (`二十四`, `两`); null for anything else. */
function readSmallNumber(text: string): number | null {
  if (/^\d{1,2}$/.test(text)) return Number(text)
  const han = /^([一二三四五六七八九])?(十)?([一二三四五六七八九])?$/.exec(text.replace('两', '二').replace('贰', '二').replace('叁', '三'))
  if (han === null || text === '') return null
  const [, left, ten, right] = han
  if (ten === undefined && left !== undefined && right !== undefined) return null
  const tens = ten === undefined ? 0 : left === undefined ? 1 : HAN_DIGITS.indexOf(left)
  const ones = right ?? (ten === undefined ? left : undefined)
  return tens * 10 + (ones === undefined ? 0 : HAN_DIGITS.indexOf(ones))
}

/**
 * Returns a term in months: `2年`, `二年`, `24个月`, `二年零六个月`, `P24M` as ISO 8601 has it. A bare number is years up to 9 and months from 12. Null when
 * unreadable.
 */
export function readTerm(cell: Cell): number | null {
  const text = squeeze(String(cell))
  if (/^\d{1,2}$/.test(text)) return readBareTerm(Number(text))
  const [, monthsAlone] = /^P(\d{1,3})M$/.exec(text) ?? []
  if (monthsAlone !== undefined) return Number(monthsAlone) || null
  const parts = /^(?:([\d一二两三四五六七八九十贰叁]{1,3})周?年)?(?:(半)|[零又]?([\d一二两三四五六七八九十]{1,3})个?月)?$/.exec(text)
  if (parts === null || text === '') return null
  const [, years, half, months] = parts
  return sumOfTerm(years === undefined ? 0 : readSmallNumber(years), half === undefined ? (months ?? '0') : '6')
}

/** Months of a term; null when a part cannot be read or the whole is nothing. */
function sumOfTerm(years: number | null, monthPart: string): number | null {
  const months = readSmallNumber(monthPart)
  if (years === null || months === null) return null
  return years * 12 + months || null
}

function readBareTerm(number: number): number | null {
  if (number === 0 || number === 10 || number === 11) return null
  return number < 10 ? number * 12 : number
}

const OPENING = /[[【〔〖{<《]/g
const CLOSING = /[\]】〕〗}>》]/g
const CASE_NO = /^\(?(\d{4})\)?(\p{Script=Han}{1,8}\d{0,4})(\p{Script=Han}{0,4}执\p{Script=Han}{0,3})(\d{1,7})号?$/u

/**
 * Normalises an execution case's number to `（2026）云3401执123号` and gives its year. Leading zeros are removed, except after 字第 of the old
 * form.
 */
export function readCaseNo(cell: Cell): { caseNo: string; year: number } | null {
  const parts = CASE_NO.exec(squeeze(String(cell)).replace(OPENING, '(').replace(CLOSING, ')'))
  if (parts === null) return null
  const [, year = '', court = '', kind = '', digits = ''] = parts
  const number = kind.endsWith('字第') ? digits : digits.replace(/^0+(?=\d)/, '')
  return { caseNo: `（${year}）${court}${kind}${number}号`, year: Number(year) }
}

/**
 * Normalises the number of the basis document. Awards and notarial deeds have their own forms, so only the brackets of a leading year
 * change.
 */
export function readBasisNo(cell: Cell): string {
  return tidyName(String(cell))
    .replace(/\s+/g, '')
    .replace(/^[（([【〔〖［](\d{4})[）)\]】〕〗］]/, '（$1）')
}

/** Reads a sex; null when unreadable. */
export function readSex(cell: Cell): Sex | null {
  const text = squeeze(String(cell)).toLowerCase()
  if (/^(男性?|m|male)$/.test(text)) return 'male'
  return /^(女性?|f|female)$/.test(text) ? 'female' : null
}

/** Reads the answer to 是否公开 (whether a listing is public). */
export function readDisclosure(cell: Cell): Disclosure | null {
  const text = squeeze(String(cell)).toLowerCase()
  if (/^(是|公开|公布|对外公开|y|yes|true|public)$/.test(text)) return 'public'
  return /^(否|不公开|不予公开|不宜公开|不公布|n|no|false|undisclosed)$/.test(text) ? 'undisclosed' : null
}

/** Reads an official capacity. A duty to notify follows from it, so nothing is guessed from job titles. */
export function readCapacity(cell: Cell): OfficialCapacity | null {
  const text = squeeze(String(cell)).toLowerCase()
  if (/^(国家工作人员|公职人员|国家机关工作人员|公务员|state_staff)$/.test(text)) return 'state_staff'
  if (/^(人大代表|(全国|省|州|市|县|区|乡|镇)*人大代表|deputy)$/.test(text)) return 'deputy'
  if (/^((全国|省|州|市|县|区)*政协委员|cppcc)$/.test(text)) return 'cppcc'
  return /^(国家机关|机关|事业单位|国有企业|机关事业单位|国有企事业单位|公共机构|public_body)$/.test(text) ? 'public_body' : null
}

/** Reads an age in completed years. */
export function readAge(cell: Cell): number | null {
  const parts = /^(\d{1,3})周?岁?$/.exec(squeeze(String(cell)))
  return parts === null ? null : Number(parts[1])
}
