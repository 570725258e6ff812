// All screens of the portal: one line for each subject.

import type { RouteRecordRaw } from 'vue-router'
import MissingScreen from '../kit/status/MissingScreen.vue'
import { homeRoutes } from './home/routes.ts'

export const routes: readonly RouteRecordRaw[] = [
  ...homeRoutes,
  { path: '/:rest(.*)*', component: MissingScreen, meta: { title: 'kit.missing.title' } },
]
