// Screens of bulletins: what was announced, and how far it has spread. Announcing is done in the listings.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const words = ['bulletins', 'words.states', 'words.columns']
const meta = { title: 'frame.screen.bulletins', permission: 'bulletin.read' }

export const bulletinRoutes: readonly RouteRecordRaw[] = [
  { path: '/bulletins', component: screen(words, () => import('./BulletinListScreen.vue')), meta },
  { path: '/bulletins/:id', component: screen(words, () => import('./BulletinScreen.vue')), meta, props: true },
]
