// Screens of complaints.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const WORDS = ['complaints', 'words.complaints', 'words.states']

export const complaintRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/complaints',
    component: screen(WORDS, () => import('./ComplaintListScreen.vue')),
    meta: { title: 'frame.screen.complaints', permission: 'complaint.read' },
  },
  {
    path: '/complaints/new',
    component: screen(WORDS, () => import('./ComplaintForm.vue')),
    meta: { title: 'frame.screen.complaint_new', permission: 'complaint.file' },
  },
  {
    path: '/complaints/:id',
    component: screen(WORDS, () => import('./ComplaintScreen.vue')),
    meta: { title: 'frame.screen.complaints', permission: 'complaint.read' },
  },
]
