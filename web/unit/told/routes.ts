// The screen of what the unit was told.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

export const toldRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/told',
    component: screen(['told', 'words.states'], () => import('./ToldListScreen.vue')),
    meta: { title: 'frame.screen.told', permission: 'portal.read' },
  },
]
