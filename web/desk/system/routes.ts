// The screens of the installation: how it fares, what is configured, and a test message.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const words = ['system', 'words.states']
const meta = { title: 'frame.screen.system', permission: 'system.read' }

export const systemRoutes: readonly RouteRecordRaw[] = [
  { path: '/system', component: screen(words, () => import('./HealthScreen.vue')), meta },
  { path: '/system/settings', component: screen(words, () => import('./SettingsScreen.vue')), meta },
]
