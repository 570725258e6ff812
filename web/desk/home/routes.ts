// Screens of the desk's home.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

export const homeRoutes: readonly RouteRecordRaw[] = [
  { path: '/', component: screen(['home'], () => import('./HomeScreen.vue')), meta: { title: 'frame.screen.home' } },
]
