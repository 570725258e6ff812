#!/usr/bin/env node
// The program: reads the command line and runs it. Errors are printed as text, with an exit code that scripts can read.
// Commands are built in cli.ts, the application in app.ts, the long-running roles in serve.ts.

import { join } from 'node:path'
import { checkConfig, dashForMissing, logOf, openApp, openUnderstanding } from './app.ts'
import { saveNew } from './platform/cli/save.ts'
import { createProgram } from './cli.ts'
import { askPassword, explain } from './platform/cli/terminal.ts'
import { operatorLanguage, projectFolder, readConfig, type Config } from './config/config.ts'
import { ConfigError } from './config/problems.ts'
import { refuseMissing } from './platform/texts/fill.ts'
import { explainProblems } from './platform/texts/setting-words.ts'
import { newDataKey } from './config/data-key.ts'
import { demo } from './demo.ts'
import { loadCatalog } from './catalog.ts'

// The reader of a pipe may close it early (`| head`, leaving a pager): that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

/** The settings, read when a command needs them: help and a new key must be there before there are any. */
let config: Config | undefined
function settings(): Config {
  if (config !== undefined) return config
  const read = readConfig()
  checkConfig(read)
  config = read
  return config
}

try {
  const templatesFolder = join(projectFolder(), 'templates')
  const catalog = loadCatalog(templatesFolder, (text, value) => {
    // Settings are read when a command needs them: what is said before is held to the stricter rule.
    const report = config === undefined ? undefined : dashForMissing(config, logOf(config))
    ;(report ?? refuseMissing)(text, value)
  })
  const program = createProgram({
    catalog,
    open({ newTables = false } = {}) {
      const given = settings()
      // On a server the database was made by somebody: tables may be made in it before the first start.
      const create = newTables && given.databaseUrl !== undefined
      return openApp({ ...given, logLevel: given.logLevel === 'info' ? 'warn' : given.logLevel }, { create })
    },
    // Loading the web server and the providers costs 25 MB and 0.2 s, which other commands do not need.
    serve: async () => (await import('./serve.ts')).serve(settings()),
    demo: (file, terminal) => demo(settings(), file, terminal),
    backup: async (...words) => (await import('./backup.ts')).makeBackup(...words),
    restore: async (actor, options) => (await import('./restore.ts')).restoreBackup(settings(), actor, options),
    examine: async () => (await import('./doctor.ts')).examine({ ...settings(), logLevel: 'silent' }),
    newKey: newDataKey,
    understanding: () => openUnderstanding({ templatesFolder }),
    askPassword,
    save: saveNew,
  })
  try {
    await program.parseAsync()
  } catch (error) {
    if (error instanceof ConfigError) throw error
    process.stderr.write(`${explain(catalog, error)}\n`)
    process.exitCode = 1
  }
} catch (error) {
  // Configuration errors are for the operator: printed with the setting's name as in docs/configuration.md.
  const lines =
    error instanceof ConfigError
      ? explainProblems(join(projectFolder(), 'templates'), operatorLanguage(), error.problems)
      : [error instanceof Error ? (error.stack ?? error.message) : String(error)]
  process.stderr.write(`${lines.join('\n')}\n`)
  process.exitCode = 2
}
