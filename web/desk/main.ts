// Starts the court's desk.

import frameWords from '../../templates/desk/zh-CN/frame.yaml'
import sessionWords from '../../templates/desk/zh-CN/session.yaml'
import { startApp } from '../kit/app.ts'
import { addWords } from '../kit/words.ts'
import DeskApp from './DeskApp.vue'
import { routes } from './routes.ts'

addWords('frame', frameWords)
addWords('session', sessionWords)
void startApp(DeskApp, '/desk', routes)
