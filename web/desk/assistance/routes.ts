// Screens of assistance notices and judicial suggestions: the list, one, and drafting one.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const WORDS = ['assistance', 'words.assistances', 'words.clocks']
const title = 'frame.screen.assistance'

export const assistanceRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/assistance',
    component: screen(WORDS, () => import('./AssistanceListScreen.vue')),
    meta: { title, permission: 'assistance.read' },
  },
  {
    path: '/assistance/new',
    component: screen(WORDS, () => import('./AssistanceNewScreen.vue')),
    meta: { title: 'frame.screen.assistance_new', permission: 'assistance.draft' },
  },
  {
    path: '/assistance/:id',
    component: screen(WORDS, () => import('./AssistanceScreen.vue')),
    meta: { title, permission: 'assistance.read' },
  },
]
