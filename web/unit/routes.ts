// All screens of the portal: one line for each subject.

import type { RouteRecordRaw } from 'vue-router'
import MissingScreen from '../kit/status/MissingScreen.vue'
import { assistanceRoutes } from './assistance/routes.ts'
import { clockRoutes } from './clocks/routes.ts'
import { complaintRoutes } from './complaints/routes.ts'
import { feedbackRoutes } from './feedback/routes.ts'
import { fileRoutes } from './files/routes.ts'
import { homeRoutes } from './home/routes.ts'
import { keyRoutes } from './keys/routes.ts'
import { ledgerRoutes } from './ledger/routes.ts'
import { liftRoutes } from './lifts/routes.ts'
import { ownRoutes } from './own/routes.ts'
import { repairRoutes } from './repairs/routes.ts'
import { screeningRoutes } from './screenings/routes.ts'
import { toldRoutes } from './told/routes.ts'

export const routes: readonly RouteRecordRaw[] = [
  ...homeRoutes,
  ...screeningRoutes,
  ...fileRoutes,
  ...liftRoutes,
  ...feedbackRoutes,
  ...complaintRoutes,
  ...assistanceRoutes,
  ...repairRoutes,
  ...clockRoutes,
  ...ledgerRoutes,
  ...toldRoutes,
  ...ownRoutes,
  ...keyRoutes,
  { path: '/:rest(.*)*', component: MissingScreen, meta: { title: 'kit.missing.title' } },
]
