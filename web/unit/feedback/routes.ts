// Screens of the quarterly feedback.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const WORDS = ['feedback', 'words.feedbacks']

export const feedbackRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/feedback',
    component: screen(WORDS, () => import('./FeedbackListScreen.vue')),
    meta: { title: 'frame.screen.feedback', permission: 'feedback.read' },
  },
  {
    path: '/feedback/:id',
    component: screen(WORDS, () => import('./FeedbackScreen.vue')),
    meta: { title: 'frame.screen.feedback', permission: 'feedback.read' },
  },
]
