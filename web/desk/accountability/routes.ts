// Screens of calling units to account: proposals, circulars, interviews, consequences, joint circulars, meetings of the leading group.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const words = [
  'accountability',
  'subjects',
  'words.states',
  ...['proposals', 'circulars', 'interviews', 'consequences', 'joints', 'meetings', 'clocks'].map((file) => `words.${file}`),
]
const metaOf = (key: string) => ({ title: `frame.screen.${key}`, permission: 'accountability.read' })

export const accountabilityRoutes: readonly RouteRecordRaw[] = [
  { path: '/accountability', component: screen(words, () => import('./ProposalListScreen.vue')), meta: metaOf('accountability') },
  { path: '/accountability/:id', component: screen(words, () => import('./ProposalScreen.vue')), meta: metaOf('accountability') },
  { path: '/circulars', component: screen(words, () => import('./CircularListScreen.vue')), meta: metaOf('circulars') },
  { path: '/circulars/:id', component: screen(words, () => import('./CircularScreen.vue')), meta: metaOf('circulars') },
  { path: '/interviews', component: screen(words, () => import('./InterviewListScreen.vue')), meta: metaOf('interviews') },
  { path: '/interviews/:id', component: screen(words, () => import('./InterviewScreen.vue')), meta: metaOf('interviews') },
  { path: '/consequences', component: screen(words, () => import('./ConsequenceListScreen.vue')), meta: metaOf('consequences') },
  { path: '/consequences/:id', component: screen(words, () => import('./ConsequenceScreen.vue')), meta: metaOf('consequences') },
  { path: '/joint-circulars', component: screen(words, () => import('./JointListScreen.vue')), meta: metaOf('joints') },
  {
    path: '/joint-circulars/new',
    component: screen(words, () => import('./JointNewScreen.vue')),
    meta: { title: 'frame.screen.joints', permission: 'accountability.joint' },
  },
  { path: '/joint-circulars/:id', component: screen(words, () => import('./JointScreen.vue')), meta: metaOf('joints') },
  { path: '/meetings', component: screen(words, () => import('./MeetingListScreen.vue')), meta: metaOf('meetings') },
  { path: '/meetings/:id', component: screen(words, () => import('./MeetingScreen.vue')), meta: metaOf('meetings') },
]
