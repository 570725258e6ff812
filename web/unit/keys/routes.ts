// Screens of the keys of the unit's systems.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const WORDS = ['keys']

export const keyRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/keys',
    component: screen(WORDS, () => import('./KeyListScreen.vue')),
    meta: { title: 'frame.screen.keys', permission: 'portal.read' },
  },
  {
    path: '/keys/try',
    component: screen(WORDS, () => import('./KeyTryScreen.vue')),
    meta: { title: 'keys.try', permission: 'portal.try_key' },
  },
]
