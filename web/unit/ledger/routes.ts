// The screen of the unit's own ledger.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

export const ledgerRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/ledger',
    component: screen(['ledger', 'words.ledgers'], () => import('./LedgerScreen.vue')),
    meta: { title: 'frame.screen.ledger', permission: 'ledger.read' },
  },
]
