// The understanding of messages from the project's own sentences, trained once in each process when the first message arrives.

import { join } from 'node:path'
import { createUnderstanding } from '../../bot/understanding/understand.ts'
import { loadUtterances } from '../../bot/understanding/utterances.ts'
import type { Understand } from '../../src/core/understanding.ts'

let trained: Understand | undefined

export const understanding: Understand = (text, role) =>
  (trained ??= createUnderstanding(loadUtterances(join('templates', 'utterances', 'zh-CN'))))(text, role)
