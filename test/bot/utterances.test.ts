// A folder of sentences is read whole or refused at start.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { INTENTS } from '../../src/core/understanding.ts'
import { loadUtterances } from '../../bot/understanding/utterances.ts'

describe('utterances', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'utterances-'))
    for (const intent of INTENTS) writeFileSync(join(folder, `${intent}.txt`), '一句话 {name}\n')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('refuse an intent without sentences, a file of no intent and a placeholder nobody fills', () => {
    writeFileSync(join(folder, 'greeting.txt'), '\n# nothing\n')
    expect(() => loadUtterances(folder)).to.throw('greeting')
    writeFileSync(join(folder, 'greeting.txt'), '你好 {nmae}\n')
    expect(() => loadUtterances(folder)).to.throw('nmae')
    writeFileSync(join(folder, 'greeting.txt'), '你好\n')
    writeFileSync(join(folder, 'greetings.txt'), '你好\n')
    expect(() => loadUtterances(folder)).to.throw('greetings')
  })

  it('skip blank lines and notes', () => {
    writeFileSync(join(folder, 'cancel.txt'), '\n# a note\n  算了 \n\n不弄了\n')
    expect(loadUtterances(folder).cancel).to.deep.equal(['算了', '不弄了'])
  })
})
