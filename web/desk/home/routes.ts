// Screens of the desk's home.

import type { RouteRecordRaw } from 'vue-router'

export const homeRoutes: readonly RouteRecordRaw[] = [
  { path: '/', component: () => import('../../kit/todo/TodoScreen.vue'), meta: { title: 'frame.screen.home' } },
]
