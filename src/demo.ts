// Runs `zxt demo`: one story on a temporary database, shown in the terminal. It uses the same commands as the application.
// All people and numbers are invented; the database is deleted at the end. The scenes are in demo/.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verifyAudit } from './features/audit/views.ts'
import { tokenStore } from './messaging/provider-tokens.ts'
import { logOf, openApp } from './app.ts'
import { openChannels } from './messaging/channels/open.ts'
import type { Terminal } from './platform/cli/terminal.ts'
import { projectFolder, readConfig, type Config } from './config/config.ts'
import { dayOf, instantAt } from './core/calendar.ts'
import { manualClock, systemClock } from './core/clock.ts'
import { ask, approveDrafts, importList, shieldOne, publish } from './demo/list.ts'
import { people, type Liaison } from './demo/people.ts'
import { acknowledge, closeQuarter, object, openQuarter } from './demo/procedures.ts'
import { OPERATOR, staff, type Stage } from './demo/stage.ts'
import { citizenTalks, liaisonTalks } from './demo/talk.ts'
import { createDispatcher } from './messaging/dispatcher.ts'
import { createBroadcaster } from './features/bulletins/tasks.ts'

/**
 * Plays the demo from start to end.
 * @param file list to import; the sample list in `samples/lists` unless given.
 */
export async function demo(config: Config, file: string | undefined, terminal: Terminal): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'zxt-demo-'))
  // 10:00, because messages would wait until morning during quiet hours.
  const clock = manualClock(instantAt(dayOf(systemClock.now()), 10))
  const settings = readConfig({ DATA_DIR: folder, COURT_NAME: config.court.name, COURT_PHONE: config.court.phone })
  const opened = await openApp(settings, { clock, log: logOf({ ...settings, logLevel: 'error' }) })
  const { app } = opened
  try {
    const channels = await openChannels(settings, { clock, log: app.log, tokens: (name) => tokenStore(app, name) })
    const dispatcher = createDispatcher(app, channels)
    const broadcaster = createBroadcaster(app)
    const deliver = async (): Promise<void> => {
      await broadcaster.processAll()
      await dispatcher.processAll()
    }
    await playScenes({ app, clock, terminal, deliver }, file ?? join(projectFolder(), 'samples/lists/list.xlsx'))
  } finally {
    await opened.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function playScenes(stage: Stage, file: string): Promise<void> {
  const { app, terminal } = stage
  const { say, words } = terminal
  say('demo.begin')
  const liaisons = await people(stage)
  const [objectedTo, bound, , , absent] = liaisons as [Liaison, Liaison, Liaison, Liaison, Liaison]
  const clerk = await staff(app, 'wang', words('demo.clerk'), 'clerk', '13900018821')
  const approver = await staff(app, 'li', words('demo.approver'), 'approver', '13900018822')
  const office = await staff(app, 'zhang', words('demo.office'), 'group_office', '13900018823')
  const items = await importList(stage, clerk, file)
  await approveDrafts(stage, clerk, approver, items)
  await publish(stage, clerk, items)
  await ask(stage, items)
  await object(stage, clerk, approver, items, objectedTo)
  const outcome = await shieldOne(stage, clerk, items)
  await acknowledge(stage, clerk, outcome, liaisons)
  await citizenTalks(stage, items)
  const roundId = await openQuarter(stage, clerk)
  await liaisonTalks(stage, bound)
  await closeQuarter(stage, clerk, office, roundId, absent)
  const report = await verifyAudit(app, OPERATOR)
  say('demo.audit', { rows: report.rows, listings: report.listings, faults: report.faults.length })
  say('demo.end')
}
