// Screens of credit repairs: the list, one, and registering one at the counter.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const WORDS = ['repairs', 'words.repairs', 'words.states']

export const repairRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/repairs',
    component: screen(WORDS, () => import('./RepairListScreen.vue')),
    meta: { title: 'frame.screen.repairs', permission: 'repair.read' },
  },
  {
    path: '/repairs/new',
    component: screen(WORDS, () => import('./RepairNewScreen.vue')),
    meta: { title: 'frame.screen.repairs', permission: 'repair.apply' },
  },
  {
    path: '/repairs/:id',
    component: screen(WORDS, () => import('./RepairScreen.vue')),
    meta: { title: 'frame.screen.repairs', permission: 'repair.read' },
  },
]
