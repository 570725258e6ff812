// How near a legal day is: green, yellow (three working days or fewer), red (over). Colours never stand alone; the words come with them.

export type Nearness = 'green' | 'yellow' | 'red'

/** Nearness as the server counted it in working days; without its count, by calendar days. */
export function nearnessOf(day: string, today: string, workdaysLeft?: number): Nearness {
  if (day < today) return 'red'
  const left = workdaysLeft ?? Math.round((Date.parse(day) - Date.parse(today)) / 86_400_000)
  return left <= 3 ? 'yellow' : 'green'
}
