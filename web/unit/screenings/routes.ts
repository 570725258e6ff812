// Screens of screening: one question, its answer, and the list of what was asked.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const WORDS = ['screenings', 'words.screenings']

export const screeningRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/screening',
    component: screen(WORDS, () => import('./ScreeningFormScreen.vue')),
    meta: { title: 'frame.screen.screening', permission: 'screening.ask' },
  },
  {
    path: '/screenings',
    component: screen(WORDS, () => import('./ScreeningListScreen.vue')),
    meta: { title: 'frame.screen.screenings', permission: 'screening.read' },
  },
  {
    path: '/screenings/:id',
    component: screen(WORDS, () => import('./ScreeningScreen.vue')),
    meta: { title: 'frame.screen.screenings', permission: 'screening.read' },
  },
]
