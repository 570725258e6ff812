// Screens of the quarterly list: its editions, and one with its files and receivers.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const WORDS = ['pushes', 'words.pushes', 'words.clocks', 'words.feedbacks']
const meta = { title: 'frame.screen.pushes', permission: 'push.read' }

export const pushRoutes: readonly RouteRecordRaw[] = [
  { path: '/pushes', component: screen(WORDS, () => import('./PushListScreen.vue')), meta },
  { path: '/pushes/:id', component: screen(WORDS, () => import('./PushScreen.vue')), meta },
]
