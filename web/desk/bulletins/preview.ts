// The preview of a bulletin for forms of other subjects: it arrives with its own words when it is first shown.

import { defineAsyncComponent } from 'vue'
import { screen } from '../words.ts'

export const PublishPreview = defineAsyncComponent(screen(['bulletins', 'words.states'], () => import('./PublishPreview.vue')))
