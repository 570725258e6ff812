// Screens of creditors' matters: the list, one, and the draft of a listing that an application leads to.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const WORDS = ['creditors', 'words.creditors', 'words.clocks']
const FORM = [...WORDS, 'listings', 'words.states', 'words.grounds', 'words.columns', 'words.listings', 'words.screenings']
const title = 'frame.screen.creditors'

export const creditorRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/creditors',
    component: screen(WORDS, () => import('./MatterListScreen.vue')),
    meta: { title, permission: 'creditor.read' },
  },
  {
    path: '/creditors/:id',
    component: screen([...WORDS, 'words.states'], () => import('./MatterScreen.vue')),
    meta: { title, permission: 'creditor.read' },
  },
  {
    path: '/creditors/:id/draft',
    component: screen(FORM, () => import('./MatterDraftScreen.vue')),
    meta: { title, permission: 'creditor.draft' },
  },
]
