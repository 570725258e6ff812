// The screen of the audit: what was done by whom, and whether the record is whole.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

export const auditRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/audit',
    component: screen(['audit', 'subjects', 'words.states'], () => import('./AuditScreen.vue')),
    meta: { title: 'frame.screen.audit', permission: 'audit.read' },
  },
]
