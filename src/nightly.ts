// The tasks of each night: blanking what is old, and proposing who is to be called to account.
// When they run, and that each runs once a day on however many processes, is decided by the schedule.

import { drawProposals } from './features/accountability/tasks.ts'
import { forgetLooseMedia } from './features/complaints/chat-media.tasks.ts'
import type { House } from './platform/commands/command.ts'
import { forgetMessages } from './features/handoffs/views.ts'
import { dropEarly } from './messaging/receipts.ts'
import { forgetScreenings } from './features/screening/views.ts'
import { forgetSessions } from './features/sessions/commands.ts'
import { HOUSE } from './platform/commands/permissions.ts'
import type { Chore } from './platform/scheduler/schedule.ts'
import { archiveNotices } from './messaging/archive.ts'

const DAY = 86_400_000
const PORTION = 500
/** Days for which a receipt of an unknown message is kept. */
const EARLY_DAYS = 7

export function nightlyTasks(house: House): Chore[] {
  const ago = (days: number): Date => new Date(house.clock.now().getTime() - days * DAY)
  return [
    {
      name: 'notices.archive',
      async work() {
        while ((await archiveNotices(house, HOUSE, { before: ago(house.config.archiveDays), limit: PORTION })) === PORTION);
        const dropped = await dropEarly(house, HOUSE, { before: ago(EARLY_DAYS) })
        if (dropped > 0) house.log.warn('receipts.unexplained', { count: dropped })
      },
    },
    {
      name: 'bot.forget',
      async work() {
        while ((await forgetLooseMedia(house)) > 0);
        while ((await forgetMessages(house, HOUSE, { before: ago(house.config.chat.keepDays), limit: PORTION })) === PORTION);
      },
    },
    {
      // After midnight's tick has found what was missed.
      name: 'accountability.draw',
      async work(day) {
        await drawProposals(house, day)
      },
    },
    {
      name: 'screenings.forget',
      async work() {
        while ((await forgetScreenings(house, HOUSE, { before: ago(house.config.screeningKeepDays), limit: PORTION })) === PORTION);
      },
    },
    {
      name: 'sessions.forget',
      async work() {
        await forgetSessions(house, HOUSE, undefined)
      },
    },
  ]
}
