// Screens of the court's accounts.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

export const staffRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/staff',
    component: screen(['staff', 'words.states'], () => import('./StaffListScreen.vue')),
    meta: { title: 'frame.screen.staff', permission: 'staff.read' },
  },
]
