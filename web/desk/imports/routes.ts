// Screens of imports: upload and list, and one import.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const WORDS = ['imports', 'words.states']

export const importRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/imports',
    component: screen(WORDS, () => import('./ImportListScreen.vue')),
    meta: { title: 'frame.screen.imports', permission: 'import.read' },
  },
  {
    path: '/imports/:id',
    component: screen(WORDS, () => import('./ImportScreen.vue')),
    meta: { title: 'imports.one', permission: 'import.read' },
  },
]
