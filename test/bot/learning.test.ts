// Training between other work, and a message that comes before it is done.
// What is understood is tested in understand.test.ts.

import { expect } from 'chai'
import { learning } from '../../src/learning.ts'
import { training } from '../../bot/understanding/understand.ts'
import { loadUtterances } from '../../bot/understanding/utterances.ts'

const open = (): ReturnType<typeof training> => training(loadUtterances('templates/utterances/zh-CN'))
const never = (): boolean => false

describe('learning to understand messages', () => {
  it('lets other work in between, more than a hundred times', async () => {
    const { understand, learn } = learning(open)
    let turns = 0
    const others = setInterval(() => (turns += 1), 0)
    await learn(never)
    clearInterval(others)
    expect(turns).to.be.above(100)
    expect(understand('扎西顿珠是不是老赖').intent).to.equal('query_list')
  })

  it('answers a message that comes in the middle, as one that comes afterwards', async () => {
    const { understand, learn } = learning(open)
    const learned = learn(never)
    const early = understand('我要举报有老赖坐飞机')
    await learned
    expect(understand('我要举报有老赖坐飞机')).to.deep.equal(early)
    expect(early.intent).to.equal('complaint_new')
  })

  it('ends with the process, and begins nowhere where nobody asks', async () => {
    let opened = 0
    const { learn } = learning(() => {
      opened += 1
      return open()
    })
    expect(opened).to.equal(0)
    let steps = 0
    await learn(() => (steps += 1) > 3)
    expect({ opened, steps }).to.deep.equal({ opened: 1, steps: 4 })
  })
})
