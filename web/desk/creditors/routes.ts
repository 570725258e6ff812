// Screens of creditors' matters: the list, registering who came or phoned, one, and the draft of a listing that an application leads to.

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
    path: '/creditors/new',
    component: screen([...WORDS, 'words.states', 'words.visits'], () => import('./VisitScreen.vue')),
    meta: { title, permission: 'creditor.file' },
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
