// The lines of `zxt understand`: one answer for each line, and an error line for a broken one.

import { expect } from 'chai'
import type { Understanding } from '../../src/core/understanding.ts'
import { answerLine } from '../../bot/doors/understand.cli.ts'

describe('a line of zxt understand', () => {
  const calls: (string | undefined)[] = []
  const understand = (text: string, role?: string): Understanding => {
    calls.push(text, role)
    return { intent: 'human', confidence: 0.97, choices: [], slots: {}, alarm: 'threat' }
  }
  const answer = (line: string): unknown => JSON.parse(answerLine(understand, line, 7))

  it('is answered with the kind of defect and the line number, without its text, when it is broken', () => {
    for (const line of ['', 'broken', '{"text":', '{"text":"查"'])
      expect(answer(line), line).to.deep.equal({ error: 'body_not_json', line: 7 })
    for (const line of ['{}', '[]', 'null', '"查"', '{"text":1}', '{"text":"查","role":1}'])
      expect(answer(line), line).to.deep.equal({ error: 'request_invalid', line: 7 })
    expect(calls).to.deep.equal([])
  })

  it('is answered with exactly four fields', () => {
    expect(answer('\uFEFF{"text":"转人工","role":"liaison","extra":1}')).to.deep.equal({
      intent: 'human',
      confidence: 0.97,
      choices: [],
      slots: {},
    })
    expect(calls).to.deep.equal(['转人工', 'liaison'])
  })
})
