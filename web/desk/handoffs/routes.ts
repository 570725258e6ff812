// Screens of the hand-over inbox.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const meta = { title: 'frame.screen.handoffs', permission: 'handoff.read' }

export const handoffRoutes: readonly RouteRecordRaw[] = [
  { path: '/handoffs', component: screen(['handoffs'], () => import('./HandoffListScreen.vue')), meta },
  { path: '/handoffs/:id', component: screen(['handoffs'], () => import('./HandoffScreen.vue')), meta, props: true },
]
