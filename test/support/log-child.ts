// Logs one event in the language that is its argument, as a process of its own: the log writes to standard error.

import { createLog } from '../../src/core/log.ts'
import { loadLogWords } from '../../src/platform/texts/log-words.ts'

const language = process.argv[2] === 'en' ? 'en' : 'zh'
createLog('info', loadLogWords('templates', language)).warn('http.slow', { route: 'x', milliseconds: 2000 })
