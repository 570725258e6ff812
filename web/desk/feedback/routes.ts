// Screens of quarterly feedback: rounds, and one round with who has answered and what the answers add up to.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const words = ['feedback', 'words.feedbacks']
const meta = { title: 'frame.screen.feedback', permission: 'round.read' }

export const feedbackRoutes: readonly RouteRecordRaw[] = [
  { path: '/feedback', component: screen(words, () => import('./RoundListScreen.vue')), meta },
  { path: '/feedback/:id', component: screen(words, () => import('./RoundScreen.vue')), meta, props: true },
]
