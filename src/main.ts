#!/usr/bin/env node
// The program: reads what was typed and runs it. Errors are said in words and end with a code that scripts can read.
// The commands are cli/, the house app.ts, the long-running roles serve.ts.

import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { checkConfig, openApp, openUnderstanding } from './app.ts'
import { createProgram } from './cli.ts'
import { explain } from './platform/cli/terminal.ts'
import { ConfigError, readConfig } from './config/config.ts'
import { newDataKey } from './config/data-key.ts'
import { demo } from './demo.ts'
import { loadCatalog } from './catalog.ts'

// A reader that has seen enough (`| head`, a pager that is left) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

try {
  const config = readConfig()
  checkConfig(config)
  const catalog = loadCatalog(config.templatesFolder)
  const program = createProgram({
    catalog,
    open: () => openApp({ ...config, logLevel: config.logLevel === 'info' ? 'warn' : config.logLevel }),
    // Web server and providers weigh 25 MB and a fifth of a second, which a command does not need.
    serve: async () => (await import('./serve.ts')).serve(config),
    demo: (file, terminal) => demo(config, file, terminal),
    newKey: newDataKey,
    understanding: () => openUnderstanding(config),
    save: (path, content) => pipeline(content, createWriteStream(path, { flags: 'w', mode: 0o600 })),
  })
  try {
    await program.parseAsync()
  } catch (error) {
    if (error instanceof ConfigError) throw error
    process.stderr.write(`${explain(catalog, error)}\n`)
    process.exitCode = 1
  }
} catch (error) {
  // Settings are the operator's: their names and problems in the terms of docs/configuration.md.
  process.stderr.write(
    error instanceof ConfigError ? `${error.problems.join('\n')}\n` : `${error instanceof Error ? error.stack : String(error)}\n`,
  )
  process.exitCode = 2
}
