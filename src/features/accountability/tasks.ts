// What the software finds by itself against units: missed clocks, upheld complaints, hits of which nothing was reported. Once a night, each source once.
// It proposes and nothing more; a person decides (features/accountability/commands).

import { addDays, dayOf, instantAt, writtenDay, type Day } from '../../core/calendar.ts'
import type { Source } from './rules.ts'
import { CLOCK_CODES, CLOCKS } from '../deadlines/clocks.rules.ts'
import { SYSTEM } from '../../platform/commands/permissions.ts'
import { undrawnComplaints, undrawnMisses, undrawnScreenings } from './store.ts'
import { addToProposal } from './commands.ts'
import { command, systemCommand, type CommandContext, type AppContext } from '../../platform/commands/command.ts'
import { enqueueNotice } from '../../messaging/outbox.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { staffRecipients } from '../staff/recipients.ts'

/** Clocks whose misses are raised: the ones that can be held against a unit. */
export const HELD_CLOCKS = CLOCK_CODES.filter((code) => CLOCKS[code].miss.effect === 'escalate')

/** Days back that are looked at, more than `screeningReportDays` can be: a house that slept makes up for them; what is older was looked at before. */
const LOOK_BACK = 40
/** Sources of one transaction. */
const PORTION = 500

export interface Drawn {
  sources: number
  /** Units whose proposals were opened or added to. */
  units: number
}

/** Draws a night's proposals and tells the group office that they wait. */
export async function drawProposals(app: AppContext, day: Day): Promise<Drawn> {
  const drawn = { sources: 0, units: new Set<string>() }
  for (;;) {
    const portion = await drawPortion(app, SYSTEM, day)
    drawn.sources += portion.sources
    for (const unitId of portion.units) drawn.units.add(unitId)
    if (portion.sources < PORTION) break
  }
  if (drawn.units.size > 0) await notifyOffice(app, SYSTEM, { day, units: drawn.units.size, sources: drawn.sources })
  return { sources: drawn.sources, units: drawn.units.size }
}

const drawPortion = command(
  'accountability.draw',
  async (context, day: Day): Promise<{ sources: number; units: string[] }> => {
    const found = await undrawn(context, day)
    const byUnit = new Map<string, Source[]>()
    for (const source of found) byUnit.set(source.unitId, [...(byUnit.get(source.unitId) ?? []), source])
    for (const [unitId, sources] of byUnit) await addToProposal(context, unitId, sources)
    await context.audit({ subject: 'accountability', detail: { day, sources: found.length, units: byUnit.size } })
    return { sources: found.length, units: [...byUnit.keys()] }
  },
  ({ sources, units }) => ({ sources, units: units.length }),
)

async function undrawn({ tx, app }: CommandContext, day: Day): Promise<Source[]> {
  const since = addDays(day, -LOOK_BACK)
  const misses = await undrawnMisses(tx, HELD_CLOCKS, since, PORTION)
  const complaints = await undrawnComplaints(tx, instantAt(since, 0), PORTION)
  const span = { since: instantAt(since, 0), before: instantAt(addDays(day, -app.config.screeningReportDays), 0) }
  const screenings = await undrawnScreenings(tx, span, PORTION)
  return [...misses, ...[...complaints, ...screenings].map(({ at, ...source }) => ({ ...source, happenedOn: dayOf(at) }))]
}

const notifyOffice = systemCommand(
  'accountability.draw',
  async (context, { day, units, sources }: { day: Day; units: number; sources: number }): Promise<void> => {
    const happening = {
      event: 'accountability.proposed' as const,
      key: `accountability.proposed:${day}`,
      values: { count: units, sources, day: writtenDay(day) },
      listVersion: await listVersion(context.tx),
    }
    await enqueueNotice(context, 'court', happening, await staffRecipients(context, 'group_office'))
  },
)
