// Screens of objections: the list, one, and registering one that came by post or at the counter.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const WORDS = ['objections', 'words.objections', 'words.clocks', 'words.states']

export const objectionRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/objections',
    component: screen(WORDS, () => import('./ObjectionListScreen.vue')),
    meta: { title: 'frame.screen.objections', permission: 'objection.read' },
  },
  {
    path: '/objections/new',
    component: screen(WORDS, () => import('./ObjectionNewScreen.vue')),
    meta: { title: 'frame.screen.objections', permission: 'objection.register' },
  },
  {
    path: '/objections/:id',
    component: screen(WORDS, () => import('./ObjectionScreen.vue')),
    meta: { title: 'frame.screen.objections', permission: 'objection.read' },
  },
]
