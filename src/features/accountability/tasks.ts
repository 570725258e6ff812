// Nightly task that opens proposals against units for missed deadlines, upheld complaints and screening hits without a reported outcome.
// It only opens or adds to proposals, each source once; a person decides them with commands.ts.

import { addDays, dayOf, instantAt, writtenDay, type Day } from '../../core/calendar.ts'
import type { Source } from './rules.ts'
import { CLOCK_CODES, CLOCKS } from '../deadlines/clocks.rules.ts'
import { SYSTEM } from '../../platform/commands/permissions.ts'
import { newUpheldComplaints, newMissedDeadlines, newUnreportedScreenings } from './store.ts'
import { addToProposal } from './commands.ts'
import { command, systemCommand, type CommandContext, type AppContext } from '../../platform/commands/command.ts'
import { enqueueNotice } from '../../messaging/outbox.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { staffRecipients } from '../staff/recipients.ts'

/** Codes of the deadlines whose misses can be held against a unit. */
export const ESCALATED_DEADLINES = CLOCK_CODES.filter((code) => CLOCKS[code].miss.effect === 'escalate')

/**
 * Days looked back, more than `screeningReportDays` can be. After a standstill the task thus catches up; older sources were found by
 * earlier runs.
 */
const LOOK_BACK_DAYS = 40
/** Sources of one transaction. */
const PORTION = 500

/** What one night's run added. */
export interface NightlyResult {
  sources: number
  /** Units whose proposals were opened or added to. */
  units: number
}

/**
 * Adds the night's new sources to proposals, and notifies the group office of the proposals that wait for a decision.
 * @param day YYYY-MM-DD.
 */
export async function detectSources(app: AppContext, day: Day): Promise<NightlyResult> {
  const total = { sources: 0, units: new Set<string>() }
  for (;;) {
    const portion = await drawPortion(app, SYSTEM, day)
    total.sources += portion.sources
    for (const unitId of portion.units) total.units.add(unitId)
    if (portion.sources < PORTION) break
  }
  if (total.units.size > 0) await notifyOffice(app, SYSTEM, { day, units: total.units.size, sources: total.sources })
  return { sources: total.sources, units: total.units.size }
}

const drawPortion = command(
  'accountability.draw',
  async (context, day: Day): Promise<{ sources: number; units: string[] }> => {
    const fresh = await newSources(context, day)
    const byUnit = new Map<string, Source[]>()
    for (const source of fresh) byUnit.set(source.unitId, [...(byUnit.get(source.unitId) ?? []), source])
    for (const [unitId, sources] of byUnit) await addToProposal(context, unitId, sources)
    await context.audit({ subject: 'accountability', detail: { day, sources: fresh.length, units: byUnit.size } })
    return { sources: fresh.length, units: [...byUnit.keys()] }
  },
  ({ sources, units }) => ({ sources, units: units.length }),
)

async function newSources({ tx, app }: CommandContext, day: Day): Promise<Source[]> {
  const since = addDays(day, -LOOK_BACK_DAYS)
  const misses = await newMissedDeadlines(tx, ESCALATED_DEADLINES, since, PORTION)
  const complaints = await newUpheldComplaints(tx, instantAt(since, 0), PORTION)
  const span = { since: instantAt(since, 0), before: instantAt(addDays(day, -app.config.screeningReportDays), 0) }
  const screenings = await newUnreportedScreenings(tx, span, PORTION)
  return [...misses, ...[...complaints, ...screenings].map(({ at, ...source }) => ({ ...source, happenedOn: dayOf(at) }))]
}

const notifyOffice = systemCommand(
  'accountability.draw',
  async (context, { day, units, sources }: { day: Day; units: number; sources: number }): Promise<void> => {
    const notice = {
      event: 'accountability.proposed' as const,
      key: `accountability.proposed:${day}`,
      values: { count: units, sources, day: writtenDay(day) },
      listVersion: await listVersion(context.tx),
    }
    await enqueueNotice(context, 'court', notice, await staffRecipients(context, 'group_office'))
  },
)
