// Screens of what debtors handed in online.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const WORDS = ['intakes', 'words.intakes', 'words.objections', 'words.states']

export const intakeRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/intakes',
    component: screen(WORDS, () => import('./IntakeListScreen.vue')),
    meta: { title: 'frame.screen.intakes', permission: 'intake.read' },
  },
  {
    path: '/intakes/:id',
    component: screen(WORDS, () => import('./IntakeScreen.vue')),
    meta: { title: 'frame.screen.intakes', permission: 'intake.read' },
  },
]
