// Files of words that the portal's screens name: its own subjects, and the server's words under `words.`.

import { screenMaker } from '../kit/app.ts'
import { wordsLoader } from '../kit/words.ts'

export const loadWords = wordsLoader(
  import.meta.glob(
    [
      '../../templates/unit/zh-CN/*.yaml',
      '../../templates/words/zh-CN/*.yaml',
      '!../../templates/unit/zh-CN/{frame,session}.yaml',
      '!../../templates/words/zh-CN/{api,cli,http}.yaml',
    ],
    {
      import: 'default',
    },
  ),
)

/** A screen of the portal with the words it needs: `screen(['lifts', 'words.lifts'], () => import('./LiftListScreen.vue'))`. */
export const screen = screenMaker(loadWords)
