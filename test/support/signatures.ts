// Signatures as versions made them that did not yet tell what a signature is of.

import { createHmac, hkdfSync } from 'node:crypto'
import { TEST_KEY } from './app.ts'

/** The signature of a text under the key of the tests. */
export function earlierSignature(text: string): string {
  const key = Buffer.from(hkdfSync('sha256', TEST_KEY.bytes, 'zhixintong', 'sign', 32))
  return `${TEST_KEY.id}.${createHmac('sha256', key).update(text).digest('base64url')}`
}
