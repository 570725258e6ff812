// Screens of units: the list, one unit with its measures, liaisons and keys, and the liaisons of many units from a sheet.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const permission = 'unit.read'

export const unitRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/units',
    component: screen(['units'], () => import('./UnitListScreen.vue')),
    meta: { title: 'frame.screen.units', permission },
  },
  {
    path: '/units/liaisons',
    component: screen(['units'], () => import('./LiaisonSheetScreen.vue')),
    meta: { title: 'frame.screen.units', permission: 'liaison.manage' },
  },
  {
    path: '/units/:id',
    component: screen(['units', 'ledger', 'words.ledgers', 'words.states', 'words.screenings'], () => import('./UnitScreen.vue')),
    meta: { title: 'frame.screen.units', permission },
    props: true,
  },
  {
    path: '/units/:id/ledger',
    component: screen(['ledger', 'words.ledgers'], () => import('./LedgerScreen.vue')),
    meta: { title: 'frame.screen.ledger', permission: 'ledger.read' },
    props: true,
  },
]
