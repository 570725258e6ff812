// Texts that a person must write: trimmed, of at least two characters and at most the limit.

import { expect } from 'chai'
import { loadCatalog } from '../../src/catalog.ts'
import { requireText } from '../../src/core/written-text.ts'
import { refusal } from '../support/refusal.ts'

describe('a text that a person must write', () => {
  it('is trimmed, and refused when it is empty, a single character or longer than the limit', async () => {
    expect(requireText('  情况属实 ')).to.equal('情况属实')
    expect(requireText('长'.repeat(2000))).to.have.length(2000)
    for (const text of ['', ' \t\n', '是', ' 是 ']) await refusal('reason_needed', () => Promise.resolve().then(() => requireText(text)))
    for (const [text, limit] of [
      ['长'.repeat(2001), 2000],
      ['三个字', 2],
    ] as const) {
      const { problems } = await refusal('request_invalid', () => Promise.resolve().then(() => requireText(text, limit)))
      expect(problems).to.deep.equal([{ code: 'field_too_long', field: 'written', values: { limit } }])
      expect(loadCatalog('templates').check(problems[0] ?? { code: '' })).to.include(`“填写的内容”超过 ${limit} 个字`)
    }
  })
})
