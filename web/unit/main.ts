// Starts the units' portal.

import { createApp } from 'vue'
import UnitApp from './UnitApp.vue'

createApp(UnitApp).mount('#app')
