// The letters of one listing, for the page of another subject: they arrive with their own words when they are first shown.

import { defineAsyncComponent } from 'vue'
import { screen } from '../words.ts'

export const ListingLetters = defineAsyncComponent(screen(['notices', 'words.states'], () => import('./ListingLetters.vue')))
