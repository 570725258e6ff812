// The tasks of each night: blanking what is old, and proposing who is to be called to account.
// When they run, and that each runs once a day on however many processes, is decided by the schedule.

import { drawProposals } from './features/accountability/tasks.ts'
import { forgetLooseMedia } from './features/complaints/chat-media.tasks.ts'
import type { AppContext } from './platform/commands/command.ts'
import { forgetMessages } from './features/handoffs/views.ts'
import { dropEarly } from './messaging/receipts.ts'
import { forgetScreenings } from './features/screening/views.ts'
import { forgetSessions } from './features/sessions/commands.ts'
import { SYSTEM } from './platform/commands/permissions.ts'
import type { Chore } from './platform/scheduler/schedule.ts'
import { archiveNotices } from './messaging/archive.ts'

const DAY = 86_400_000
const PORTION = 500
/** Days for which a receipt of an unknown message is kept. */
const EARLY_DAYS = 7

export function nightlyTasks(app: AppContext): Chore[] {
  const ago = (days: number): Date => new Date(app.clock.now().getTime() - days * DAY)
  return [
    {
      name: 'notices.archive',
      async work() {
        while ((await archiveNotices(app, SYSTEM, { before: ago(app.config.archiveDays), limit: PORTION })) === PORTION);
        const dropped = await dropEarly(app, SYSTEM, { before: ago(EARLY_DAYS) })
        if (dropped > 0) app.log.warn('receipts.unexplained', { count: dropped })
      },
    },
    {
      name: 'bot.forget',
      async work() {
        while ((await forgetLooseMedia(app)) > 0);
        while ((await forgetMessages(app, SYSTEM, { before: ago(app.config.chat.keepDays), limit: PORTION })) === PORTION);
      },
    },
    {
      // After midnight's tick has found what was missed.
      name: 'accountability.draw',
      async work(day) {
        await drawProposals(app, day)
      },
    },
    {
      name: 'screenings.forget',
      async work() {
        while ((await forgetScreenings(app, SYSTEM, { before: ago(app.config.screeningKeepDays), limit: PORTION })) === PORTION);
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
