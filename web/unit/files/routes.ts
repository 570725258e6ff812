// Screens of screening by file.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const WORDS = ['files', 'words.screenings']

export const fileRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/files',
    component: screen(WORDS, () => import('./FileListScreen.vue')),
    meta: { title: 'frame.screen.files', permission: 'screening.read' },
  },
  {
    path: '/files/:id',
    component: screen(WORDS, () => import('./FileScreen.vue')),
    meta: { title: 'frame.screen.files', permission: 'screening.read' },
  },
]
