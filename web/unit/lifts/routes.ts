// Screens of lift orders.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const WORDS = ['lifts', 'words.lifts']

export const liftRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/lifts',
    component: screen(WORDS, () => import('./LiftListScreen.vue')),
    meta: { title: 'frame.screen.lifts', permission: 'lift.read' },
  },
  {
    path: '/lifts/:id',
    component: screen(WORDS, () => import('./LiftScreen.vue')),
    meta: { title: 'frame.screen.lifts', permission: 'lift.read' },
  },
]
