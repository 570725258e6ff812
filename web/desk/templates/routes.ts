// Screens of the notice templates: which wording goes to whom, and how it reads.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const words = ['templates', 'words.states']
const meta = { title: 'frame.screen.templates', permission: 'template.read' }

export const templateRoutes: readonly RouteRecordRaw[] = [
  { path: '/templates', component: screen(words, () => import('./TemplateListScreen.vue')), meta },
  { path: '/templates/:name', component: screen(words, () => import('./TemplateScreen.vue')), meta, props: true },
]
