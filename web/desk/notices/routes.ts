// Screens of notices: what was sent and whether it arrived, and what a person must do by hand.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const words = ['notices', 'words.states']
const permission = 'notice.read'

export const noticeRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/notices',
    component: screen(words, () => import('./NoticeListScreen.vue')),
    meta: { title: 'frame.screen.notices', permission },
  },
  {
    path: '/notices/:id',
    component: screen(words, () => import('./NoticeScreen.vue')),
    meta: { title: 'frame.screen.notices', permission },
    props: true,
  },
  {
    path: '/duties',
    component: screen(words, () => import('./DutyListScreen.vue')),
    meta: { title: 'frame.screen.duties', permission },
  },
]
