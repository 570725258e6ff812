// Screens of complaints that the unit looks into, and of orders to punish.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const WORDS = ['complaints', 'words.complaints']

export const complaintRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/complaints',
    component: screen(WORDS, () => import('./ComplaintListScreen.vue')),
    meta: { title: 'frame.screen.complaints', permission: 'complaint.investigate' },
  },
  {
    path: '/complaints/:id',
    component: screen(WORDS, () => import('./ComplaintScreen.vue')),
    meta: { title: 'frame.screen.complaints', permission: 'complaint.investigate' },
  },
  {
    path: '/complaint-orders',
    component: screen(WORDS, () => import('./OrderListScreen.vue')),
    meta: { title: 'frame.screen.orders', permission: 'complaint.answer_order' },
  },
  {
    path: '/complaint-orders/:id',
    component: screen(WORDS, () => import('./OrderScreen.vue')),
    meta: { title: 'frame.screen.orders', permission: 'complaint.answer_order' },
  },
]
