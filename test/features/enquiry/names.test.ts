// Enquiries and screening by name: spellings of one name find the same entry, and a whole number is never outvoted by one. Invented people.

import { expect } from 'chai'
import { enquire } from '../../../src/features/enquiry/views.ts'
import { askScreening } from '../../../src/features/screening/commands.ts'
import { PUBLIC } from '../../../src/platform/commands/permissions.ts'
import { eachDatabase } from '../../support/app.ts'
import { born, PERSON } from '../../support/drafts.ts'
import { listed } from '../../support/listed.ts'
import { systemOf, unitWithMeasures } from '../../support/screening.ts'

const ID = String(PERSON['identifier'])
const TAIL = ID.slice(-4)

eachDatabase((_db, make) => {
  it('finds an entry by any spelling of its name, in the enquiry and in screening', async () => {
    const spellings: [string, string[]][] = [
      ['艾力·买买提·吾甫尔', ['艾力•买买提•吾甫尔', '艾力.买买提.吾甫尔', '艾力。买买提。吾甫尔', '艾力买买提吾甫尔']],
      ['刘\ue863', ['刘\u4dae', '劉䶮']],
      ['陳志明', ['陈志明']],
      ['MICHAEL BROWN', ['Michael Brown', 'michaelbrown']],
      ['杨𱍐', ['杨𱍐']],
      ['བཀྲ་ཤིས', ['བཀྲ་ཤིས།']],
    ]
    // One list holds them all, each person under a number of their own: a database of its own for each took longer than everything asked.
    const { app } = await make()
    const [unit] = await unitWithMeasures(app, ['1.1'])
    for (const [at, [name, asked]] of spellings.entries()) {
      const identifier = born(`1985030${at + 1}`)
      await listed(app, 1, { name, identifier }, at + 1)
      for (const spelling of asked) {
        const answer = await enquire(app, PUBLIC, { name: spelling, identifier: identifier.slice(-4) })
        expect([spelling, answer.entries.length, answer.nameDiffers]).to.deep.equal([spelling, 1, false])
        const { answer: found, findings } = await askScreening(app, systemOf(unit), {
          name: spelling,
          identifier,
          business: '申请小额贷款公司设立',
        })
        expect([spelling, found, findings?.[0]?.nameDiffers]).to.deep.equal([spelling, 'hit', false])
      }
    }
  })

  it('answers a whole number under another name with the entry, and says that the names differ', async () => {
    const { app } = await make()
    await listed(app, 1)
    const answer = await enquire(app, PUBLIC, { name: '扎西另', identifier: ID })
    expect([answer.entries.length, answer.nameDiffers]).to.deep.equal([1, true])
    expect((await enquire(app, PUBLIC, { name: '扎西另', identifier: TAIL })).entries).to.deep.equal([])
    expect((await enquire(app, PUBLIC, { identifier: ID })).nameDiffers).to.equal(false)
  })
})
