// All screens of the portal: one line for each subject.

import type { RouteRecordRaw } from 'vue-router'
import MissingScreen from '../kit/status/MissingScreen.vue'
import { assistanceRoutes } from './assistance/routes.ts'
import { clockRoutes } from './clocks/routes.ts'
import { complaintRoutes } from './complaints/routes.ts'
import { feedbackRoutes } from './feedback/routes.ts'
import { fileRoutes } from './files/routes.ts'
import { homeRoutes } from './home/routes.ts'
import { liftRoutes } from './lifts/routes.ts'
import { repairRoutes } from './repairs/routes.ts'
import { screeningRoutes } from './screenings/routes.ts'

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
  { path: '/:rest(.*)*', component: MissingScreen, meta: { title: 'kit.missing.title' } },
]
