// The whole server as a process of its own, with shorter times than outside tests:
//   node --import tsx test/support/server-child.ts '{"receipts":{"askAfter":1000,"deadline":60000}}'
// Its settings are those of its environment.

import { readConfig } from '../../src/config/config.ts'
import { serve, type ServeTimes } from '../../src/serve.ts'

if (process.argv[1]?.endsWith('server-child.ts') === true) await serve(readConfig(), JSON.parse(process.argv[2] ?? '{}') as ServeTimes)
