// The mocha reporter: lists failed tests with their files, fails a run in which a file ran no test, says what was left out without
// MariaDB or without a browser, and closes with counts: `12 passed, 0 failed, 0 skipped`. Works for one process or several.

import { readdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import mocha from 'mocha'
import { CHROMIUM, leavesScreensOut, SCREEN_TESTS } from './chromium.ts'
import { SQLITE_ALONE } from './mariadb.ts'

const { EVENT_RUN_END, EVENT_SUITE_BEGIN, EVENT_TEST_END } = mocha.Runner.constants

/** The patterns of the whole suite in package.json: the long flows first, so that no process waits for the other at the end. */
const WHOLE = ['test/journeys/*.test.ts', 'test/!(journeys)/**/*.test.ts']

/** Mocha loads a reporter as the default export of its file. */
export default class Counting extends mocha.reporters.Spec {
  readonly #ran = new Set<string>()
  readonly #chosen: boolean
  #alone = 0
  #untested: string[] = []
  #screens = 0

  constructor(runner: mocha.Runner, options: mocha.MochaOptions) {
    super(runner, options)
    const { grep, fgrep } = options as { grep?: unknown; fgrep?: unknown }
    this.#chosen = (grep ?? fgrep) !== undefined
    runner.on(EVENT_SUITE_BEGIN, (suite) => {
      if (suite.title === SQLITE_ALONE) this.#alone += 1
    })
    runner.on(EVENT_TEST_END, (test) => {
      if (test.file !== undefined) this.#ran.add(resolve(test.file))
    })
    // Before Spec prints its epilogue; mocha takes the exit code from the runner's number of failures afterwards.
    runner.prependListener(EVENT_RUN_END, () => {
      const given = givenFiles(options)
      const screens = leavesScreensOut ? given.filter(isOfScreens) : []
      this.#screens = screens.length
      this.#untested = this.#withoutTests(given.filter((file) => !screens.includes(file)))
      runner.failures += this.#untested.length
    })
  }

  /** Files of which no test ran, because they are empty or their process broke. None with `--grep`, which may leave files out. */
  #withoutTests(files: readonly string[]): string[] {
    // Without MariaDB a file of MariaDB suites alone has nothing to run.
    return this.#alone > 0 || this.#chosen ? [] : files.filter((file) => !this.#ran.has(resolve(file)))
  }

  override epilogue(): void {
    super.epilogue()
    const lines = [
      ...this.failures.map((test) => `failed: ${test.file === undefined ? '' : `${relative('', test.file)}: `}${test.fullTitle()}`),
      ...this.#untested.map((file) => `failed: ${file}: no test of it ran`),
    ]
    if (this.#alone > 0) lines.push(`MariaDB does not answer: ${this.#alone} suites are skipped (TEST_MARIADB_URL names another server).`)
    if (this.#screens > 0)
      lines.push(`No browser at ${CHROMIUM}: ${this.#screens} files of screens are skipped (CHROMIUM names another one).`)
    const { passes, failures, pending } = this.stats
    lines.push(`${passes} passed, ${failures + this.#untested.length} failed, ${pending} skipped`)
    process.stdout.write(`${lines.join('\n')}\n`)
  }
}

/** Whether the tests of a file need a browser. */
function isOfScreens(file: string): boolean {
  return relative('', file).startsWith(SCREEN_TESTS)
}

/** The test files that mocha was given: by name, or all by the pattern. */
function givenFiles(options: mocha.MochaOptions): string[] {
  const { spec } = options as { spec?: unknown }
  const given = (Array.isArray(spec) ? spec : [spec]).filter((each) => typeof each === 'string')
  const named = given.filter((each) => each.endsWith('.test.ts') && !each.includes('*'))
  if (!WHOLE.every((pattern) => given.includes(pattern))) return named
  const found = readdirSync('test', { recursive: true, encoding: 'utf8' })
  return found.filter((name) => name.endsWith('.test.ts')).map((name) => join('test', name))
}
