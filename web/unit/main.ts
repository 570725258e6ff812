// Starts the units' portal.

import frameWords from '../../templates/unit/zh-CN/frame.yaml'
import sessionWords from '../../templates/unit/zh-CN/session.yaml'
import { startApp } from '../kit/app.ts'
import { addWords } from '../kit/words.ts'
import UnitApp from './UnitApp.vue'
import { routes } from './routes.ts'

addWords('frame', frameWords)
addWords('session', sessionWords)
void startApp(UnitApp, '/unit', routes)
