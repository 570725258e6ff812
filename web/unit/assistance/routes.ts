// Screens of assistance notices and judicial suggestions to the unit.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const WORDS = ['assistance', 'words.assistances']

export const assistanceRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/assistance',
    component: screen(WORDS, () => import('./AssistanceListScreen.vue')),
    meta: { title: 'frame.screen.assistance', permission: 'assistance.read' },
  },
  {
    path: '/assistance/:id',
    component: screen(WORDS, () => import('./AssistanceScreen.vue')),
    meta: { title: 'frame.screen.assistance', permission: 'assistance.read' },
  },
]
