// Loading the training sentences: a folder is read completely, or refused at start.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { INTENTS } from '../../src/core/understanding.ts'
import { loadUtterances } from '../../bot/understanding/utterances.ts'

describe('a folder of training sentences', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'utterances-'))
    for (const intent of INTENTS) writeFileSync(join(folder, `${intent}.txt`), '一句话 {name}\n')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('is refused for an intent without sentences, a file that belongs to no intent, or an unknown placeholder', () => {
    writeFileSync(join(folder, 'greeting.txt'), '\n# nothing\n')
    expect(() => loadUtterances(folder)).to.throw('greeting')
    writeFileSync(join(folder, 'greeting.txt'), '你好 {nmae}\n')
    expect(() => loadUtterances(folder)).to.throw('nmae')
    writeFileSync(join(folder, 'greeting.txt'), '你好\n')
    writeFileSync(join(folder, 'greetings.txt'), '你好\n')
    expect(() => loadUtterances(folder)).to.throw('greetings')
  })

  it('is read without its blank lines and comments', () => {
    writeFileSync(join(folder, 'cancel.txt'), '\n# a note\n  算了 \n\n不弄了\n')
    expect(loadUtterances(folder).cancel).to.deep.equal(['算了', '不弄了'])
  })
})
