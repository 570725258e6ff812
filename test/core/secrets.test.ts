// A signature is of one purpose and one key; of texts, those that earlier versions made still count.

import { expect } from 'chai'
import { createSecrets } from '../../src/core/secrets.ts'
import { TEST_KEY } from '../support/app.ts'
import { earlierSignature } from '../support/signatures.ts'

const secrets = createSecrets([TEST_KEY])

describe('a signature', () => {
  it('proves its own text for its own purpose alone', () => {
    const [text, row] = [secrets.sign('a'), secrets.sign('a', 'row')]
    expect([secrets.verify('a', text), secrets.verify('a', row, 'row')]).to.deep.equal([true, true])
    expect([secrets.verify('a', row), secrets.verify('a', text, 'row'), secrets.verify('b', text)]).to.deep.equal([false, false, false])
  })

  it('of an earlier version counts for a text, and for no row', () => {
    expect([secrets.verify('a', earlierSignature('a')), secrets.verify('a', earlierSignature('a'), 'row')]).to.deep.equal([true, false])
  })

  it('of this version is not turned into one of an earlier version, by which the first start tells an update', () => {
    expect(secrets.verify('a', secrets.sign('a').replace('~', ''))).to.equal(false)
  })
})
