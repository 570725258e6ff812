// Where the browser of the tests is: Debian's Chromium, or the one that CHROMIUM names. `TEST_BROWSER=required` makes its absence a failure.

import { existsSync } from 'node:fs'

export const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** Whether the tests of screens are left out, because no browser is here and none is required. */
export const leavesScreensOut = !existsSync(CHROMIUM) && process.env['TEST_BROWSER'] !== 'required'

/** Where the tests of screens are; left out, none of them runs. */
export const SCREEN_TESTS = 'test/web/'
