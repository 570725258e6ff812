// The spec reporter of mocha, with one closing line of mocha's own counts in plain words: `12 passed, 0 failed, 0 skipped`.
// The exit code stays mocha's.

import mocha from 'mocha'

/** Mocha loads a reporter as the default of its file. */
export default class Counting extends mocha.reporters.Spec {
  override epilogue(): void {
    super.epilogue()
    const { passes, failures, pending } = this.stats
    process.stdout.write(`${passes} passed, ${failures} failed, ${pending} skipped\n`)
  }
}
