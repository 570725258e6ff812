// Keys of names of listings that were entered before there were keys. The people are made up.

import { expect } from 'chai'
import { enquire } from '../../../src/features/enquiry/views.ts'
import { indexNames } from '../../../src/features/listings/tasks.ts'
import { PUBLIC, SYSTEM } from '../../../src/platform/commands/permissions.ts'
import { eachDatabase } from '../../support/app.ts'
import { PERSON } from '../../support/drafts.ts'
import { listed } from '../../support/listed.ts'

eachDatabase((_db, make) => {
  it('writes the keys of older entries, so that another spelling finds them', async () => {
    const { app } = await make()
    await listed(app, 1, { name: '艾力·买买提' })
    await app.store.write((tx) => tx.run('update listing set name_key = name', []))
    const ask = async (): Promise<number> =>
      (await enquire(app, PUBLIC, { name: '艾力.买买提', identifier: String(PERSON['identifier']).slice(-4) })).entries.length
    expect(await ask()).to.equal(0)
    await indexNames(app, SYSTEM)
    expect(await ask()).to.equal(1)
  })
})
