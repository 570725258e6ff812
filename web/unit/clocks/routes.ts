// The screen of the unit's legal periods.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

export const clockRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/clocks',
    component: screen(['clocks', 'words.clocks'], () => import('./ClockListScreen.vue')),
    meta: { title: 'frame.screen.clocks', permission: 'clock.read' },
  },
]
