// Screens of credit repairs about which the unit is asked.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const WORDS = ['repairs', 'words.repairs']

export const repairRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/repairs',
    component: screen(WORDS, () => import('./RepairListScreen.vue')),
    meta: { title: 'frame.screen.repairs', permission: 'repair.read' },
  },
  {
    path: '/repairs/:id',
    component: screen(WORDS, () => import('./RepairScreen.vue')),
    meta: { title: 'frame.screen.repairs', permission: 'repair.read' },
  },
]
