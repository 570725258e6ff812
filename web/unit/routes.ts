// All screens of the portal: one line for each subject.

import type { RouteRecordRaw } from 'vue-router'
import MissingScreen from '../kit/status/MissingScreen.vue'
import { complaintRoutes } from './complaints/routes.ts'
import { feedbackRoutes } from './feedback/routes.ts'
import { fileRoutes } from './files/routes.ts'
import { homeRoutes } from './home/routes.ts'
import { liftRoutes } from './lifts/routes.ts'
import { screeningRoutes } from './screenings/routes.ts'

export const routes: readonly RouteRecordRaw[] = [
  ...homeRoutes,
  ...screeningRoutes,
  ...fileRoutes,
  ...liftRoutes,
  ...feedbackRoutes,
  ...complaintRoutes,
  { path: '/:rest(.*)*', component: MissingScreen, meta: { title: 'kit.missing.title' } },
]
