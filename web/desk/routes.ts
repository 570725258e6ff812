// All screens of the desk: one line for each subject.

import type { RouteRecordRaw } from 'vue-router'
import MissingScreen from '../kit/status/MissingScreen.vue'
import { assistanceRoutes } from './assistance/routes.ts'
import { complaintRoutes } from './complaints/routes.ts'
import { bulletinRoutes } from './bulletins/routes.ts'
import { creditorRoutes } from './creditors/routes.ts'
import { feedbackRoutes } from './feedback/routes.ts'
import { accountabilityRoutes } from './accountability/routes.ts'
import { auditRoutes } from './audit/routes.ts'
import { clockRoutes } from './clocks/routes.ts'
import { handoffRoutes } from './handoffs/routes.ts'
import { homeRoutes } from './home/routes.ts'
import { importRoutes } from './imports/routes.ts'
import { intakeRoutes } from './intakes/routes.ts'
import { liftRoutes } from './lifts/routes.ts'
import { listingRoutes } from './listings/routes.ts'
import { noticeRoutes } from './notices/routes.ts'
import { objectionRoutes } from './objections/routes.ts'
import { pushRoutes } from './pushes/routes.ts'
import { repairRoutes } from './repairs/routes.ts'
import { staffRoutes } from './staff/routes.ts'
import { systemRoutes } from './system/routes.ts'
import { templateRoutes } from './templates/routes.ts'
import { unitRoutes } from './units/routes.ts'

export const routes: readonly RouteRecordRaw[] = [
  ...homeRoutes,
  ...bulletinRoutes,
  ...feedbackRoutes,
  ...handoffRoutes,
  ...liftRoutes,
  ...clockRoutes,
  ...listingRoutes,
  ...intakeRoutes,
  ...noticeRoutes,
  ...importRoutes,
  ...complaintRoutes,
  ...assistanceRoutes,
  ...objectionRoutes,
  ...creditorRoutes,
  ...repairRoutes,
  ...pushRoutes,
  ...accountabilityRoutes,
  ...staffRoutes,
  ...templateRoutes,
  ...auditRoutes,
  ...systemRoutes,
  ...unitRoutes,
  { path: '/:rest(.*)*', component: MissingScreen, meta: { title: 'kit.missing.title' } },
]
