// How many handoffs one network may lead to in an hour, and that somebody in danger is heard beyond that.

import { expect } from 'chai'
import { HANDOFFS_AN_HOUR } from '../../../src/features/handoffs/rules.ts'
import { releaseHandoff } from '../../../src/features/handoffs/commands.ts'
import { eachDatabase } from '../../support/app.ts'
import { CLERK } from '../../support/listed.ts'
import { say, type Talker } from '../../support/talk.ts'

const visitor = (n: number): Talker => ({ channel: 'web', from: String.fromCharCode(65 + n).repeat(43), origin: '10.0.0.1' })

eachDatabase((_db, make) => {
  it('one network leads to ten handoffs an hour, and beyond that to one alarm of each conversation', async () => {
    const { app, clock } = await make()
    const kept = (): Promise<{ id: string; urgent: number | boolean }[]> =>
      app.store.read((db) => db.query('select id, urgent from handoff order by id'))
    for (let n = 0; n < HANDOFFS_AN_HOUR + 3; n++) await say(app, visitor(n), '人工')
    expect(await kept()).to.have.length(HANDOFFS_AN_HOUR)
    const inDanger = visitor(20)
    for (let n = 0; n < 2; n++) {
      await say(app, inDanger, '我不想活了')
      await releaseHandoff(app, CLERK, (await kept()).at(-1)?.id ?? '')
    }
    const rows = (await kept()).slice(HANDOFFS_AN_HOUR)
    expect(rows.map(({ urgent }) => Number(urgent))).to.deep.equal([1, 0])
    clock.advance(3_600_000)
    await say(app, visitor(HANDOFFS_AN_HOUR), '人工')
    expect(await kept()).to.have.length(HANDOFFS_AN_HOUR + 3)
  })
})
