// Screens of lift orders and of measures that units want to keep.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const words = ['lifts', 'words.lifts', 'words.states', 'words.columns']
const meta = { title: 'frame.screen.lifts', permission: 'lift.read' }

export const liftRoutes: readonly RouteRecordRaw[] = [
  { path: '/lifts', component: screen(words, () => import('./OrderListScreen.vue')), meta },
  {
    path: '/lifts/bulletin/:id',
    component: screen(words, () => import('./MatrixScreen.vue')),
    meta: { title: 'frame.screen.lifts', permission: 'retention.read' },
    props: true,
  },
  { path: '/lifts/:id', component: screen(words, () => import('./OrderScreen.vue')), meta, props: true },
  {
    path: '/retentions',
    component: screen(words, () => import('./RetentionListScreen.vue')),
    meta: { title: 'frame.screen.retentions', permission: 'retention.read' },
  },
]
