// Screens of listings: the list, one listing, and the forms of a draft and of a correction.

import type { RouteRecordRaw } from 'vue-router'
import { screen } from '../words.ts'

const WORDS = ['listings', 'words.states', 'words.grounds', 'words.clocks', 'words.columns', 'words.listings', 'words.screenings']

export const listingRoutes: readonly RouteRecordRaw[] = [
  {
    path: '/listings',
    component: screen(WORDS, () => import('./ListingListScreen.vue')),
    meta: { title: 'frame.screen.listings', permission: 'listing.read' },
  },
  {
    path: '/listings/new',
    component: screen(WORDS, () => import('./ListingNewScreen.vue')),
    meta: { title: 'listings.draft', permission: 'listing.draft' },
  },
  {
    path: '/listings/:id',
    component: screen(WORDS, () => import('./ListingScreen.vue')),
    meta: { title: 'listings.one', permission: 'listing.read' },
  },
  {
    path: '/listings/:id/edit',
    component: screen(WORDS, () => import('./ListingFormScreen.vue')),
    props: { act: 'edit' },
    meta: { title: 'listings.form_title.edit', permission: 'listing.edit' },
  },
  {
    path: '/listings/:id/correct',
    component: screen(WORDS, () => import('./ListingFormScreen.vue')),
    props: { act: 'correct' },
    meta: { title: 'listings.form_title.correct', permission: 'listing.propose' },
  },
  // What waits for a second person stands in the same list.
  { path: '/proposals', redirect: { path: '/listings', query: { only: 'proposed' } } },
]
