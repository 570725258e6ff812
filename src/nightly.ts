// The tasks of each night: blanking what is old, and proposing who is to be called to account.
// When they run, and that each runs once a day on however many processes, is decided by the schedule.

import { drawProposals } from './actions/accountability-draw.ts'
import { forgetLooseMedia } from './actions/chat-media.ts'
import type { House } from './actions/context.ts'
import { forgetMessages } from './actions/conversations.ts'
import { dropEarly } from './actions/receipts.ts'
import { forgetScreenings } from './actions/screening-views.ts'
import { forgetSessions } from './actions/sessions.ts'
import { HOUSE } from './domain/roles.ts'
import type { Chore } from './jobs/schedule.ts'
import { archiveNotices } from './actions/archive.ts'

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
