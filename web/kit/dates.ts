// Days and instants as people read them here: 2026年11月29日, in the time of Beijing whatever the machine is set to.

import { serverNow } from './api/server-clock.ts'

const MOMENT = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
})

/** `2026-11-29` as 2026年11月29日; a dash for nothing. */
export function dayText(day: string | null | undefined): string {
  const [, year = '', month = '', date = ''] = /^(\d{4})-(\d{2})-(\d{2})/.exec(day ?? '') ?? []
  return year === '' ? '—' : `${Number(year)}年${Number(month)}月${Number(date)}日`
}

/** An instant (ISO 8601) as 2026年11月29日 09:05; a dash for nothing. */
export function momentText(instant: string | null | undefined): string {
  if (instant == null || instant === '') return '—'
  const parts = new Map(MOMENT.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]))
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
  return `${of('year')}年${of('month')}月${of('day')}日 ${of('hour')}:${of('minute')}`
}

/** The time of day of an instant as 8:00. */
export function clockText(instant: string): string {
  const parts = new Map(MOMENT.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]))
  return `${Number(parts.get('hour'))}:${parts.get('minute') ?? ''}`
}

/** The legal day of an instant in Beijing, `YYYY-MM-DD`. */
export function dayOf(instant: string | number): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date(instant))
}

/** The legal day of now in Beijing by the server's clock, `YYYY-MM-DD`. */
export function today(): string {
  return dayOf(serverNow())
}
