// The screen of the unit itself.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

export const ownRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/own',
    component: screen(['own'], () => import('./OwnUnitScreen.vue')),
    meta: { title: 'frame.screen.own', permission: 'portal.read' },
  },
]
