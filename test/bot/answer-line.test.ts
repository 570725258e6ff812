// The lines of `zxt understand`: one answer a line, and a broken line breaks nothing.

import { expect } from 'chai'
import type { Understanding } from '../../src/core/understanding.ts'
import { answerLine } from '../../bot/doors/understand.cli.ts'

describe('a line of zxt understand', () => {
  const heard: (string | undefined)[] = []
  const understand = (text: string, role?: string): Understanding => {
    heard.push(text, role)
    return { intent: 'human', confidence: 0.97, choices: [], slots: {}, alarm: 'threat' }
  }
  const answer = (line: string): unknown => JSON.parse(answerLine(understand, line, 7))

  it('names what is broken and where, without repeating it', () => {
    for (const line of ['', 'broken', '{"text":', '{"text":"查"'])
      expect(answer(line), line).to.deep.equal({ error: 'body_not_json', line: 7 })
    for (const line of ['{}', '[]', 'null', '"查"', '{"text":1}', '{"text":"查","role":1}'])
      expect(answer(line), line).to.deep.equal({ error: 'request_invalid', line: 7 })
    expect(heard).to.deep.equal([])
  })

  it('answers exactly four fields', () => {
    expect(answer('\uFEFF{"text":"转人工","role":"liaison","extra":1}')).to.deep.equal({
      intent: 'human',
      confidence: 0.97,
      choices: [],
      slots: {},
    })
    expect(heard).to.deep.equal(['转人工', 'liaison'])
  })
})
