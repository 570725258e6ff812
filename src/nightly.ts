// The nightly tasks: deleting or blanking what is past its retention period, and drawing proposals for accountability.
// When they run, and that each runs once a day however many processes there are, is decided by platform/scheduler/schedule.ts.

import { detectSources } from './features/accountability/tasks.ts'
import { deleteOldMedia } from './features/complaints/chat-media.tasks.ts'
import type { AppContext } from './platform/commands/command.ts'
import { forgetForms } from './features/forms/commands.ts'
import { forgetMessages } from './features/handoffs/views.ts'
import { deleteStaleEarlyReceipts } from './messaging/receipts.ts'
import { forgetScreeningFiles } from './features/screening/files.tasks.ts'
import { forgetScreenings } from './features/screening/views.ts'
import { forgetSessions } from './features/sessions/commands.ts'
import { SYSTEM } from './platform/commands/permissions.ts'
import { sweepReceived } from './platform/media/clean.ts'
import type { NightlyTask } from './platform/scheduler/schedule.ts'
import { archiveNotices } from './messaging/archive.ts'

/** Milliseconds. */
const DAY = 86_400_000
/** Rows handled in one transaction. */
const PORTION = 500
/** Days for which a receipt that no known message explains is kept. */
const EARLY_DAYS = 7
/** Days after which a file that is still arriving was left by a crash: no upload takes so long. */
const UPLOAD_DAYS = 1

/** The tasks of one night, in the order in which they run. */
export function nightlyTasks(app: AppContext): NightlyTask[] {
  const ago = (days: number): Date => new Date(app.clock.now().getTime() - days * DAY)
  return [
    {
      name: 'notices.archive',
      async work() {
        while ((await archiveNotices(app, SYSTEM, { before: ago(app.config.archiveDays), limit: PORTION })) === PORTION);
        const dropped = await deleteStaleEarlyReceipts(app, SYSTEM, { before: ago(EARLY_DAYS) })
        if (dropped > 0) app.log.warn('receipts.unexplained', { count: dropped })
      },
    },
    {
      name: 'bot.forget',
      async work() {
        while ((await deleteOldMedia(app)) > 0);
        while ((await forgetMessages(app, SYSTEM, { before: ago(app.config.chat.keepDays), limit: PORTION })) === PORTION);
      },
    },
    {
      // Runs after the deadlines of the day before have been marked as missed.
      name: 'accountability.draw',
      async work(day) {
        await detectSources(app, day)
      },
    },
    {
      name: 'screenings.forget',
      async work() {
        while ((await forgetScreenings(app, SYSTEM, { before: ago(app.config.screeningKeepDays), limit: PORTION })) === PORTION);
        const before = ago(app.config.screeningFileDays)
        while ((await forgetScreeningFiles(app, SYSTEM, { before, limit: PORTION })) === PORTION);
      },
    },
    {
      name: 'forms.forget',
      async work() {
        await forgetForms(app)
      },
    },
    {
      name: 'uploads.sweep',
      async work() {
        await sweepReceived(app.files, ago(UPLOAD_DAYS))
      },
    },
    {
      name: 'sessions.forget',
      async work() {
        await forgetSessions(app, SYSTEM, undefined)
      },
    },
  ]
}
