// Files of words that the desk's screens name: its own subjects, and the server's words under `words.`.

import { screenMaker } from '../kit/app.ts'
import { wordsLoader } from '../kit/words.ts'

export const loadWords = wordsLoader(
  import.meta.glob(
    [
      '../../templates/desk/zh-CN/*.yaml',
      '../../templates/words/zh-CN/*.yaml',
      '!../../templates/desk/zh-CN/{frame,session}.yaml',
      '!../../templates/words/zh-CN/{api,cli,http}.yaml',
    ],
    {
      import: 'default',
    },
  ),
)

/** A screen of the desk with the words it needs: `screen(['staff', 'words.states'], () => import('./StaffListScreen.vue'))`. */
export const screen = screenMaker(loadWords)
