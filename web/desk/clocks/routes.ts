// Screens of the legal periods: the list, a month, and the work calendar by which they are counted.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const words = ['clocks', 'subjects', 'words.clocks']
const meta = { title: 'frame.screen.clocks', permission: 'clock.read' }

export const clockRoutes: readonly RouteRecordRaw[] = [
  { path: '/clocks', component: screen(words, () => import('./ClockListScreen.vue')), meta },
  { path: '/clocks/months', component: screen(words, () => import('./MonthScreen.vue')), meta },
  {
    path: '/clocks/workdays',
    component: screen(words, () => import('./WorkdayScreen.vue')),
    meta: { ...meta, permission: 'calendar.read' },
  },
]
